package typing

// This file decides which values of members select the variants of a union.

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
)

// selectors returns for each alternative the values of the discriminator that select it. The first
// one is sent. A value selects one alternative: that of the mapping, or else that whose schema
// allows no other value, or else that which has the name.
func (b *builder) selectors(d *spec.Discriminator, list []*spec.Schema) [][]api.Constant {
	c := chooser{
		ids: b.lineage.identities(list), own: make([][]api.Constant, len(list)), taken: map[string]int{},
		out: make([][]api.Constant, len(list)),
	}
	for i, v := range list {
		if b.isObject(v) {
			c.own[i] = valuesOf(b.members(v), d.Property)
		} else {
			c.ids.names[i] = nil // it has no members
		}
	}
	only := distinct(c.own)
	c.mapped(d.Mapping)
	c.autoRest(b.lineage, list)
	for i, values := range only {
		for _, v := range preferred(values, c.ids.names[i]) {
			c.add(i, v.Text)
		}
	}
	for i, names := range c.ids.names {
		for _, name := range names {
			if len(c.out[i]) == 0 {
				c.add(i, alike(c.own[i], name))
			}
			c.add(i, name)
		}
	}
	for i, v := range list {
		types := b.memberTypes(v, d.Property, map[*spec.Schema]bool{})
		for j, value := range c.out[i] {
			c.out[i][j] = constantFrom(value.Text, types)
		}
	}
	return c.out
}

// isObject reports whether some values of an alternative are objects.
func (b *builder) isObject(v *spec.Schema) bool {
	s := b.flat(v)
	return s == nil || len(s.Types) == 0 || slices.Contains(s.Types, "object")
}

// A chooser collects the values that select the alternatives of a union.
type chooser struct {
	ids   identities
	own   [][]api.Constant // by alternative: the only values that its schema allows
	taken map[string]int   // text of a value → alternative
	out   [][]api.Constant // by alternative: the values that select it
}

// add makes a value select an alternative, unless the value selects another.
func (c *chooser) add(i int, text string) {
	if _, taken := c.taken[text]; !taken {
		c.taken[text] = i
		c.out[i] = append(c.out[i], api.Constant{Text: text})
	}
}

// mapped adds the values of the mapping: first those that the alternative's own schema allows.
func (c *chooser) mapped(mapping []spec.Mapped) {
	for _, allowed := range []bool{true, false} {
		for _, m := range mapping {
			for _, i := range c.ids.of(m.Schema) {
				own := slices.ContainsFunc(c.own[i], func(v api.Constant) bool { return v.Text == m.Value })
				if own == allowed {
					c.add(i, m.Value)
				}
			}
		}
	}
}

// autoRest adds the value of x-ms-discriminator-value to the alternatives without values. It
// replaces the name of the schema.
func (c *chooser) autoRest(l lineage, list []*spec.Schema) {
	for i, v := range list {
		for _, s := range l.wrapped(v) {
			if text := textOf(s.Node.Get("x-ms-discriminator-value")); text != "" && len(c.out[i]) == 0 {
				c.add(i, text)
				c.ids.names[i] = nil
			}
		}
	}
}

// preferred returns the values with the one that is a name first.
func preferred(values []api.Constant, names []string) []api.Constant {
	for i, v := range values {
		if slices.Contains(names, v.Text) {
			return slices.Concat(values[i:i+1], values[:i], values[i+1:])
		}
	}
	return values
}

// alike returns the value that is the name of a schema in another spelling, if there is one, or
// else the name.
func alike(values []api.Constant, name string) string {
	for _, v := range values {
		if v.Text == name {
			return name
		}
	}
	for _, v := range values {
		if letters(v.Text) == letters(name) {
			return v.Text
		}
	}
	return name
}

// letters returns a text in lower case without the characters that separate words.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_. ", r) {
			return -1
		}
		return r
	}, strings.ToLower(text))
}

// distinct returns the lists whose values are in no other list, and nil in the place of the others.
func distinct(lists [][]api.Constant) [][]api.Constant {
	count := map[api.Constant]int{}
	for _, list := range lists {
		for _, v := range list {
			count[v]++
		}
	}
	out := make([][]api.Constant, len(lists))
	for i, list := range lists {
		if !slices.ContainsFunc(list, func(v api.Constant) bool { return count[v] > 1 }) {
			out[i] = list
		}
	}
	return out
}

// distinguish returns for each alternative the members that distinguish it from another one,
// because none of their values is allowed there.
func (b *builder) distinguish(list []*spec.Schema) [][]api.Member {
	all := make([][]api.Member, len(list))
	sets := map[string]*valueSets{}
	for i, v := range list {
		all[i] = slices.Clone(b.members(v))
		for _, m := range all[i] {
			if sets[m.Name] == nil {
				sets[m.Name] = &valueSets{of: map[api.Constant]map[string]bool{}, all: map[string]bool{}}
			}
			sets[m.Name].add(m.Values)
		}
	}
	for i := range all {
		all[i] = slices.DeleteFunc(all[i], func(m api.Member) bool { return !sets[m.Name].apart(m.Values) })
	}
	return all
}

// valueSets has the different sets of values of one member.
type valueSets struct {
	of  map[api.Constant]map[string]bool // value → sets that have it
	all map[string]bool
}

func (s *valueSets) add(set []api.Constant) {
	k := key(set)
	if s.all[k] {
		return
	}
	s.all[k] = true
	for _, v := range set {
		if s.of[v] == nil {
			s.of[v] = map[string]bool{}
		}
		s.of[v][k] = true
	}
}

// apart reports whether some other set has none of the values.
func (s *valueSets) apart(set []api.Constant) bool {
	touched := map[string]bool{}
	for _, v := range set {
		for k := range s.of[v] {
			touched[k] = true
		}
	}
	return len(touched) < len(s.all)
}

// key returns a text that only lists with the same values have.
func key(set []api.Constant) string {
	var b strings.Builder
	for _, v := range set {
		b.WriteByte(byte(v.Kind))
		b.WriteString(v.Text)
		b.WriteByte(0)
	}
	return b.String()
}
