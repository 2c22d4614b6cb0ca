// Package policies computes the effective policy of each operation of a document.
//
// [Resolve] merges layers, weakest first: built-in defaults, the HTTP method, what the document
// declares (declared.go, conflicts.go), x-resgen at its root, paths and operations, and
// policy files. [CheckKeys] finds keys of policy files that match no operation.
package policies
