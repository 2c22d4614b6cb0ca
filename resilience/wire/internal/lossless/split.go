package lossless

// This file takes an object apart without decoding its values. It begins in SplitObject.

import "encoding/json"

// A Member is one member of an object.
type Member struct {
	Name  string
	Value json.RawMessage
}

// SplitObject returns the members of an object in order. The values are parts of data.
func SplitObject(data []byte) ([]Member, error) {
	d := decoder{scanner: scanner{data: data}}
	d.space()
	if d.peek() != '{' {
		if isValid(data) {
			return nil, &DecodeError{Reason: "object is declared, another value is found"}
		}
		return nil, refusal(data, new(json.RawMessage))
	}
	var out []Member
	d.enter()
	for first := true; d.next(first, '}'); first = false {
		name := string(d.name())
		out = append(out, Member{name, d.skip()})
	}
	if !d.ended() {
		return nil, refusal(data, new(json.RawMessage))
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
