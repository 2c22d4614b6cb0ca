// This file turns enums into types and, when all types have their names, into constants.
package plan

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/tree"
)

// isEnum reports whether a schema lists its values. A bool has none worth naming.
func isEnum(s *spec.Schema) bool {
	return len(s.Enum) > 0 && (len(s.Types) == 0 || slices.Contains([]string{"string", "integer", "number"}, s.Types[0]))
}

// enum declares a type for the values. Values of several types are scalars as they were sent.
func (p *planner) enum(s *spec.Schema) *api.Type {
	if len(s.Types) == 0 {
		return p.mixedEnum(s)
	}
	underlying := p.plain(s)
	if len(s.Enum) == 1 && p.named[p.from(s)] == nil && !p.asked[p.from(s)] {
		return underlying // a member that is always the same: a type of its own would add a name and no choice
	}
	switch underlying.Kind {
	case api.String, api.Int64, api.Int32, api.Float64:
		n := p.declare(s, api.Enum)
		n.Underlying = underlying
		n.Values = values(s)
		return namedType(n.Name)
	}
	return underlying
}

// plain returns the type of a scalar schema without regard to its enum.
func (p *planner) plain(s *spec.Schema) *api.Type {
	bare := *s
	bare.Enum = nil
	return p.build(&bare)
}

// mixedEnum returns the type of an enum without a stated type and with values of several types.
func (p *planner) mixedEnum(s *spec.Schema) *api.Type {
	for _, v := range s.Enum {
		if v.Kind == tree.Mapping || v.Kind == tree.Sequence {
			return kind(api.Any)
		}
	}
	return kind(api.Scalar)
}

// values returns the constants, each with the part of its name that follows the type's. A value that stands twice counts once.
func values(s *spec.Schema) []api.EnumValue {
	names, notes := extensionTexts(s, "x-enum-varnames", "x-enumNames"), extensionTexts(s, "x-enum-descriptions", "x-enumDescriptions")
	var out []api.EnumValue
	for i, v := range s.Enum {
		if !fits(v, s.Types[0]) || slices.ContainsFunc(out, func(e api.EnumValue) bool { return e.Text == v.Text }) {
			continue
		}
		e := api.EnumValue{Go: v.Text, Text: v.Text}
		if i < len(names) {
			e.Go = names[i]
		}
		if i < len(notes) {
			e.Description = notes[i]
		}
		out = append(out, e)
	}
	return out
}

// fits reports whether a value can be a constant of the type. YAML reads unquoted words such as 1 or true as no strings; they are meant as such.
func fits(v *tree.Node, jsonType string) bool {
	if jsonType == "string" {
		return v.Kind != tree.Mapping && v.Kind != tree.Sequence
	}
	return v.Kind == tree.Number
}

// extensionTexts returns the list under the first of keys that has one as long as the enum.
func extensionTexts(s *spec.Schema, keys ...string) []string {
	for _, key := range keys {
		n := s.Node.Get(key)
		if n == nil || len(n.Items) != len(s.Enum) {
			continue
		}
		var out []string
		for _, item := range n.Items {
			out = append(out, item.Text)
		}
		return out
	}
	return nil
}

// constants claims the names of all constants.
func (p *planner) constants() {
	for _, n := range p.api.Types {
		for i := range n.Values {
			v := &n.Values[i]
			what := "value " + v.Text + " of " + n.Schema
			v.Go = p.pkg.claim(n.Name+constant(v.Go), owner{what, n.Pos}, "Value")
		}
	}
}

// constant is what a value adds to the name of its type. A word of more than three capitals is written as a word: ACTIVE, but USD.
func constant(value string) string {
	if list := words(value); len(list) == 1 && len(value) > 3 && strings.ToUpper(value) == value {
		value = strings.ToLower(value)
	}
	name := joined(value)
	if len(name) > longest {
		name = joinedWords(shorter(words(value)))
	}
	return name
}

// longest is how many letters a value may add to a name. Some documents list sentences.
const longest = 60

// shorter keeps the first words that fit.
func shorter(list []string) []string {
	size := 0
	for i, w := range list {
		if size += len(w); size > longest && i > 0 {
			return list[:i]
		}
	}
	return list
}
