package lossless

// This file finds the ends of JSON values and checks their syntax, which is that of encoding/json:
// RFC 8259, at most 10,000 levels, with any bytes above 127 in strings.

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// mostNested is how deeply lists and objects may be nested.
const mostNested = 10_000

// A scanner walks through a JSON text. After a syntax error it is at the end of the text.
type scanner struct {
	data   []byte
	at     int
	depth  int
	broken bool // there was a syntax error
}

// fail ends the walk because of a syntax error.
func (s *scanner) fail() {
	s.broken = true
	s.at = len(s.data)
}

// peek returns the next byte, or 0 at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

// space skips white space.
func (s *scanner) space() {
	if s.at < len(s.data) && s.data[s.at] <= ' ' {
		s.spaces()
	}
}

func (s *scanner) spaces() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

// ended reports whether nothing but space follows, and there was no syntax error.
func (s *scanner) ended() bool {
	s.space()
	return !s.broken && s.at == len(s.data)
}

// enter begins a list or object.
func (s *scanner) enter() {
	s.at++
	if s.depth++; s.depth > mostNested {
		s.fail()
	}
}

// next moves to the next item of a list or object. It returns false past the end of the list or
// object, and after a syntax error.
func (s *scanner) next(first bool, end byte) bool {
	if s.at+1 < len(s.data) && s.data[s.at] == ',' && s.data[s.at+1] > ' ' && !first {
		s.at++
		return true
	}
	s.space()
	switch c := s.peek(); {
	case c == end:
		s.at++
		s.depth--
		return false
	case s.broken:
		return false
	case first:
		return true
	case c == ',':
		s.at++
		s.space()
		return true
	}
	s.fail()
	return false
}

// colon moves from the end of a name to the value.
func (s *scanner) colon() {
	s.space()
	if s.peek() != ':' {
		s.fail()
		return
	}
	s.at++
	s.space()
}

// word skips true, false or null.
func (s *scanner) word(word string) {
	if len(s.data)-s.at < len(word) || string(s.data[s.at:s.at+len(word)]) != word {
		s.fail()
		return
	}
	s.at += len(word)
}

// skip skips the next value and returns its text.
func (s *scanner) skip() []byte {
	from := s.at
	s.pass()
	return s.data[from:s.at:s.at]
}

// pass skips the next value.
func (s *scanner) pass() {
	switch c := s.peek(); c {
	case '"':
		s.quoted()
	case '{':
		s.enter()
		for first := true; s.next(first, '}'); first = false {
			s.quoted()
			s.colon()
			s.pass()
		}
	case '[':
		s.enter()
		for first := true; s.next(first, ']'); first = false {
			s.pass()
		}
	case 't':
		s.word("true")
	case 'f':
		s.word("false")
	case 'n':
		s.word("null")
	default:
		s.number()
	}
}

// quoted skips a string and returns what is between its quotes.
func (s *scanner) quoted() (inside []byte, has marks) {
	if s.peek() != '"' {
		s.fail()
		return nil, 0
	}
	from := s.at + 1
	end, has := textEnd(s.data, from)
	if end < 0 {
		s.fail()
		return nil, 0
	}
	s.at = end + 1
	return s.data[from:end:end], has
}

// number skips a number.
func (s *scanner) number() {
	n := numberLength(s.data[s.at:])
	if n == 0 {
		s.fail()
	}
	s.at += n
}

// numberLength returns the length of the number that a text begins with, or 0.
func numberLength[T []byte | string](text T) int {
	i := 0
	if i < len(text) && text[i] == '-' {
		i++
	}
	whole := digitsAt(text, i)
	if whole == i || whole > i+1 && text[i] == '0' {
		return 0
	}
	i = whole
	if i < len(text) && text[i] == '.' {
		fraction := digitsAt(text, i+1)
		if fraction == i+1 {
			return 0
		}
		i = fraction
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		end := digitsAt(text, i)
		if end == i {
			return 0
		}
		i = end
	}
	return i
}

// digitsAt returns the end of the digits at i.
func digitsAt[T []byte | string](text T, i int) int {
	for i < len(text) && text[i]-'0' <= 9 {
		i++
	}
	return i
}

// Marks say what a string contains other than plain ASCII.
type marks uint8

const (
	escapes marks = 1 << iota // backslashes
	highs                     // bytes above 127
)

// textEnd returns the index of the quote that ends the string whose content begins at i, or -1 if
// the string is malformed or does not end.
func textEnd(data []byte, i int) (end int, has marks) {
	for {
		i, has = plainEnd(data, i, has)
		if i >= len(data) || data[i] < ' ' {
			return -1, has
		}
		if data[i] == '"' {
			return i, has
		}
		has |= escapes
		n := escapeLength(data[i:])
		if n == 0 {
			return -1, has
		}
		i += n
	}
}

// Eight bytes at a time: each constant has the byte eight times.
const (
	ones   = 0x0101010101010101
	tops   = 0x80 * ones
	spaces = ' ' * ones
	quotes = '"' * ones
	slants = '\\' * ones
)

// plainEnd returns the index of the first quote, backslash or control character from i on, or the
// length of the data.
func plainEnd(data []byte, i int, has marks) (int, marks) {
	var high uint64
	for ; i+8 <= len(data); i += 8 {
		w := binary.LittleEndian.Uint64(data[i:])
		q, s := w^quotes, w^slants
		// the top bit of a byte of found is set where the byte of w is special, from the first of
		// them upwards also where it is not
		found := ((w-spaces)&^w | (q-ones)&^q | (s-ones)&^s) & tops
		if found != 0 {
			high |= w & (found&-found - 1)
			if high&tops != 0 {
				has |= highs
			}
			return i + bits.TrailingZeros64(found)/8, has
		}
		high |= w
	}
	if high&tops != 0 {
		has |= highs
	}
	for ; i < len(data); i++ {
		switch c := data[i]; {
		case c < ' ', c == '"', c == '\\':
			return i, has
		case c >= 0x80:
			has |= highs
		}
	}
	return i, has
}

// escapeLength returns the length of the escape that a text begins with, or 0 if there is no such
// escape.
func escapeLength(text []byte) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(text[2:]); ok {
			return 6
		}
	}
	return 0
}

// hex4 returns the value of the four hexadecimal digits that a text begins with.
func hex4(text []byte) (r rune, ok bool) {
	if len(text) < 4 {
		return 0, false
	}
	for _, c := range text[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// quoteAfter returns the index of the quote that ends the string whose content begins at i, or -1.
// It does not check the string.
func quoteAfter(text []byte, i int) int {
	for from := i; ; {
		n := bytes.IndexByte(text[from:], '"')
		if n < 0 {
			return -1
		}
		end := from + n
		slashes := 0
		for end-slashes > i && text[end-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return end
		}
		from = end + 1
	}
}

// itemsIn returns how many items of a list a text has, of which the first begins at once and the
// last may be cut off. The text need not be valid.
func itemsIn(text []byte) int {
	items, depth := 1, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = quoteAfter(text, i+1)
			if i < 0 {
				return items
			}
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth < 0 {
				return items
			}
		case ',':
			if depth == 0 {
				items++
			}
		}
	}
	return items
}
