package lossless

import (
	"reflect"
	"slices"
)

// EachEntry calls f for the entries of a map, sorted by name. It returns the first error of f.
func EachEntry(v reflect.Value, f func(name string, v reflect.Value) error) error {
	names := make([]string, 0, v.Len())
	for iter := v.MapRange(); iter.Next(); {
		names = append(names, iter.Key().String())
	}
	slices.Sort(names)
	for _, name := range names {
		if err := f(name, v.MapIndex(reflect.ValueOf(name).Convert(v.Type().Key()))); err != nil {
			return err
		}
	}
	return nil
}

// EachField calls f for the members of a struct: its fields that are not omitted, its additional
// properties, and the members that its [Unknown] keeps. Constants are in the place of zero values.
// A nil that its member may not have is passed as an empty [Token]. It returns the first error of
// f.
func EachField(v reflect.Value, f func(name string, v reflect.Value) error) error {
	for _, field := range Fields(v.Type()) {
		value, ok := field.In(v)
		if !ok {
			continue
		}
		if value = field.orConstant(value); field.notNull && isNil(value) {
			value = reflect.ValueOf(Token(""))
		}
		if err := f(field.Name, value); err != nil {
			return err
		}
	}
	for i := range v.NumField() {
		switch tag := v.Type().Field(i).Tag; {
		case v.Field(i).Type() == unknownType:
			for _, m := range v.Field(i).Interface().(Unknown).members() {
				if err := f(m.name, reflect.ValueOf(m.value)); err != nil {
					return err
				}
			}
		case tag.Get("wire") == restTag:
			if err := EachEntry(v.Field(i), f); err != nil {
				return err
			}
		}
	}
	return nil
}
