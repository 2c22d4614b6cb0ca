package tree

import (
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// MaxExpansion is the number of nodes that all aliases of a document may represent together. The
// tree shares them, but a walk over the tree visits each again.
const MaxExpansion = 1_000_000

// An anchor is a node with a name. While the node is read, node is nil.
type anchor struct {
	node   *Node
	size   int // nodes, counted as often as aliases repeat them
	height int // collections within one another
}

// anchored reads a node and keeps it for its aliases.
func (y *yamlReader) anchored(n *yaml.Node) *Node {
	a := &anchor{}
	y.shared[n] = a
	size, deepest := y.size, y.deepest
	y.deepest = y.depth
	a.node = y.value(n)
	a.size, a.height = y.size-size, y.deepest-y.depth
	y.deepest = max(deepest, y.deepest)
	return a.node
}

// alias returns the node that an alias names.
func (y *yamlReader) alias(n *yaml.Node) *Node {
	a, p := y.shared[n.Alias], y.at(n)
	if a.node == nil {
		y.fail(p, "the alias *"+shorten(n.Value)+" is within the node that it names", "write the value out")
	}
	y.size += a.size
	if y.expanded += a.size; y.expanded > MaxExpansion {
		y.fail(p, "the aliases expand to more than "+strconv.Itoa(MaxExpansion)+" values",
			"write fewer aliases of aliases")
	}
	y.deeper(a.height, p)
	return a.node
}

// mergeTag is the tag that the library gives to << without quotes: the key of which the value is a
// mapping, or a list of them, whose entries belong to the mapping around it.
const mergeTag = "!!merge"

// merged replaces a merge key among the pairs with the entries of its mappings. Keys of the mapping
// itself take precedence, then earlier mappings of a list.
func (y *yamlReader) merged(pairs []Pair, merge Pair) []Pair {
	at := slices.IndexFunc(pairs, func(p Pair) bool { return p.KeyPos == merge.KeyPos })
	if at < 0 {
		return pairs // the key is a duplicate
	}
	own := map[string]bool{}
	for _, p := range pairs {
		own[p.Key] = true
	}
	var brought []Pair
	for _, m := range y.sources(merge.Value) {
		for _, p := range m.Pairs {
			if !own[p.Key] {
				own[p.Key] = true
				brought = append(brought, p)
			}
		}
	}
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
