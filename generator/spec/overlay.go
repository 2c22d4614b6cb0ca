// This file applies OpenAPI Overlays (1.0) to the tree of the main file, before anything is read from it.
package spec

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// overlay applies the overlays in their order.
func (l *loader) overlay() {
	if len(l.opts.Overlays) == 0 {
		return
	}
	l.root = clone(l.root) // what YAML aliases share is changed in one place only
	l.files[l.name] = l.root
	for _, name := range l.opts.Overlays {
		l.overlays[filepath.ToSlash(name)] = true
		l.applyFile(filepath.ToSlash(name))
	}
}

func clone(n *tree.Node) *tree.Node {
	if n == nil {
		return nil
	}
	c := *n
	c.Items, c.Pairs = slices.Clone(n.Items), slices.Clone(n.Pairs)
	for i := range c.Items {
		c.Items[i] = clone(c.Items[i])
	}
	for i := range c.Pairs {
		c.Pairs[i].Value = clone(c.Pairs[i].Value)
	}
	return &c
}

// An overlayFile is the form of an overlay. Extends is not needed: what is overlaid stands in resgen.yaml.
type overlayFile struct {
	Overlay string         `yaml:"overlay"`
	Info    *tree.Node     `yaml:"info"`
	Extends string         `yaml:"extends"`
	Actions []overlayEntry `yaml:"actions"`
}

type overlayEntry struct {
	Target      *tree.Node `yaml:"target"`
	Description string     `yaml:"description"`
	Update      *tree.Node `yaml:"update"`
	Remove      bool       `yaml:"remove"`
}

func (l *loader) applyFile(name string) {
	data, err := os.ReadFile(filepath.Join(l.opts.Dir, filepath.FromSlash(name)))
	if err != nil {
		l.found.Add(diag.Diagnostic{Pos: diag.Position{File: name}, Code: "unreadable", What: reason(err), Cure: "name an OpenAPI Overlay"})
		return
	}
	n, found := tree.Parse(name, data)
	l.found = append(l.found, found...)
	if n == nil {
		return
	}
	if n.Get("overlay") == nil {
		l.fail(n.Pos, "not-an-overlay", "", "is no OpenAPI Overlay: it has no key overlay", "")
		return
	}
	var file overlayFile
	l.found = append(l.found, tree.Decode(withoutExtensions(n), &file)...)
	for i, a := range file.Actions {
		l.apply(a, n.Get("actions").Items[i])
	}
}

// withoutExtensions takes x- keys out of an overlay and its actions.
func withoutExtensions(n *tree.Node) *tree.Node {
	c := *n
	c.Pairs = slices.DeleteFunc(slices.Clone(n.Pairs), func(p tree.Pair) bool { return isExtension(p.Key) })
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

// apply carries out one action. One that matches nothing is told: it is most likely out of date.
func (l *loader) apply(a overlayEntry, at *tree.Node) {
	if a.Target == nil {
		l.fail(at.Pos, "overlay", "action", "has no target", "add a JSONPath")
		return
	}
	q, bad := parsePath(a.Target.Text)
	if bad != "" {
		l.fail(a.Target.Pos, "overlay", "target "+quote(a.Target.Text), "is no JSONPath: "+bad, "")
		return
	}
	hits := q.find(l.root, l.root)
	switch {
	case len(hits) == 0:
		l.warn(a.Target.Pos, "overlay", "target "+quote(a.Target.Text), "matches nothing", "correct it, or delete the action")
	case a.Remove:
		l.remove(hits, a.Target)
	case a.Update == nil:
		l.warn(at.Pos, "overlay", "target "+quote(a.Target.Text), "is neither updated nor removed", "add update or remove")
	default:
		for _, h := range hits {
			update(h.node, a.Update)
		}
	}
}

// remove deletes locations from their parents, the last of each parent first.
func (l *loader) remove(hits []location, target *tree.Node) {
	slices.SortStableFunc(hits, func(a, b location) int { return b.index - a.index })
	for _, h := range hits {
		if h.parent == nil {
			l.fail(target.Pos, "overlay", "target "+quote(target.Text), "is the whole document, which cannot be removed", "")
			return
		}
		switch {
		case !stands(h): // selected twice
		case h.parent.Kind == tree.Mapping:
			h.parent.Pairs = slices.Delete(h.parent.Pairs, h.index, h.index+1)
		default:
			h.parent.Items = slices.Delete(h.parent.Items, h.index, h.index+1)
		}
	}
}

// stands reports whether a location still holds its node.
func stands(h location) bool { return h.index < size(h.parent) && child(h.parent, h.index) == h.node }

// update merges with into n: mappings key by key, lists by appending, all else by taking the new value.
func update(n, with *tree.Node) {
	switch {
	case n.Kind == tree.Mapping && with.Kind == tree.Mapping:
		for _, p := range with.Pairs {
			if old := n.Get(p.Key); old != nil {
				update(old, p.Value)
				continue
			}
			n.Pairs = append(n.Pairs, tree.Pair{Key: p.Key, KeyPos: p.KeyPos, Value: clone(p.Value)})
		}
	case n.Kind == tree.Sequence && with.Kind == tree.Sequence:
		for _, item := range with.Items {
			n.Items = append(n.Items, clone(item))
		}
	case n.Kind == tree.Sequence:
		n.Items = append(n.Items, clone(with))
	default:
		*n = *clone(with)
	}
}
