// This file turns enums into types and, when all types have their names, into constants.
package plan

import (
	"cmp"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
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
	underlying := widened(p.plain(s), s)
	if len(s.Enum) == 1 && p.named[p.from(s)] == nil && !p.asked[p.from(s)] {
		return underlying // a member that is always the same: a type of its own would add a name and no choice
	}
	switch underlying.Kind {
	case api.String, api.Int64, api.Int32, api.Uint64, api.Float64:
		n := p.declare(s, api.Enum)
		n.Underlying = underlying
		n.Values = values(s, underlying.Kind)
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
func values(s *spec.Schema, k api.Kind) []api.EnumValue {
	names, notes := extensionTexts(s, "x-enum-varnames", "x-enumNames"), extensionTexts(s, "x-enum-descriptions", "x-enumDescriptions")
	if names == nil {
		names, notes = described(s, notes)
	}
	var out []api.EnumValue
	for i, v := range s.Enum {
		text, ok := constantText(v, k)
		if !ok || slices.ContainsFunc(out, func(e api.EnumValue) bool { return e.Text == text }) {
			continue
		}
		e := api.EnumValue{Go: text, Text: text}
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

// constantText returns a value as a constant of the kind has it, and whether it can be one. YAML reads unquoted words such as 1 or true as no strings;
// they are meant as such. A number is written as JSON writes it: YAML has 0x10 and .5 as well.
func constantText(v *tree.Node, k api.Kind) (string, bool) {
	if k == api.String {
		return v.Text, v.Kind != tree.Mapping && v.Kind != tree.Sequence
	}
	if k == api.Float64 {
		f, ok := v.Float()
		if !ok || math.IsInf(f, 0) || math.IsNaN(f) {
			return "", false
		}
		return cmp.Or(plainNumber(v.Text), strconv.FormatFloat(f, 'g', -1, 64)), true
	}
	n := wholeNumber(v)
	if n == nil || !inRange(n, k) {
		return "", false
	}
	return n.String(), true
}

// plainNumber returns the text of a number that Go reads alike, else "".
func plainNumber(text string) string {
	if literal.MatchString(text) {
		return text
	}
	return ""
}

// literal has the numbers that JSON can write.
var literal = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$`)

// wholeNumber returns the value of a whole number however it is written (1, 1.0, 1e2, 0x1F), nil for all else.
func wholeNumber(v *tree.Node) *big.Int {
	f, ok := v.Float()
	if !ok || math.IsInf(f, 0) || math.IsNaN(f) || f != math.Trunc(f) || math.Abs(f) > 1e30 {
		return nil
	}
	if n, ok := new(big.Int).SetString(strings.TrimPrefix(v.Text, "+"), 10); ok {
		return n
	}
	n, _ := big.NewFloat(f).Int(nil)
	return n
}

// inRange reports whether a kind of integers has a number.
func inRange(n *big.Int, k api.Kind) bool {
	switch k {
	case api.Int32:
		return n.IsInt64() && n.Int64() >= math.MinInt32 && n.Int64() <= math.MaxInt32
	case api.Uint64:
		return n.IsUint64()
	}
	return n.IsInt64()
}

// widened returns a wider kind of integers where the values of an enum need it.
func widened(t *api.Type, s *spec.Schema) *api.Type {
	if t.Kind != api.Int32 && t.Kind != api.Int64 {
		return t
	}
	var list []*big.Int
	for _, v := range s.Enum {
		if n := wholeNumber(v); n != nil {
			list = append(list, n)
		}
	}
	for _, k := range []api.Kind{t.Kind, api.Int64, api.Uint64} {
		if !slices.ContainsFunc(list, func(n *big.Int) bool { return !inRange(n, k) }) {
			return kind(k)
		}
	}
	return t
}

// described returns the names and descriptions that x-ms-enum gives values; a value that it does not list keeps its own text.
func described(s *spec.Schema, notes []string) (names, _ []string) {
	values := s.Node.Get("x-ms-enum").Get("values")
	if values == nil {
		return nil, notes
	}
	names, notes = make([]string, len(s.Enum)), make([]string, len(s.Enum))
	for i, v := range s.Enum {
		names[i] = v.Text
		for _, item := range values.Items {
			if value := item.Get("value"); value != nil && value.Text == v.Text {
				names[i] = cmp.Or(textOf(item.Get("name")), v.Text)
				notes[i] = textOf(item.Get("description"))
			}
		}
	}
	return names, notes
}

// textOf is the text of a string, "" for all else.
func textOf(n *tree.Node) string {
	if n == nil || n.Kind != tree.String {
		return ""
	}
	return n.Text
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
