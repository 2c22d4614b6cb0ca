package lossless

// This file writes structs.

import (
	"fmt"
	"reflect"
	"slices"
)

// object writes a struct: its fields, its additional properties and what is unknown.
func (e *encoder) object(p place, l *layout) error {
	var k *remains
	if l.unknown >= 0 {
		k = p.field(l.unknownAt).remains()
	}
	if k != nil && k.whole != "" && l.bare(p.value(l)) {
		return e.method(reflect.ValueOf(k.whole))
	}
	outer := e.declared
	e.declared = l.generated
	e.out = append(e.out, '{')
	for i := range l.slots {
		if err := e.slot(&l.slots[i], p, k); err != nil {
			return err
		}
	}
	if l.rest >= 0 || k != nil {
		if err := e.others(p, l, k); err != nil {
			return err
		}
	}
	e.out = append(e.out, '}')
	e.declared = outer
	return nil
}

// slot writes the member of a field, unless it is omitted.
func (e *encoder) slot(s *slot, p place, k *remains) error {
	p = p.field(s.offset)
	if k != nil {
		if done, err := e.kept(k, s, p.value(s.layout)); done || err != nil {
			return err
		}
	}
	if !s.keepsAll {
		var sent bool
		if p, sent = s.sent(p); !sent {
			return nil
		}
	}
	if e.out[len(e.out)-1] != '{' {
		e.out = append(e.out, ',')
	}
	e.out = append(e.out, s.quoted...)
	e.unset.enter(s.Name)
	if s.needs && p.isNil() {
		e.lack()
	}
	if err := e.write(p, s.layout); err != nil {
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
func (e *encoder) others(p place, l *layout, k *remains) error {
	var rest reflect.Value
	if l.rest >= 0 {
		rest = p.field(l.restAt).value(l.restOf)
		err := e.entries(rest, l.restOf, func(name string, value place) error {
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
			rest.MapIndex(l.restKey(m.name)).IsValid() {
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
func (e *encoder) additional(l *layout, k *remains, name string, value place) error {
	if _, twice := l.names[name]; twice {
		return fmt.Errorf("additional property %q is also declared; set its field", name)
	}
	if k != nil {
		for _, m := range k.members {
			if m.rest && m.name == name && readAs(m.value, value.value(l.restOf.elem), l.restOf.elem) {
				return e.member(name, m.value)
			}
		}
	}
	return inProperty(name, e.entry(name, value, l.restOf.elem))
}

func inProperty(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("property %q: %w", name, err)
}
