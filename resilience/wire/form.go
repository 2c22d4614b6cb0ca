package wire

import (
	"errors"
	"reflect"
)

// encodeForm writes the members of v as application/x-www-form-urlencoded, in the order of the
// struct. By default a list is written as one pair an item and an object as JSON.
func (b *Body) encodeForm(v any) ([]byte, error) {
	form, err := nodeOf(v)
	if err != nil {
		return nil, err
	}
	if form.kind != object {
		return nil, errors.New("a form is made from a struct or a map")
	}
	var out []byte
	for i, item := range form.items {
		s, item := formMember(b.part(form.keys[i]), item)
		if out, err = appendStyled(out, s, item); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// part finds the encoding of a member; what the body does not list has the defaults.
func (b *Body) part(name string) Part {
	for _, p := range b.Parts {
		if p.Name == name {
			return p
		}
	}
	return Part{Name: name}
}

// formMember settles the style of a member. A member with a media type and no style is one text.
func formMember(p Part, n node) (styled, node) {
	s := styled{name: p.Name, style: p.Style, explode: p.Explode, in: Query, escape: escapeForm, inner: p.Inner}
	if p.Reserved {
		s.escape = escapeFormReserved
	}
	if p.Style != 0 {
		return s, n
	}
	s.style, s.explode = Form, true
	if n.kind == object || n.kind == list && IsJSON(p.Media) {
		n = textNode(n.flat())
	}
	return s, n
}

// isNil reports whether v is nil or a nil pointer, slice, map or interface.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface, reflect.Func, reflect.Chan:
		return r.IsNil()
	}
	return false
}
