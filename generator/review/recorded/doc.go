// Package recorded reads the policies that generated code carries as data.
//
// The input is the source of a client.gen.go. The output is an [api.API] with the policies of the
// package and its operations, each value with its place in the file, and nothing else. [Over] gives
// them to the plan of the same document.
package recorded
