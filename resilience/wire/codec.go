package wire

import "github.com/resgen/resgen/resilience/wire/internal/lossless"

// Marshal returns v as JSON. HTML characters are not escaped, members are in the order of the
// struct's fields, and the keys of maps are sorted.
func Marshal(v any) ([]byte, error) { return lossless.Marshal(v) }

// marshalSent returns v as JSON for a request: a nil list of a generated type is an empty list, and
// a required member without a value is an [*UnsetError].
func marshalSent(v any) ([]byte, error) { return lossless.MarshalSent(v) }

// An UnsetError reports all required members of a request that have no value: a zero [Time],
// [Date], [Decimal], [Scalar], [File] or union, or a nil pointer or interface where the schema does
// not allow null. Nothing was sent. Its fields are:
//
//   - Members, a []string: the paths of the members, with dots between names and indexes; at most 50;
//   - More, an int: how many others there are.
type UnsetError = lossless.UnsetError

// Unmarshal reads one JSON value, and nothing after it, into v. A number read into a value of type
// any is a [json.Number], so that no digit is lost. A value that is not of its declared type is
// kept in an [Unknown] if there is one, and is an error otherwise. Every error is a [*DecodeError];
// it matches [io.ErrUnexpectedEOF] if data ends too early.
func Unmarshal(data []byte, v any) error { return lossless.Unmarshal(data, v) }

// A DecodeError describes where a JSON text differs from its declared type. Its text contains no
// value of the data. Its fields are:
//
//   - Offset, an int64: the number of bytes before the place;
//   - Member, a string: the path of the member, with dots between names; empty for the value itself;
//   - Reason, a string;
//   - Err: the error of a type's own decoding, which may quote data, or [io.ErrUnexpectedEOF]. It is
//     what Unwrap returns.
type DecodeError = lossless.DecodeError
