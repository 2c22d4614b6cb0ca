package tree

import "github.com/resgen/resgen/resilience/diag"

// A Kind is the kind of value that a [Node] holds.
type Kind uint8

const (
	Null Kind = iota
	Bool
	Number
	String
	Sequence
	Mapping
)

// A Node is one value of a document with its position. Aliases and merge keys are resolved: the
// nodes that they name are shared.
type Node struct {
	Kind Kind
	Pos  diag.Position

	// Text is the value of a scalar: the text of a string without its quotes, a number as it was
	// written, "true", "false", "null".
	Text string

	// Items are the values of a Sequence.
	Items []*Node

	// Pairs are the entries of a Mapping in the order of the file. Every key occurs once.
	Pairs []Pair
}

// A Pair is one entry of a mapping. Keys are always text: YAML's 200: reads "200".
type Pair struct {
	Key    string
	KeyPos diag.Position
	Value  *Node
}

// Get returns the value under key, or nil if n is nil, is not a mapping, or has no such key.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Pairs {
		if n.Pairs[i].Key == key {
			return n.Pairs[i].Value
		}
	}
	return nil
}

// Entries returns the pairs of a mapping, or nil if n is nil or not a mapping.
func (n *Node) Entries() []Pair {
	if n == nil {
		return nil
	}
	return n.Pairs
}
