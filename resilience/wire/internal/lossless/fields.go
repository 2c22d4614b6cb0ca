package lossless

import (
	"reflect"
	"strings"
	"sync"
)

// A Field is an exported field of a struct that has a member in JSON.
type Field struct {
	Name      string
	index     []int
	omitZero  bool
	omitEmpty bool
	notNull   bool          // nil is no value of the member
	constant  reflect.Value // sent instead of the zero value; invalid: none
}

// Words of struct tags. A tag named wire has restTag for the field with the additional properties,
// one of the other words, or one of them and a name after a comma.
const (
	restTag     = "*"
	omitZeroTag = "omitzero"
	notNullTag  = "notnull"
)

// fieldCache holds the results of Fields, which never change for a type.
var fieldCache sync.Map // reflect.Type → []Field

// Fields lists the fields of a struct by the rules of encoding/json. The fields of embedded
// structs are promoted.
func Fields(t reflect.Type) []Field {
	if known, ok := fieldCache.Load(t); ok {
		return known.([]Field)
	}
	var out []Field
	for _, f := range reflect.VisibleFields(t) {
		tag, tagged := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		odd, isOdd := f.Tag.Lookup("wire")
		if isOdd && odd != restTag && odd != notNullTag && f.IsExported() {
			options, odd, _ = strings.Cut(odd, ",")
			out = append(out, Field{
				Name: odd, index: f.Index, constant: constantOf(f),
				omitZero: options == omitZeroTag, notNull: options == notNullTag,
			})
			continue
		}
		if tag == "-" || !f.IsExported() || f.Anonymous && !tagged && isStruct(f.Type) {
			continue
		}
		if name == "" {
			name = f.Name
		}
		out = append(out, Field{
			Name: name, index: f.Index, constant: constantOf(f), notNull: odd == notNullTag,
			omitZero: hasOption(options, omitZeroTag), omitEmpty: hasOption(options, "omitempty"),
		})
	}
	fieldCache.Store(t, out)
	return out
}

// constantTag is the key of the tag with the value that a field has in every valid object: the text
// of a string or time, the JSON of a number or bool.
const constantTag = "const"

// constantOf returns the constant of a field, and an invalid value if it has none.
func constantOf(f reflect.StructField) reflect.Value {
	text, ok := f.Tag.Lookup(constantTag)
	if !ok || !f.IsExported() {
		return reflect.Value{}
	}
	v := reflect.New(f.Type)
	if f.Type.Kind() == reflect.String {
		v.Elem().SetString(text)
		return v.Elem()
	}
	for _, data := range []string{text, string(TextToken(text))} {
		if fault, err := Decode([]byte(data), v.Interface(), nil); fault == nil && err == nil {
			return v.Elem()
		}
	}
	return reflect.Value{}
}

// orConstant returns the constant in the place of a zero value.
func (f Field) orConstant(v reflect.Value) reflect.Value {
	if f.replaces(v) {
		return f.constant
	}
	return v
}

// replaces reports whether the constant is sent in the place of the value.
func (f Field) replaces(v reflect.Value) bool {
	return f.constant.IsValid() && v.IsZero() && !f.constant.IsZero()
}

// isStruct reports whether t is a struct or points to one.
func isStruct(t reflect.Type) bool {
	return t.Kind() == reflect.Struct || t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct
}

func hasOption(options, name string) bool {
	for o := range strings.SplitSeq(options, ",") {
		if o == name {
			return true
		}
	}
	return false
}

// In returns the field of a struct. ok is false if it has no member, because it is omitted or its
// embedded struct is nil.
func (f Field) In(v reflect.Value) (value reflect.Value, ok bool) {
	value, err := v.FieldByIndexErr(f.index)
	return value, err == nil && !f.omitted(value)
}

// omitted reports whether a field with this value has no member.
func (f Field) omitted(v reflect.Value) bool {
	if f.omitZero {
		if z, ok := v.Interface().(interface{ IsZero() bool }); ok && (v.Kind() != reflect.Pointer || !v.IsNil()) {
			return z.IsZero()
		}
		return v.IsZero()
	}
	return f.omitEmpty && isEmptyValue(v)
}

// isEmptyValue reports whether omitempty omits a value.
func isEmptyValue(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}
