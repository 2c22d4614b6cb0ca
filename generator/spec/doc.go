// Package spec reads OpenAPI documents.
//
// In come bytes: Swagger 2.0, OpenAPI 3.0 or 3.1, YAML or JSON, in one file or in several tied by
// relative references. Out comes a [Document] that is the same whatever it was read from:
// references are resolved, parameters of path and operation are merged, Swagger's collection
// formats, forms and inherited media types are what OpenAPI 3 would say, and everything has the
// position at which the user wrote it. What is wrong with a document comes out as diagnostics; a
// defect that leaves something to generate is a warning.
//
// The package decides nothing about Go: names and types are the business of plan.
package spec
