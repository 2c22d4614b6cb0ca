package typing

import (
	"slices"

	"github.com/resgen/resgen/generator/spec"
)

// nulls remembers for each schema whether null is one of its values.
type nulls map[*spec.Schema]bool

// allows reports whether null is a value of s.
func (n nulls) allows(s *spec.Schema) bool {
	known, ok := n[s]
	if !ok {
		n[s] = false // for a union that contains itself
		known = n.compute(s)
		n[s] = known
	}
	return known
}

func (n nulls) compute(s *spec.Schema) bool {
	if s.Nullable || s.Ref != nil && n.allows(s.Ref) ||
		slices.ContainsFunc(s.OneOf, n.allows) || slices.ContainsFunc(s.AnyOf, n.allows) {
		return true
	}
	notNull := func(m *spec.Schema) bool { return !n.allows(m) }
	return len(s.AllOf) > 0 && len(s.Types) == 0 && !slices.ContainsFunc(s.AllOf, notNull)
}
