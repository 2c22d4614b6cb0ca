package kinopenapi

import (
	"bytes"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// A text is a tree written anew, so that each line has one key or one item: the line that
// kin-openapi tells is the place in the user's file.
type text struct {
	bytes.Buffer
	places []diag.Position // of what stands on line 1, 2, …
}

// textOf writes a tree. The comment at the end keeps kin-openapi from reading it as JSON, which it
// does without lines.
func textOf(n *tree.Node) *text {
	t := &text{}
	t.line(n.Pos)
	t.node(n)
	t.WriteString("\n#\n")
	return t
}

// line notes what stands on the line that begins.
func (t *text) line(p diag.Position) { t.places = append(t.places, p) }

func (t *text) node(n *tree.Node) {
	switch {
	case n.Kind == tree.Mapping && len(n.Pairs) > 0:
		for i, p := range n.Pairs {
			t.next("{", i, p.KeyPos)
			t.Write((&tree.Node{Kind: tree.String, Text: p.Key}).JSON())
			t.WriteString(": ")
			t.node(p.Value)
		}
		t.WriteByte('}')
	case n.Kind == tree.Sequence && len(n.Items) > 0:
		for i, item := range n.Items {
			t.next("[", i, item.Pos)
			t.node(item)
		}
		t.WriteByte(']')
	default:
		t.Write(n.JSON())
	}
}

// next opens a mapping or list, or goes on to its i-th entry, on a line of its own.
func (t *text) next(open string, i int, p diag.Position) {
	if i > 0 {
		open = ","
	}
	t.WriteString(open + "\n")
	t.line(p)
}

// place returns the position of what stands on a line, that of the whole for a line that there is
// not.
func (t *text) place(line int) diag.Position {
	if line < 1 || line > len(t.places) {
		return t.places[0]
	}
	return t.places[line-1]
}
