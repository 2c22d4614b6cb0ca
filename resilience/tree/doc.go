// Package tree reads YAML and JSON into one tree of nodes in which every key and every value has its position,
// and decodes such a tree strictly into Go structs.
//
// It is the one home of github.com/goccy/go-yaml. Documents, policy files, resgen.yaml and the configuration
// that a program reads at run time all come through [Parse], so that an error in any of them has the same form and
// the same suggestion for a mistyped key.
package tree
