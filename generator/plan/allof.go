// This file merges allOf. A merged schema says what all members say together; it is made for the plan and stands nowhere in the document.
package plan

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/tree"
)

// isVacuous reports whether a schema says nothing about the type of a value. What it requires of members does not count.
func isVacuous(s *spec.Schema) bool {
	return s.Ref == nil && len(s.Types) == 0 && isBare(s)
}

// isBare reports whether a schema says nothing but a type.
func isBare(s *spec.Schema) bool {
	return s.Ref == nil && len(s.Enum) == 0 && len(s.Properties) == 0 && s.Additional == nil && !s.Closed &&
		s.Items == nil && len(s.Tuple) == 0 && len(s.AllOf) == 0 && len(s.OneOf) == 0 && len(s.AnyOf) == 0 && s.Format == ""
}

// allOf returns the type of a schema with allOf. If only one member says something, it is that member's type.
func (p *planner) allOf(s *spec.Schema) *api.Type {
	if only := soleMember(s); only != nil {
		return p.sole(s, only)
	}
	for _, o := range p.open {
		if sameMembers(o, s) { // a merge within itself, as of two lists that hold lists of their own kind
			return p.typeOf(o)
		}
	}
	m, conflict := p.merge(s)
	if conflict != "" {
		p.contradiction(s, conflict)
		return kind(api.Any)
	}
	p.open = append(p.open, s)
	defer func() { p.open = p.open[:len(p.open)-1] }()
	return p.buildMerged(s, m)
}

// sameMembers reports whether both are the allOf of the same members.
func sameMembers(s, t *spec.Schema) bool {
	return onlyAllOf(s) && onlyAllOf(t) && slices.EqualFunc(s.AllOf, t.AllOf, (*spec.Schema).SameAs)
}

// onlyAllOf reports whether a schema says nothing beside its allOf.
func onlyAllOf(s *spec.Schema) bool {
	own := *s
	own.AllOf = nil
	return len(s.AllOf) > 0 && saysNothing(&own)
}

// buildMerged returns the type of m, which is made of s and takes its place.
func (p *planner) buildMerged(s, m *spec.Schema) *api.Type {
	p.origin[m], p.inside[m] = p.from(s), append(p.within(s), p.inside[m]...)
	m.Title, m.Description, m.Deprecated, m.Pos, m.Node, m.Name = s.Title, s.Description, s.Deprecated, s.Pos, s.Node, s.Name
	return p.build(m)
}

// from returns the schema of the document that s was made of.
func (p *planner) from(s *spec.Schema) *spec.Schema {
	if from := p.origin[s]; from != nil {
		return from
	}
	return s
}

// hintOf returns the name that s wants and its place.
func (p *planner) hintOf(s *spec.Schema) hint { return p.hints[p.from(s)] }

// soleMember returns the one member of an allOf that says something, nil if several or the schema itself do.
func soleMember(s *spec.Schema) *spec.Schema {
	own := *s
	own.AllOf, own.Types = nil, nil
	if !isVacuous(&own) || len(s.Required) > 0 {
		return nil
	}
	var only *spec.Schema
	for _, m := range s.AllOf {
		if isVacuous(m) && len(m.Required) == 0 {
			continue
		}
		if only != nil && only.Target() != m.Target() {
			return nil
		}
		only = m
	}
	if only == nil || len(s.Types) > 0 && !slices.Equal(only.Target().Types, s.Types) {
		return nil
	}
	return only
}

// A merged schema is what a schema and the members of its allOf come to.
type merged struct {
	schema   *spec.Schema
	conflict string // what they contradict each other in
}

// merge returns the schema that s and all members of its allOf come to, and what they contradict each other in, if they do.
func (p *planner) merge(s *spec.Schema) (*spec.Schema, string) {
	known, ok := p.merges[s]
	if !ok {
		m := &merging{p: p, out: &spec.Schema{Discriminator: s.Discriminator}, seen: map[*spec.Schema]bool{}}
		p.merges[s] = merged{schema: m.out} // what crossed sees of a merge within itself
		m.add(s)
		known = merged{m.out, m.conflict}
		p.merges[s] = known
	}
	return known.schema, known.conflict
}

// contradiction warns that no value can be what s says.
func (p *planner) contradiction(s *spec.Schema, in string) {
	p.warn(s.Pos, "contradiction", p.hintOf(s).what(), "no value fits: its parts contradict each other in "+in, "it becomes any; correct one of them")
}

// merging is a merge on its way.
type merging struct {
	p        *planner
	out      *spec.Schema
	seen     map[*spec.Schema]bool
	conflict string // what contradicts
}

// add merges one schema and the members of its allOf into the result.
func (m *merging) add(s *spec.Schema) {
	s = s.Target()
	if m.seen[s] {
		return
	}
	m.seen[s] = true
	for _, member := range s.AllOf {
		m.add(member)
	}
	m.types(s)
	m.enum(s)
	m.members(s)
	m.out.Items = m.p.both(m.out.Items, s.Items)
	if m.out.Tuple == nil {
		m.out.Tuple = s.Tuple
	}
	if m.out.Format == "" {
		m.out.Format = s.Format
	}
	m.unions(s)
}

// types keeps the types that both have. An integer is a number.
func (m *merging) types(s *spec.Schema) {
	switch {
	case len(s.Types) == 0:
		return
	case len(m.out.Types) == 0:
		m.out.Types = s.Types
		return
	}
	var common []string
	for _, t := range m.out.Types {
		switch {
		case slices.Contains(s.Types, t):
			common = append(common, t)
		case t == "number" && slices.Contains(s.Types, "integer"), t == "integer" && slices.Contains(s.Types, "number"):
			common = append(common, "integer")
		}
	}
	if common == nil {
		m.conflict = "type: " + m.out.Types[0] + " and " + s.Types[0]
	}
	m.out.Types = common
}

// enum keeps the values that both have. Where they have none in common, the first list stays: a document that says so means one of them.
func (m *merging) enum(s *spec.Schema) {
	if len(m.out.Enum) == 0 || len(s.Enum) == 0 {
		m.out.Enum = append(m.out.Enum[:len(m.out.Enum):len(m.out.Enum)], s.Enum...)
		return
	}
	var common []*tree.Node
	for _, v := range m.out.Enum {
		if slices.ContainsFunc(s.Enum, func(w *tree.Node) bool { return w.Text == v.Text }) {
			common = append(common, v)
		}
	}
	if common != nil {
		m.out.Enum = common
	}
}

// members merges what is said about the members of an object.
func (m *merging) members(s *spec.Schema) {
	for _, prop := range s.Properties {
		m.property(prop)
	}
	for _, r := range s.Required {
		if !m.out.IsRequired(r) {
			m.out.Required = append(m.out.Required, r)
		}
	}
	m.out.Additional = m.p.both(m.out.Additional, s.Additional)
}

// property adds a member, or merges it with the one of that name.
func (m *merging) property(prop *spec.Property) {
	i := slices.IndexFunc(m.out.Properties, func(q *spec.Property) bool { return q.Name == prop.Name })
	if i < 0 {
		m.out.Properties = append(m.out.Properties, prop)
		return
	}
	was := m.out.Properties[i]
	m.out.Properties[i] = &spec.Property{Name: was.Name, Pos: was.Pos, Schema: m.p.both(was.Schema, prop.Schema)}
}

// both returns a schema that says what a and b say: one for each pair, however often the two meet.
func (p *planner) both(a, b *spec.Schema) *spec.Schema {
	switch {
	case a == nil:
		return b
	case b == nil || a.Target() == b.Target() || saysNothing(b):
		return a
	case saysNothing(a):
		return b
	}
	pair := [2]*spec.Schema{a, b}
	if p.pairs[pair] == nil {
		p.pairs[pair] = p.pair(a, b)
	}
	return p.pairs[pair]
}

// mostPairs bounds what a document can make of schemas that hold one another in turn. Documents of a thousand operations have some hundreds.
const mostPairs = 5_000

// pair makes the allOf of two schemas: one flat list, however many are put together one after another.
func (p *planner) pair(a, b *spec.Schema) *spec.Schema {
	members := []*spec.Schema{a}
	if a.Name == "" && a.Ref == nil && onlyAllOf(a) {
		members = a.AllOf
	}
	if slices.ContainsFunc(members, b.SameAs) {
		return a
	}
	if len(p.pairs) == mostPairs {
		p.warn(b.Pos, "any", p.hintOf(b).what(), "is part of more than "+strconv.Itoa(mostPairs)+" combinations of schemas", "those beyond are not worked out; name them under components")
	}
	if len(p.pairs) >= mostPairs {
		return a
	}
	return &spec.Schema{
		Pos: b.Pos, Node: b.Node, Description: cmp.Or(b.Description, a.Description), AllOf: append(slices.Clip(members), b),
		Nullable: a.Nullable && b.Nullable, Deprecated: a.Deprecated || b.Deprecated, ReadOnly: a.ReadOnly && b.ReadOnly, WriteOnly: a.WriteOnly && b.WriteOnly,
	}
}

func saysNothing(s *spec.Schema) bool { return isVacuous(s) && len(s.Required) == 0 }

// unions carries oneOf and anyOf over. A second one of a kind becomes a member of the first: see [planner.union].
func (m *merging) unions(s *spec.Schema) {
	for _, u := range []struct {
		list []*spec.Schema
		into *[]*spec.Schema
	}{{s.OneOf, &m.out.OneOf}, {s.AnyOf, &m.out.AnyOf}} {
		switch {
		case slices.ContainsFunc(u.list, func(v *spec.Schema) bool { return m.seen[v.Target()] }): // it is one of them already
		case len(u.list) == 0:
		case len(*u.into) == 0:
			*u.into = u.list
		default:
			if *u.into = m.p.crossed(*u.into, u.list); len(*u.into) == 0 {
				m.conflict = "their alternatives"
			}
		}
	}
}

// most is how many alternatives two unions may come to together. Beyond it the second one is left out of the type: the value
// is kept as JSON in any case.
const most = 64

// crossed returns every alternative of one list together with every alternative of the other that does not contradict it.
func (p *planner) crossed(a, b []*spec.Schema) []*spec.Schema {
	if len(a)*len(b) > most {
		return a
	}
	var out []*spec.Schema
	for _, x := range a {
		for _, y := range b {
			xy := p.both(x, y)
			if _, conflict := p.merge(xy); conflict == "" {
				out = append(out, xy)
			}
		}
	}
	return out
}
