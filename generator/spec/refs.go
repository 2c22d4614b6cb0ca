package spec

import (
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// A target is the node that a reference names.
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

// dynamicRefOf returns the $dynamicRef of JSON Schema 2020-12 that n is, or nil. It is treated as a
// plain reference to the schema of that name.
func dynamicRefOf(n *tree.Node) *tree.Node {
	if ref := n.Get("$dynamicRef"); ref != nil && ref.Kind == tree.String {
		return ref
	}
	return nil
}

// What is done with references that lead nowhere, in words.
const (
	usingAny   = "using any"
	leavingOut = "leaving it out"
)

// resolve returns the target of one reference. Its node is nil if there is none, which is reported
// together with what is done instead.
func (l *loader) resolve(ref *tree.Node, instead string) target {
	name, fragment, _ := strings.Cut(ref.Text, "#")
	if decoded, err := url.PathUnescape(fragment); err == nil {
		fragment = decoded
	}
	if n := l.identified(ref, name, fragment); n != nil {
		return target{node: n, pointer: name + "#" + fragment}
	}
	if t, ok := l.bareName(ref); ok {
		return t
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
	if t.node = l.lookup(root, fragment); t.node == nil && name == "" {
		ix := l.indexOf(ref.Pos.File) // a pointer may be relative to the enclosing schema with an $id
		t.node = l.lookup(ix.within[ref], fragment)
	}
	if t.node == nil && name != "" {
		t.node = l.indexOf(file).anchors[fragment]
	}
	if t.node == nil && l.hops == 0 {
		l.warn(
			ref.Pos, "unresolved-reference", "reference "+strconv.Quote(ref.Text), "leads nowhere, "+instead,
			l.suggest(root, fragment),
		)
	}
	return t
}

// bareName resolves a reference that is only the name of a component schema, as in Swagger 1.2.
func (l *loader) bareName(ref *tree.Node) (target, bool) {
	if strings.ContainsAny(ref.Text, "#/") {
		return target{}, false
	}
	n := l.componentNode(ref.Text)
	if n != nil {
		l.warnOnce(
			ref.Pos, "unresolved-reference", "reference "+strconv.Quote(ref.Text), "is the bare name of a schema",
			"write "+strconv.Quote(l.doc.Version.schemasPointer()+ref.Text),
		)
	}
	return target{node: n, pointer: l.doc.Version.schemasPointer() + ref.Text}, n != nil
}

// fileOf returns the name of the file that a reference in the file base names.
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

// suggest returns the cure for a pointer without a target: a similar key, if there is one.
func (l *loader) suggest(root *tree.Node, pointer string) string {
	cut := strings.LastIndex(pointer, "/")
	if cut < 0 {
		return "a reference has the form #/components/schemas/Name"
	}
	var keys []string
	for _, p := range node.Pairs(root.Lookup(pointer[:cut])) {
		keys = append(keys, p.Key)
	}
	if s := diag.Suggest(pointer[cut+1:], keys); s != "" {
		return "did you mean " + strconv.Quote("#"+pointer[:cut+1]+s) + "?"
	}
	return "define it, or correct the reference"
}

// deref follows the references of a node that is not a schema. It returns the last node and its key
// under components, or nil if a target does not exist or the references form a cycle.
func (l *loader) deref(n *tree.Node) (*tree.Node, string) {
	component := ""
	seen := map[*tree.Node]bool{}
	for n != nil {
		ref := refOf(n)
		if ref == nil {
			return n, component
		}
		if seen[n] {
			l.warn(
				ref.Pos, "reference-cycle", "reference "+strconv.Quote(ref.Text), "leads back to itself",
				"define the target",
			)
			return nil, ""
		}
		seen[n] = true
		t := l.resolve(ref, leavingOut)
		n, component = t.node, lastSegment(t.pointer)
	}
	return nil, ""
}

// lastSegment returns the key at the end of a pointer, or the base name of a file that is referred
// to as a whole.
func lastSegment(pointer string) string {
	file, fragment, _ := strings.Cut(pointer, "#")
	if fragment == "" || fragment == "/" {
		base := path.Base(file)
		return strings.TrimSuffix(base, path.Ext(base))
	}
	last := fragment[strings.LastIndex(fragment, "/")+1:]
	return strings.ReplaceAll(strings.ReplaceAll(last, "~1", "/"), "~0", "~")
}

// cycle reports whether the references of t lead to s, which is not a reference yet.
func cycle(s, t *Schema) bool {
	t.shorten()
	return t.Target() == s
}
