package lossless

// This file writes values without a declared type. The types that encoding/json reads into are
// written without reflection.

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
)

// inner writes the value of an any.
func (e *encoder) inner(v any) error {
	declared := e.declared
	e.declared = false
	err := e.of(v)
	e.declared = declared
	return err
}

// of writes a value by its own type.
func (e *encoder) of(v any) error {
	switch x := v.(type) {
	case nil:
		e.out = append(e.out, "null"...)
	case string:
		e.out = appendText(e.out, x)
	case bool:
		e.out = strconv.AppendBool(e.out, x)
	case int:
		e.out = strconv.AppendInt(e.out, int64(x), 10)
	case int64:
		e.out = strconv.AppendInt(e.out, x, 10)
	case float64:
		return e.float(x, 64)
	case json.Number:
		if !IsNumber(string(x)) {
			return e.standard(reflect.ValueOf(v))
		}
		e.out = append(e.out, x...)
	default:
		return e.any(reflect.ValueOf(v))
	}
	return nil
}

// anyMap writes a map that is not nil. Its keys are sorted.
func (e *encoder) anyMap(m map[string]any) error {
	declared, from := e.declared, len(e.keys)
	e.declared = false
	for name := range m {
		e.keys = append(e.keys, name)
	}
	slices.Sort(e.keys[from:])
	e.out = append(e.out, '{')
	for i := range len(m) {
		name := e.keys[from+i]
		e.name(name)
		e.unset.enter(name)
		if err := e.of(m[name]); err != nil {
			return err
		}
		e.unset.leave()
	}
	e.out = append(e.out, '}')
	e.declared, e.keys = declared, e.keys[:from]
	return nil
}
