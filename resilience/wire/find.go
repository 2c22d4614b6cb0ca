// This file finds and sets members by their path: names joined by dots, as policies have them. It begins in Find and WithMember.
package wire

import (
	"fmt"
	"reflect"
	"strings"
)

// Find returns the member of v at a path: names in JSON with dots between them. It sees through pointers, interfaces and [Nullable], structs,
// maps and types that keep JSON. A name may hold dots itself. The empty path is v. It is false where there is nothing, or null.
func Find(v any, path string) (reflect.Value, bool) { return find(reflect.ValueOf(v), path) }

func find(v reflect.Value, path string) (reflect.Value, bool) {
	v, ok := bare(v)
	if !ok || path == "" {
		return v, ok
	}
	for end := len(path); end > 0; end = strings.LastIndexByte(path[:end], '.') {
		if m, ok := memberOf(v, path[:end]); ok {
			if found, ok := find(m, strings.TrimPrefix(path[end:], ".")); ok {
				return found, true
			}
		}
	}
	return reflect.Value{}, false
}

// A nullable is a [Nullable] of any type.
type nullable interface{ inner() (any, bool) }

func (n Nullable[T]) inner() (any, bool) { return n.Get() }

// bare takes away what stands around a value; ok is false if that is nothing.
func bare(v reflect.Value) (_ reflect.Value, ok bool) {
	for v.IsValid() {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			v = v.Elem()
			continue
		case reflect.Slice, reflect.Map:
			return v, !v.IsNil()
		}
		n, ok := v.Interface().(nullable)
		if !ok {
			return v, true
		}
		value, ok := n.inner()
		if !ok {
			return reflect.Value{}, false
		}
		v = reflect.ValueOf(value)
	}
	return v, false
}

// memberOf returns a member of an object.
func memberOf(v reflect.Value, name string) (reflect.Value, bool) {
	switch v.Kind() {
	case reflect.Map:
		if v.Type().Key().Kind() != reflect.String {
			return reflect.Value{}, false
		}
		m := v.MapIndex(reflect.ValueOf(name).Convert(v.Type().Key()))
		return m, m.IsValid()
	case reflect.Struct:
		for _, f := range fieldsOf(v.Type()) {
			if f.name == name {
				return f.in(v)
			}
		}
	}
	return kept(v, name)
}

// kept returns a member of a value that keeps JSON instead of fields: a union, a [Raw], a struct with names that no tag can carry.
func kept(v reflect.Value, name string) (reflect.Value, bool) {
	if !marshalsItself(v.Type()) {
		return reflect.Value{}, false
	}
	data, err := Marshal(v.Interface())
	var object map[string]any
	if err != nil || Unmarshal(data, &object) != nil {
		return reflect.Value{}, false
	}
	m, ok := object[name]
	return reflect.ValueOf(m), ok
}

// PlainText returns a string, a number, a bool or a time as it stands in a URL; ok is false for all else, and where there is no value.
func PlainText(v any) (text string, ok bool) {
	n, err := nodeOf(v)
	return n.text, err == nil && n.kind == scalar
}

// WithMember returns what a JSON body is with one member set, at a path as in [Find]. Objects on the way that are not there are made; the body
// itself is not changed. nil is an empty object.
func WithMember(body any, path string, value any) (any, error) {
	object := map[string]any{}
	if !isNil(body) {
		data, err := Marshal(body)
		if err != nil {
			return nil, err
		}
		if err := Unmarshal(data, &object); err != nil || object == nil {
			return nil, fmt.Errorf("the body is no object, which has no member %s", path)
		}
	}
	return object, setMember(object, path, value)
}

func setMember(object map[string]any, path string, value any) error {
	name, rest, deeper := strings.Cut(path, ".")
	if _, ok := object[path]; ok || !deeper {
		object[path] = value
		return nil
	}
	inner, ok := object[name].(map[string]any)
	if !ok && object[name] != nil {
		return fmt.Errorf("the body's member %s is no object, which has no member %s", name, rest)
	}
	if inner == nil {
		inner = map[string]any{}
		object[name] = inner
	}
	return setMember(inner, rest, value)
}
