package overlay

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// A file is the format of an overlay. Extends has no effect, because resgen.yaml names the document
// of an overlay.
type file struct {
	Overlay string     `yaml:"overlay"`
	Info    *tree.Node `yaml:"info"`
	Extends string     `yaml:"extends"`
	Actions []action   `yaml:"actions"`
}

type action struct {
	Target      *tree.Node `yaml:"target"`
	Description string     `yaml:"description"`
	Update      *tree.Node `yaml:"update"`
	Remove      bool       `yaml:"remove"`
}

// Apply applies the overlay in data to root, which must be a tree without shared nodes, as [Clone]
// returns. The name is that of the overlay in positions. Apply stops early if ctx is canceled.
func Apply(ctx context.Context, root *tree.Node, name string, data []byte) diag.List {
	n, found := tree.Parse(name, data)
	if n == nil {
		return found
	}
	if n.Get("overlay") == nil {
		return append(found, diag.Diagnostic{
			Pos: n.Pos, Code: "not-an-overlay", What: "is not an OpenAPI Overlay: it has no key overlay",
		})
	}
	var f file
	found = append(found, tree.Decode(withoutExtensions(n), &f)...)
	for i, a := range f.Actions {
		found = append(found, a.apply(ctx, root, n.Get("actions").Items[i])...)
	}
	return found
}

// Clone returns a copy of a tree in which each node has one parent, so that a change in one place
// has no effect in another. YAML aliases share nodes.
func Clone(n *tree.Node) *tree.Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Items, c.Pairs = slices.Clone(n.Items), slices.Clone(n.Pairs)
	for i := range c.Items {
		c.Items[i] = Clone(c.Items[i])
	}
	for i := range c.Pairs {
		c.Pairs[i].Value = Clone(c.Pairs[i].Value)
	}
	return &c
}

// withoutExtensions returns an overlay without the x- keys of itself and its actions.
func withoutExtensions(n *tree.Node) *tree.Node {
	c := *n
	c.Pairs = slices.DeleteFunc(slices.Clone(n.Pairs), func(p tree.Pair) bool {
		return strings.HasPrefix(p.Key, "x-") || strings.HasPrefix(p.Key, "X-")
	})
	for i, p := range c.Pairs {
		if p.Key == "actions" && p.Value.Kind == tree.Sequence {
			list := *p.Value
			list.Items = slices.Clone(list.Items)
			for j, item := range list.Items {
				list.Items[j] = withoutExtensions(item)
			}
			c.Pairs[i].Value = &list
		}
	}
	return &c
}

// apply carries out one action; at is its node. An action that matches nothing is a warning,
// because it is most likely out of date.
func (a action) apply(ctx context.Context, root, at *tree.Node) diag.List {
	if a.Target == nil {
		return fail(at, "overlay", "action", "has no target", "add a JSONPath")
	}
	subject := "target " + strconv.Quote(a.Target.Text)
	path, err := parsePath(a.Target.Text)
	if err != nil {
		return fail(a.Target, "overlay", subject, "is not a JSONPath: "+err.Error(), "")
	}
	hits, err := find(ctx, path, root)
	switch {
	case err != nil:
		return nil // the caller reports that the run was canceled
	case len(hits) == 0:
		return warn(a.Target, "overlay", subject, "matches nothing", "correct it, or delete the action")
	case a.Remove && hits[0].parent == nil:
		return fail(a.Target, "overlay", subject, "is the whole document, which cannot be removed", "")
	case a.Remove:
		remove(hits)
	case a.Update == nil:
		return warn(at, "overlay", subject, "is neither updated nor removed", "add update or remove")
	default:
		for _, h := range hits {
			update(h.node, a.Update)
		}
	}
	return nil
}

func fail(n *tree.Node, code, subject, what, cure string) diag.List {
	return diag.List{{Pos: n.Pos, Code: code, Subject: subject, What: what, Cure: cure}}
}

func warn(n *tree.Node, code, subject, what, cure string) diag.List {
	return diag.List{{Pos: n.Pos, Severity: diag.Warning, Code: code, Subject: subject, What: what, Cure: cure}}
}

// remove deletes locations from their parents, the last of each parent first.
func remove(hits []location) {
	slices.SortStableFunc(hits, func(a, b location) int { return b.index - a.index })
	for _, h := range hits {
		switch {
		case h.index >= size(h.parent) || child(h.parent, h.index) != h.node: // selected twice
		case h.parent.Kind == tree.Mapping:
			h.parent.Pairs = slices.Delete(h.parent.Pairs, h.index, h.index+1)
		default:
			h.parent.Items = slices.Delete(h.parent.Items, h.index, h.index+1)
		}
	}
}

// update merges with into n: mappings key by key, lists by appending; any other value is replaced.
func update(n, with *tree.Node) {
	switch {
	case n.Kind == tree.Mapping && with.Kind == tree.Mapping:
		for _, p := range with.Pairs {
			if old := n.Get(p.Key); old != nil {
				update(old, p.Value)
				continue
			}
			n.Pairs = append(n.Pairs, tree.Pair{Key: p.Key, KeyPos: p.KeyPos, Value: Clone(p.Value)})
		}
	case n.Kind == tree.Sequence && with.Kind == tree.Sequence:
		for _, item := range with.Items {
			n.Items = append(n.Items, Clone(item))
		}
	case n.Kind == tree.Sequence:
		n.Items = append(n.Items, Clone(with))
	default:
		*n = *Clone(with)
	}
}
