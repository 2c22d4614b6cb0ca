package lossless

// This file writes Go values as JSON, as encoding/json does, with what [Unknown] keeps. It starts
// in Marshal.

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/resgen/resgen/resilience/wire/internal/rules"
)

// Marshal returns v as JSON. HTML characters are not escaped, members are in the order of the
// struct's fields, and the keys of maps are sorted.
func Marshal(v any) ([]byte, error) {
	e := newEncoder()
	defer e.free()
	if err := e.of(v); err != nil {
		return nil, err
	}
	return e.json(), nil
}

// mostDepth is how deeply values may be nested. It stops the encoding of values that contain
// themselves.
const mostDepth = 10_000

var errTooDeep = errors.New("values are nested more than 10000 levels deep, or contain themselves")

// An encoder appends JSON.
type encoder struct {
	out   []byte
	depth int
	// declared: the type of the value is that of a schema which does not allow null. A nil list is
	// then an empty one. It is false for the types of values in an any.
	declared bool
	unset    *unset // collects values that have no JSON; nil: they are written as null
	// withheld reports whether the JSON of a value must not be made; nil: all is made
	withheld func(v reflect.Value) bool
	keys     []string // of the maps around the value, sorted in each

	collected unset // memory for unset
}

// encoders holds encoders that are not in use.
var encoders = sync.Pool{New: func() any { return &encoder{out: make([]byte, 0, 512)} }}

func newEncoder() *encoder { return encoders.Get().(*encoder) }

// mostKept is how many bytes, and keys, an encoder may keep room for.
const mostKept = 1 << 16

// json returns what was written: a copy of its size, unless it is too large for the encoder to be
// used again.
func (e *encoder) json() []byte {
	if cap(e.out) > mostKept {
		return e.out
	}
	return append(make([]byte, 0, len(e.out)), e.out...)
}

// free lets the encoder be used again. It keeps nothing of what it has written.
func (e *encoder) free() {
	out, keys, path := e.out[:cap(e.out)], e.keys[:cap(e.keys)], e.collected.path[:cap(e.collected.path)]
	if len(out) > mostKept || len(keys) > mostKept || len(path) > mostKept {
		return
	}
	clear(out)
	clear(keys)
	clear(path)
	*e = encoder{out: out[:0], keys: keys[:0], collected: unset{path: path[:0]}}
	encoders.Put(e)
}

// any writes a value by its own type.
func (e *encoder) any(v reflect.Value) error {
	if !v.IsValid() {
		e.out = append(e.out, "null"...)
		return nil
	}
	return e.write(v, layoutOf(v.Type()))
}

// write writes a value of a known type.
func (e *encoder) write(v reflect.Value, l *layout) error {
	switch l.writes {
	case tokenForm:
		e.token(tokenOf(v, l))
		return nil
	case method:
		return e.method(v)
	case standard:
		if l.typ == numberType && IsNumber(v.String()) { // the common one
			e.out = append(e.out, v.String()...)
			return nil
		}
		return e.standard(v)
	case boolForm:
		e.out = strconv.AppendBool(e.out, v.Bool())
		return nil
	case intForm:
		e.out = strconv.AppendInt(e.out, v.Int(), 10)
		return nil
	case uintForm:
		e.out = strconv.AppendUint(e.out, v.Uint(), 10)
		return nil
	case floatForm:
		return e.float(v.Float(), v.Type().Bits())
	case textForm:
		e.out = appendText(e.out, v.String())
		return nil
	}
	return e.nested(v, l)
}

// nested writes a value that may hold others.
func (e *encoder) nested(v reflect.Value, l *layout) error {
	if l.writes == innerForm {
		return v.Interface().(innerWriter).writeValue(e)
	}
	if l.writes != objectForm && v.IsNil() {
		e.out = append(e.out, e.ofNil(l.writes)...)
		return nil
	}
	switch l.writes {
	case pointerForm:
		return e.write(v.Elem(), l.elem)
	case anyForm:
		return e.inner(v.Interface())
	case bytesForm:
		e.out = append(base64.StdEncoding.AppendEncode(append(e.out, '"'), v.Bytes()), '"')
		return nil
	}
	return e.composite(v, l)
}

// ofNil returns the JSON of a nil value of a form. The nil list of a schema is an empty list.
func (e *encoder) ofNil(f form) string {
	if e.declared {
		switch f {
		case listForm:
			return "[]"
		case mapForm:
			return "{}"
		case bytesForm:
			return `""`
		}
	}
	return "null"
}

// composite writes a list or object.
func (e *encoder) composite(v reflect.Value, l *layout) error {
	if e.depth++; e.depth > mostDepth {
		return errTooDeep
	}
	var err error
	switch {
	case l.typ == anyMapType:
		err = e.anyMap(v.Interface().(map[string]any))
	case l.writes == listForm:
		err = e.list(v, l)
	case l.writes == mapForm:
		err = e.table(v, l)
	default:
		err = e.object(v, l)
	}
	e.depth--
	return err
}

// tokenOf returns the token that a value holds.
func tokenOf(v reflect.Value, l *layout) Token {
	if l.token {
		return Token(v.Field(0).String())
	}
	return v.Interface().(tokenKeeper).jsonToken()
}

func (e *encoder) float(f float64, bits int) (err error) {
	e.out, err = appendFloat(e.out, f, bits)
	return err
}

func (e *encoder) token(t Token) {
	if t == "" {
		t = "null"
		if e.declared {
			e.unset.add()
		}
	}
	e.out = append(e.out, t...)
}

// method writes a type that encodes itself.
func (e *encoder) method(v reflect.Value) error {
	if z, ok := v.Interface().(interface{ IsZero() bool }); ok && e.declared && z.IsZero() {
		e.unset.add()
	}
	if e.withheld != nil && e.withheld(v) {
		e.out = append(e.out, rules.OpaqueText...)
		return nil
	}
	if v.Type() == rawType && e.raw(v.String()) {
		return nil
	}
	data, err := v.Interface().(json.Marshaler).MarshalJSON()
	b := bytes.NewBuffer(e.out)
	if err == nil {
		err = json.Compact(b, data)
	}
	if err != nil {
		return methodError(v.Type(), err)
	}
	e.out = b.Bytes()
	return nil
}

// raw writes a JSON text if it is valid and has no spaces.
func (e *encoder) raw(text string) bool {
	if strings.ContainsAny(text, " \t\r\n") {
		return false
	}
	from := len(e.out)
	e.out = append(e.out, text...)
	if isValid(e.out[from:]) {
		return true
	}
	e.out = e.out[:from]
	return false
}

// methodError returns the error of encoding/json. It names [Raw] as users know it, by its alias.
func methodError(t reflect.Type, err error) error {
	if t == rawType {
		return rawError{&json.MarshalerError{Type: t, Err: err}}
	}
	return &json.MarshalerError{Type: t, Err: err}
}

// A rawError is the error for a [Raw] that is not valid JSON.
type rawError struct{ *json.MarshalerError }

func (e rawError) Error() string {
	return "json: error calling MarshalJSON for type wire.Raw: " + e.Err.Error()
}

func (e rawError) Unwrap() error { return e.MarshalerError }

// standard leaves a value to encoding/json.
func (e *encoder) standard(v reflect.Value) error {
	if v.CanAddr() {
		v = v.Addr()
	}
	b := bytes.NewBuffer(e.out)
	s := json.NewEncoder(b)
	s.SetEscapeHTML(false)
	if err := s.Encode(v.Interface()); err != nil {
		return err
	}
	e.out = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	return nil
}

func (e *encoder) list(v reflect.Value, l *layout) error {
	e.out = append(e.out, '[')
	for i := range v.Len() {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		e.unset.element(i)
		if err := e.write(v.Index(i), l.elem); err != nil {
			return err
		}
		e.unset.leave()
	}
	e.out = append(e.out, ']')
	return nil
}

func (e *encoder) table(v reflect.Value, l *layout) error {
	e.out = append(e.out, '{')
	err := EachEntry(v, func(name string, value reflect.Value) error {
		e.name(name)
		e.unset.enter(name)
		err := e.write(value, l.elem)
		e.unset.leave()
		return err
	})
	e.out = append(e.out, '}')
	return err
}

// name begins a member.
func (e *encoder) name(name string) {
	if e.out[len(e.out)-1] != '{' {
		e.out = append(e.out, ',')
	}
	e.out = append(appendText(e.out, name), ':')
}
