// Package wire encodes Go values for an API and decodes its responses.
//
// It has what generated code needs:
//
//   - parameters in all styles of OpenAPI: [Param], written by a [Template];
//   - request bodies: [Body], whose Encode method returns a [Payload] that has the same bytes for
//     every attempt;
//   - responses: [Outcome] with [JSONAs], [NullableJSONAs], [TextAs], [StringAs] and [BytesAs];
//   - types that accept what servers really send and send it back unchanged: [Time], [Date],
//     [Decimal], [Scalar], [Nullable], [Raw], [Union];
//   - objects that struct tags cannot describe: [MarshalStruct] and [UnmarshalStruct]; members
//     without a field are kept in an [Unknown].
//
// All JSON is read and written by [Marshal] and [Unmarshal]. Their codec is the internal package
// lossless.
//
// Errors name parameters and members, never their values.
package wire
