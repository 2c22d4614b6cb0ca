// Package tree reads YAML and JSON into one tree of nodes in which every key and every value has
// its position, and decodes such a tree strictly into Go structs.
//
// Documents, policy files, resgen.yaml and run-time configuration are all read by [Parse] and
// [Decode], so that an error in any of them has the same form and the same suggestion for a
// mistyped key. [Excerpt] returns the line that an error is about.
//
// JSON is read by a scanner of this package, because a document of some megabytes must be read in a
// tenth of a second with a position for every value. YAML is read by go.yaml.in/yaml/v3; columns in
// bytes, the core schema of YAML 1.2 and limits for nesting and aliases are added to it.
package tree
