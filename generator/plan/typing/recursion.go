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
	for _, cycle := range aliasCycles(types, func(n *api.Named) *api.Type { return n.Underlying }, d) {
		undefined = append(undefined, cycle[0])
		cycle[0].Shape, cycle[0].Underlying = api.Alias, api.Of(api.Any, nil)
	}
	for _, cycle := range aliasCycles(types, func(n *api.Named) *api.Type { return innermost(n.Underlying) }, d) {
		cycle[0].Shape = api.Defined
	}
	return undefined
}

// innermost returns the type of the elements of nested lists, maps and pointers.
func innermost(t *api.Type) *api.Type {
	for t != nil && t.Kind != api.NamedType {
		t = t.Elem
	}
	return t
}

// aliasCycles returns the cycles of aliases that follow each other. Each begins with the alias that
// is first in types. The function next returns the type that follows an alias.
func aliasCycles(types []*api.Named, next func(*api.Named) *api.Type, d api.Declarations) [][]*api.Named {
	var cycles [][]*api.Named
	order, visit := map[*api.Named]int{}, map[*api.Named]int{}
	for i, n := range types {
		order[n] = i
	}
	for i, n := range types {
		var walk []*api.Named
		for n != nil && n.Shape == api.Alias && visit[n] == 0 {
			visit[n] = i + 1
			walk = append(walk, n)
			if t := next(n); t != nil && t.Kind == api.NamedType {
				n = d[t.Name]
				continue
			}
			n = nil
		}
		if at := slices.Index(walk, n); at >= 0 {
			cycles = append(cycles, fromFirst(walk[at:], order))
		}
	}
	return cycles
}

// fromFirst returns a cycle that begins with the member that is first in the order.
func fromFirst(cycle []*api.Named, order map[*api.Named]int) []*api.Named {
	first := slices.MinFunc(cycle, func(a, b *api.Named) int { return order[a] - order[b] })
	at := slices.Index(cycle, first)
	return slices.Concat(cycle[at:], cycle[:at])
}

// breakStructs makes pointers of fields with which a struct would contain itself as a value.
func breakStructs(types []*api.Named, d api.Declarations) {
	group := cycles(types, d)
	for _, n := range types {
		for _, f := range n.Fields {
			held := embedded(f.Type, d)
			if held != "" && group[held] == group[n.Name] && (held == n.Name || group[held] > 0) {
				f.NotNull = !f.OmitZero && f.Type.Kind != api.Nullable
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
