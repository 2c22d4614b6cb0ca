// Package kinopenapi validates a document with kin-openapi, as a second opinion next to the grammar
// of package spec.
//
// The input is a [spec.Document] with the trees of its files, after overlays. The output is
// warnings with the code "kin-openapi", at positions in the user's files; their text includes the
// code that kin-openapi uses. Only resgen lint calls this package.
// For large documents kin-openapi keeps no lines, which would need too much memory. Findings then
// have the position of the operation or component.
//
// kin-openapi validates OpenAPI 3. It would validate its own conversion of a Swagger 2.0 document,
// so such documents are skipped.
package kinopenapi
