package lossless

// This file writes values without a declared type. Most of those that encoding/json reads
// into are written without reflection.

import (
	"encoding/json"
	"reflect"
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
		e.text(x)
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
	case map[string]any:
		return e.anyMap(x)
	default:
		return e.other(reflect.ValueOf(v), v)
	}
	return nil
}

// other writes a value of any other type. r is its reflect.Value.
func (e *encoder) other(r reflect.Value, v any) (err error) {
	l := layoutOf(r.Type())
	addressable := e.addressable
	e.addressable = false
	switch l.writes {
	case pointerForm:
		if r.IsNil() {
			e.out = append(e.out, "null"...)
		} else {
			err = e.addressed(placeOfTarget(r), l.elem)
		}
	case mapForm:
		err = e.table(r, l)
	case method:
		err = e.method(r)
	case standard:
		err = e.standard(r)
	case boolForm:
		e.out = strconv.AppendBool(e.out, r.Bool())
	case intForm:
		e.out = strconv.AppendInt(e.out, r.Int(), 10)
	case uintForm:
		e.out = strconv.AppendUint(e.out, r.Uint(), 10)
	case floatForm:
		err = e.float(r.Float(), r.Type().Bits())
	default:
		err = e.write(placeIn(v, l), l)
	}
	e.addressable = addressable
	return err
}
