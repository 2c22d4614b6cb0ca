// Package emit prints an api.API as Go: client.gen.go, types.gen.go with the types that
// oapi-codegen cannot print, and rules.gen.go with the constraints that requests are validated
// with.
//
// There is one function per declaration, with an Example whose output is the Go source that it
// prints. Types are printed node by node from api.Type, foreign names through Qual, comments
// through doc. Names come from the plan, except those of the tables of failures that operations
// share.
package emit
