package models

import (
	"maps"
	"slices"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/gotype"
)

// imports returns the packages that the types use, sorted by path.
func imports(types []*api.Named) []string {
	used := map[string]bool{}
	for _, n := range types {
		if n.UnknownName != "" {
			used[gotype.WirePath] = true
		}
		collect(used, n.Underlying)
		for _, f := range n.Fields {
			collect(used, f.Type)
		}
	}
	return slices.Sorted(maps.Keys(used))
}

// collect adds the packages that a type and its elements use.
func collect(used map[string]bool, t *api.Type) {
	for ; t != nil; t = t.Elem {
		if path := gotype.Path(t.Kind); path != "" {
			used[path] = true
		}
	}
}
