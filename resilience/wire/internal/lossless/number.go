package lossless

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// IsNumber reports whether a text is a JSON number (RFC 8259, section 6).
func IsNumber(s string) bool { return s != "" && numberLength(s) == len(s) }

// exponentDigits returns the number of digits of a number's exponent.
func exponentDigits(s string) int {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return 0
	}
	return len(strings.TrimLeft(s[i+1:], "+-"))
}

// Rat returns the exact value of a JSON number. ok is false if the text is not a JSON number, or
// has an exponent of more than three digits, because the value could need too much memory.
func Rat(text string) (r *big.Rat, ok bool) {
	if !IsNumber(text) || exponentDigits(text) > 3 {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// SameNumber reports whether both texts are numbers, as [Rat] reads them, of the same value.
func SameNumber(a, b string) bool {
	x, isX := Rat(a)
	y, isY := Rat(b)
	return isX && isY && x.Cmp(y) == 0
}

// FloatText formats a number as JSON does: the shortest text that reads back as the same value,
// with an exponent only for very large and very small numbers.
func FloatText(f float64, bits int) (string, error) {
	text, err := appendFloat(nil, f, bits)
	return string(text), err
}

// appendFloat appends what [FloatText] returns.
func appendFloat(out []byte, f float64, bits int) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return out, fmt.Errorf("%v cannot be sent as a number", f)
	}
	abs := math.Abs(f)
	if abs == 0 || abs >= 1e-6 && abs < 1e21 {
		return strconv.AppendFloat(out, f, 'f', -1, bits), nil
	}
	out = strconv.AppendFloat(out, f, 'e', -1, bits)
	if n := len(out); string(out[n-4:n-1]) == "e-0" { // e-09 is e-9 in JSON
		out = append(out[:n-2], out[n-1])
	}
	return out, nil
}

// mostDigits is the number of digits that an int64 always has room for.
const mostDigits = 18

// shortInteger reads an integer of at most 18 digits without fraction and exponent. n is the length
// of its text, and 0 if the text begins with something else.
func shortInteger(text []byte) (i int64, n int) {
	from := 0
	if len(text) > 0 && text[0] == '-' {
		from = 1
	}
	n = from
	for ; n < len(text) && text[n]-'0' <= 9; n++ {
		if n-from == mostDigits {
			return 0, 0
		}
		i = i*10 + int64(text[n]-'0')
	}
	if n == from || text[from] == '0' && n > from+1 || n < len(text) && (text[n] == '.' || text[n]|0x20 == 'e') {
		return 0, 0
	}
	if from == 1 {
		i = -i
	}
	return i, n
}

// powers are the powers of ten by which shortFloat divides. A float64 represents them exactly.
var powers = [sureDigits]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14}

// shortFloat reads a number of at most 15 characters without exponent. n is the length of its text,
// and 0 if the text begins with something else. The result is exact, because it is the quotient of
// two numbers that a float64 represents exactly.
func shortFloat(text []byte) (f float64, n int) {
	from := 0
	if len(text) > 0 && text[0] == '-' {
		from = 1
	}
	whole := digitsAt(text, from)
	n = whole
	if n < len(text) && text[n] == '.' {
		n = digitsAt(text, n+1)
		if n == whole+1 {
			return 0, 0
		}
	}
	if whole == from || text[from] == '0' && whole > from+1 || n > sureDigits || n < len(text) && text[n]|0x20 == 'e' {
		return 0, 0
	}
	i := int64(0)
	for _, c := range text[from:n] {
		if c != '.' {
			i = i*10 + int64(c-'0')
		}
	}
	f = float64(i)
	if n > whole {
		f /= powers[n-whole-1]
	}
	if from == 1 {
		f = -f
	}
	return f, n
}
