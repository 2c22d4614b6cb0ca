// Package wire turns Go values into what an API expects on the wire, and answers into Go values.
//
// It has what generated code needs and nothing else:
//
//   - parameters in all styles of OpenAPI: [Param], written by [EncodeRequest];
//   - request bodies: [Body], whose Encode makes a [Payload] that gives the same bytes to every attempt;
//   - answers: [Outcome] with [JSONAs], [NullableJSONAs], [TextAs] and [BytesAs];
//   - types that tolerate what real servers send and give it back unchanged: [Time], [Date], [Decimal], [Scalar], [Nullable], [Raw], [Union];
//   - objects that struct tags cannot describe: [MarshalStruct] and [UnmarshalStruct]; what no field can carry is kept in an [Unknown].
//
// All JSON passes through one seam, [Marshal] and [Unmarshal], so that the codec can be exchanged in one place.
//
// Errors name parameters and members, never their values.
package wire
