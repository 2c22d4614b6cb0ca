package wire

// This file is the base of generated unions (oneOf and anyOf of more than scalars).

import (
	"errors"
	"slices"

	"github.com/resgen/resgen/resilience/wire/internal/lossless"
)

// A Union holds a JSON value that is one of several types. Generated unions embed it and inherit
// its JSON methods. The zero Union is absent. Unions are comparable: == compares texts.
type Union struct{ token }

// As decodes the value as a T and ignores the discriminator. With an error, the result holds what
// could be decoded.
func As[T any](u Union) (T, error) {
	var v T
	if u.IsZero() {
		return v, errAbsentUnion
	}
	err := decodeStrict([]byte(u.token), &v)
	return v, err
}

// decodeStrict decodes a JSON value, and returns an error also for a part of another type that an
// [Unknown] keeps.
func decodeStrict(data []byte, v any) error {
	fault, err := lossless.Decode(data, v, nil)
	if err == nil && fault != nil {
		return fault
	}
	return err
}

var errAbsentUnion = errors.New("the union has no value")

// Set makes v the value. If tags are given and v has none of them as its discriminator, the
// discriminator is set to the first tag.
func (u *Union) Set(v any, discriminator string, tags ...string) error {
	c := Constant{Name: discriminator}
	for _, tag := range tags {
		c.Values = append(c.Values, tag)
	}
	return u.SetMembers(v, c)
}

// SetMembers makes v the value. A member that has none of the values of its constant is set to the
// first of them. Required members of v without a value are an [*UnsetError].
func (u *Union) SetMembers(v any, constants ...Constant) error {
	data, err := marshalSent(v)
	if err != nil {
		return err
	}
	next, err := lossless.ReadToken(data)
	if err != nil {
		return err
	}
	for _, c := range constants {
		if next, err = c.in(next); err != nil {
			return err
		}
	}
	u.token = next
	return nil
}

// in returns an object with one of the constant's values: in place if the object has the member,
// else as its first member.
func (c Constant) in(object token) (token, error) {
	if len(c.Values) == 0 {
		return object, nil
	}
	members, err := lossless.SplitObject([]byte(object))
	if err != nil {
		return "", err
	}
	i := lastOf(members, c.Name)
	if i >= 0 && (c.has(members[i].Value) || c.Open && !isEmptyText(members[i].Value)) {
		return object, nil
	}
	value, err := Marshal(c.Values[0])
	if err != nil {
		return "", err
	}
	if i >= 0 {
		members[i].Value = value
	} else {
		members = slices.Insert(members, 0, lossless.Member{Name: c.Name, Value: value})
	}
	return lossless.JoinMembers(members), nil
}

// isEmptyText reports whether a JSON value is null or a string without characters.
func isEmptyText(value []byte) bool { return string(value) == "null" || string(value) == `""` }

// lastOf returns the index of the last member with a name, which is the one that counts, or -1.
func lastOf(members []lossless.Member, name string) int {
	for i, m := range slices.Backward(members) {
		if m.Name == name {
			return i
		}
	}
	return -1
}

// Member returns the text of a member that is a scalar, and "" for any other. Generated unions use
// it for their discriminator.
func (u Union) Member(name string) string {
	value, err := u.member(name)
	if err != nil || value == nil || value[0] == '{' || value[0] == '[' {
		return ""
	}
	t, err := lossless.ReadToken(value)
	if err != nil {
		return ""
	}
	return t.String()
}

// member returns the JSON of a member, or nil if the object does not have it.
func (u Union) member(name string) ([]byte, error) {
	members, err := lossless.SplitObject([]byte(u.token))
	if err != nil {
		return nil, err
	}
	if i := lastOf(members, name); i >= 0 {
		return members[i].Value, nil
	}
	return nil, nil
}

// MemberAs decodes a member of the value as a T. If the value does not have the member, the result
// is zero. With an error, the result holds what could be decoded.
func MemberAs[T any](u Union, name string) (T, error) {
	var v T
	if u.IsZero() {
		return v, errAbsentUnion
	}
	value, err := u.member(name)
	if err != nil || value == nil {
		return v, err
	}
	err = decodeStrict(value, &v)
	return v, err
}

// Raw returns the JSON text of the value.
func (u Union) Raw() Raw { return Raw(u.token) }

// String returns the JSON text of the value.
func (u Union) String() string { return string(u.token) }

// IsZero reports whether the union is absent.
func (u Union) IsZero() bool { return u.token == "" }

// MarshalJSON writes the value as it was read or set; an absent union is null.
func (u Union) MarshalJSON() ([]byte, error) { return u.token.MarshalJSON() }

// UnmarshalJSON keeps the value.
func (u *Union) UnmarshalJSON(data []byte) (err error) {
	u.token, err = lossless.ReadToken(data)
	return err
}
