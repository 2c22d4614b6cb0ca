package typing

import (
	"slices"

	"github.com/resgen/resgen/generator/spec"
)

// A lineage maps the schemas that were made for the plan to those of the document.
type lineage struct {
	origins map[*spec.Schema]*spec.Schema   // made schema → schema of the document
	unions  map[*spec.Schema][]*spec.Schema // made schema → unions that it is an alternative of

	alternatives map[*spec.Schema]*spec.Schema // made alternative → alternative of the document
}

func newLineage() lineage {
	return lineage{
		map[*spec.Schema]*spec.Schema{}, map[*spec.Schema][]*spec.Schema{}, map[*spec.Schema]*spec.Schema{},
	}
}

// origin returns the schema of the document from which s was made, or s itself.
func (l lineage) origin(s *spec.Schema) *spec.Schema {
	if from := l.origins[s]; from != nil {
		return from
	}
	return s
}

// within returns s and the unions that s is an alternative of. An alternative that repeats one of
// them adds nothing.
func (l lineage) within(s *spec.Schema) []*spec.Schema {
	return append(slices.Clip(l.unions[s]), s)
}

// replace records that made takes the place of s, and copies what describes s.
func (l lineage) replace(s, made *spec.Schema) {
	l.origins[made], l.unions[made] = l.origin(s), append(l.within(s), l.unions[made]...)
	made.Title, made.Description, made.Deprecated = s.Title, s.Description, s.Deprecated
	made.Pos, made.Node, made.Name = s.Pos, s.Node, s.Name
}
