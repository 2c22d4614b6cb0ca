package lossless

import (
	"strings"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// appendText writes a string as encoding/json does without the escapes of HTML.
func appendText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := len(dst)
	dst = append(dst, s...)
	if end, has := plainEnd(dst, from, 0); end == len(dst) && has == 0 {
		return append(dst, '"')
	}
	return append(appendEscaped(dst[:from], s), '"')
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
