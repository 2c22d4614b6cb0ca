package diag

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable returns s with everything that a terminal does not show as text written as a Go escape
// sequence: control characters, line breaks, characters that change the direction of text, and
// bytes that are not UTF-8. Texts of documents must not reach a terminal in another way, because
// they could move the cursor, hide other text, or begin a line that a CI system runs as a command.
func Printable(s string) string {
	if isPrintable(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 || !unicode.IsPrint(r) {
			quoted := strconv.QuoteToASCII(s[:size])
			b.WriteString(quoted[1 : len(quoted)-1])
		} else {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}

// Lengths in characters of the parts of a finding, which may quote names of any length.
const (
	mostPart = 1000
	keptHead = 700
	keptTail = 200
)

// shortened returns a text without its middle if it is long.
func shortened(s string) string {
	if len(s) <= mostPart {
		return s
	}
	text := []rune(s)
	if len(text) <= mostPart {
		return s
	}
	return string(text[:keptHead]) + "…" + string(text[len(text)-keptTail:])
}

func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) && utf8.ValidString(s)
		}
	}
	return true
}
