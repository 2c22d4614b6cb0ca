package lossless

// This file reads objects into maps.

import "reflect"

var anyMapType = reflect.TypeFor[map[string]any]()

// table reads an object into a map.
func (d *decoder) table(p place, l *layout) fit {
	switch {
	case d.peek() != '{':
		p.value(l).SetZero()
		return d.mismatch(l)
	case l.typ == anyMapType:
		p.setMap(d.anyObject())
		return fits
	}
	t := newTable(p, l)
	worst := fits
	d.enter()
	for first := true; d.next(first, '}'); first = false {
		worst = max(worst, t.entry(d, d.name()))
	}
	return worst
}

// anyObject reads an object without a declared type.
func (d *decoder) anyObject() map[string]any {
	m := map[string]any{}
	d.enter()
	for first := true; d.next(first, '}'); first = false {
		name := d.text(d.name())
		m[name] = d.any()
	}
	return m
}

// A table adds entries to a map.
type table struct {
	m, key, value reflect.Value
	elem          *layout
}

// newTable puts an empty map in a place.
func newTable(p place, l *layout) *table {
	t := table{
		m: reflect.MakeMap(l.typ), elem: l.elem,
		key: reflect.New(l.typ.Key()).Elem(), value: reflect.New(l.elem.typ).Elem(),
	}
	p.value(l).Set(t.m)
	return &t
}

// entry reads the value of an entry. The last value of a name counts.
func (t *table) entry(d *decoder, name []byte) fit {
	t.key.SetString(d.text(name))
	t.value.SetZero()
	d.path = append(d.path, "*")
	f := d.read(placeOf(t.value), t.elem)
	d.path = d.path[:len(d.path)-1]
	t.m.SetMapIndex(t.key, t.value)
	return f
}

// name reads the name of a member and moves to its value.
func (d *decoder) name() []byte {
	inside, has := d.quoted()
	d.colon()
	if has&escapes == 0 {
		return inside
	}
	return appendUnquoted(nil, inside)
}
