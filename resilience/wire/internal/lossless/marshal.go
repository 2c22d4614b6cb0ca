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
	// addressable: the value may be changed by a method of its pointer, which encoding/json calls
	addressable bool
	lacking     bool   // a value has no JSON, and null was written
	unset       *unset // collects values that have no JSON; may be nil
	// withheld reports whether the JSON of a value must not be made; nil: all is made
	withheld func(v reflect.Value) bool
	keys     []mapKey // of the maps around the value, sorted in each
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
	out, keys := e.out[:cap(e.out)], e.keys[:cap(e.keys)]
	if len(out) > mostKept || len(keys) > mostKept {
		return
	}
	clear(out)
	clear(keys)
	*e = encoder{out: out[:0], keys: keys[:0]}
	encoders.Put(e)
}

// write writes a value of a known type.
func (e *encoder) write(p place, l *layout) error {
	switch l.writes {
	case textForm:
		e.text(p.text())
	case boolForm:
		e.out = strconv.AppendBool(e.out, p.bool())
	case intForm:
		e.out = strconv.AppendInt(e.out, p.int(l.size), 10)
	case uintForm:
		e.out = strconv.AppendUint(e.out, p.uint(l.size), 10)
	case floatForm:
		return e.float(p.float(l.size), l.typ.Bits())
	case tokenForm:
		e.token(tokenAt(p, l))
	case objectForm:
		return e.composite(p, l)
	case innerForm:
		return p.value(l).Addr().Interface().(innerWriter).writeValue(e, l.elem)
	case method:
		return e.method(p.value(l))
	case standard:
		return e.standard(p.value(l))
	default:
		return e.reference(p, l)
	}
	return nil
}

// reference writes a value that can be nil.
func (e *encoder) reference(p place, l *layout) error {
	if p.isNil() {
		e.out = append(e.out, e.ofNil(l.writes)...)
		return nil
	}
	switch l.writes {
	case pointerForm:
		return e.addressed(p.pointee(), l.elem)
	case anyForm:
		return e.inner(p.any())
	case bytesForm:
		e.out = append(base64.StdEncoding.AppendEncode(append(e.out, '"'), p.bytes()), '"')
		return nil
	case mapForm:
		if l.typ == anyMapType {
			return e.anyMap(p.anyMap())
		}
		return e.table(p.value(l), l)
	}
	return e.composite(p, l)
}

// addressed writes a value that a pointer points to.
func (e *encoder) addressed(p place, l *layout) error {
	addressable := e.addressable
	e.addressable = true
	err := e.write(p, l)
	e.addressable = addressable
	return err
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

// composite writes a list or struct.
func (e *encoder) composite(p place, l *layout) error {
	if e.depth++; e.depth > mostDepth {
		return errTooDeep
	}
	var err error
	if l.writes == listForm {
		err = e.list(p.list(), l)
	} else {
		err = e.object(p, l)
	}
	e.depth--
	return err
}

// tokenAt returns the token that a value holds.
func tokenAt(p place, l *layout) Token {
	if l.token {
		return Token(p.text())
	}
	return p.value(l).Interface().(tokenKeeper).jsonToken()
}

func (e *encoder) float(f float64, bits int) (err error) {
	e.out, err = appendFloat(e.out, f, bits)
	return err
}

func (e *encoder) token(t Token) {
	if t == "" {
		t = "null"
		if e.declared {
			e.lack()
		}
	}
	e.out = append(e.out, t...)
}

// lack notes that the current value has no JSON.
func (e *encoder) lack() {
	e.lacking = true
	e.unset.add()
}

// method writes a type that encodes itself.
func (e *encoder) method(v reflect.Value) error {
	if z, ok := v.Interface().(interface{ IsZero() bool }); ok && e.declared && z.IsZero() {
		e.lack()
	}
	if e.unset != nil {
		return nil
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
	switch {
	case e.unset != nil:
		return nil
	case v.Type() == numberType && IsNumber(v.String()): // the common one
		e.out = append(e.out, v.String()...)
		return nil
	case e.addressable && v.CanAddr():
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

// list writes a list. Its items are addressable.
func (e *encoder) list(list listAt, l *layout) error {
	addressable := e.addressable
	e.addressable = true
	e.out = append(e.out, '[')
	for i := range list.len {
		if i > 0 {
			e.out = append(e.out, ',')
		}
		e.unset.element(i)
		if err := e.write(list.item(l, i), l.elem); err != nil {
			return err
		}
		e.unset.leave()
	}
	e.out = append(e.out, ']')
	e.addressable = addressable
	return nil
}

// name begins a member.
func (e *encoder) name(name string) {
	if e.out[len(e.out)-1] != '{' {
		e.out = append(e.out, ',')
	}
	e.text(name)
	e.out = append(e.out, ':')
}
