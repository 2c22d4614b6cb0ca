// This file puts the last touch to types when all declarations exist: pointers where a value may be absent or null, and where a type would hold itself.
package plan

import (
	"slices"

	"github.com/resgen/resgen/generator/api"
)

// A wrapped type is complete only when it is known what its name stands for.
type wrapped struct {
	at       **api.Type
	omit     *bool // set if an absent value is left out; nil: does not apply
	base     *api.Type
	required bool
	nullable bool
}

// finish completes the types of fields, parameters and answers.
func (p *planner) finish() {
	byName := make(map[string]*api.Named, len(p.api.Types))
	for _, n := range p.api.Types {
		byName[n.Name] = n
	}
	g := graph{byName}
	p.aliases(g)
	for _, w := range p.fields {
		*w.at = g.wrap(w)
		if w.omit != nil {
			*w.omit = !w.required
		}
	}
	for _, w := range p.answers {
		*w.at = g.answer(w)
	}
	g.cut(p.api.Types)
}

// A graph finds declarations by name.
type graph struct{ named map[string]*api.Named }

// wrap returns the type of a value that may be absent or null.
func (g graph) wrap(w wrapped) *api.Type {
	under := g.under(w.base).Kind
	switch {
	case under == api.Any && w.nullable && w.omit != nil && !w.required:
		return of(api.Nullable, w.base) // an any that is nil cannot say whether it was there
	case under == api.Any || under == api.Raw || w.required && !w.nullable:
		return w.base
	case w.required:
		return of(api.Pointer, w.base)
	case w.nullable && w.omit != nil:
		return of(api.Nullable, w.base)
	case under == api.Slice || under == api.Map || under == api.Bytes || under == api.Reader || under == api.Stream:
		return w.base
	}
	return of(api.Pointer, w.base)
}

// answer returns the type of a body that is returned: a pointer to a struct or union, and to a scalar that may be null.
func (g graph) answer(w wrapped) *api.Type {
	under := g.under(w.base).Kind
	if under == api.NamedType && g.isEnum(w.base) && !w.nullable {
		return w.base
	}
	if under == api.NamedType || w.nullable && under != api.Any && under != api.Slice && under != api.Map && under != api.Bytes {
		return of(api.Pointer, w.base)
	}
	return w.base
}

func (g graph) isEnum(t *api.Type) bool {
	n := g.named[g.under(t).Name]
	return n != nil && n.Shape == api.Enum
}

// under returns what a type comes to when the names of aliases and defined types are taken away.
func (g graph) under(t *api.Type) *api.Type {
	for range len(g.named) + 1 {
		if t.Kind != api.NamedType {
			return t
		}
		n := g.named[t.Name]
		if n == nil || n.Shape != api.Alias && n.Shape != api.Defined || n.Underlying == nil {
			return t
		}
		t = n.Underlying
	}
	return t
}

// aliases makes types of aliases that hold themselves (type Tree = []Tree is no Go), and any of those that hold nothing but themselves.
func (p *planner) aliases(g graph) {
	for _, n := range p.api.Types {
		if g.loops(n) {
			p.warn(n.Pos, "any", n.Schema, "is defined by nothing but itself", "it becomes any; say what it is")
			n.Shape, n.Underlying = api.Alias, kind(api.Any)
		}
	}
	for _, n := range p.api.Types {
		if n.Shape == api.Alias && g.reaches(n.Underlying, n.Name, map[string]bool{}) {
			n.Shape = api.Defined
		}
	}
}

// loops reports whether a chain of aliases that starts at n never ends.
func (g graph) loops(n *api.Named) bool {
	t := n.Underlying
	for range len(g.named) + 1 {
		if t == nil || t.Kind != api.NamedType {
			return false
		}
		t = g.named[t.Name].Underlying
	}
	return true
}

// reaches reports whether name is met on the way through aliases from t.
func (g graph) reaches(t *api.Type, name string, seen map[string]bool) bool {
	for ; t != nil; t = t.Elem {
		if t.Kind != api.NamedType {
			continue
		}
		if t.Name == name {
			return true
		}
		n := g.named[t.Name]
		if seen[t.Name] || n == nil || n.Shape != api.Alias {
			return false
		}
		seen[t.Name] = true
		return g.reaches(n.Underlying, name, seen)
	}
	return false
}

// cut puts a pointer wherever a struct would hold itself as a value.
func (g graph) cut(types []*api.Named) {
	group := g.groups(types)
	for _, n := range types {
		for _, f := range n.Fields {
			if held := g.held(f.Type); held != "" && group[held] == group[n.Name] && (held == n.Name || group[held] > 0) {
				cutAt(f)
			}
		}
	}
}

// cutAt makes the value in a field a pointer.
func cutAt(f *api.Field) {
	if f.Type.Kind == api.Nullable {
		f.Type = of(api.Nullable, of(api.Pointer, f.Type.Elem))
		return
	}
	f.Type = of(api.Pointer, f.Type)
}

// held returns the struct that a value of type t holds in itself, "" if none.
func (g graph) held(t *api.Type) string {
	if t.Kind == api.Nullable {
		t = t.Elem
	}
	if t = g.under(t); t.Kind == api.NamedType {
		if n := g.named[t.Name]; n != nil && n.Shape == api.Struct {
			return t.Name
		}
	}
	return ""
}

// groups numbers the structs so that those that hold each other as values, and only those, share a number above 0 (Tarjan's algorithm).
func (g graph) groups(types []*api.Named) map[string]int {
	s := &components{g: g, index: map[string]int{}, low: map[string]int{}, on: map[string]bool{}, group: map[string]int{}}
	for _, n := range types {
		if n.Shape == api.Struct && s.index[n.Name] == 0 {
			s.visit(n.Name)
		}
	}
	return s.group
}

// components is the state of one run of Tarjan's algorithm.
type components struct {
	g          graph
	index, low map[string]int
	on         map[string]bool
	stack      []string
	group      map[string]int
	next       int
}

func (c *components) visit(name string) {
	c.next++
	c.index[name], c.low[name] = c.next, c.next
	c.stack, c.on[name] = append(c.stack, name), true
	for _, f := range c.g.named[name].Fields {
		held := c.g.held(f.Type)
		switch {
		case held == "":
		case c.index[held] == 0:
			c.visit(held)
			c.low[name] = min(c.low[name], c.low[held])
		case c.on[held]:
			c.low[name] = min(c.low[name], c.index[held])
		}
	}
	if c.low[name] == c.index[name] {
		c.pop(name)
	}
}

// pop takes the group whose first member is name off the stack.
func (c *components) pop(name string) {
	at := slices.Index(c.stack, name)
	for _, member := range c.stack[at:] {
		c.on[member] = false
		c.group[member] = c.index[name]
	}
	c.stack = c.stack[:at]
}
