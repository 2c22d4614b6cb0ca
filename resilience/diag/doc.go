// Package diag reports where something in a user's file is wrong and what.
//
// Findings are printed in the form
//
//	specs/petstore.yaml:41:7: operation addPet: two request bodies are application/json; keep one
//
// which editors and terminals turn into links. The package imports only the standard library.
package diag
