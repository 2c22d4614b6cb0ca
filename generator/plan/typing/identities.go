package typing

// This file finds the alternative of a union that a mapping or a name means.

import (
	"slices"

	"github.com/resgen/resgen/generator/spec"
)

// identities finds alternatives of one union by schemas of the document.
type identities struct {
	names   [][]string             // by alternative: the names of the components that it is
	exact   map[*spec.Schema][]int // the alternatives that are a schema
	members map[*spec.Schema][]int // the alternatives that combine a schema with others
}

func (l lineage) identities(list []*spec.Schema) identities {
	ids := identities{make([][]string, len(list)), map[*spec.Schema][]int{}, map[*spec.Schema][]int{}}
	for i, v := range list {
		for _, s := range l.wrapped(v) {
			if s.Name != "" && !slices.Contains(ids.names[i], s.Name) {
				ids.names[i] = append(ids.names[i], s.Name)
			}
			if s.Ref == nil {
				ids.exact[s] = append(ids.exact[s], i)
			}
			for _, m := range s.AllOf {
				m = m.Target()
				if !slices.Contains(ids.members[m], i) {
					ids.members[m] = append(ids.members[m], i)
				}
			}
		}
	}
	for i, v := range list {
		if len(ids.names[i]) == 0 {
			ids.names[i] = ids.ownMember(l.wrapped(v))
		}
	}
	return ids
}

// wrapped returns an alternative and what it refers to or only wraps, outermost first.
func (l lineage) wrapped(v *spec.Schema) (out []*spec.Schema) {
	for _, s := range []*spec.Schema{l.alternatives[v], v} {
		for s != nil && !slices.Contains(out, s) {
			out = append(out, s)
			if s.Ref == nil {
				s = soleMember(s)
				continue
			}
			s = s.Ref
		}
	}
	return out
}

// ownMember returns the name of the first component that no other alternative contains.
func (ids identities) ownMember(wrapped []*spec.Schema) []string {
	for _, s := range wrapped {
		for _, m := range s.AllOf {
			if m = m.Target(); m.Name != "" && len(ids.members[m]) == 1 && ids.exact[m] == nil {
				return []string{m.Name}
			}
		}
	}
	return nil
}

// of returns the alternatives that are s. If there are none, it is the only alternative that
// combines s with other schemas.
func (ids identities) of(s *spec.Schema) []int {
	for _, inner := range (lineage{}).wrapped(s) {
		if exact := ids.exact[inner]; exact != nil {
			return exact
		}
	}
	if some := ids.members[s.Target()]; len(some) == 1 {
		return some
	}
	return nil
}
