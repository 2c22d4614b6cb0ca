package main

// This file changes values in one place, as the response of a server may differ from its document.

import (
	"encoding/json"
	"maps"
	"slices"
)

// mostBent is the maximum number of changed values that are made from one.
const mostBent = 40

// bent returns values that differ from v in one place, which has another type, is null, has a new
// member or lacks one.
func bent(v any) []any {
	var out []any
	eachPlace(v, func(at any, put func(any) any) bool {
		for _, other := range others(at) {
			out = append(out, put(other))
		}
		return len(out) < mostBent
	})
	return out[:min(len(out), mostBent)]
}

// others holds the values that replace a value.
func others(v any) []any {
	switch v := v.(type) {
	case map[string]any:
		list := []any{nil, "text", []any{v}, with(v, "x-new", map[string]any{"a": []any{1, "b", nil}})}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			list = append(list, without(v, name))
		}
		return list
	case []any:
		return []any{nil, "text", map[string]any{"0": v}, append(slices.Clone(v), nil, 7)}
	case string:
		return []any{nil, json.Number("12.50"), true, []any{v}}
	case bool:
		return []any{nil, "true", 0, "maybe"}
	}
	return []any{
		nil, "12", json.Number("123456789012345678901234567890"), json.Number("0.1234567890123456789"),
		map[string]any{},
	}
}

// eachPlace calls f with every value within v except v itself, and with a function that replaces
// it. It stops when f returns false.
func eachPlace(v any, f func(at any, put func(any) any) bool) {
	walk(v, func(w any) any { return w }, f)
}

func walk(v any, put func(any) any, f func(any, func(any) any) bool) bool {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			inside := func(w any) any { return put(with(v, name, w)) }
			if !f(v[name], inside) || !walk(v[name], inside, f) {
				return false
			}
		}
	case []any:
		for i := range v[:min(len(v), 1)] {
			inside := func(w any) any {
				list := slices.Clone(v)
				list[i] = w
				return put(list)
			}
			if !f(v[i], inside) || !walk(v[i], inside, f) {
				return false
			}
		}
	}
	return true
}

// with returns an object with one member set.
func with(m map[string]any, name string, v any) map[string]any {
	m = maps.Clone(m)
	m[name] = v
	return m
}

// without returns an object without one member.
func without(m map[string]any, name string) map[string]any {
	m = maps.Clone(m)
	delete(m, name)
	return m
}
