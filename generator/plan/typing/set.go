package typing

import "github.com/resgen/resgen/generator/spec"

// A SchemaSet is a set of schemas that includes the schemas within its elements.
type SchemaSet map[*spec.Schema]bool

// Add adds s and all schemas within it. Nil is ignored.
func (r SchemaSet) Add(s *spec.Schema) {
	if s == nil || r[s] {
		return
	}
	r[s] = true
	r.Add(s.Ref)
	r.Add(s.Items)
	r.Add(s.Additional)
	for _, prop := range s.Properties {
		r.Add(prop.Schema)
	}
	for _, list := range [][]*spec.Schema{s.AllOf, s.OneOf, s.AnyOf, s.Tuple} {
		for _, m := range list {
			r.Add(m)
		}
	}
}
