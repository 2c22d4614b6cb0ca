// Package node reads scalars, lists and mappings of trees that may have any shape. The functions
// accept nil.
package node
