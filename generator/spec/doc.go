// Package spec reads OpenAPI documents.
//
// The input is Swagger 2.0 or OpenAPI 3.0 to 3.2 as YAML or JSON, in one file or in several that
// refer to one another. The output is a [Document] in one form for all versions: references are
// resolved, parameters of path and operation are merged, and the forms, collection formats and
// inherited media types of Swagger 2.0 are converted to OpenAPI 3. Everything has the position at
// which the user wrote it. What is wrong with a document is returned as diagnostics; it is a
// warning if something can be generated nevertheless.
//
// The package knows nothing of Go: package plan chooses names and types.
package spec
