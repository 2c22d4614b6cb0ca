package tree

import (
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
)

// Lookup returns the node at a JSON pointer (RFC 6901) such as /paths/~1pets/get, or nil if there
// is none. "" is n itself. A leading # is skipped; what follows it is not percent-decoded.
func (n *Node) Lookup(pointer string) *Node {
	v, _ := n.walk(pointer)
	return v
}

// KeyPos returns the position of the last key of a JSON pointer, or of the item if the pointer ends
// in a list. For "" it is the position of n; for a pointer to nothing it is the zero Position.
func (n *Node) KeyPos(pointer string) diag.Position {
	_, p := n.walk(pointer)
	return p
}

func (n *Node) walk(pointer string) (*Node, diag.Position) {
	rest := strings.TrimPrefix(pointer, "#")
	if n == nil || rest != "" && rest[0] != '/' {
		return nil, diag.Position{}
	}
	pos := n.Pos
	if rest == "" {
		return n, pos
	}
	for token := range strings.SplitSeq(rest[1:], "/") {
		if n, pos = n.child(unescape(token)); n == nil {
			return nil, diag.Position{}
		}
	}
	return n, pos
}

// unescape turns ~1 into / and ~0 into ~, in that order.
func unescape(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}

func (n *Node) child(token string) (*Node, diag.Position) {
	switch n.Kind {
	case Mapping:
		for _, p := range n.Pairs {
			if p.Key == token {
				return p.Value, p.KeyPos
			}
		}
	case Sequence:
		i, err := strconv.Atoi(token)
		if err == nil && i >= 0 && i < len(n.Items) && strconv.Itoa(i) == token {
			return n.Items[i], n.Items[i].Pos
		}
	}
	return nil, diag.Position{}
}
