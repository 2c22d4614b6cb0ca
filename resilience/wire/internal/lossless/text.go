package lossless

import (
	"strings"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// text writes a string as encoding/json does without the escapes of HTML.
func (e *encoder) text(s string) {
	e.out = append(e.out, '"')
	if isPlainText(s) {
		e.out = append(e.out, s...)
	} else {
		e.out = appendEscaped(e.out, s)
	}
	e.out = append(e.out, '"')
}

// isPlainText reports whether a string is ASCII without characters that have an escape in JSON. It
// looks at eight bytes at a time, at some of them twice.
func isPlainText(s string) bool {
	n := len(s)
	switch {
	case n >= 8:
		for i := 0; i < n-8; i += 8 {
			if isSpecial(word(s[i:])) {
				return false
			}
		}
		return !isSpecial(word(s[n-8:]))
	case n >= 4:
		return !isSpecial(uint64(half(s)) | uint64(half(s[n-4:]))<<32)
	case n > 0:
		return !isSpecial(uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16 | spaces&^0xffffff)
	}
	return true
}

// isSpecial reports whether one of eight bytes is not ASCII or has an escape in JSON.
func isSpecial(w uint64) bool {
	q, s := w^quotes, w^slants
	return (w|(w-spaces)|(q-ones)|(s-ones))&tops != 0
}

// word returns the first eight bytes of a string.
func word(s string) uint64 {
	return uint64(half(s)) | uint64(half(s[4:]))<<32
}

// half returns the first four bytes of a string.
func half(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// appendEscaped writes the content of a string.
func appendEscaped(dst []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); {
		c, size := rune(s[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(s[i:])
		}
		if isPlainRune(c, size) {
			i += size
			continue
		}
		dst = appendEscape(append(dst, s[from:i]...), c)
		i += size
		from = i
	}
	return append(dst, s[from:]...)
}

// isPlainRune reports whether a character needs no escape.
func isPlainRune(c rune, size int) bool {
	return c >= ' ' && c != '"' && c != '\\' && c != '\u2028' && c != '\u2029' && (c != utf8.RuneError || size > 1)
}

func appendEscape(dst []byte, c rune) []byte {
	if i := strings.IndexRune("\"\\\b\f\n\r\t", c); i >= 0 {
		return append(dst, '\\', `"\bfnrt`[i])
	}
	return append(dst, '\\', 'u', hexDigits[c>>12&15], hexDigits[c>>8&15], hexDigits[c>>4&15], hexDigits[c&15])
}
