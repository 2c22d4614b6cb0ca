package typing

// This file finds the values that a schema allows if it lists them.

import (
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/tree"
)

// mostWrapping limits how many schemas that only wrap another one are removed.
const mostWrapping = 8

// values returns the scalars that are the only values of s, and nil if s has others.
func (b *builder) values(s *spec.Schema) []api.Constant {
	if s = b.flat(s); s == nil || b.nulls.allows(s) {
		return nil
	}
	if list := slices.Concat(s.OneOf, s.AnyOf); len(list) > 0 && len(s.Enum) == 0 {
		enum := combinedEnum(list)
		if enum == nil {
			return nil
		}
		s = enum
	}
	var out []api.Constant
	for _, v := range s.Enum {
		c, ok := constantOf(v, s.Types)
		if !ok {
			return nil
		}
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// flat follows references and merges allOf. It is nil if a merge finds a contradiction.
func (b *builder) flat(s *spec.Schema) *spec.Schema {
	for range mostWrapping {
		s = s.Target()
		if len(s.AllOf) == 0 {
			return s
		}
		only := soleMember(s)
		if only == nil {
			m, conflict := b.merger.merge(s)
			if conflict != "" {
				return nil
			}
			return m
		}
		s = only
	}
	return nil
}

// constantOf returns a scalar as a constant of the only type in types, or of the scalar's type if
// there is none or are several.
func constantOf(v *tree.Node, types []string) (api.Constant, bool) {
	word := ""
	if len(types) == 1 {
		word = types[0]
	}
	if word == "" {
		word = map[tree.Kind]string{
			tree.String: "string", tree.Number: "number", tree.Bool: "boolean",
		}[v.Kind]
	}
	if word == "boolean" {
		return api.Constant{Kind: api.Bool, Text: v.Text}, v.Kind == tree.Bool
	}
	kinds := map[string][]api.Kind{
		"string": {api.String}, "integer": {api.Int64, api.Uint64}, "number": {api.Int64, api.Float64},
	}
	for _, k := range kinds[word] {
		if text, ok := constantText(v, k); ok {
			return api.Constant{Kind: k, Text: text}, true
		}
	}
	return api.Constant{}, false
}

// constantFrom returns the value that the text of a mapping means for a member of the types.
func constantFrom(text string, types []string) api.Constant {
	c := api.Constant{Kind: api.String, Text: text}
	if len(types) != 1 || types[0] == "string" {
		return c
	}
	if types[0] == "boolean" {
		if low := strings.ToLower(text); low == "true" || low == "false" {
			return api.Constant{Kind: api.Bool, Text: low}
		}
		return c
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return c
	}
	if number, ok := constantOf(&tree.Node{Kind: tree.Number, Text: text}, types); ok {
		return number
	}
	return c
}

// members returns the members of v's values that list their values, in the order of the document.
// For a union these are the members that all alternatives list, with the values of all.
func (b *builder) members(v *spec.Schema) []api.Member {
	s := b.flat(v)
	if s == nil {
		return nil
	}
	if known, ok := b.listed[s]; ok {
		return known
	}
	b.listed[s] = nil // for a union that contains itself
	var out []api.Member
	for _, p := range s.Properties {
		if values := b.values(p.Schema); values != nil {
			out = append(out, api.Member{Name: p.Name, Values: values})
		}
	}
	if list := slices.Concat(s.OneOf, s.AnyOf); len(list) > 0 {
		out = append(out, b.common(list)...)
	}
	b.listed[s] = out
	return out
}

// common returns the members that all alternatives list, with the values of all.
func (b *builder) common(list []*spec.Schema) []api.Member {
	common := slices.Clone(b.members(list[0]))
	for _, v := range list[1:] {
		values := map[string][]api.Constant{}
		for _, m := range b.members(v) {
			values[m.Name] = m.Values
		}
		common = slices.DeleteFunc(common, func(m api.Member) bool { return values[m.Name] == nil })
		for i, m := range common {
			for _, c := range values[m.Name] {
				if !slices.Contains(common[i].Values, c) {
					common[i].Values = append(slices.Clip(common[i].Values), c)
				}
			}
		}
	}
	return common
}

// valuesOf returns the values of a member in a list, and nil if the list does not have it.
func valuesOf(list []api.Member, name string) []api.Constant {
	for _, m := range list {
		if m.Name == name {
			return m.Values
		}
	}
	return nil
}

// memberTypes returns the JSON types of a member of v's values, without null. It is nil if they are
// not known. Schemas that were examined are in seen.
func (b *builder) memberTypes(v *spec.Schema, name string, seen map[*spec.Schema]bool) []string {
	s := b.flat(v)
	if s == nil || seen[s] {
		return nil
	}
	seen[s] = true
	for _, p := range s.Properties {
		if t := b.flat(p.Schema); p.Name == name && t != nil {
			return t.Types
		}
	}
	for _, w := range slices.Concat(s.OneOf, s.AnyOf) {
		if types := b.memberTypes(w, name, seen); types != nil {
			return types
		}
	}
	return nil
}
