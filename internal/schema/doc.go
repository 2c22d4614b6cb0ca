// Package schema writes the JSON Schemas of resgen.yaml, policy files and run-time configuration,
// for editors. What comes in are the tables that decoding uses, the fields of package policy and
// the types of package generator, and the comments in their sources; what goes out are the files of
// docs/schema.
//
// A schema describes one file. It does not know documents, so it allows an operation that does not
// exist, and it cannot compare two values.
package schema
