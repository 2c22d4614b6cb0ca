package wire

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"github.com/resgen/resgen/resilience/wire/internal/lossless"
)

// Scalar is a string, number or boolean in the form in which a server sent it, for members that are
// sometimes 12 and sometimes "12". It is sent back in the same form. The zero Scalar is absent. ==
// compares what was sent: "12" differs from 12.
type Scalar struct{ token }

// ScalarOf returns the scalar of a Go value. A NaN or an infinity becomes an absent scalar.
func ScalarOf[T ~string | ~bool | ~int | ~int32 | ~int64 | ~float64](v T) Scalar {
	n, err := nodeOf(v)
	if err != nil {
		return Scalar{}
	}
	if reflect.TypeOf(v).Kind() == reflect.String {
		return Scalar{lossless.TextToken(n.text)}
	}
	return Scalar{token(n.text)}
}

// String returns the content of a string, and the JSON text of a number or boolean.
func (s Scalar) String() string { return s.token.String() }

// IsString reports whether a string was sent.
func (s Scalar) IsString() bool { return lossless.IsText(s.token) }

// Int64 returns an integer, also one that was sent as a string or, without loss, as 12.0 or 1.2e1.
func (s Scalar) Int64() (int64, error) {
	text := s.String()
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i, nil
	}
	r, err := Decimal(s).Rat()
	if err != nil || !r.IsInt() || !r.Num().IsInt64() {
		return 0, s.refuse("an integer of 64 bits")
	}
	return r.Num().Int64(), nil
}

// Float64 returns a number, also one that was sent as a string.
func (s Scalar) Float64() (float64, error) {
	f, err := Decimal(s).Float64()
	if err != nil {
		return 0, s.refuse("a number")
	}
	return f, nil
}

// Bool returns a boolean, also one that was sent as a string, as 0 or as 1.
func (s Scalar) Bool() (bool, error) {
	switch s.String() {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, s.refuse("a boolean")
}

func (s Scalar) refuse(want string) error {
	if s.IsZero() {
		return errors.New("the value is absent")
	}
	return fmt.Errorf("a text of %d characters is not %s", len(s.String()), want)
}

// IsZero reports whether the value is absent.
func (s Scalar) IsZero() bool { return s.token == "" }

// MarshalJSON writes the value as it was read; an absent value is null.
func (s Scalar) MarshalJSON() ([]byte, error) { return s.token.MarshalJSON() }

// UnmarshalJSON keeps the value without checking it.
func (s *Scalar) UnmarshalJSON(data []byte) (err error) {
	s.token, err = lossless.ReadToken(data)
	return err
}

func (s Scalar) wireText() (string, bool) { return s.String(), !s.IsZero() }
