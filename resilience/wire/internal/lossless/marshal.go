package lossless

// This file writes Go values as JSON, as encoding/json does, with what [Unknown] keeps. It starts
// in Marshal.

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/resgen/resgen/resilience/wire/internal/rules"
)

// Marshal returns v as JSON. HTML characters are not escaped, members are in the order of the
// struct's fields, and the keys of maps are sorted.
func Marshal(v any) ([]byte, error) {
	e := encoder{out: make([]byte, 0, 64)}
	if err := e.any(reflect.ValueOf(v)); err != nil {
		return nil, err
	}
	return e.out, nil
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
}

// any writes a value by its own type.
func (e *encoder) any(v reflect.Value) error {
	if !v.IsValid() {
		e.out = append(e.out, "null"...)
		return nil
	}
	return e.write(v, layoutOf(v.Type()))
}

// inner writes the value of an any.
func (e *encoder) inner(v reflect.Value) error {
	declared := e.declared
	e.declared = false
	err := e.any(v)
	e.declared = declared
	return err
}

// write writes a value of a known type.
func (e *encoder) write(v reflect.Value, l *layout) error {
	switch l.writes {
	case tokenForm:
		e.token(v.Interface().(tokenKeeper).jsonToken())
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
		text, err := FloatText(v.Float(), v.Type().Bits())
		e.out = append(e.out, text...)
		return err
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
		return e.inner(v.Elem())
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
	defer func() { e.depth-- }()
	switch l.writes {
	case listForm:
		return e.list(v, l)
	case mapForm:
		return e.table(v, l)
	}
	return e.object(v, l)
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

// object writes a struct: its fields, its additional properties and what is unknown.
func (e *encoder) object(v reflect.Value, l *layout) error {
	var k *remains
	if l.unknown >= 0 {
		k = v.Field(l.unknown).Interface().(Unknown).kept
	}
	if k != nil && k.whole != "" && l.bare(v) {
		return e.method(reflect.ValueOf(k.whole))
	}
	outer := e.declared
	e.declared = l.generated
	e.out = append(e.out, '{')
	for i := range l.slots {
		if err := e.slot(&l.slots[i], v, k); err != nil {
			return err
		}
	}
	if err := e.others(v, l, k); err != nil {
		return err
	}
	e.out = append(e.out, '}')
	e.declared = outer
	return nil
}

// slot writes the member of a field, unless it is omitted.
func (e *encoder) slot(s *slot, v reflect.Value, k *remains) error {
	field := v.Field(s.at)
	if k != nil {
		if done, err := e.kept(k, s, field); done || err != nil {
			return err
		}
	}
	if field = s.orConstant(field); s.omits(field) {
		return nil
	}
	if e.out[len(e.out)-1] != '{' {
		e.out = append(e.out, ',')
	}
	e.out = append(e.out, s.quoted...)
	e.unset.enter(s.Name)
	if s.lacks(field) {
		e.unset.add()
	}
	if err := e.write(field, s.layout); err != nil {
		return inProperty(s.Name, err)
	}
	e.unset.leave()
	return nil
}

// bare reports whether all fields are zero.
func (l *layout) bare(v reflect.Value) bool {
	for i := range v.NumField() {
		if i != l.unknown && !v.Field(i).IsZero() {
			return false
		}
	}
	return true
}

// kept writes the text that was read for a field, if the field has not changed since.
func (e *encoder) kept(k *remains, s *slot, field reflect.Value) (done bool, err error) {
	m := k.forSlot(s.Name)
	switch {
	case m == nil:
		return slices.Contains(k.missing, s.Name) && field.IsZero() && !s.constant.IsValid(), nil
	case !m.ofSlot && !field.IsZero(), m.ofSlot && !readAs(m.value, field, s.layout):
		return false, nil
	}
	return true, e.raw(m.name, m.value)
}

// readAs reports whether reading the text gives the field's value.
func readAs(text Raw, field reflect.Value, l *layout) bool {
	fresh := reflect.New(l.typ)
	d := decoder{scanner: scanner{data: []byte(text)}}
	d.read(placeOf(fresh.Elem()), l)
	return reflect.DeepEqual(fresh.Elem().Interface(), field.Interface())
}

func (e *encoder) raw(name string, value Raw) error {
	e.name(name)
	if err := e.method(reflect.ValueOf(value)); err != nil {
		return inProperty(name, err)
	}
	return nil
}

// others writes additional properties sorted by name, and the members that have no field.
func (e *encoder) others(v reflect.Value, l *layout, k *remains) error {
	if l.rest >= 0 {
		err := EachEntry(v.Field(l.rest), func(name string, value reflect.Value) error {
			return e.additional(l, k, name, value)
		})
		if err != nil {
			return err
		}
	}
	if k == nil {
		return nil
	}
	for _, m := range k.members {
		if _, own := l.names[m.name]; m.ofSlot || m.rest || own || l.rest >= 0 &&
			v.Field(l.rest).MapIndex(l.restKey(m.name)).IsValid() {
			continue
		}
		if err := e.raw(m.name, m.value); err != nil {
			return err
		}
	}
	return nil
}

// additional writes an additional property: the text that was read if the value has not changed
// since.
func (e *encoder) additional(l *layout, k *remains, name string, value reflect.Value) error {
	if _, twice := l.names[name]; twice {
		return fmt.Errorf("additional property %q is also declared; set its field", name)
	}
	if k != nil {
		for _, m := range k.members {
			if m.rest && m.name == name && readAs(m.value, value, l.restOf.elem) {
				return e.raw(name, m.value)
			}
		}
	}
	e.name(name)
	e.unset.enter(name)
	err := e.write(value, l.restOf.elem)
	e.unset.leave()
	return inProperty(name, err)
}

func inProperty(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("property %q: %w", name, err)
}
