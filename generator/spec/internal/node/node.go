package node

import (
	"strings"

	"github.com/resgen/resgen/resilience/tree"
)

// Text returns the scalar under key as text, or "".
func Text(n *tree.Node, key string) string {
	v := n.Get(key)
	if v == nil || v.Kind == tree.Null || v.Kind == tree.Mapping || v.Kind == tree.Sequence {
		return ""
	}
	return v.Text
}

// Bool returns the boolean under key, or fallback.
func Bool(n *tree.Node, key string, fallback bool) bool {
	v := n.Get(key)
	switch {
	case v == nil || v.Text != "true" && v.Text != "false":
		return fallback
	}
	return v.Text == "true"
}

// Pairs returns the entries of a mapping, or nil.
func Pairs(n *tree.Node) []tree.Pair {
	if n == nil {
		return nil
	}
	return n.Pairs
}

// Items returns the values of a list, or nil.
func Items(n *tree.Node) []*tree.Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// Texts returns the scalars of a list as text. A scalar counts as a list of one.
func Texts(n *tree.Node) []string {
	if n != nil && n.Kind == tree.String {
		return []string{n.Text}
	}
	var out []string
	for _, item := range Items(n) {
		if item.Kind != tree.Mapping && item.Kind != tree.Sequence && item.Kind != tree.Null {
			out = append(out, item.Text)
		}
	}
	return out
}

// IsExtension reports whether a key is an extension.
func IsExtension(key string) bool {
	return strings.HasPrefix(key, "x-") || strings.HasPrefix(key, "X-")
}

// JSONTypes lists the types of JSON Schema except null.
var JSONTypes = []string{"string", "number", "integer", "boolean", "object", "array"}

// TypeOf returns the type of a value, or "" for null.
func TypeOf(n *tree.Node) string {
	switch n.Kind {
	case tree.Bool:
		return "boolean"
	case tree.String:
		return "string"
	case tree.Sequence:
		return "array"
	case tree.Mapping:
		return "object"
	case tree.Number:
		for _, c := range n.Text {
			if c == '.' || c == 'e' || c == 'E' {
				return "number"
			}
		}
		return "integer"
	}
	return ""
}

// Join joins words: "a, b and c".
func Join(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
