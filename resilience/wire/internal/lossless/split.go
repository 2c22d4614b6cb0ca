package lossless

// This file takes an object apart without decoding its values. It begins in SplitObject.

import (
	"encoding/json"
	"strings"
)

// A Member is one member of an object.
type Member struct {
	Name  string
	Value json.RawMessage
}

// SplitObject returns the members of an object in order. The values are parts of data.
func SplitObject(data []byte) ([]Member, error) {
	if !json.Valid(data) {
		return nil, Unmarshal(data, new(json.RawMessage))
	}
	s := splitter{rest: data}
	if s.next() != '{' {
		return nil, &DecodeError{Reason: "object is declared, another value is found"}
	}
	var out []Member
	for s.skip(1); s.next() != '}'; {
		name := Token(s.value()).String()
		s.next()
		s.skip(1) // the colon
		s.next()
		out = append(out, Member{name, s.value()})
		if s.next() == ',' {
			s.skip(1)
		}
	}
	return out, nil
}

// JoinMembers writes an object with the members in their order. The values must be valid JSON.
func JoinMembers(members []Member) Token {
	e := encoder{out: []byte{'{'}}
	for _, m := range members {
		e.name(m.Name)
		e.out = append(e.out, m.Value...)
	}
	return Token(append(e.out, '}'))
}

// A splitter walks through JSON that is known to be valid.
type splitter struct{ rest []byte }

func (s *splitter) skip(n int) { s.rest = s.rest[n:] }

// next drops space and returns the byte that follows.
func (s *splitter) next() byte {
	for strings.IndexByte(" \t\r\n", s.rest[0]) >= 0 {
		s.skip(1)
	}
	return s.rest[0]
}

// value returns the value that begins here and moves behind it.
func (s *splitter) value() []byte {
	n := 0
	switch s.rest[0] {
	case '"':
		n = textEnd(s.rest)
	case '{', '[':
		n = compositeEnd(s.rest)
	default:
		for strings.IndexByte(",}] \t\r\n", s.rest[n]) < 0 {
			n++
		}
	}
	v := s.rest[:n:n]
	s.skip(n)
	return v
}

// textEnd is the length of the string that data begins with.
func textEnd(data []byte) int {
	n := 1
	for data[n] != '"' {
		if data[n] == '\\' {
			n++
		}
		n++
	}
	return n + 1
}

// compositeEnd is the length of the list or object that data begins with.
func compositeEnd(data []byte) int {
	depth := 0
	for n := 0; ; n++ {
		switch data[n] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return n + 1
			}
		case '"':
			n += textEnd(data[n:]) - 1
		}
	}
}
