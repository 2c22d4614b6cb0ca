// This file turns oneOf, anyOf and lists of types into types.
package plan

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/gotype"
	"github.com/resgen/resgen/generator/spec"
)

// union returns the type of a schema with oneOf or anyOf:
// the type itself if all alternatives come to one, a scalar if all are scalars, else a declared union.
func (p *planner) union(s *spec.Schema) *api.Type {
	base, list := split(s)
	list, conflict := p.alternatives(s, base, list)
	switch {
	case len(list) == 0 && isVacuous(base):
		return kind(api.Any)
	case len(list) == 0 && conflict != "":
		p.contradiction(s, conflict)
		return kind(api.Any)
	case len(list) == 0:
		return p.buildMerged(s, base)
	case len(list) == 1:
		return p.sole(s, list[0])
	}
	if values := valuesOf(list); values != nil {
		return p.buildMerged(s, values)
	}
	if t := scalarOf(list); t != nil {
		return p.scalar(t)
	}
	if slices.ContainsFunc(list, func(v *spec.Schema) bool { return isVacuous(v.Target()) }) {
		return kind(api.Any)
	}
	return p.variants(s, list)
}

// sole returns the type of the only alternative. A part of the schema itself is declared under the schema's own name.
func (p *planner) sole(s, v *spec.Schema) *api.Type {
	if v.Ref == nil && p.named[v] == nil && v.Name == "" {
		m := *v
		p.inside[&m] = p.inside[v]
		return p.buildMerged(s, &m)
	}
	return p.typeOf(v)
}

// split takes a union apart: what is said beside the alternatives, and those. With both oneOf and anyOf, anyOf stays beside.
func split(s *spec.Schema) (*spec.Schema, []*spec.Schema) {
	base := *s
	base.Name, base.Nullable = "", false
	if len(s.OneOf) > 0 {
		base.OneOf, base.Discriminator = nil, nil
		return &base, s.OneOf
	}
	base.AnyOf, base.Discriminator = nil, nil
	return &base, s.AnyOf
}

// alternatives returns those that say something about the type, each together with what is said beside them.
// One that contradicts what is said beside it is left out: no value is both. The contradiction is returned as well.
func (p *planner) alternatives(s, base *spec.Schema, list []*spec.Schema) (out []*spec.Schema, conflict string) {
	var seen []string
	parts, within := labels(list), p.within(s)
	for i, v := range list {
		switch {
		case isNull(v), v.Never, subset(parted(v), within), !isVacuous(base) && constrains(v, base), repeats(v, &seen), slices.ContainsFunc(out, v.SameAs):
		case extends(v, s, map[*spec.Schema]bool{}):
			out = append(out, v) // it says itself what is said beside it
		case isBare(base) && len(base.Required) == 0:
			p.hint(v, p.hintOf(s).sub(parts[i].name, parts[i].path))
			out = append(out, p.withType(v, base.Types))
		default:
			together := p.both(base, v)
			if _, c := p.merge(together); c != "" {
				conflict = c
				continue
			}
			p.hint(together, p.hintOf(s).sub(parts[i].name, parts[i].path))
			p.inside[together] = append(slices.Clip(within), parted(v)...)
			out = append(out, together)
		}
	}
	return out, conflict
}

// extends reports whether s is among the members of v's allOf, or of theirs: a base that lists those that extend it.
func extends(v, s *spec.Schema, seen map[*spec.Schema]bool) bool {
	if v = v.Target(); seen[v] {
		return false
	}
	seen[v] = true
	return slices.ContainsFunc(v.AllOf, func(m *spec.Schema) bool { return m.Target() == s || extends(m, s, seen) })
}

// within returns s and the unions that s is an alternative of. To say again that a value is one of those adds nothing.
func (p *planner) within(s *spec.Schema) []*spec.Schema {
	return append(slices.Clip(p.inside[s]), s)
}

// parted returns what an alternative is put together of.
func parted(v *spec.Schema) []*spec.Schema {
	v = v.Target()
	if v.Name != "" || !onlyAllOf(v) {
		return []*spec.Schema{v}
	}
	var parts []*spec.Schema
	for _, m := range v.AllOf {
		parts = append(parts, m.Target())
	}
	return parts
}

// subset reports whether all of list stand in of.
func subset(list, of []*spec.Schema) bool {
	return !slices.ContainsFunc(list, func(s *spec.Schema) bool { return !slices.Contains(of, s) })
}

// repeats reports whether an inline alternative stands among those before it word for word.
func repeats(v *spec.Schema, seen *[]string) bool {
	made := len(v.AllOf) > 0 && v.Node.Get("allOf") == nil // of others: its node is that of one of them
	if v.Ref != nil || v.Name != "" || v.Node == nil || made {
		return false
	}
	text := string(v.Node.JSON())
	if slices.Contains(*seen, text) {
		return true
	}
	*seen = append(*seen, text)
	return false
}

// constrains reports whether an alternative only narrows what is said beside it: it requires members or repeats the type.
func constrains(v, base *spec.Schema) bool {
	return isBare(v) && (len(v.Types) == 0 || slices.Equal(v.Types, base.Types))
}

// withType gives an alternative the type that is stated beside it, if it has none.
func (p *planner) withType(v *spec.Schema, types []string) *spec.Schema {
	if len(types) == 0 || v.Ref != nil || len(v.Types) > 0 || !isBare(v) && len(v.Enum) == 0 {
		return v
	}
	typed := *v
	typed.Types = types
	p.hints[&typed] = p.hints[v]
	return &typed
}

// typeList returns the type of a schema with several types (OpenAPI 3.1): a scalar if all are, else a union of one alternative a type.
func (p *planner) typeList(s *spec.Schema) *api.Type {
	var list []*spec.Schema
	for _, t := range s.Types {
		v := typePart(s, t)
		p.hint(v, p.hintOf(s).sub(joined(t), " "+t))
		list = append(list, v)
	}
	if t := scalarOf(list); t != nil {
		return p.scalar(t)
	}
	return p.variants(s, list)
}

// typePart returns what s says of its values of one type, as a schema without a name.
func typePart(s *spec.Schema, t string) *spec.Schema {
	v := &spec.Schema{
		Pos: s.Pos, Pointer: s.Pointer, Node: s.Node, Types: []string{t}, Format: s.Format, Title: s.Title, Description: s.Description,
		Deprecated: s.Deprecated, ReadOnly: s.ReadOnly, WriteOnly: s.WriteOnly,
	}
	switch t {
	case "object":
		v.Properties, v.Required, v.Additional, v.Closed = s.Properties, s.Required, s.Additional, s.Closed
	case "array":
		v.Items, v.Tuple = s.Items, s.Tuple
	}
	return v
}

// valuesOf returns one enum of alternatives that list their values in place, all of one type: oneOf: [{const: a}, {const: b}]. It is nil if one does not.
func valuesOf(list []*spec.Schema) *spec.Schema {
	all := &spec.Schema{Types: list[0].Types}
	for _, v := range list {
		if v.Ref != nil || v.Name != "" || !isEnum(v) || len(v.Types) != 1 || v.Types[0] != all.Types[0] || v.Format != "" || len(v.AllOf)+len(v.OneOf)+len(v.AnyOf) > 0 {
			return nil
		}
		all.Enum = append(all.Enum, v.Enum...)
	}
	return all
}

// scalarOf returns the JSON types of alternatives that are all scalars, nil if one is not.
func scalarOf(list []*spec.Schema) []string {
	var types []string
	seen := map[*spec.Schema]bool{}
	for _, v := range list {
		for _, t := range scalarTypes(v, seen) {
			if t == "" {
				return nil
			}
			if !slices.Contains(types, t) {
				types = append(types, t)
			}
		}
	}
	return types
}

// scalarTypes returns the scalar types of a schema; "" is one that is none. What has been seen adds nothing.
func scalarTypes(s *spec.Schema, seen map[*spec.Schema]bool) []string {
	s = s.Target()
	if seen[s] {
		return nil
	}
	seen[s] = true
	switch {
	case len(s.AllOf) > 0:
		if only := soleMember(s); only != nil {
			return scalarTypes(only, seen)
		}
		return []string{""}
	case len(s.OneOf) > 0 || len(s.AnyOf) > 0:
		var out []string
		for _, v := range append(slices.Clone(s.OneOf), s.AnyOf...) {
			out = append(out, scalarTypes(v, seen)...)
		}
		return out
	case len(s.Types) == 0 && s.Nullable && isVacuous(s):
		return nil
	case len(s.Types) == 0, slices.Contains(s.Types, "object"), slices.Contains(s.Types, "array"):
		return []string{""}
	}
	return s.Types
}

// scalar returns the one Go type of scalar JSON types, or that of a scalar as it was sent.
func (p *planner) scalar(types []string) *api.Type {
	switch strings.Join(types, " ") {
	case "string":
		return kind(api.String)
	case "boolean":
		return kind(api.Bool)
	case "integer":
		return kind(api.Int64)
	case "number", "integer number", "number integer":
		return kind(p.numberKind())
	}
	return kind(api.Scalar)
}

// variants declares a union, unless all alternatives come to one type.
func (p *planner) variants(s *spec.Schema, list []*spec.Schema) *api.Type {
	n := p.declare(s, api.Union)
	names := newScope(nil)
	for _, v := range list {
		t := p.typeOf(v)
		if i := slices.IndexFunc(n.Variants, func(w *api.Variant) bool { return w.Type.Equal(t) }); i >= 0 {
			continue
		}
		n.Variants = append(n.Variants, &api.Variant{
			Go: names.claim(gotype.Word(t), owner{what: "variant"}, ""), Type: t, Required: p.demanded(v), Values: p.selectors(s, v),
		})
	}
	if s.Discriminator != nil {
		n.Discriminator = s.Discriminator.Property
	}
	return namedType(n.Name)
}

// demanded returns the members that a value of the schema must have, those of its allOf too.
func (p *planner) demanded(s *spec.Schema) []string {
	s = s.Target()
	if len(s.AllOf) == 0 {
		return s.Required
	}
	m, _ := p.merge(s)
	return m.Required
}

// selectors returns the discriminator values that select an alternative: those of the mapping, else the one that AutoRest
// gives its schema, else the name of that.
func (p *planner) selectors(s, v *spec.Schema) []string {
	if s.Discriminator == nil {
		return nil
	}
	var values []string
	for _, m := range s.Discriminator.Mapping {
		if m.Schema.Target() == v.Target() {
			values = append(values, m.Value)
		}
	}
	if own := textOf(v.Target().Node.Get("x-ms-discriminator-value")); values == nil && own != "" {
		return []string{own}
	}
	if values == nil && v.Target().Name != "" {
		values = []string{v.Target().Name}
	}
	return values
}
