package generator

import (
	"os"
	"path/filepath"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// A Text is a value of resgen.yaml with its position.
type Text struct {
	Value string
	Pos   diag.Position
}

// DecodeNode reads a scalar.
func (t *Text) DecodeNode(n *tree.Node) diag.List {
	if n.Kind != tree.String || n.Text == "" {
		return diag.List{{Pos: n.Pos, Code: "wrong-type", What: "want text, got " + n.Describe()}}
	}
	t.Value, t.Pos = n.Text, n.Pos
	return nil
}

// finding returns a list of one finding at the position of the value.
func (t Text) finding(code, what, cure string) diag.List {
	return diag.List{{Pos: t.Pos, Code: code, What: what, Cure: cure}}
}

// Texts is a list of values. A single value needs no brackets.
type Texts []Text

// DecodeNode reads one text or a list of texts.
func (ts *Texts) DecodeNode(n *tree.Node) diag.List {
	items := []*tree.Node{n}
	if n.Kind == tree.Sequence {
		items = n.Items
	}
	var found diag.List
	for _, item := range items {
		var t Text
		found = append(found, t.DecodeNode(item)...)
		*ts = append(*ts, t)
	}
	return found
}

// values returns the texts without their positions.
func (ts Texts) values() []string {
	var list []string
	for _, t := range ts {
		list = append(list, t.Value)
	}
	return list
}

// existing returns the texts that are paths of existing files.
func (ts Texts) existing(dir string) Texts {
	var list Texts
	for _, t := range ts {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(t.Value))); err == nil {
			list = append(list, t)
		}
	}
	return list
}

// Names maps names of the document to Go names, each with its position.
type Names map[string]Text
