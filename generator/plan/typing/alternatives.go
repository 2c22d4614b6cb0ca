package typing

// This file has the decisions about the alternatives of a union.

import (
	"slices"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/tree"
)

// split returns a schema without its alternatives, and the alternatives. If it has both oneOf and
// anyOf, anyOf stays part of the schema.
func split(s *spec.Schema) (base *spec.Schema, alternatives []*spec.Schema) {
	own := *s
	own.Name, own.Nullable, own.Discriminator = "", false, nil
	if len(s.Types) == 0 && len(s.Properties) == 0 && (s.Additional == nil || isEmpty(s.Additional)) {
		own.Additional, own.Closed = nil, false // without properties they say nothing about the alternatives
	}
	if len(s.OneOf) > 0 {
		own.OneOf = nil
		return &own, s.OneOf
	}
	own.AnyOf = nil
	return &own, s.AnyOf
}

// isExtension reports whether s is among the members of v's allOf, directly or through other
// members: s is then a base schema that lists the schemas that extend it.
func isExtension(v, s *spec.Schema, seen map[*spec.Schema]bool) bool {
	if v = v.Target(); seen[v] {
		return false
	}
	seen[v] = true
	return slices.ContainsFunc(v.AllOf, func(m *spec.Schema) bool { return m.Target() == s || isExtension(m, s, seen) })
}

// memberSchemas returns the schemas that an alternative combines.
func memberSchemas(v *spec.Schema) []*spec.Schema {
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

// isSubset reports whether all elements of list are in of.
func isSubset(list, of []*spec.Schema) bool {
	return !slices.ContainsFunc(list, func(s *spec.Schema) bool { return !slices.Contains(of, s) })
}

// repeats reports whether the text of an inline alternative is already in seen, and adds it.
func repeats(v *spec.Schema, seen map[string]bool) bool {
	made := len(v.AllOf) > 0 && v.Node.Get("allOf") == nil // its node is the node of one of the members
	if v.Ref != nil || v.Name != "" || v.Node == nil || made {
		return false
	}
	text := string(v.Node.JSON())
	known := seen[text]
	seen[text] = true
	return known
}

// onlyNarrows reports whether an alternative adds no structure to base: it requires members or
// repeats the type.
func onlyNarrows(v, base *spec.Schema) bool {
	return isBare(v) && (len(v.Types) == 0 || slices.Equal(v.Types, base.Types))
}

// typePart returns the part of s that concerns its values of one type.
func typePart(s *spec.Schema, t string) *spec.Schema {
	v := &spec.Schema{
		Pos: s.Pos, Pointer: s.Pointer, Node: s.Node, Types: []string{t}, Format: s.Format, Title: s.Title,
		Description: s.Description, Deprecated: s.Deprecated, ReadOnly: s.ReadOnly, WriteOnly: s.WriteOnly,
	}
	switch t {
	case "object":
		v.Properties, v.Required, v.Additional, v.Closed = s.Properties, s.Required, s.Additional, s.Closed
	case "array":
		v.Items, v.Tuple = s.Items, s.Tuple
	}
	return v
}

// combinedEnum returns one enum for alternatives that are inline enums of the same type, for
// example oneOf: [{const: a}, {const: b}]. It is nil for other alternatives.
func combinedEnum(list []*spec.Schema) *spec.Schema {
	all := &spec.Schema{Types: list[0].Types}
	for _, v := range list {
		if v.Ref != nil || v.Name != "" || !IsEnum(v) || len(v.Types) != 1 || v.Types[0] != all.Types[0] ||
			v.Format != "" || len(v.AllOf)+len(v.OneOf)+len(v.AnyOf) > 0 {
			return nil
		}
		all.Enum = append(all.Enum, v.Enum...)
	}
	return all
}

// scalars remembers the scalar types of schemas.
type scalars map[*spec.Schema][]string

// of returns the JSON types of alternatives that are all scalars, and nil if one is not.
func (k scalars) of(list []*spec.Schema) []string {
	types, _ := k.union(list, map[*spec.Schema]bool{})
	if slices.Contains(types, "") {
		return nil
	}
	return types
}

// union returns the scalar types of all schemas, without duplicates. The empty string represents a
// type that is not a scalar. Schemas that are being examined add nothing; then whole is false.
func (k scalars) union(list []*spec.Schema, open map[*spec.Schema]bool) (types []string, whole bool) {
	whole = true
	for _, v := range list {
		more, all := k.types(v.Target(), open)
		whole = whole && all
		for _, t := range more {
			if t == "" {
				return []string{""}, true
			}
			if !slices.Contains(types, t) {
				types = append(types, t)
			}
		}
	}
	return types, whole
}

// types returns the scalar types of a schema that is not a reference.
func (k scalars) types(s *spec.Schema, open map[*spec.Schema]bool) (types []string, whole bool) {
	if known, ok := k[s]; ok {
		return known, true
	}
	if open[s] {
		return nil, false
	}
	open[s] = true
	defer delete(open, s)
	switch {
	case len(s.AllOf) > 0:
		types, whole = []string{""}, true
		if only := soleMember(s); only != nil {
			types, whole = k.types(only.Target(), open)
		}
	case len(s.OneOf) > 0 || len(s.AnyOf) > 0:
		types, whole = k.union(slices.Concat(s.OneOf, s.AnyOf), open)
	default:
		types, whole = plainTypes(s), true
	}
	if whole {
		k[s] = types
	}
	return types, whole
}

// plainTypes returns the scalar types of a schema without alternatives.
func plainTypes(s *spec.Schema) []string {
	switch {
	case len(s.Types) == 0 && s.Nullable && isVacuous(s):
		return nil
	case len(s.Types) == 0, slices.Contains(s.Types, "object"), slices.Contains(s.Types, "array"):
		return []string{""}
	}
	return s.Types
}

// textOf returns the text of a string, and nothing for other nodes.
func textOf(n *tree.Node) string {
	if n == nil || n.Kind != tree.String {
		return ""
	}
	return n.Text
}
