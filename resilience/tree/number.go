package tree

import (
	"math"
	"strconv"
	"strings"
)

// Float returns the value of a Number, also of one that only YAML can write (0x1F, 0o17, .5, .inf),
// and whether n is one. A number beyond the range of a float64 is an infinity.
func (n *Node) Float() (float64, bool) {
	if n == nil || n.Kind != Number {
		return 0, false
	}
	switch strings.ToLower(n.Text) {
	case ".inf", "+.inf":
		return math.Inf(1), true
	case "-.inf":
		return math.Inf(-1), true
	case ".nan":
		return math.NaN(), true
	}
	if digits, base := radix(n.Text); base != 10 {
		return whole(digits, base), true
	}
	f, _ := strconv.ParseFloat(n.Text, 64) // out of range gives ±Inf
	return f, true
}

// radix returns the digits and the base of a number written 0x1F or 0o17; base 10 for all others.
func radix(s string) (string, int) {
	switch {
	case strings.HasPrefix(s, "0x"):
		return s[2:], 16
	case strings.HasPrefix(s, "0o"):
		return s[2:], 8
	}
	return s, 10
}

func whole(digits string, base int) float64 {
	var f float64
	for _, c := range digits {
		d, _ := strconv.ParseUint(string(c), base, 8)
		f = f*float64(base) + float64(d)
	}
	return f
}

// plainKind returns the kind of a scalar without quotes by the core schema of YAML 1.2 (section
// 10.3.2).
func plainKind(s string) Kind {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return Null
	case "true", "True", "TRUE", "false", "False", "FALSE":
		return Bool
	case ".nan", ".NaN", ".NAN":
		return Number
	}
	if isNumber(s) {
		return Number
	}
	return String
}

// isNumber reports whether s matches one of the four number patterns of the core schema.
func isNumber(s string) bool {
	if digits, base := radix(s); base != 10 {
		return digits != "" && strings.Trim(digits, "0123456789abcdefABCDEF"[:8+14*(base/16)]) == ""
	}
	if s[0] == '-' || s[0] == '+' {
		s = s[1:]
	}
	switch s {
	case ".inf", ".Inf", ".INF":
		return true
	}
	rest, before := cutDigits(s)
	if strings.HasPrefix(rest, ".") {
		var after int
		rest, after = cutDigits(rest[1:])
		before += after
	}
	return before > 0 && isExponent(rest)
}

// cutDigits returns what follows the leading decimal digits of s, and their number.
func cutDigits(s string) (string, int) {
	rest := strings.TrimLeft(s, "0123456789")
	return rest, len(s) - len(rest)
}

// isExponent reports whether s is empty or an exponent: e10, E-5.
func isExponent(s string) bool {
	if s == "" {
		return true
	}
	if s[0] != 'e' && s[0] != 'E' {
		return false
	}
	s = s[1:]
	if s != "" && (s[0] == '-' || s[0] == '+') {
		s = s[1:]
	}
	rest, digits := cutDigits(s)
	return digits > 0 && rest == ""
}
