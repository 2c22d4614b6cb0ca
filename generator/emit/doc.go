// Package emit prints an api.API as Go: client.gen.go, and the types that oapi-codegen cannot print.
//
// It is one function a declaration, each with an Example whose output is the Go that it writes. Types are rendered node by node from
// api.Type, foreign names through Qual, comments only through doc. Every name comes from plan; emit invents none and refuses nothing.
package emit
