package rules

import (
	"cmp"
	"math/big"
	"strconv"
	"strings"
)

// A decimal is an exact number: digits times a power of ten. The digits have no zeros at either
// end; those of 0 are empty.
type decimal struct {
	negative bool
	digits   string
	exponent int64
}

// mostExponent bounds the exponents that are read, so that sums of them do not overflow.
const mostExponent = 1 << 40

// decimalOf reads a number as JSON writes it.
func decimalOf(text string) decimal {
	d := decimal{negative: strings.HasPrefix(text, "-")}
	mantissa, power, _ := strings.Cut(strings.TrimLeft(strings.ToLower(text), "+-"), "e")
	d.exponent = exponentOf(power)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	d.exponent -= int64(len(fraction))
	d.digits = strings.TrimLeft(whole+fraction, "0")
	short := strings.TrimRight(d.digits, "0")
	d.exponent += int64(len(d.digits) - len(short))
	if d.digits = short; short == "" {
		return decimal{}
	}
	return d
}

// exponentOf reads an exponent. One out of range becomes the largest or smallest.
func exponentOf(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil && text == "" {
		return 0
	}
	return min(max(n, -mostExponent), mostExponent)
}

// compare returns -1, 0 or 1 for a less than, equal to or greater than b.
func (a decimal) compare(b decimal) int {
	if a.sign() != b.sign() {
		return cmp.Compare(a.sign(), b.sign())
	}
	return a.sign() * a.compareSize(b)
}

func (a decimal) sign() int {
	switch {
	case a.digits == "":
		return 0
	case a.negative:
		return -1
	}
	return 1
}

// compareSize compares without signs. Neither is 0, or both are.
func (a decimal) compareSize(b decimal) int {
	size := func(d decimal) int64 { return int64(len(d.digits)) + d.exponent }
	return cmp.Or(cmp.Compare(size(a), size(b)), strings.Compare(a.digits, b.digits))
}

func (a decimal) isInteger() bool { return a.exponent >= 0 }

// isMultipleOf reports whether a is a whole number of times b. Every number is a multiple of 0,
// which no schema may state.
func (a decimal) isMultipleOf(b decimal) bool {
	if a.digits == "" || b.digits == "" {
		return true
	}
	shift := a.exponent - b.exponent
	if shift < 0 {
		return false // a has a digit after the last one of b
	}
	x, _ := new(big.Int).SetString(a.digits, 10)
	y, _ := new(big.Int).SetString(b.digits, 10)
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(shift), y)
	return x.Mul(x, power).Mod(x, y).Sign() == 0
}

// text returns the only text that the number has in this form.
func (a decimal) text() string {
	if a.digits == "" {
		return "0"
	}
	text := a.digits + "e" + strconv.FormatInt(a.exponent, 10)
	if a.negative {
		return "-" + text
	}
	return text
}
