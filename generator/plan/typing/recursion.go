package typing

// This file handles types that contain themselves.

import (
	"slices"

	"github.com/resgen/resgen/generator/api"
)

// breakAliases turns aliases that contain themselves into defined types, because Go has no
// recursive aliases, and aliases that denote nothing but each other into any. It returns the
// latter.
func breakAliases(types []*api.Named, d api.Declarations) (undefined []*api.Named) {
	for _, n := range types {
		if isLoop(n, d) {
			undefined = append(undefined, n)
			n.Shape, n.Underlying = api.Alias, api.Of(api.Any, nil)
		}
	}
	for _, n := range types {
		if n.Shape == api.Alias && reaches(n.Underlying, n.Name, d, map[string]bool{}) {
			n.Shape = api.Defined
		}
	}
	return undefined
}

// isLoop reports whether the chain of aliases that starts at n is infinite.
func isLoop(n *api.Named, d api.Declarations) bool {
	t := n.Underlying
	for range len(d) + 1 {
		if t == nil || t.Kind != api.NamedType {
			return false
		}
		t = d[t.Name].Underlying
	}
	return true
}

// reaches reports whether t contains the name, directly or through aliases.
func reaches(t *api.Type, name string, d api.Declarations, seen map[string]bool) bool {
	for ; t != nil; t = t.Elem {
		if t.Kind != api.NamedType {
			continue
		}
		if t.Name == name {
			return true
		}
		n := d[t.Name]
		if seen[t.Name] || n == nil || n.Shape != api.Alias {
			return false
		}
		seen[t.Name] = true
		return reaches(n.Underlying, name, d, seen)
	}
	return false
}

// breakStructs makes pointers of fields with which a struct would contain itself as a value.
func breakStructs(types []*api.Named, d api.Declarations) {
	group := cycles(types, d)
	for _, n := range types {
		for _, f := range n.Fields {
			held := embedded(f.Type, d)
			if held != "" && group[held] == group[n.Name] && (held == n.Name || group[held] > 0) {
				f.Type = indirect(f.Type)
			}
		}
	}
}

// indirect returns a pointer to a value of type t, inside of the nullable if t is one.
func indirect(t *api.Type) *api.Type {
	if t.Kind == api.Nullable {
		return api.Of(api.Nullable, api.Of(api.Pointer, t.Elem))
	}
	return api.Of(api.Pointer, t)
}

// embedded returns the name of the struct that is part of a value of type t, empty if there is
// none.
func embedded(t *api.Type, d api.Declarations) string {
	if t.Kind == api.Nullable {
		t = t.Elem
	}
	if t = d.Under(t); t.Kind == api.NamedType {
		if n := d[t.Name]; n != nil && n.Shape == api.Struct {
			return t.Name
		}
	}
	return ""
}

// cycles numbers the structs so that those that contain each other as values, and only those, have
// the same number above 0. This is Tarjan's algorithm for strongly connected components.
func cycles(types []*api.Named, d api.Declarations) map[string]int {
	t := &tarjan{
		declared: d, index: map[string]int{}, low: map[string]int{}, onStack: map[string]bool{},
		group: map[string]int{},
	}
	for _, n := range types {
		if n.Shape == api.Struct && t.index[n.Name] == 0 {
			t.visit(n.Name)
		}
	}
	return t.group
}

// tarjan is the state of the algorithm.
type tarjan struct {
	declared   api.Declarations
	index, low map[string]int
	onStack    map[string]bool
	stack      []string
	group      map[string]int
	next       int
}

func (t *tarjan) visit(name string) {
	t.next++
	t.index[name], t.low[name] = t.next, t.next
	t.stack, t.onStack[name] = append(t.stack, name), true
	for _, f := range t.declared[name].Fields {
		held := embedded(f.Type, t.declared)
		switch {
		case held == "":
		case t.index[held] == 0:
			t.visit(held)
			t.low[name] = min(t.low[name], t.low[held])
		case t.onStack[held]:
			t.low[name] = min(t.low[name], t.index[held])
		}
	}
	if t.low[name] == t.index[name] {
		t.pop(name)
	}
}

// pop removes the component whose first member is name from the stack.
func (t *tarjan) pop(name string) {
	at := slices.Index(t.stack, name)
	for _, member := range t.stack[at:] {
		t.onStack[member] = false
		t.group[member] = t.index[name]
	}
	t.stack = t.stack[:at]
}
