package wire

import "github.com/resgen/resgen/resilience/wire/internal/lossless"

// MarshalStruct writes the fields of a struct, its additional properties sorted by name, and what
// its field of type [Unknown] keeps. The MarshalJSON methods of generated structs call it. x points
// to the struct. By its tags:
//
//   - json:"name" and json:"name,omitzero" are those of encoding/json;
//   - json:"-" wire:",name" and json:"-" wire:"omitzero,name" mean the same for names that
//     encoding/json does not accept in a tag: those with a quote or comma, and the empty one;
//   - const:"text" is sent instead of the zero value;
//   - json:"-" wire:"*" is a map of additional properties. A name in it that is also that of a field
//     is an error.
func MarshalStruct(x any) ([]byte, error) { return lossless.MarshalStruct(x) }

// UnmarshalStruct reads what [MarshalStruct] writes, and any other JSON value as far as possible:
// what no field can hold is kept in the field of type [Unknown]. Null changes no field. The
// UnmarshalJSON methods of generated structs call it.
func UnmarshalStruct(data []byte, x any) error { return lossless.UnmarshalStruct(data, x) }
