package wire

import (
	"fmt"

	"github.com/resgen/resgen/resilience/wire/internal/lossless"
)

// Nullable is a member that can be absent, null, or have a value. The zero Nullable is absent; with
// the tag omitzero it is not sent.
type Nullable[T any] struct{ optional[T] }

type optional[T any] = lossless.Optional[T]

// NullableOf returns a value.
func NullableOf[T any](v T) Nullable[T] { return Nullable[T]{lossless.OptionalOf(v)} }

// Null returns null.
func Null[T any]() Nullable[T] { return Nullable[T]{lossless.Null[T]()} }

// Get returns the value; ok is false if it is absent or null.
func (n Nullable[T]) Get() (v T, ok bool) { return n.optional.Get() }

// Or returns the value, or v if it is absent or null.
func (n Nullable[T]) Or(v T) T {
	if value, ok := n.Get(); ok {
		return value
	}
	return v
}

// IsNull reports whether the member is present as null.
func (n Nullable[T]) IsNull() bool { return n.optional.IsNull() }

// IsZero reports whether the member is absent.
func (n Nullable[T]) IsZero() bool { return n.optional.IsZero() }

// String prints the value, "null", or nothing.
func (n Nullable[T]) String() string {
	if n.IsNull() {
		return "null"
	}
	if value, ok := n.Get(); ok {
		return fmt.Sprint(value)
	}
	return ""
}

// MarshalJSON writes the value, or null.
func (n Nullable[T]) MarshalJSON() ([]byte, error) {
	if value, ok := n.Get(); ok {
		return Marshal(value)
	}
	return []byte("null"), nil
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
