// Package tree reads YAML and JSON into one tree of nodes in which every key and every value has its position,
// and decodes such a tree strictly into Go structs.
//
// Documents, policy files, resgen.yaml and the configuration that a program reads at run time all come through [Parse] and [Decode], so that
// an error in any of them has the same form and the same suggestion for a mistyped key. [Excerpt] shows the line that an error is about.
//
// The readers of both languages are in this package. That keeps third-party code out of the programs that import a generated client,
// gives columns in bytes, and bounds time and stack for any input.
package tree
