package wire

import "github.com/resgen/resgen/resilience/wire/internal/lossless"

// A token is embedded in the types that keep the JSON text that a server sent. It is unexported so
// that these types declare all their methods.
type token = lossless.Token
