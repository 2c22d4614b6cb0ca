package lossless

import (
	"fmt"
	"reflect"
)

// MarshalStruct writes the fields of a struct, its additional properties sorted by name, and what
// its field of type [Unknown] keeps. The MarshalJSON methods of generated structs call it. x points
// to the struct. By its tags:
//
//   - json:"name" and json:"name,omitzero" are those of encoding/json;
//   - json:"-" wire:",name" and json:"-" wire:"omitzero,name" mean the same for names that
//     encoding/json does not accept in a tag: those with a quote or comma, and the empty one;
//   - const:"text" is sent instead of the zero value;
//   - json:"-" wire:"*" is a map of additional properties. A name in it that is also that of a field
//     is an error.
func MarshalStruct(x any) ([]byte, error) {
	v, l, err := structOf(x)
	if err != nil {
		return nil, err
	}
	e := newEncoder()
	defer e.free()
	e.addressable = true
	if err := e.object(placeOf(v), l); err != nil {
		return nil, err
	}
	return e.json(), nil
}

// UnmarshalStruct reads what [MarshalStruct] writes, and any other JSON value as far as possible:
// what no field can hold is kept in the field of type [Unknown]. Null changes no field.
func UnmarshalStruct(data []byte, x any) error {
	if _, _, err := structOf(x); err != nil {
		return err
	}
	_, err := Decode(data, x, nil)
	return err
}

// structOf returns the struct that x points to.
func structOf(x any) (reflect.Value, *layout, error) {
	p := reflect.ValueOf(x)
	if p.Kind() == reflect.Pointer && !p.IsNil() && IsGenerated(p.Type().Elem()) {
		return p.Elem(), layoutOf(p.Type().Elem()), nil
	}
	return reflect.Value{}, nil,
		fmt.Errorf("%T does not point to a struct with a field of type wire.Unknown or with a tag named wire", x)
}
