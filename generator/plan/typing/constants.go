package typing

// This file turns the values of enums into constants.

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

// enumValues returns the constants of an enum of the kind. Their names are complete only after
// [Types.NameConstants]. Duplicate values and values that the kind does not have are left out.
func enumValues(s *spec.Schema, k api.Kind) []api.EnumValue {
	names := extensionTexts(s, "x-enum-varnames", "x-enumNames")
	notes := extensionTexts(s, "x-enum-descriptions", "x-enumDescriptions")
	if names == nil {
		names, notes = autoRestNames(s, notes)
	}
	var out []api.EnumValue
	seen := make(map[string]bool, len(s.Enum))
	for i, v := range s.Enum {
		text, ok := constantText(v, k)
		if !ok || seen[text] {
			continue
		}
		seen[text] = true
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

// constantText returns the text of a value as a constant of the kind. The second result reports
// whether the kind has such a value. Unquoted words such as 1 or true, which YAML does not read as
// strings, are strings in an enum of strings. Numbers are written as in JSON, because YAML also has
// 0x10 and .5.
func constantText(v *tree.Node, k api.Kind) (string, bool) {
	if k == api.String {
		return v.Text, v.Kind != tree.Mapping && v.Kind != tree.Sequence
	}
	if k == api.Float64 {
		f, ok := v.Float()
		if !ok || math.IsInf(f, 0) || math.IsNaN(f) {
			return "", false
		}
		if jsonNumber.MatchString(v.Text) {
			return v.Text, true
		}
		return strconv.FormatFloat(f, 'g', -1, 64), true
	}
	n := wholeNumber(v)
	if n == nil || !inRange(n, k) {
		return "", false
	}
	return n.String(), true
}

// jsonNumber matches numbers as JSON writes them.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$`)

// wholeNumber returns the value of a whole number in any notation (1, 1.0, 1e2, 0x1F), and nil for
// all other values.
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

// inRange reports whether a kind of integers has the number.
func inRange(n *big.Int, k api.Kind) bool {
	switch k {
	case api.Int32:
		return n.IsInt64() && n.Int64() >= math.MinInt32 && n.Int64() <= math.MaxInt32
	case api.Uint64:
		return n.IsUint64()
	}
	return n.IsInt64()
}

// widened returns the narrowest kind of integers that has all values of an enum, at least k. Other
// kinds are returned unchanged.
func widened(k api.Kind, s *spec.Schema) api.Kind {
	if k != api.Int32 && k != api.Int64 {
		return k
	}
	var list []*big.Int
	for _, v := range s.Enum {
		if n := wholeNumber(v); n != nil {
			list = append(list, n)
		}
	}
	for _, wide := range []api.Kind{k, api.Int64, api.Uint64} {
		if !slices.ContainsFunc(list, func(n *big.Int) bool { return !inRange(n, wide) }) {
			return wide
		}
	}
	return k
}

// autoRestNames returns the names and descriptions of the values from x-ms-enum. The name of a
// value that is not listed is its text. Without x-ms-enum, the names are nil and notes is returned.
func autoRestNames(s *spec.Schema, notes []string) (names, _ []string) {
	values := s.Node.Get("x-ms-enum").Get("values")
	if values == nil {
		return nil, notes
	}
	described := map[string]*tree.Node{}
	for _, item := range values.Items {
		if value := item.Get("value"); value != nil {
			described[value.Text] = item
		}
	}
	names, notes = make([]string, len(s.Enum)), make([]string, len(s.Enum))
	for i, v := range s.Enum {
		item := described[v.Text]
		names[i], notes[i] = cmp.Or(textOf(item.Get("name")), v.Text), textOf(item.Get("description"))
	}
	return names, notes
}

// extensionTexts returns the list under the first key that has one as long as the enum.
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

// enumKinds are the kinds that can have constants.
var enumKinds = []api.Kind{api.String, api.Int64, api.Int32, api.Uint64, api.Float64}

// mixedEnum returns the type of an enum that states no type.
func mixedEnum(s *spec.Schema) *api.Type {
	for _, v := range s.Enum {
		if v.Kind == tree.Mapping || v.Kind == tree.Sequence {
			return api.Of(api.Any, nil)
		}
	}
	return api.Of(api.Scalar, nil)
}
