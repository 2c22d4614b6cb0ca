package policies

import (
	"slices"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/policy"
)

// An index finds the entries of a policy file that match an operation without comparing all of
// them. Only globs are compared one by one.
type index struct {
	entries []policy.Entry            // in the order of the file
	exact   map[policy.Selector][]int // entries that are not globs, by key
	globs   []int
}

func newIndex(f *policy.File) *index {
	x := &index{entries: f.Operations, exact: map[policy.Selector][]int{}}
	for i, e := range f.Operations {
		switch {
		case e.Key == (policy.Selector{}): // the key is malformed, which is reported
		case e.Key.IsGlob():
			x.globs = append(x.globs, i)
		default:
			x.exact[e.Key] = append(x.exact[e.Key], i)
		}
	}
	return x
}

// named returns the entries that name an operation without a glob, in the order of the file.
func (x *index) named(o *spec.Operation) []int {
	var list []int
	if o.ID != "" {
		list = append(list, x.exact[policy.Selector{ID: o.ID}]...)
	}
	list = append(list, x.exact[policy.Selector{Method: o.Method, Path: o.Path}]...)
	slices.Sort(list)
	return list
}

// matching returns all entries that match an operation, in the order of the file.
func (x *index) matching(o *spec.Operation) []int {
	list := x.named(o)
	for _, i := range x.globs {
		if x.entries[i].Key.Matches(o.ID, o.Method, o.Path) {
			list = append(list, i)
		}
	}
	slices.Sort(list)
	return list
}

// layers returns the layers of all entries that match an operation, in the order of the file.
func (x *index) layers(o *spec.Operation) []policy.Layer {
	var layers []policy.Layer
	for _, i := range x.matching(o) {
		layers = append(layers, x.entries[i].Layer)
	}
	return layers
}
