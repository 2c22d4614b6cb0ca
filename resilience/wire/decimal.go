package wire

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
)

// Decimal is a number with exactly the digits that were sent, as a JSON number or as a string; it
// is sent back in the same form. The zero Decimal is absent. == compares texts (1.0 differs from
// 1), [Decimal.Equal] values.
type Decimal struct{ raw token }

// ParseDecimal returns the number with the text s, which must be a JSON number such as 12, -0.50 or
// 1e3.
func ParseDecimal(text string) (Decimal, error) {
	if !isNumber(text) {
		return Decimal{}, errors.New("the text is no decimal number; write digits, with a point for the fraction")
	}
	return Decimal{token(text)}, nil
}

// DecimalOf returns an integer.
func DecimalOf(i int64) Decimal { return Decimal{token(strconv.FormatInt(i, 10))} }

// DecimalOfFloat returns the shortest number that reads back as f, and an error for a NaN or an
// infinity.
func DecimalOfFloat(f float64) (Decimal, error) {
	text, err := floatText(f, 64)
	return Decimal{token(text)}, err
}

// Float64 returns the nearest float64.
func (d Decimal) Float64() (float64, error) {
	if d.IsZero() {
		return 0, errors.New("the number is absent")
	}
	f, err := strconv.ParseFloat(d.String(), 64)
	if err != nil || !isNumber(d.String()) {
		return 0, fmt.Errorf("a text of %d characters is no number", len(d.String()))
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
	r, ok := new(big.Rat), false
	if isNumber(text) && exponentDigits(text) <= 3 {
		r, ok = r.SetString(text)
	}
	if !ok {
		return nil, fmt.Errorf("a text of %d characters is no number of bearable size", len(text))
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
func (d Decimal) String() string { return d.raw.text() }

// IsZero reports whether the number is absent. The number 0 is not.
func (d Decimal) IsZero() bool { return d.raw == "" }

// MarshalJSON writes the number as it was read, as a string if it was one; an absent number is
// null.
func (d Decimal) MarshalJSON() ([]byte, error) { return d.raw.marshal() }

// UnmarshalJSON keeps the value without checking it.
func (d *Decimal) UnmarshalJSON(data []byte) (err error) {
	d.raw, err = readToken(data)
	return err
}

func (d Decimal) wireText() (string, bool) { return d.String(), !d.IsZero() }

// isNumber reports whether a text is a JSON number (RFC 8259, section 6).
func isNumber(s string) bool {
	if s != "" && s[0] == '-' {
		s = s[1:]
	}
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if s != "" && s[0] == '.' {
		fraction := digits(s[1:])
		if fraction == 0 {
			return false
		}
		s = s[1+fraction:]
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		n := digits(exponent(s))
		return n > 0 && n == len(exponent(s))
	}
	return s == ""
}

// digits returns the number of digits that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return n
}

// exponent returns the text after the e of s and its sign.
func exponent(s string) string {
	s = s[1:]
	if s != "" && (s[0] == '+' || s[0] == '-') {
		s = s[1:]
	}
	return s
}

// exponentDigits returns the number of digits of a number's exponent.
func exponentDigits(s string) int {
	for i := range len(s) {
		if s[i] == 'e' || s[i] == 'E' {
			return len(exponent(s[i:]))
		}
	}
	return 0
}
