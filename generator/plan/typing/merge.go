package typing

// This file merges allOf. A merged schema has the restrictions of all members. It is not part of
// the document.

import (
	"cmp"
	"slices"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/tree"
)

// A merger merges schemas. Merging is a pure function; the merger remembers its results, so that
// equal arguments give the same schema.
type merger struct {
	merges   map[*spec.Schema]merged
	pairs    map[[2]*spec.Schema]*spec.Schema
	overflow *spec.Schema // part of the first pair beyond maxPairs
	members  int          // properties of all results
	largest  *spec.Schema // the schema at which members exceeded maxMembers; nil if it has not
}

func newMerger() *merger {
	return &merger{merges: map[*spec.Schema]merged{}, pairs: map[[2]*spec.Schema]*spec.Schema{}}
}

// maxPairs limits the number of schemas that a document can cause by schemas that contain each
// other. Documents with a thousand operations need some hundreds.
const maxPairs = 5_000

// maxMembers limits the properties of all schemas with an allOf together. Without a limit, a chain
// in which each schema extends the one before would need a type for each that repeats all members
// of the others. Large documents have some thousands.
const maxMembers = 50_000

// maxAlternatives limits the alternatives of two unions together. Beyond the limit the second union
// is ignored, which loses no data because a union keeps the JSON text.
const maxAlternatives = 64

// merged is the result of a merge.
type merged struct {
	schema   *spec.Schema
	conflict string // what the members contradict each other in; empty if they do not
}

// merge returns a schema with the restrictions of s and of all members of its allOf. The second
// result describes a contradiction between them; it is empty if there is none.
func (m *merger) merge(s *spec.Schema) (*spec.Schema, string) {
	known, ok := m.merges[s]
	if !ok {
		acc := &accumulator{m: m, out: &spec.Schema{Discriminator: s.Discriminator}, seen: map[*spec.Schema]bool{}}
		m.merges[s] = merged{schema: acc.out} // for crossProduct during a merge within itself
		acc.add(s)
		if m.members += len(acc.out.Properties); m.members > maxMembers {
			m.largest = cmp.Or(m.largest, s)
		}
		known = merged{acc.out, acc.conflict}
		m.merges[s] = known
	}
	return known.schema, known.conflict
}

// intersect returns a schema with the restrictions of both a and b. The result for a pair is always
// the same schema. Either may be nil.
func (m *merger) intersect(a, b *spec.Schema) *spec.Schema {
	switch {
	case a == nil:
		return b
	case b == nil || a.Target() == b.Target() || isEmpty(b):
		return a
	case isEmpty(a):
		return b
	}
	pair := [2]*spec.Schema{a, b}
	if m.pairs[pair] == nil {
		m.pairs[pair] = m.pair(a, b)
	}
	return m.pairs[pair]
}

// pair returns the allOf of two schemas. Nested lists are flattened.
func (m *merger) pair(a, b *spec.Schema) *spec.Schema {
	members := []*spec.Schema{a}
	if a.Name == "" && a.Ref == nil && onlyAllOf(a) {
		members = a.AllOf
	}
	if slices.ContainsFunc(members, b.SameAs) {
		return a
	}
	if len(m.pairs) >= maxPairs {
		m.overflow = cmp.Or(m.overflow, b)
		return a
	}
	return &spec.Schema{
		Pos: b.Pos, Node: b.Node, Description: cmp.Or(b.Description, a.Description),
		AllOf:    append(slices.Clip(members), b),
		Nullable: a.Nullable && b.Nullable, Deprecated: a.Deprecated || b.Deprecated,
		ReadOnly: a.ReadOnly && b.ReadOnly, WriteOnly: a.WriteOnly && b.WriteOnly,
	}
}

// crossProduct returns the intersection of every alternative of a with every alternative of b,
// except those that contradict each other.
func (m *merger) crossProduct(a, b []*spec.Schema) []*spec.Schema {
	if len(a)*len(b) > maxAlternatives {
		return a
	}
	var out []*spec.Schema
	for _, x := range a {
		for _, y := range b {
			xy := m.intersect(x, y)
			if _, conflict := m.merge(xy); conflict == "" {
				out = append(out, xy)
			}
		}
	}
	return out
}

// An accumulator is the state of one merge.
type accumulator struct {
	m        *merger
	out      *spec.Schema
	seen     map[*spec.Schema]bool
	conflict string
}

// add merges a schema and the members of its allOf into the result.
func (a *accumulator) add(s *spec.Schema) {
	s = s.Target()
	if a.seen[s] || a.m.largest != nil {
		return
	}
	a.seen[s] = true
	for _, member := range s.AllOf {
		a.add(member)
	}
	a.addTypes(s)
	a.addEnum(s)
	a.addMembers(s)
	a.out.Items = a.m.intersect(a.out.Items, s.Items)
	if a.out.Tuple == nil {
		a.out.Tuple = s.Tuple
	}
	a.out.Format = cmp.Or(a.out.Format, s.Format)
	a.addAlternatives(s)
}

// addTypes keeps the types that both have. An integer is also a number.
func (a *accumulator) addTypes(s *spec.Schema) {
	switch {
	case len(s.Types) == 0:
		return
	case len(a.out.Types) == 0:
		a.out.Types = s.Types
		return
	}
	common := commonTypes(a.out.Types, s.Types)
	if common == nil {
		a.conflict = "type: " + a.out.Types[0] + " and " + s.Types[0]
	}
	a.out.Types = common
}

func commonTypes(a, b []string) []string {
	var common []string
	for _, t := range a {
		switch {
		case slices.Contains(b, t):
			common = append(common, t)
		case t == "number" && slices.Contains(b, "integer"), t == "integer" && slices.Contains(b, "number"):
			common = append(common, "integer")
		}
	}
	return common
}

// addEnum keeps the values that both have. Without common values the first list stays, because
// such documents mean one of the lists.
func (a *accumulator) addEnum(s *spec.Schema) {
	if len(a.out.Enum) == 0 || len(s.Enum) == 0 {
		a.out.Enum = append(slices.Clip(a.out.Enum), s.Enum...)
		return
	}
	var common []*tree.Node
	for _, v := range a.out.Enum {
		if slices.ContainsFunc(s.Enum, func(w *tree.Node) bool { return w.Text == v.Text }) {
			common = append(common, v)
		}
	}
	if common != nil {
		a.out.Enum = common
	}
}

// addMembers merges the restrictions on members of an object.
func (a *accumulator) addMembers(s *spec.Schema) {
	for _, prop := range s.Properties {
		a.addProperty(prop)
	}
	for _, r := range s.Required {
		if !a.out.IsRequired(r) {
			a.out.Required = append(a.out.Required, r)
		}
	}
	a.out.Additional = a.m.intersect(a.out.Additional, s.Additional)
}

// addProperty adds a property, or merges it with the one of the same name.
func (a *accumulator) addProperty(prop *spec.Property) {
	sameName := func(q *spec.Property) bool { return q.Name == prop.Name }
	i := slices.IndexFunc(a.out.Properties, sameName)
	if i < 0 {
		a.out.Properties = append(a.out.Properties, prop)
		return
	}
	was := a.out.Properties[i]
	both := a.m.intersect(was.Schema, prop.Schema)
	a.out.Properties[i] = &spec.Property{Name: was.Name, Pos: was.Pos, Schema: both}
}

// addAlternatives merges oneOf and anyOf.
func (a *accumulator) addAlternatives(s *spec.Schema) {
	for _, part := range []struct {
		list []*spec.Schema
		into *[]*spec.Schema
	}{{s.OneOf, &a.out.OneOf}, {s.AnyOf, &a.out.AnyOf}} {
		known := func(v *spec.Schema) bool { return a.seen[v.Target()] }
		switch {
		case len(part.list) == 0, slices.ContainsFunc(part.list, known):
		case len(*part.into) == 0:
			*part.into = part.list
			a.out.Discriminator = cmp.Or(a.out.Discriminator, s.Discriminator)
		default:
			if *part.into = a.m.crossProduct(*part.into, part.list); len(*part.into) == 0 {
				a.conflict = "their alternatives"
			}
		}
	}
}
