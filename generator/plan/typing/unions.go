package typing

// This file builds the types of oneOf, anyOf and lists of types.

import (
	"slices"
	"strconv"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/gotype"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
)

// union returns the type of a schema with oneOf or anyOf. It is the type of the alternatives if all
// have the same, a scalar if all are scalars, and a declared union in other cases.
func (b *builder) union(s *spec.Schema) *api.Type {
	base, list := split(s)
	list, conflict := b.alternatives(s, base, list)
	switch {
	case len(list) == 0 && isVacuous(base):
		return api.Of(api.Any, nil)
	case len(list) == 0 && conflict != "":
		return b.contradiction(s, conflict)
	case len(list) == 0:
		return b.instead(s, base)
	case len(list) == 1:
		return b.only(s, list[0])
	}
	if enum := combinedEnum(list); enum != nil {
		return b.instead(s, enum)
	}
	if types := b.scalars.of(list); types != nil {
		return api.Of(scalarKind(types, b.config.number()), nil)
	}
	if slices.ContainsFunc(list, func(v *spec.Schema) bool { return isVacuous(v.Target()) }) {
		return api.Of(api.Any, nil)
	}
	return b.variants(s, list)
}

// alternatives returns the alternatives that restrict the type, each merged with base, which is s
// without its alternatives. Alternatives that contradict base are left out; the last contradiction
// is returned as well.
func (b *builder) alternatives(s, base *spec.Schema, list []*spec.Schema) (out []*spec.Schema, conflict string) {
	seen, targets := map[string]bool{}, map[*spec.Schema]bool{}
	add := func(v *spec.Schema) {
		out = append(out, v)
		targets[v.Target()] = true
	}
	at, parts, within := b.place(s), labels(list), b.lineage.within(s)
	for i, v := range list {
		switch {
		case isNull(v), v.Never, isSubset(memberSchemas(v), within), !isVacuous(base) && onlyNarrows(v, base),
			repeats(v, seen), targets[v.Target()]:
		case isExtension(v, s, map[*spec.Schema]bool{}):
			add(v) // it includes base already
		case isBare(base) && len(base.Required) == 0:
			b.places.add(v, at.Sub(parts[i].Name, parts[i].Path))
			add(b.withType(v, base.Types))
		default:
			both := b.merger.intersect(base, v)
			if _, c := b.merger.merge(both); c != "" {
				conflict = c
				continue
			}
			b.places.add(both, at.Sub(parts[i].Name, parts[i].Path))
			b.lineage.alternatives[both] = v
			b.lineage.unions[both] = append(slices.Clip(within), memberSchemas(v)...)
			add(both)
		}
	}
	return out, conflict
}

// withType returns an alternative with the types of the schema around it, if it has none itself.
func (b *builder) withType(v *spec.Schema, types []string) *spec.Schema {
	if len(types) == 0 || v.Ref != nil || len(v.Types) > 0 || !isBare(v) && len(v.Enum) == 0 {
		return v
	}
	typed := *v
	typed.Types = types
	b.places.at[&typed] = b.places.at[v]
	b.lineage.alternatives[&typed] = v
	return &typed
}

// typeList returns the type of a schema with several types (OpenAPI 3.1): a scalar if all are, else
// a union with one alternative for each type.
func (b *builder) typeList(s *spec.Schema) *api.Type {
	var list []*spec.Schema
	for _, t := range s.Types {
		v := typePart(s, t)
		b.places.add(v, b.place(s).Sub(naming.Suffix(t), " "+t))
		list = append(list, v)
	}
	if types := b.scalars.of(list); types != nil {
		return api.Of(scalarKind(types, b.config.number()), nil)
	}
	return b.variants(s, list)
}

// maxVariants is the largest number of variants of a union. Every variant has a method, and the
// time of a Go compiler grows with the square of the number of methods of a type.
const maxVariants = 10_000

// variants declares a union. Alternatives of the same type are one variant.
func (b *builder) variants(s *spec.Schema, list []*spec.Schema) *api.Type {
	n := b.declare(s, api.Union)
	if len(list) > maxVariants {
		b.config.Found.Add(diag.Diagnostic{
			Pos: s.Pos, Code: "too-large", Subject: b.place(s).String(),
			What: "has " + strconv.Itoa(len(list)) + " alternatives; a union can have " + strconv.Itoa(maxVariants),
			Cure: "give them one schema, or leave out its operations with exclude",
		})
		return api.Ref(n.Name)
	}
	names := naming.NewScope(nil)
	values, members := b.selecting(s.Discriminator, list)
	known := map[string]*api.Variant{}
	for i, v := range list {
		t := b.typeOf(v)
		key := typeKey(t)
		if w := known[key]; w != nil {
			w.Values, w.Members = append(w.Values, values[i]...), eitherMember(w.Members, members[i])
			continue
		}
		known[key] = &api.Variant{
			Go:   names.Claim(gotype.Word(t), naming.Owner{What: "variant"}, ""),
			Type: t, Required: b.required(v), Values: values[i], Members: members[i],
		}
		n.Variants = append(n.Variants, known[key])
	}
	if s.Discriminator != nil {
		n.Discriminator = s.Discriminator.Property
		n.Default = b.defaultVariant(s, n, list)
	}
	return api.Ref(n.Name)
}

// selecting returns for each alternative the values of the discriminator that select it, or without
// a discriminator the members that distinguish it.
func (b *builder) selecting(d *spec.Discriminator, list []*spec.Schema) ([][]api.Constant, [][]api.Member) {
	if d != nil {
		return b.selectors(d, list), make([][]api.Member, len(list))
	}
	return make([][]api.Constant, len(list)), b.distinguish(list)
}

// defaultVariant returns the name of the variant of the default mapping.
func (b *builder) defaultVariant(s *spec.Schema, n *api.Named, list []*spec.Schema) string {
	to := s.Discriminator.Default
	if to == nil {
		return ""
	}
	for _, i := range b.lineage.identities(list).of(to) {
		if v := variantOf(n, b.typeOf(list[i])); v != nil {
			return v.Go
		}
	}
	b.config.Found.Add(diag.Diagnostic{
		Pos: to.Pos, Severity: diag.Warning, Code: "discriminator", Subject: b.place(s).String(),
		What: "defaultMapping names no alternative of the union", Cure: "add it to oneOf or anyOf",
	})
	return ""
}

// typeKey returns a text that only equal types have.
func typeKey(t *api.Type) string {
	var key []byte
	for ; t != nil; t = t.Elem {
		key = append(append(key, byte(t.Kind)), t.Name...)
	}
	return string(key)
}

// variantOf returns the variant of a type, or nil.
func variantOf(n *api.Named, t *api.Type) *api.Variant {
	for _, v := range n.Variants {
		if v.Type.Equal(t) {
			return v
		}
	}
	return nil
}

// eitherMember returns the members of both lists with the values of both.
func eitherMember(a, b []api.Member) (out []api.Member) {
	for _, m := range a {
		if more := valuesOf(b, m.Name); more != nil {
			out = append(out, api.Member{Name: m.Name, Values: slices.Concat(m.Values, more)})
		}
	}
	return out
}

// required returns the members that every value of a schema has, including those of its allOf.
func (b *builder) required(s *spec.Schema) []string {
	s = s.Target()
	if len(s.AllOf) == 0 {
		return s.Required
	}
	m, _ := b.merger.merge(s)
	return m.Required
}
