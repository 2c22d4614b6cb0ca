package wire

// This file finds and sets members by the paths that policies name. It starts in Find and
// WithMember.

import (
	"fmt"
	"reflect"

	"github.com/resgen/resgen/resilience/memberpath"
	"github.com/resgen/resgen/resilience/wire/internal/lossless"
)

// Find returns the member of v at a path of package memberpath. It looks through pointers,
// interfaces and [Nullable], structs, maps, lists and types that keep JSON. The empty path and "."
// are v itself. It returns false if nothing is there, or null.
func Find(v any, path string) (reflect.Value, bool) {
	root, ok := bare(reflect.ValueOf(v))
	if !ok || path == "" {
		return root, ok
	}
	p, err := memberpath.Parse(path)
	if err != nil {
		return reflect.Value{}, false
	}
	return memberpath.Follow(p, root, func(v reflect.Value, name string) (reflect.Value, bool) {
		m, ok := memberOf(v, name)
		if !ok {
			return reflect.Value{}, false
		}
		return bare(m)
	})
}

// bare removes pointers, interfaces and [Nullable] from around a value. ok is false if the value is
// nil, null or absent.
func bare(v reflect.Value) (_ reflect.Value, ok bool) {
	for v.IsValid() {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			v = v.Elem()
			continue
		case reflect.Slice, reflect.Map:
			return v, !v.IsNil()
		}
		inner, isOptional := lossless.Held(v)
		if !isOptional {
			return v, true
		}
		v = inner
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
	case reflect.Slice, reflect.Array:
		if i, ok := memberpath.Index(name); ok && i < v.Len() && !marshalsItself(v.Type()) {
			return v.Index(i), true
		}
	case reflect.Struct:
		for _, f := range lossless.Fields(v.Type()) {
			if f.Name == name {
				return f.In(v)
			}
		}
	}
	return kept(v, name)
}

// kept returns a member of a value that keeps JSON instead of fields: a union, a [Raw], or a struct
// with member names that no struct tag can express.
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

// PlainText returns the text of a string, number, bool or time in a URL. ok is false for all other
// values and for a missing value.
func PlainText(v any) (text string, ok bool) {
	n, err := nodeOf(v)
	return n.text, err == nil && n.kind == scalar
}

// WithMember returns a copy of a JSON body with one member set, at a path as in [Find]. Missing
// objects on the path are created. A nil body is an empty object. WithMember returns an error if a
// value on the path is not an object.
func WithMember(body any, path string, value any) (any, error) {
	object := map[string]any{}
	if !isNil(body) {
		data, err := Marshal(body)
		if err != nil {
			return nil, err
		}
		if err := Unmarshal(data, &object); err != nil || object == nil {
			return nil, fmt.Errorf("the body is not an object, so it cannot have the member %s", path)
		}
	}
	p, err := memberpath.Parse(path)
	if err != nil {
		return nil, err
	}
	return object, p.Set(object, value)
}
