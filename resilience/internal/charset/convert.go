package charset

// This file converts charsets to UTF-8. What is not in a charset becomes U+FFFD.

import (
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// none stands for bytes that are not a character.
const none = utf8.RuneError

// combined are the pairs of bytes of Big5 that are two characters, a letter and a mark. Their runes
// in the table follow [unicode.MaxRune].
var combined = [...]string{"\u00ca\u0304", "\u00ca\u030c", "\u00ea\u0304", "\u00ea\u030c"}

// A reader returns the first character of a text, or none, and how many bytes it has.
type reader func(data []byte) (r rune, size int)

// characters returns the conversion from a charset in which all bytes below 0x80 that begin a
// character are ASCII.
func characters(read reader) func([]byte) []byte {
	return func(data []byte) []byte {
		text := make([]byte, 0, len(data)+len(data)/2)
		for len(data) > 0 {
			if data[0] < utf8.RuneSelf {
				text, data = append(text, data[0]), data[1:]
				continue
			}
			r, size := read(data)
			text, data = appendRune(text, r), data[size:]
		}
		return text
	}
}

func appendRune(text []byte, r rune) []byte {
	if r > unicode.MaxRune {
		return append(text, combined[r-unicode.MaxRune-1]...)
	}
	return utf8.AppendRune(text, r)
}

func fromUTF8(data []byte) []byte {
	text := make([]byte, 0, len(data))
	for _, r := range string(data) {
		text = utf8.AppendRune(text, r)
	}
	return text
}

func fromUTF16(data []byte, bigEndian bool) []byte {
	var (
		text = make([]byte, 0, len(data))
		low  = 1 // the index of the low byte of a unit
		unit = func(i int) rune { return rune(data[i+1-low])<<8 | rune(data[i+low]) }
	)
	if !bigEndian {
		low = 0
	}
	for i := 0; i < len(data); i += 2 {
		if i+1 == len(data) {
			return utf8.AppendRune(text, none)
		}
		r := unit(i)
		if utf16.IsSurrogate(r) {
			high := r
			r = utf8.RuneError
			if i+3 < len(data) {
				if r = utf16.DecodeRune(high, unit(i+2)); r != utf8.RuneError {
					i += 2
				}
			}
		}
		text = utf8.AppendRune(text, r)
	}
	return text
}

// fromSingleBytes returns the conversion from the charset of single bytes with an index.
func fromSingleBytes(index int) func([]byte) []byte {
	return characters(func(data []byte) (rune, int) { return single.at(index*128 + int(data[0]-0x80)), 1 })
}

// The bytes of pairs.
const (
	firstLead, lastLead   = 0x81, 0xfe
	firstTrail, lastTrail = 0x40, 0xfe
)

// pairOf returns a reader of pairs of bytes.
func pairOf(t *table) reader {
	return func(data []byte) (rune, int) {
		if data[0] < firstLead || data[0] > lastLead || len(data) == 1 {
			return none, 1
		}
		if data[1] < firstTrail || data[1] > lastTrail {
			return none, skipped(data[1])
		}
		r := t.at(int(data[0]-firstLead)*(lastTrail-firstTrail+1) + int(data[1]-firstTrail))
		if r == none {
			return none, skipped(data[1])
		}
		return r, 2
	}
}

// skipped returns how many bytes of an invalid pair are skipped: an ASCII character is not lost.
func skipped(trail byte) int {
	if trail < utf8.RuneSelf {
		return 1
	}
	return 2
}
