package spec

// This file finds schemas by $id and $anchor. The entry point is [loader.identified].

import (
	"net/url"
	"strings"

	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/tree"
)

// An index holds the identifiers of the schemas in one file.
type index struct {
	ids     map[string]*tree.Node     // by $id, both as written and resolved
	anchors map[string]*tree.Node     // by $anchor and $dynamicAnchor
	within  map[*tree.Node]*tree.Node // references → the enclosing schema with an $id
	bases   map[*tree.Node]string     // schemas with an $id → its resolved form
}

// indexOf returns the index of a file that was read. It is made on first use.
func (l *loader) indexOf(file string) *index {
	if l.overlays[file] {
		file = l.name
	}
	if ix := l.indexes[file]; ix != nil {
		return ix
	}
	ix := &index{
		ids: map[string]*tree.Node{}, anchors: map[string]*tree.Node{}, within: map[*tree.Node]*tree.Node{},
		bases: map[*tree.Node]string{},
	}
	root := l.files[file]
	if file == l.name {
		root = l.root
	}
	ix.add(root, nil, map[*tree.Node]bool{})
	l.indexes[file] = ix
	return ix
}

// add indexes n and its descendants; inner is the enclosing schema with an $id. The first of two
// equal identifiers counts.
func (ix *index) add(n, inner *tree.Node, seen map[*tree.Node]bool) {
	if n == nil || seen[n] {
		return
	}
	seen[n] = true
	if id := node.Text(n, "$id"); id != "" && n.Get("$id").Kind == tree.String {
		full := against(ix.bases[inner], strings.TrimSuffix(id, "#"))
		ix.bases[n] = full
		put(ix.ids, id, n)
		put(ix.ids, full, n)
		inner = n
	}
	for _, key := range []string{"$anchor", "$dynamicAnchor"} {
		if name := node.Text(n, key); name != "" {
			put(ix.anchors, name, n)
		}
	}
	for _, ref := range []*tree.Node{refOf(n), dynamicRefOf(n)} {
		if ref != nil && inner != nil {
			ix.within[ref] = inner
		}
	}
	for _, p := range n.Pairs {
		ix.add(p.Value, inner, seen)
	}
	for _, item := range n.Items {
		ix.add(item, inner, seen)
	}
}

func put(m map[string]*tree.Node, name string, n *tree.Node) {
	if m[name] == nil {
		m[name] = n
	}
}

// against resolves a URI reference against a base.
func against(base, ref string) string {
	b, err := url.Parse(base)
	if err != nil || base == "" {
		return ref
	}
	u, err := b.Parse(ref)
	if err != nil {
		return ref
	}
	return u.String()
}

// identified returns the schema that a reference names by $id or $anchor, or nil.
func (l *loader) identified(ref *tree.Node, name, fragment string) *tree.Node {
	if name == "" && strings.HasPrefix(fragment, "/") || name == "" && fragment == "" {
		return nil
	}
	ix := l.indexOf(ref.Pos.File)
	if name == "" {
		return ix.anchors[fragment]
	}
	root := ix.ids[name]
	if root == nil {
		root = ix.ids[against(ix.bases[ix.within[ref]], name)]
	}
	if root == nil || fragment == "" || strings.HasPrefix(fragment, "/") {
		return l.lookup(root, fragment)
	}
	return ix.anchors[fragment]
}

// lookup returns the node at a JSON pointer, following references on the way. It returns nil if
// there is none.
func (l *loader) lookup(root *tree.Node, pointer string) *tree.Node {
	if n := root.Lookup(pointer); n != nil || root == nil || !strings.HasPrefix(pointer, "/") || l.hops == maxHops {
		return n
	}
	l.hops++
	defer func() { l.hops-- }()
	n := root
	for token := range strings.SplitSeq(pointer[1:], "/") {
		for hops := 0; refOf(n) != nil && hops < maxHops; hops++ {
			n = l.resolve(refOf(n), leavingOut).node
		}
		if n = n.Lookup("/" + token); n == nil {
			return nil
		}
	}
	return n
}

// maxHops limits the number of references that are followed for one pointer, because a pointer may
// depend on itself.
const maxHops = 20
