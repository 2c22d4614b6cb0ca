package main

// This file compares JSON values: numbers by value, absent is not null.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"
)

// lost returns the first place where got lacks what want has; with exact also where got has more.
func lost(want, got any, exact bool, at string) string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s: %s became %s", at, clip(want), clip(got))
		}
		for _, name := range slices.Sorted(maps.Keys(w)) {
			v, ok := g[name]
			if !ok {
				return fmt.Sprintf("%s.%s: %s is lost", at, name, clip(w[name]))
			}
			if why := lost(w[name], v, exact, at+"."+name); why != "" {
				return why
			}
		}
		for _, name := range slices.Sorted(maps.Keys(g)) {
			if _, ok := w[name]; !ok && exact {
				return fmt.Sprintf("%s.%s: %s is new", at, name, clip(g[name]))
			}
		}
		return ""
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return fmt.Sprintf("%s: %s became %s", at, clip(want), clip(got))
		}
		for i := range w {
			if why := lost(w[i], g[i], exact, fmt.Sprintf("%s[%d]", at, i)); why != "" {
				return why
			}
		}
		return ""
	case json.Number:
		if g, ok := got.(json.Number); ok && sameNumber(w, g) {
			return ""
		}
	default:
		if reflect.DeepEqual(want, got) {
			return ""
		}
	}
	return fmt.Sprintf("%s: %s became %s", at, clip(want), clip(got))
}

func sameNumber(a, b json.Number) bool {
	x, ok := new(big.Rat).SetString(string(a))
	y, fine := new(big.Rat).SetString(string(b))
	return ok && fine && x.Cmp(y) == 0
}

func clip(v any) string {
	text := string(raw(v))
	if len(text) > 80 {
		return text[:80] + "…"
	}
	return text
}

func decode(data []byte) any {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil
	}
	return v
}

// raw returns a value as JSON, or null for a value that JSON does not have.
func raw(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return data
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
