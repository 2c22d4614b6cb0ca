package lossless

// This file writes structs.

import (
	"fmt"
	"reflect"
	"slices"
)

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
	return true, e.member(m.name, m.value)
}

// readAs reports whether reading the text gives the field's value.
func readAs(text Raw, field reflect.Value, l *layout) bool {
	fresh := reflect.New(l.typ)
	d := decoder{scanner: scanner{data: []byte(text)}}
	d.read(placeOf(fresh.Elem()), l)
	return reflect.DeepEqual(fresh.Elem().Interface(), field.Interface())
}

func (e *encoder) member(name string, value Raw) error {
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
		if err := e.member(m.name, m.value); err != nil {
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
				return e.member(name, m.value)
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
