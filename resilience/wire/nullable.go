package wire

import (
	"fmt"
	"reflect"
)

// Nullable is a member that can be absent, null, or have a value. The zero Nullable is absent; with
// the tag omitzero it is not sent.
type Nullable[T any] struct {
	value T
	state nullState
}

type nullState uint8

const (
	stateAbsent nullState = iota
	stateNull
	stateValue
)

// NullableOf returns a value.
func NullableOf[T any](v T) Nullable[T] { return Nullable[T]{value: v, state: stateValue} }

// Null returns null.
func Null[T any]() Nullable[T] { return Nullable[T]{state: stateNull} }

// Get returns the value; ok is false if it is absent or null.
func (n Nullable[T]) Get() (v T, ok bool) { return n.value, n.state == stateValue }

// Or returns the value, or v if it is absent or null.
func (n Nullable[T]) Or(v T) T {
	if n.state == stateValue {
		return n.value
	}
	return v
}

// IsNull reports whether the member is present as null.
func (n Nullable[T]) IsNull() bool { return n.state == stateNull }

// IsZero reports whether the member is absent.
func (n Nullable[T]) IsZero() bool { return n.state == stateAbsent }

// String prints the value, "null", or nothing.
func (n Nullable[T]) String() string {
	switch n.state {
	case stateNull:
		return "null"
	case stateValue:
		return fmt.Sprint(n.value)
	}
	return ""
}

// MarshalJSON writes the value, or null.
func (n Nullable[T]) MarshalJSON() ([]byte, error) {
	if n.state != stateValue {
		return []byte("null"), nil
	}
	return Marshal(n.value)
}

// UnmarshalJSON reads a value or null.
func (n *Nullable[T]) UnmarshalJSON(data []byte) error {
	var next Nullable[T]
	if err := Unmarshal(data, &next); err != nil {
		return err
	}
	*n = next
	return nil
}

// readValue reads a value that is not null.
func (n *Nullable[T]) readValue(d *decoder) fit {
	var next Nullable[T]
	v := reflect.ValueOf(&next.value).Elem()
	f := d.read(v, layoutOf(v.Type()))
	if f != wrong || !v.IsZero() {
		next.state = stateValue
	}
	*n = next
	return f
}

func (n *Nullable[T]) setNull() { *n = Null[T]() }

func (n Nullable[T]) writeValue(e *encoder) error {
	if n.state != stateValue {
		return e.any(reflect.Value{})
	}
	v := reflect.ValueOf(&n.value).Elem()
	return e.write(v, layoutOf(v.Type()))
}
