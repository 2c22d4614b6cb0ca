// Package kinopenapi asks kin-openapi what it thinks of a document: a second opinion beside the
// grammar of spec, at the positions of the user's files.
//
// In comes a [spec.Document] with the trees of its files, as overlays left them. Out come warnings
// of the code "kin-openapi", each with kin-openapi's own code in its text. Only resgen lint asks:
// to read a document twice is no part of generating a client.
//
// kin-openapi validates OpenAPI 3. Of Swagger 2.0 it has no opinion but what its conversion loses,
// so that such a document is not asked about.
package kinopenapi
