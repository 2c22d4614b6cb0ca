package tree

import (
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
)

// MaxExpansion is how many nodes the aliases of a document may stand for together. The tree shares them, but who walks it meets them all.
const MaxExpansion = 1_000_000

// An anchor is a node with a name. While the node is read, node is nil.
type anchor struct {
	node   *Node
	size   int // nodes, counted as often as aliases repeat them
	height int // collections within one another
}

// props are the anchor and the tag of a node.
type props struct{ anchor, tag string }

// join adds more properties to those of the same node.
func (p props) join(y *yamlReader, more props) props {
	if p.anchor != "" && more.anchor != "" || p.tag != "" && more.tag != "" {
		y.fail(y.pos(), "a node has two anchors or two tags", "keep one")
	}
	return props{p.anchor + more.anchor, p.tag + more.tag}
}

// property reads &anchor or !tag.
func (y *yamlReader) property() props {
	from, tag := y.at, y.peek() == '!'
	if to := strings.IndexByte(y.src[from:y.lineEnd(from)], '>'); to > 0 && y.peekAt(from+1) == '<' && tag {
		y.at += to
	}
	y.at = y.nameEnd(y.at + 1)
	name := y.src[from+1 : y.at]
	switch {
	case tag:
		return props{tag: "!" + name}
	case name == "":
		y.fail(y.posAt(from), "an anchor has no name", "")
	}
	return props{anchor: name}
}

// nameEnd returns the offset after the name of an anchor, alias or tag that starts at i.
func (y *yamlReader) nameEnd(i int) int {
	for !y.blank(i) && !isFlow(y.src[i]) && !(y.src[i] == ':' && y.blank(i+1)) {
		i++
	}
	return i
}

// anchored reads a node and keeps it under its anchor, if it has one.
func (y *yamlReader) anchored(p props, read func() *Node) *Node {
	if p.anchor == "" {
		return read()
	}
	a := &anchor{}
	y.anchors[p.anchor] = a
	size, deepest := y.size, y.deepest
	y.deepest = y.depth
	a.node = read()
	a.size, a.height = y.size-size, y.deepest-y.depth
	y.deepest = max(deepest, y.deepest)
	return a.node
}

// alias reads *name and returns the very node that has the name.
func (y *yamlReader) alias(p props) *Node {
	from := y.at
	y.at = y.nameEnd(y.at + 1)
	name := y.src[from+1 : y.at]
	a, at := y.anchors[name], y.posAt(from)
	switch {
	case p != props{}:
		y.fail(at, "an alias has an anchor or a tag", "delete it")
	case a == nil:
		y.fail(at, "there is no anchor &"+shorten(name)+" above this alias", "")
	case a.node == nil:
		y.fail(at, "the alias *"+shorten(name)+" stands within the node it names", "")
	}
	y.size += a.size
	if y.expanded += a.size; y.expanded > MaxExpansion {
		y.fail(at, "the aliases stand for more than "+strconv.Itoa(MaxExpansion)+" values", "write fewer aliases of aliases")
	}
	y.deeper(a.height)
	return a.node
}

// coreTags are the tags of the core schema and the kinds they give to a scalar.
var coreTags = map[string]Kind{
	"!": String, "!!str": String, "!!binary": String, "!!timestamp": String, "!!null": Null, "!!bool": Bool, "!!int": Number, "!!float": Number,
}

// retype gives a scalar the kind of its tag. Tags that are not of the core schema change nothing.
func (y *yamlReader) retype(n *Node, p props) {
	tag := p.tag
	if long, ok := strings.CutPrefix(tag, "!<tag:yaml.org,2002:"); ok {
		tag = "!!" + strings.TrimSuffix(long, ">")
	}
	kind, ok := coreTags[tag]
	if !ok {
		return
	}
	if kind != String && plainKind(n.Text) != kind {
		y.fail(n.Pos, quote(n.Text)+" is no "+tag, "")
	}
	n.Kind = kind
}

// mergeKey is the key of which the value is a mapping, or a list of them, whose entries belong to the mapping around it.
const mergeKey = "<<"

// merged replaces the first of the merge keys, which stand among the pairs, by the entries that it brings. Keys of the mapping itself are stronger, then earlier mappings of a list.
func (y *yamlReader) merged(pairs []Pair, merges []Pair) []Pair {
	if len(merges) == 0 {
		return pairs
	}
	own := map[string]bool{}
	for _, p := range pairs {
		own[p.Key] = true
	}
	var brought []Pair
	for _, m := range y.sources(merges[0].Value) {
		for _, p := range m.Pairs {
			if !own[p.Key] {
				own[p.Key] = true
				brought = append(brought, p)
			}
		}
	}
	at := slices.IndexFunc(pairs, func(p Pair) bool { return p.KeyPos == merges[0].KeyPos })
	return slices.Concat(pairs[:at], brought, pairs[at+1:])
}

// sources returns the mappings that a merge key names.
func (y *yamlReader) sources(n *Node) []*Node {
	maps := []*Node{n}
	if n.Kind == Sequence {
		maps = n.Items
	}
	for _, m := range maps {
		if m.Kind != Mapping {
			y.fail(n.Pos, "the merge key << wants a mapping or a list of them, got "+m.Describe(), "")
		}
	}
	return maps
}

// emptyDocument is what [Parse] says of a file without a value.
func emptyDocument(file string) diag.Diagnostic {
	return diag.Diagnostic{Pos: diag.Position{File: file}, Code: "empty", What: "is empty", Cure: "a document is wanted here"}
}
