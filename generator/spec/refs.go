package spec

import (
	"net/url"
	"path"
	"strings"

	"github.com/resgen/resgen/resilience/tree"
)

// A target is what a reference names.
type target struct {
	node    *tree.Node
	pointer string // "#/components/schemas/Item", with the file before the # if it is not the main one
}

// refOf returns the reference that n is, or nil.
func refOf(n *tree.Node) *tree.Node {
	if ref := n.Get("$ref"); ref != nil && ref.Kind == tree.String {
		return ref
	}
	return nil
}

// resolve follows one reference. The node is nil if it leads nowhere, which has been told then.
func (l *loader) resolve(ref *tree.Node) target {
	name, fragment, _ := strings.Cut(ref.Text, "#")
	if decoded, err := url.PathUnescape(fragment); err == nil {
		fragment = decoded
	}
	file := l.fileOf(ref.Pos.File, name)
	t := target{pointer: "#" + fragment}
	if file != l.name {
		t.pointer = file + t.pointer
	}
	root := l.file(file, ref.Pos)
	if root == nil {
		return t
	}
	if t.node = root.Lookup(fragment); t.node == nil {
		t.node = anchored(root, fragment)
	}
	if t.node == nil {
		l.warn(ref.Pos, "unresolved-reference", "reference "+quote(ref.Text), "leads nowhere", l.suggest(root, fragment))
	}
	return t
}

// fileOf returns the name of the file that a reference within base names.
func (l *loader) fileOf(base, name string) string {
	if l.overlays[base] {
		base = l.name
	}
	if name == "" {
		return base
	}
	if isURL(name) {
		return name
	}
	if isURL(base) {
		if b, err := url.Parse(base); err == nil {
			if r, err := b.Parse(name); err == nil {
				return r.String()
			}
		}
		return name
	}
	if decoded, err := url.PathUnescape(name); err == nil {
		name = decoded
	}
	if path.IsAbs(name) {
		return name
	}
	return path.Join(path.Dir(base), name)
}

// anchored finds the schema with a $anchor or $id (JSON Schema 2020-12).
func anchored(n *tree.Node, name string) *tree.Node {
	if name == "" || strings.HasPrefix(name, "/") || n == nil {
		return nil
	}
	if a := n.Get("$anchor"); a != nil && a.Text == name {
		return n
	}
	for _, p := range n.Pairs {
		if t := anchored(p.Value, name); t != nil {
			return t
		}
	}
	for _, item := range n.Items {
		if t := anchored(item, name); t != nil {
			return t
		}
	}
	return nil
}

// suggest is the cure for a pointer that leads nowhere: a like key beside the missing one.
func (l *loader) suggest(root *tree.Node, pointer string) string {
	cut := strings.LastIndex(pointer, "/")
	if cut < 0 {
		return "a reference has the form #/components/schemas/Name"
	}
	var keys []string
	for _, p := range pairs(root.Lookup(pointer[:cut])) {
		keys = append(keys, p.Key)
	}
	if s := tree.Suggest(pointer[cut+1:], keys); s != "" {
		return "did you mean " + quote("#"+pointer[:cut+1]+s) + "?"
	}
	return "define it, or correct the reference"
}

// deref follows the references of a node that is no schema. It returns nil where they lead nowhere or in a circle,
// and the key under components of the last one.
func (l *loader) deref(n *tree.Node) (*tree.Node, string) {
	component := ""
	seen := map[*tree.Node]bool{}
	for n != nil {
		ref := refOf(n)
		if ref == nil {
			return n, component
		}
		if seen[n] {
			l.warn(ref.Pos, "reference-cycle", "reference "+quote(ref.Text), "leads back to itself", "define what it stands for")
			return nil, ""
		}
		seen[n] = true
		t := l.resolve(ref)
		n, component = t.node, lastSegment(t.pointer)
	}
	return nil, ""
}

// lastSegment is the key at the end of a pointer, or the bare name of a file that is referred to as a whole.
func lastSegment(pointer string) string {
	file, fragment, _ := strings.Cut(pointer, "#")
	if fragment == "" || fragment == "/" {
		base := path.Base(file)
		return strings.TrimSuffix(base, path.Ext(base))
	}
	last := fragment[strings.LastIndex(fragment, "/")+1:]
	return strings.ReplaceAll(strings.ReplaceAll(last, "~1", "/"), "~0", "~")
}

// cycle reports whether following t's references comes to s.
func cycle(s, t *Schema) bool {
	for ; t != nil; t = t.Ref {
		if t == s {
			return true
		}
	}
	return false
}
