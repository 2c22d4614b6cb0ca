package lossless

// This file works out, once for each Go type, how it is read from JSON and written to it. It starts
// in layoutOf.

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
)

// A form is a way to read or write the values of a type.
type form uint8

const (
	standard    form = iota // all other types: encoding/json reads and writes them
	method                  // by its UnmarshalJSON or MarshalJSON
	innerForm               // an Optional, which reads and writes its own value
	tokenForm               // written as the JSON text that it holds
	pointerForm             // nil is null
	listForm
	mapForm
	objectForm
	boolForm
	intForm
	uintForm
	floatForm
	textForm
	bytesForm // Base64
	anyForm
)

// A layout describes how a type is read and written.
type layout struct {
	typ    reflect.Type
	size   uintptr
	reads  form
	writes form
	elem   *layout // of pointers, lists and maps, and of the value of an Optional

	alternatives Alternatives // of a union
	scalar       bool         // holds the JSON of a string, number or boolean
	token        bool         // holds nothing but a Token, and reads it with ReadToken

	generated bool           // of objects: see IsGenerated
	slots     []slot         // of objects
	names     map[string]int // slots by name
	folded    map[string]int // slots by name in lower case; -1: several
	demanded  bitset         // slots whose member is always there
	unknown   int            // index of the field of type Unknown; -1: none
	unknownAt uintptr        // offset of that field
	rest      int            // index of the field with additional properties; -1: none
	restAt    uintptr        // offset of that field
	restOf    *layout        // of that field's type
}

// A slot is a field that has a member.
type slot struct {
	Field
	at       int
	offset   uintptr
	quoted   string // the name as JSON, with a colon
	own      bool   // the type's IsZero reports whether the field is zero
	layout   *layout
	demands  bool // the member is always there
	keepsAll bool // no value is omitted or replaced
	needs    bool // nil, which the type has, is no value of the member
	emptyIf  emptiness
}

// An emptiness says how to find out whether a field is omitted.
type emptiness uint8

const (
	byReflection emptiness = iota
	ifNil                  // a nil pointer, list or map
	ifNoText               // an empty string or token
)

// forgets reports whether a value is not written as it was read, because it is omitted or replaced
// by a constant.
func (s *slot) forgets(p place) bool {
	switch s.emptyIf {
	case ifNil:
		return p.isNil()
	case ifNoText:
		return p.isEmptyText()
	}
	field := p.value(s.layout)
	return s.omits(field) || s.replaces(field)
}

// isConstant reports whether a field has the value of its constant.
func (s *slot) isConstant(p place) bool {
	return reflect.DeepEqual(p.value(s.layout).Interface(), s.constant.Interface())
}

// sent returns the place of the value that is sent for a field: its own, or the constant. ok is
// false if the member is omitted.
func (s *slot) sent(p place) (_ place, ok bool) {
	switch s.emptyIf {
	case ifNil:
		return p, !p.isNil()
	case ifNoText:
		return p, !p.isEmptyText()
	}
	field := s.orConstant(p.value(s.layout))
	return placeOf(field), !s.omits(field)
}

// isNil reports whether a value is a nil pointer or interface.
func isNil(v reflect.Value) bool {
	return (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && v.IsNil()
}

// omits reports whether a field with this value has no member.
func (s *slot) omits(v reflect.Value) bool {
	switch {
	case s.demands:
		return false
	case s.own || !s.omitZero:
		return s.omitted(v)
	}
	return v.IsZero()
}

// layouts holds the results of layoutOf, which never change for a type.
var layouts sync.Map // reflect.Type → *layout

// layoutOf returns the layout of a type. The layouts of types that refer to one another are made
// together.
func layoutOf(t reflect.Type) *layout {
	if known, ok := layouts.Load(t); ok {
		return known.(*layout)
	}
	made := making{}
	found := made.layout(t)
	for t, l := range made {
		layouts.LoadOrStore(t, l)
	}
	return found
}

// making holds the layouts that are being made.
type making map[reflect.Type]*layout

func (m making) layout(t reflect.Type) *layout {
	if known, ok := layouts.Load(t); ok {
		return known.(*layout)
	}
	if l := m[t]; l != nil {
		return l
	}
	l := &layout{typ: t, size: t.Size(), unknown: -1, rest: -1}
	m[t] = l
	l.reads, l.writes = formsOf(t)
	if l.reads == objectForm || l.writes == objectForm {
		m.object(l)
	}
	if l.writes == tokenForm {
		l.alternatives, l.scalar, l.token = alternativesOf(t), t.Implements(scalarType), isToken(t)
	}
	if l.reads == innerForm {
		l.elem = m.layout(reflect.New(t).Interface().(innerValue).valueType())
	}
	if f := max(l.reads, l.writes); f == pointerForm || f == listForm || f == mapForm {
		l.elem = m.layout(t.Elem())
	}
	return l
}

var (
	unknownType  = reflect.TypeFor[Unknown]()
	numberType   = reflect.TypeFor[json.Number]()
	innerType    = reflect.TypeFor[innerValue]()
	tokenType    = reflect.TypeFor[tokenKeeper]()
	unmarshaler  = reflect.TypeFor[json.Unmarshaler]()
	marshaler    = reflect.TypeFor[json.Marshaler]()
	textReader   = reflect.TypeFor[encoding.TextUnmarshaler]()
	textWriter   = reflect.TypeFor[encoding.TextMarshaler]()
	zeroer       = reflect.TypeFor[interface{ IsZero() bool }]()
	thisPackage  = unknownType.PkgPath()
	wirePackage  = strings.TrimSuffix(thisPackage, "/internal/lossless")
	kindsOfForms = map[reflect.Kind]form{
		reflect.Bool: boolForm, reflect.String: textForm, reflect.Float32: floatForm, reflect.Float64: floatForm,
		reflect.Int: intForm, reflect.Int8: intForm, reflect.Int16: intForm, reflect.Int32: intForm,
		reflect.Int64: intForm,
		reflect.Uint:  uintForm, reflect.Uint8: uintForm, reflect.Uint16: uintForm, reflect.Uint32: uintForm,
		reflect.Uint64: uintForm,
	}
)

// formsOf returns how a type is read and written.
func formsOf(t reflect.Type) (reads, writes form) {
	p := reflect.PointerTo(t)
	if p.Implements(innerType) {
		return innerForm, innerForm
	}
	f := formOfKind(t)
	if f == objectForm && IsGenerated(t) {
		return f, f
	}
	reads, writes = f, f
	switch {
	case t.Kind() == reflect.Pointer: // the methods are those of what it points to
	case p.Implements(unmarshaler):
		reads = method
	case p.Implements(textReader):
		reads = standard
	}
	switch {
	case t.Kind() == reflect.Pointer:
	case t.Implements(tokenType):
		writes = tokenForm
	case t.Kind() != reflect.Interface && t.Implements(marshaler):
		writes = method
	case p.Implements(marshaler), t.Implements(textWriter), p.Implements(textWriter):
		writes = standard
	}
	return reads, writes
}

// formOfKind returns the form of a type without methods.
func formOfKind(t reflect.Type) form {
	switch t.Kind() {
	case reflect.Pointer:
		return pointerForm
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			if t.Elem() == reflect.TypeFor[byte]() {
				return bytesForm
			}
			return standard
		}
		return listForm
	case reflect.Map:
		if key := t.Key(); key.Kind() == reflect.String && !key.Implements(textWriter) &&
			!reflect.PointerTo(key).Implements(textReader) {
			return mapForm
		}
	case reflect.Struct:
		if IsGenerated(t) || isPlain(t) {
			return objectForm
		}
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return anyForm
		}
	}
	if t == numberType {
		return standard
	}
	return kindsOfForms[t.Kind()]
}

// IsGenerated reports whether a struct is one of generated code, which has tags and types that no
// other code uses. Its fields then define its JSON, even if it has JSON methods.
func IsGenerated(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		if _, odd := t.Field(i).Tag.Lookup("wire"); odd || t.Field(i).Type == unknownType && !t.Field(i).Anonymous {
			return true
		}
	}
	return false
}

// isPlain reports whether a struct has no field that needs special rules.
func isPlain(t reflect.Type) bool {
	for i := range t.NumField() {
		_, options, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if t.Field(i).Anonymous || hasOption(options, "string") {
			return false
		}
	}
	return true
}

// object fills in the layout of a struct.
func (m making) object(l *layout) {
	l.generated = IsGenerated(l.typ)
	l.names, l.folded = map[string]int{}, map[string]int{}
	for _, f := range Fields(l.typ) {
		l.add(m.slot(l.typ.Field(f.index[0]), f))
	}
	for i := range l.typ.NumField() {
		f := l.typ.Field(i)
		switch odd, name := oddTag(f); {
		case f.Type == unknownType:
			l.unknown, l.unknownAt = i, f.Offset
		case odd && name == restTag && f.Type.Kind() == reflect.Map:
			l.rest, l.restAt, l.restOf = i, f.Offset, m.layout(f.Type)
		}
	}
}

// oddTag returns the wire tag of a field.
func oddTag(f reflect.StructField) (ok bool, text string) {
	text, ok = f.Tag.Lookup("wire")
	return ok && f.IsExported(), text
}

func (m making) slot(f reflect.StructField, known Field) slot {
	s := slot{
		Field: known, at: f.Index[0], offset: f.Offset, quoted: string(TextToken(known.Name)) + ":",
		layout: m.layout(f.Type), demands: !known.omitZero && !known.omitEmpty,
	}
	s.own = f.Type.Implements(zeroer) && !isAbsentIfZero(f.Type)
	s.keepsAll = s.demands && !s.constant.IsValid()
	s.needs = s.notNull && (f.Type.Kind() == reflect.Pointer || f.Type.Kind() == reflect.Interface)
	if s.omitZero && !s.omitEmpty && !s.own && !s.constant.IsValid() {
		switch l := s.layout; {
		case l.reads == pointerForm, l.reads == listForm, l.reads == mapForm:
			s.emptyIf = ifNil
		case l.reads == textForm, l.token:
			s.emptyIf = ifNoText
		}
	}
	return s
}

// isToken reports whether a type of package wire is a struct of a [Token] and nothing else. All of
// them read it with [ReadToken].
func isToken(t reflect.Type) bool {
	return t.PkgPath() == wirePackage && t.Kind() == reflect.Struct && t.NumField() == 1 &&
		t.Field(0).Type == reflect.TypeFor[Token]()
}

// isAbsentIfZero reports whether the IsZero method of a type is known to report the same as
// [reflect.Value.IsZero], which does not copy the value: a type of this package, or a struct that
// only embeds a [Token] or an [Optional].
func isAbsentIfZero(t reflect.Type) bool {
	if t.PkgPath() == thisPackage {
		return true
	}
	if t.Kind() != reflect.Struct || t.NumField() != 1 {
		return false
	}
	f := t.Field(0)
	return f.Anonymous && f.Type.PkgPath() == thisPackage && f.Type != unknownType
}

// restKey returns a name as a key of the additional properties.
func (l *layout) restKey(name string) reflect.Value {
	return reflect.ValueOf(name).Convert(l.restOf.typ.Key())
}

// add adds a field. If two fields have the same name, the first one is used.
func (l *layout) add(s slot) {
	if _, twice := l.names[s.Name]; twice {
		return
	}
	i := len(l.slots)
	l.slots, l.names[s.Name] = append(l.slots, s), i
	if s.demands {
		l.demanded.add(i)
	}
	low := strings.ToLower(s.Name)
	if _, several := l.folded[low]; several {
		i = -1
	}
	l.folded[low] = i
}

// find returns the slot of a name, or -1. Like encoding/json, it matches a name in other case if no
// field has the exact name.
func (l *layout) find(name []byte) (at int, exact bool) {
	if i, ok := l.names[string(name)]; ok {
		return i, true
	}
	if l.rest >= 0 {
		return -1, false
	}
	if i, ok := l.folded[string(bytes.ToLower(name))]; ok {
		return i, false
	}
	return -1, false
}
