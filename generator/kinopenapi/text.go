package kinopenapi

import (
	"bytes"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// A text is a tree rendered with one key or item per line, so that each line that kin-openapi
// reports is a position in a file.
type text struct {
	bytes.Buffer
	places []diag.Position // of lines 1, 2, …
}

// textOf renders a tree. The comment at the end keeps kin-openapi from reading the text as JSON,
// for which it reports no lines.
func textOf(n *tree.Node) *text {
	t := &text{}
	t.line(n.Pos)
	t.node(n)
	t.WriteString("\n#\n")
	return t
}

// line records the position of the line that begins.
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

// next opens a mapping or list, or goes on to its i-th entry, on a new line.
func (t *text) next(open string, i int, p diag.Position) {
	if i > 0 {
		open = ","
	}
	t.WriteString(open + "\n")
	t.line(p)
}

// place returns the position of a line, and that of the whole for a line that does not exist.
func (t *text) place(line int) diag.Position {
	if line < 1 || line > len(t.places) {
		return t.places[0]
	}
	return t.places[line-1]
}
