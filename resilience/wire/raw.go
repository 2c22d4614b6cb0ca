package wire

import "github.com/resgen/resgen/resilience/wire/internal/lossless"

// Raw is a JSON value that is kept unchanged; its underlying type is string. The empty Raw is
// absent, and is written as null where a value is required.
//
// Its methods are:
//
//   - Decode(v any) error reads the value into v;
//   - IsZero() bool reports whether the value is absent. The JSON value null is not absent;
//   - MarshalJSON returns the value itself, and UnmarshalJSON keeps the value.
type Raw = lossless.Raw

// RawOf returns the JSON of v.
func RawOf(v any) (Raw, error) { return lossless.RawOf(v) }
