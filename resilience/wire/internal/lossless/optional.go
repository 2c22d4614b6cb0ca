package lossless

import "reflect"

// An Optional is the content of a member that can be absent, null, or have a value. The zero
// Optional is absent. A struct that embeds one, and nothing else, is read and written like it.
type Optional[T any] struct {
	value T
	state state
}

type state uint8

const (
	stateAbsent state = iota
	stateNull
	stateValue
)

// OptionalOf returns a value.
func OptionalOf[T any](v T) Optional[T] { return Optional[T]{value: v, state: stateValue} }

// Null returns null.
func Null[T any]() Optional[T] { return Optional[T]{state: stateNull} }

// Get returns the value; ok is false if it is absent or null.
func (o Optional[T]) Get() (v T, ok bool) { return o.value, o.state == stateValue }

// IsNull reports whether the member is present as null.
func (o Optional[T]) IsNull() bool { return o.state == stateNull }

// IsZero reports whether the member is absent.
func (o Optional[T]) IsZero() bool { return o.state == stateAbsent }

// An innerValue is a type that reads and writes the value it holds: an [Optional], or a struct that
// embeds one.
type innerValue interface {
	valueType() reflect.Type
	readValue(d *decoder, l *layout) fit // the layout of the value
	setNull()
}

type innerWriter interface {
	writeValue(e *encoder, l *layout) error // the layout of the value
}

// A holder is an [Optional], or a struct that embeds one.
type holder interface{ held() reflect.Value }

// held returns the value, or the zero reflect.Value if it is absent or null.
func (o Optional[T]) held() reflect.Value {
	if o.state != stateValue {
		return reflect.Value{}
	}
	return reflect.ValueOf(&o.value).Elem()
}

// Held returns the value that an [Optional] holds, or the zero reflect.Value if there is none. It
// reports whether v is an Optional.
func Held(v reflect.Value) (reflect.Value, bool) {
	if v.Kind() != reflect.Struct {
		return v, false
	}
	o, ok := v.Interface().(holder)
	if !ok {
		return v, false
	}
	return o.held(), true
}

func (o *Optional[T]) valueType() reflect.Type { return reflect.TypeFor[T]() }

// readValue reads a value that is not null.
func (o *Optional[T]) readValue(d *decoder, l *layout) fit {
	*o = Optional[T]{}
	v := reflect.ValueOf(&o.value).Elem()
	f := d.read(placeOf(v), l)
	if f != wrong || !v.IsZero() {
		o.state = stateValue
	}
	return f
}

func (o *Optional[T]) setNull() { *o = Null[T]() }

func (o Optional[T]) writeValue(e *encoder, l *layout) error {
	if o.state != stateValue {
		e.out = append(e.out, "null"...)
		return nil
	}
	return e.addressed(placeOf(reflect.ValueOf(&o.value).Elem()), l)
}
