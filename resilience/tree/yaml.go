package tree

// This file reads YAML 1.2 with positions. It starts in [parseYAML]. The syntax is parsed by
// go.yaml.in/yaml/v3; this package turns its nodes into tree nodes: kinds by the core schema of
// YAML 1.2, unique keys that are text, limited nesting. yaml_alias.go resolves aliases and merge
// keys, yaml_text.go finds positions in bytes, yaml_error.go rewords the library's errors.

import (
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/resgen/resgen/resilience/diag"
)

// A yamlReader turns the library's nodes into this package's. It stops by a panic with a
// diag.Diagnostic, which parseYAML recovers.
type yamlReader struct {
	source
	shared   map[*yaml.Node]*anchor
	depth    int // collections open at the node that is being read
	deepest  int // greatest depth since the innermost open anchor
	size     int // nodes read, those behind aliases counted at each alias
	expanded int // nodes behind aliases

	found diag.List // duplicate keys
}

func parseYAML(file, text string) (root *Node, found diag.List) {
	y := &yamlReader{source: newSource(file, text), shared: map[*yaml.Node]*anchor{}}
	defer func() {
		switch stop := recover().(type) {
		case nil:
		case diag.Diagnostic:
			root, found = nil, diag.List{stop}
		default:
			panic(stop)
		}
	}()
	docs, err := load(y.readable)
	switch {
	case err != nil:
		panic(y.syntax(err))
	case len(docs) == 0 || blank(docs[0]):
		panic(emptyDocument(file))
	case len(docs) > 1:
		y.fail(y.at(docs[1]), "a second document starts here", "keep one document a file")
	}
	return y.node(docs[0].Content[0]), y.found
}

// emptyDocument is the finding of [Parse] for a file without a value.
func emptyDocument(file string) diag.Diagnostic {
	return diag.Diagnostic{Pos: diag.Position{File: file, Line: 1, Column: 1}, Code: "empty", What: "is empty",
		Cure: "write at least one key"}
}

// load reads the first document, and the second that is not blank.
func load(text string) ([]*yaml.Node, error) {
	var docs []*yaml.Node
	d := yaml.NewDecoder(strings.NewReader(text))
	for len(docs) < 2 {
		doc := new(yaml.Node)
		err := guarded(func() error { return d.Decode(doc) })
		switch {
		case err == io.EOF:
			return docs, nil
		case err != nil:
			return nil, err
		case len(docs) == 0 || !blank(doc):
			docs = append(docs, doc)
		}
	}
	return docs, nil
}

// guarded turns a panic of the library into an error like its others: no document may end the
// program.
func guarded(read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("yaml: %v", p)
		}
	}()
	return read()
}

// blank reports whether a document has marks at most, and no value.
func blank(doc *yaml.Node) bool { return missing(doc.Content[0]) }

// missing reports whether n is a place without a value.
func missing(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value == "" && n.Anchor == ""
}

// fail stops reading with an error at p.
func (y *yamlReader) fail(p diag.Position, what, cure string) {
	panic(diag.Diagnostic{Pos: p, Code: "syntax", What: what, Cure: cure})
}

// node reads a value and what is below it, in the order of the document.
func (y *yamlReader) node(n *yaml.Node) *Node {
	switch {
	case n.Kind == yaml.AliasNode:
		return y.alias(n)
	case n.Anchor != "":
		return y.anchored(n)
	}
	return y.value(n)
}

func (y *yamlReader) value(n *yaml.Node) *Node {
	v := &Node{Pos: y.at(n)}
	y.size++
	switch n.Kind {
	case yaml.MappingNode:
		y.nested(v, func() { y.mapping(v, n.Content) })
	case yaml.SequenceNode:
		y.nested(v, func() { y.sequence(v, n.Content) })
	default:
		y.scalar(v, n)
	}
	return v
}

// nested reads the content of a collection, one level down.
func (y *yamlReader) nested(v *Node, read func()) {
	y.deeper(1, v.Pos)
	y.depth++
	read()
	y.depth--
}

// deeper notes that the tree goes down by so many levels at p, and stops if that is too many.
func (y *yamlReader) deeper(by int, p diag.Position) {
	y.deepest = max(y.deepest, y.depth+by)
	if y.deepest > MaxDepth {
		y.fail(p, tooDeep, "")
	}
}

func (y *yamlReader) sequence(v *Node, items []*yaml.Node) {
	v.Kind, v.Items = Sequence, make([]*Node, len(items))
	for i, item := range items {
		v.Items[i] = y.node(item)
	}
}

// mapping reads entries, in which keys and values alternate.
func (y *yamlReader) mapping(v *Node, entries []*yaml.Node) {
	v.Kind, v.Pairs = Mapping, make([]Pair, len(entries)/2)
	var merges []Pair
	for i := range v.Pairs {
		key := entries[2*i]
		v.Pairs[i].KeyPos = y.at(key)
		v.Pairs[i].Key = y.key(key, v.Pairs[i].KeyPos)
		v.Pairs[i].Value = y.node(entries[2*i+1])
		if key.Tag == mergeTag && key.Style == 0 {
			merges = append(merges, v.Pairs[i])
		}
	}
	v.Pairs = unique(v.Pairs, &y.found)
	if len(merges) > 0 {
		v.Pairs = y.merged(v.Pairs, merges[0])
	}
}

// key returns the text of a key of any kind.
func (y *yamlReader) key(n *yaml.Node, p diag.Position) string {
	k := n
	if n.Kind == yaml.AliasNode {
		k = n.Alias
	}
	switch {
	case missing(n):
		y.fail(p, "a key is missing before ':'", "")
	case k.Kind != yaml.ScalarNode:
		y.fail(p, "a key is a list or a mapping", "keys are text")
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		y.node(n)
	}
	text := y.shown(k)
	y.size += 1 + weight(text)
	return text
}

// weight is the number of additional nodes that a text counts for, so that aliases of long text are
// limited too.
func weight(text string) int { return len(text) / 100 }

// scalar gives v the kind of its tag or, without quotes and tag, what it looks like.
func (y *yamlReader) scalar(v *Node, n *yaml.Node) {
	v.Kind, v.Text = String, y.shown(n)
	if n.Style&^yaml.TaggedStyle == 0 {
		v.Kind = plainKind(v.Text)
	}
	if kind, ok := coreTags[n.Tag]; ok && n.Style&yaml.TaggedStyle != 0 {
		if kind != String && plainKind(v.Text) != kind {
			y.fail(v.Pos, quote(v.Text)+" is no "+n.Tag, "")
		}
		v.Kind = kind
	}
	switch v.Kind {
	case Null:
		v.Text = "null"
	case Bool:
		v.Text = strings.ToLower(v.Text)
	}
	y.size += weight(v.Text)
}

// coreTags are the tags of the core schema and the kinds they give to a scalar. Other tags change
// nothing.
var coreTags = map[string]Kind{
	"!!str": String, "!!binary": String, "!!timestamp": String, "!!null": Null, "!!bool": Bool, "!!int": Number,
	"!!float": Number,
}
