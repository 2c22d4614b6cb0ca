// Package api is the intermediate representation of the generator: the content of one generated
// package as plain data.
//
// Package plan builds an [API] from a document and its policies; packages models and emit print
// it. The representation does not depend on kin-openapi, jennifer or oapi-codegen. All Go names
// are final and unique, and all lists are in printing order. Texts are copied from the document;
// printers must escape them before they write them into Go source.
package api
