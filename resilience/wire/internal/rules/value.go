package rules

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// Opaque is a value about which nothing is known but that it is present, such as a file. It meets
// every rule.
type Opaque struct{}

// OpaqueText is the JSON that [Parse] reads as [Opaque].
const OpaqueText = `"\u0000opaque"`

// Parse reads a JSON text for [Set.Check].
func Parse(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	if err == nil && bytes.Contains(data, []byte(OpaqueText)) {
		v = withOpaque(v)
	}
	return v, err
}

// withOpaque replaces the texts that mean [Opaque].
func withOpaque(v any) any {
	switch x := v.(type) {
	case string:
		if x == "\x00opaque" {
			return Opaque{}
		}
	case []any:
		for i := range x {
			x[i] = withOpaque(x[i])
		}
	case map[string]any:
		for name := range x {
			x[name] = withOpaque(x[name])
		}
	}
	return v
}

// hasOpaque reports whether a value is or contains an [Opaque].
func hasOpaque(v any) bool {
	switch x := v.(type) {
	case Opaque:
		return true
	case []any:
		return slices.ContainsFunc(x, hasOpaque)
	case map[string]any:
		for _, member := range x {
			if hasOpaque(member) {
				return true
			}
		}
	}
	return false
}

// typesOf returns the types of a value. An integer is a number as well.
func typesOf(v any) RuleTypes {
	switch x := v.(type) {
	case nil:
		return TypeNull
	case bool:
		return TypeBoolean
	case json.Number:
		if decimalOf(x.String()).isInteger() {
			return TypeInteger | TypeNumber
		}
		return TypeNumber
	case string:
		return TypeString
	case []any:
		return TypeArray
	}
	return TypeObject
}

// typeWords are the words for types in faults.
var typeWords = []struct {
	types RuleTypes
	word  string
}{
	{TypeObject, "an object"}, {TypeArray, "a list"}, {TypeString, "a string"}, {TypeNumber, "a number"},
	{TypeInteger, "an integer"}, {TypeBoolean, "a bool"}, {TypeNull, "null"},
}

// words describes a set of types: "a string or null".
func (t RuleTypes) words() string {
	if t&TypeNumber != 0 {
		t &^= TypeInteger
	}
	text := ""
	for _, w := range typeWords {
		switch {
		case t&w.types == 0:
		case text == "":
			text = w.word
		default:
			text += " or " + w.word
		}
	}
	return text
}

// appendCanonical appends a text that equal values have in common, and no others.
func appendCanonical(out []byte, v any) []byte {
	switch x := v.(type) {
	case nil:
		return append(out, "null"...)
	case bool:
		return strconv.AppendBool(out, x)
	case json.Number:
		return append(out, decimalOf(x.String()).text()...)
	case string:
		return strconv.AppendQuote(out, x)
	case []any:
		out = append(out, '[')
		for _, item := range x {
			out = append(appendCanonical(out, item), ',')
		}
		return append(out, ']')
	case map[string]any:
		out = append(out, '{')
		for _, name := range slices.Sorted(maps.Keys(x)) {
			out = append(appendCanonical(append(strconv.AppendQuote(out, name), ':'), x[name]), ',')
		}
		return append(out, '}')
	}
	return out
}

// equalsText reports whether a value is that of a JSON text.
func equalsText(canonical []byte, text string) bool {
	v, err := Parse([]byte(text))
	return err == nil && bytes.Equal(canonical, appendCanonical(nil, v))
}
