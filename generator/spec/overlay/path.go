package overlay

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/theory/jsonpath"
	jsonspec "github.com/theory/jsonpath/spec"

	"github.com/resgen/resgen/resilience/tree"
)

// This file evaluates JSONPath. The library parses paths and evaluates filters. The other selectors
// are evaluated here, on trees instead of maps, because trees have an order and positions.

// A location is a node that a path selects, and its index in its parent. The root has no parent.
type location struct {
	parent *tree.Node
	index  int
	node   *tree.Node
}

// parsePath parses a JSONPath. White space around it is ignored.
func parsePath(text string) (*jsonpath.Path, error) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "$") {
		return nil, errors.New("a path begins with $")
	}
	path, err := jsonpath.Parse(quoteNames(text))
	if err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "jsonpath: "))
	}
	return path, nil
}

// tokens matches quoted strings, which quoteNames keeps, and bare names with hyphens.
var tokens = regexp.MustCompile(`'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|(\.\.?)([\pL_][\pL\d_]*(?:-[\pL\d_]+)+)`)

// quoteNames writes bare names with hyphens in brackets: $.x-name becomes $['x-name']. RFC 9535
// does not allow hyphens in bare names, but extensions are often written so.
func quoteNames(path string) string {
	return tokens.ReplaceAllStringFunc(path, func(token string) string {
		name := strings.TrimLeft(token, ".")
		switch len(token) - len(name) {
		case 0:
			return token
		case 1:
			return "['" + name + "']"
		}
		return "..['" + name + "']"
	})
}

// find returns the locations that the path selects, in the order that RFC 9535 gives, or ctx.Err().
func find(ctx context.Context, path *jsonpath.Path, root *tree.Node) ([]location, error) {
	f := &finder{ctx: ctx, values: map[*tree.Node]any{}}
	if strings.Count(path.String(), "$") > 1 {
		f.root = root
	}
	list := []location{{node: root, index: -1}}
	for _, s := range path.Query().Segments() {
		var next []location
		seen := map[*tree.Node]bool{}
		for _, at := range list {
			// A node may be selected in several ways. Its children are visited once, so that a path
			// with several wildcards takes time in proportion to its length.
			if !seen[at.node] {
				f.apply(s, at.node, seen, &next)
			}
			seen[at.node] = true
		}
		list = next
	}
	return list, ctx.Err()
}

// A finder evaluates one path.
type finder struct {
	ctx    context.Context
	root   *tree.Node         // for filters; nil if none begins with it
	values map[*tree.Node]any // what filters see
}

// apply adds the children of n that a segment selects. A segment that begins with two dots selects
// among the descendants of n too.
func (f *finder) apply(s *jsonspec.Segment, n *tree.Node, seen map[*tree.Node]bool, out *[]location) {
	if f.ctx.Err() != nil {
		return
	}
	for _, sel := range s.Selectors() {
		f.choose(sel, n, func(i int) { *out = append(*out, location{n, i, child(n, i)}) })
	}
	if !s.IsDescendant() {
		return
	}
	for i := range size(n) {
		if c := child(n, i); !seen[c] {
			f.apply(s, c, seen, out)
			seen[c] = true
		}
	}
}

// choose calls add with the index of each child of n that a selector selects.
func (f *finder) choose(sel jsonspec.Selector, n *tree.Node, add func(i int)) {
	switch sel := sel.(type) {
	case jsonspec.Name:
		for i, p := range n.Pairs {
			if p.Key == string(sel) {
				add(i)
			}
		}
	case jsonspec.Index:
		i := int(sel)
		if i < 0 {
			i += len(n.Items)
		}
		if i >= 0 && i < len(n.Items) {
			add(i)
		}
	case jsonspec.SliceSelector:
		slice(sel, len(n.Items), add)
	case jsonspec.WildcardSelector:
		for i := range size(n) {
			add(i)
		}
	case *jsonspec.FilterSelector:
		f.filter(sel, n, add)
	}
}

func slice(sel jsonspec.SliceSelector, length int, add func(i int)) {
	low, high := sel.Bounds(length)
	step := sel.Step()
	switch {
	case step > 0:
		for i := low; i < high; i += step {
			add(i)
		}
	case step < 0:
		for i := high; i > low; i += step {
			add(i)
		}
	}
}

func (f *finder) filter(sel *jsonspec.FilterSelector, n *tree.Node, add func(i int)) {
	for i := range size(n) {
		if f.ctx.Err() != nil {
			return
		}
		if sel.Eval(f.value(child(n, i)), f.value(f.root)) {
			add(i)
		}
	}
}

// value returns a node as the library takes it: with maps and slices.
func (f *finder) value(n *tree.Node) any {
	if n == nil {
		return nil
	}
	if v, ok := f.values[n]; ok {
		return v
	}
	v := any(n.Text)
	switch n.Kind {
	case tree.Mapping:
		m := make(map[string]any, len(n.Pairs))
		for _, p := range n.Pairs {
			m[p.Key] = f.value(p.Value)
		}
		v = m
	case tree.Sequence:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			list[i] = f.value(item)
		}
		v = list
	case tree.Null:
		v = nil
	case tree.Bool:
		v = n.Text == "true"
	case tree.Number:
		if x, ok := n.Float(); ok {
			v = x
		}
	}
	f.values[n] = v
	return v
}

// size returns the number of children of a node.
func size(n *tree.Node) int { return len(n.Pairs) + len(n.Items) }

// child returns the i-th value of a mapping or list.
func child(n *tree.Node, i int) *tree.Node {
	if n.Kind == tree.Mapping {
		return n.Pairs[i].Value
	}
	return n.Items[i]
}
