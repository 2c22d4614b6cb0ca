// This file (un)marshals objects that struct tags alone cannot describe: those with additional properties, and those whose
// property names no tag can carry. It begins in MarshalObject.
package wire

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// A Member is a property whose name a struct tag cannot carry. A json tag carries a name of letters, digits and any of
//
//	!#$%&()*+-./:;<=>?@[]^_{|}~ and space
//
// that is neither empty nor "-". The field of any other property has the tag json:"-".
type Member struct {
	Name     string
	Field    any  // pointer to the field
	Optional bool // not sent if it is the zero value (or IsZero says so)
}

// MarshalObject writes the fields of known, a struct without a MarshalJSON of its own, then members, then rest sorted by name.
// A name that stands in rest and is also that of a field or member is an error. Without additional properties rest is [NoRest].
// In a struct, the map of additional properties and the fields of members have the tag json:"-".
func MarshalObject[T any](known any, rest map[string]T, members ...Member) ([]byte, error) {
	data, err := Marshal(known)
	if err != nil {
		return nil, err
	}
	if len(data) < 2 || data[0] != '{' {
		return nil, fmt.Errorf("%T is no JSON object", known)
	}
	w := objectWriter{data: data[:len(data)-1]}
	for _, m := range members {
		if v := reflect.ValueOf(m.Field).Elem(); !m.Optional || !(field{omitZero: true}).omitted(v) {
			w.add(m.Name, v.Interface())
		}
	}
	names := memberNames(reflect.TypeOf(known), members)
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		if names[name] {
			return nil, fmt.Errorf("additional property %q is also a property of its own; set the field", name)
		}
		w.add(name, rest[name])
	}
	return append(w.data, '}'), w.err
}

// NoRest stands for the additional properties of a type that has none. It is nil and stays so.
var NoRest map[string]any

// An objectWriter adds members to an object whose closing brace is still missing.
type objectWriter struct {
	data []byte
	err  error
}

func (w *objectWriter) add(name string, v any) {
	value, err := Marshal(v)
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("property %q: %w", name, err)
	}
	if len(w.data) > 1 {
		w.data = append(w.data, ',')
	}
	w.data = append(append(w.data, textToken(name)...), ':')
	w.data = append(w.data, value...)
}

// UnmarshalObject reads an object into the fields of known, a pointer to a struct without an UnmarshalJSON of its own, into members,
// and everything else into rest, which becomes nil if there is nothing else. With rest nil, everything else is dropped.
// Names are matched exactly. Null changes nothing.
func UnmarshalObject[T any](data []byte, known any, rest *map[string]T, members ...Member) error {
	if isNull(data) {
		return nil
	}
	all, err := splitObject(data)
	if err != nil {
		return err
	}
	names := memberNames(reflect.TypeOf(known).Elem(), nil)
	own := objectWriter{data: []byte{'{'}}
	others := map[string]T{}
	for _, m := range all {
		switch i := slices.IndexFunc(members, func(o Member) bool { return o.Name == m.name }); {
		case i >= 0:
			err = Unmarshal(m.value, members[i].Field)
		case names[m.name]:
			own.add(m.name, m.value)
		case rest != nil:
			err = addOther(others, m)
		}
		if err != nil {
			return inMember(m.name, err)
		}
	}
	if rest != nil {
		*rest = nil
		if len(others) > 0 {
			*rest = others
		}
	}
	return Unmarshal(append(own.data, '}'), known)
}

func addOther[T any](others map[string]T, m rawMember) error {
	var v T
	if err := Unmarshal(m.value, &v); err != nil {
		return err
	}
	others[m.name] = v
	return nil
}

// inMember adds the name of a member to the path of an error.
func inMember(name string, err error) error {
	d, ok := err.(*DecodeError)
	if !ok {
		return err
	}
	path := *d
	path.Member = strings.TrimSuffix(name+"."+d.Member, ".")
	return &path
}

// memberNames are the names that are not additional properties.
func memberNames(t reflect.Type, members []Member) map[string]bool {
	names := map[string]bool{}
	for _, f := range fieldsOf(t) {
		names[f.name] = true
	}
	for _, m := range members {
		names[m.Name] = true
	}
	return names
}
