package lossless

// This file makes Go strings of the strings in JSON texts.

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// slabSize is the size of the blocks of memory that short strings share, and so the most that a
// string which is kept prevents from being freed.
const slabSize = 1024

// longText is the length from which a string has its own memory.
const longText = slabSize / 4

// A slab makes strings that share memory.
type slab struct{ b strings.Builder }

// text returns a copy of a text. rest is how many bytes may follow that become strings.
func (s *slab) text(text []byte, rest int) string {
	switch n := len(text); {
	case n == 0:
		return ""
	case n >= longText:
		return string(text)
	case s.b.Cap()-s.b.Len() < n:
		s.b.Reset()
		s.b.Grow(min(slabSize, n+rest))
	}
	s.b.Write(text)
	all := s.b.String()
	return all[len(all)-len(text):]
}

// text returns a copy of a text.
func (d *decoder) text(text []byte) string { return d.slab.text(text, len(d.data)-d.at) }

// readText reads a string. whole is false if it contains characters that a Go string cannot
// represent: half of a surrogate pair, or bytes that are not UTF-8.
func (d *decoder) readText() (text string, whole bool) {
	inside, has := d.quoted()
	if has == 0 || has == highs && utf8.Valid(inside) {
		return d.text(inside), true
	}
	d.scratch = appendUnquoted(d.scratch[:0], inside)
	return d.text(d.scratch), isWhole(d.scratch, inside)
}

// isWhole reports whether nothing of a string is lost when it is unquoted. Where the string has
// replacement characters, it is assumed that they are those that were sent.
func isWhole(unquoted, inside []byte) bool {
	return !bytes.ContainsRune(unquoted, utf8.RuneError) ||
		bytes.Contains(inside, []byte(string(utf8.RuneError))) ||
		bytes.Contains(bytes.ToLower(inside), []byte(`\ufffd`))
}

// appendUnquoted appends the content of a JSON string as encoding/json reads it: what is not
// Unicode becomes a replacement character.
func appendUnquoted(out, inside []byte) []byte {
	out = slices.Grow(out, len(inside))
	for i := 0; i < len(inside); {
		end, has := plainEnd(inside, i, 0)
		if run := inside[i:end]; has == 0 {
			out = append(out, run...)
		} else {
			for len(run) > 0 {
				r, n := utf8.DecodeRune(run)
				out, run = utf8.AppendRune(out, r), run[n:]
			}
		}
		if i = end; i < len(inside) {
			var n int
			out, n = appendUnescaped(out, inside[i:])
			i += n
		}
	}
	return out
}

// unescaped are the characters that the escapes of one letter mean.
var unescaped = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// appendUnescaped appends the character of the escape that a text begins with, or the two escapes
// of a surrogate pair. n is the length of what was read.
func appendUnescaped(out, text []byte) (_ []byte, n int) {
	if text[1] != 'u' {
		return append(out, unescaped[text[1]]), 2
	}
	r, _ := hex4(text[2:])
	if utf16.IsSurrogate(r) {
		second, ok := rune(0), false
		if len(text) > 8 && text[6] == '\\' && text[7] == 'u' {
			second, ok = hex4(text[8:])
		}
		if pair := utf16.DecodeRune(r, second); ok && pair != utf8.RuneError {
			return utf8.AppendRune(out, pair), 12
		}
		r = utf8.RuneError
	}
	return utf8.AppendRune(out, r), 6
}
