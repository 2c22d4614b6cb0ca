package lossless

// This file writes maps. Their entries are sorted by name.

import (
	"reflect"
	"slices"
	"strings"
)

// table writes a map.
func (e *encoder) table(v reflect.Value, l *layout) error {
	if v.IsNil() {
		e.out = append(e.out, e.ofNil(mapForm)...)
		return nil
	}
	if e.depth++; e.depth > mostDepth {
		return errTooDeep
	}
	e.out = append(e.out, '{')
	err := e.entries(v, l, func(name string, value place) error { return e.entry(name, value, l.elem) })
	e.out = append(e.out, '}')
	e.depth--
	return err
}

// entry writes an entry of a map.
func (e *encoder) entry(name string, value place, l *layout) error {
	e.name(name)
	e.unset.enter(name)
	err := e.write(value, l)
	e.unset.leave()
	return err
}

// entries calls f for the entries of a map, sorted by name, with copies of their values. It returns
// the first error of f.
func (e *encoder) entries(v reflect.Value, l *layout, f func(name string, value place) error) error {
	n := v.Len()
	if n == 0 {
		return nil
	}
	addressable := e.addressable
	e.addressable = false
	from := len(e.keys)
	list := reflect.MakeSlice(reflect.SliceOf(l.elem.typ), n, n)
	key := reflect.New(l.typ.Key()).Elem()
	for each, i := v.MapRange(), 0; each.Next(); i++ {
		key.SetIterKey(each)
		list.Index(i).SetIterValue(each)
		e.keys = append(e.keys, mapKey{key.String(), i})
	}
	sortKeys(e.keys[from:])
	for i := range n {
		k := e.keys[from+i]
		if err := f(k.name, placeOf(list.Index(k.at))); err != nil {
			return err
		}
	}
	e.addressable, e.keys = addressable, e.keys[:from]
	return nil
}

// A mapKey is the name of an entry of a map, and its index in the order of the map.
type mapKey struct {
	name string
	at   int
}

func sortKeys(keys []mapKey) {
	slices.SortFunc(keys, func(a, b mapKey) int { return strings.Compare(a.name, b.name) })
}

// fewEntries is the number of entries up to which a map is sorted on the stack.
const fewEntries = 8

// An anyEntry is an entry of a map of values without a declared type.
type anyEntry struct {
	name  string
	value any
}

// anyMap writes a map of values without a declared type.
func (e *encoder) anyMap(m map[string]any) error {
	if m == nil {
		e.out = append(e.out, e.ofNil(mapForm)...)
		return nil
	}
	if e.depth++; e.depth > mostDepth {
		return errTooDeep
	}
	var (
		declared = e.declared
		err      error
	)
	e.declared = false
	e.out = append(e.out, '{')
	if len(m) <= fewEntries {
		err = e.fewOf(m)
	} else {
		err = e.manyOf(m)
	}
	e.out = append(e.out, '}')
	e.declared = declared
	e.depth--
	return err
}

// fewOf writes the entries of a small map.
func (e *encoder) fewOf(m map[string]any) error {
	var sorted [fewEntries]anyEntry
	n := 0
	for name, value := range m {
		i := n
		for ; i > 0 && name < sorted[i-1].name; i-- {
			sorted[i] = sorted[i-1]
		}
		sorted[i] = anyEntry{name, value}
		n++
	}
	for i := range n {
		if err := e.anyEntry(sorted[i].name, sorted[i].value); err != nil {
			return err
		}
	}
	return nil
}

// manyOf writes the entries of a map.
func (e *encoder) manyOf(m map[string]any) error {
	from := len(e.keys)
	for name := range m {
		e.keys = append(e.keys, mapKey{name: name})
	}
	sortKeys(e.keys[from:])
	for i := range len(m) {
		name := e.keys[from+i].name
		if err := e.anyEntry(name, m[name]); err != nil {
			return err
		}
	}
	e.keys = e.keys[:from]
	return nil
}

// anyEntry writes an entry.
func (e *encoder) anyEntry(name string, value any) error {
	e.name(name)
	e.unset.enter(name)
	err := e.of(value)
	e.unset.leave()
	return err
}
