package wire

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"

	"github.com/resgen/resgen/resilience/wire/internal/lossless"
)

// Decimal is a number with exactly the digits that were sent, as a JSON number or as a string; it
// is sent back in the same form. The zero Decimal is absent. == compares texts (1.0 differs from
// 1), [Decimal.Equal] values.
type Decimal struct{ token }

// ParseDecimal returns the number with the text s, which must be a JSON number such as 12, -0.50 or
// 1e3.
func ParseDecimal(text string) (Decimal, error) {
	if !lossless.IsNumber(text) {
		return Decimal{}, errors.New("the text is not a decimal number; write digits, with a point for the fraction")
	}
	return Decimal{token(text)}, nil
}

// DecimalOf returns an integer.
func DecimalOf(i int64) Decimal { return Decimal{token(strconv.FormatInt(i, 10))} }

// DecimalOfFloat returns the shortest number that reads back as f, and an error for a NaN or an
// infinity.
func DecimalOfFloat(f float64) (Decimal, error) {
	text, err := lossless.FloatText(f, 64)
	return Decimal{token(text)}, err
}

// Float64 returns the nearest float64.
func (d Decimal) Float64() (float64, error) {
	if d.IsZero() {
		return 0, errors.New("the number is absent")
	}
	f, err := strconv.ParseFloat(d.String(), 64)
	if err != nil || !lossless.IsNumber(d.String()) {
		return 0, fmt.Errorf("a text of %d characters is not a number", len(d.String()))
	}
	return f, nil
}

// Rat returns the exact value. It returns an error for an exponent of more than three digits,
// because the value could need too much memory.
func (d Decimal) Rat() (*big.Rat, error) {
	if d.IsZero() {
		return nil, errors.New("the number is absent")
	}
	text := d.String()
	r, ok := lossless.Rat(text)
	if !ok {
		return nil, fmt.Errorf("a text of %d characters is not a number of a supported size", len(text))
	}
	return r, nil
}

// Equal reports whether both have the same value, or the same text.
func (d Decimal) Equal(e Decimal) bool {
	a, errA := d.Rat()
	b, errB := e.Rat()
	return d == e || errA == nil && errB == nil && a.Cmp(b) == 0
}

// String returns the digits as they were sent.
func (d Decimal) String() string { return d.token.String() }

// IsZero reports whether the number is absent. The number 0 is not.
func (d Decimal) IsZero() bool { return d.token == "" }

// MarshalJSON writes the number as it was read, as a string if it was one; an absent number is
// null.
func (d Decimal) MarshalJSON() ([]byte, error) { return d.token.MarshalJSON() }

// UnmarshalJSON keeps the value without checking it.
func (d *Decimal) UnmarshalJSON(data []byte) (err error) {
	d.token, err = lossless.ReadToken(data)
	return err
}

func (d Decimal) wireText() (string, bool) { return d.String(), !d.IsZero() }
