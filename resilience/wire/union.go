package wire

// This file is the base of generated unions (oneOf and anyOf of more than scalars).

import (
	"errors"
	"fmt"
	"slices"

	"github.com/resgen/resgen/resilience/wire/internal/lossless"
)

// A Union holds a JSON value that is one of several types. Generated unions embed it and inherit
// its JSON methods. The zero Union is absent. Unions are comparable: == compares texts.
type Union struct{ token }

// Variants lists the types of a union, in the order of the document.
type Variants struct {
	Discriminator string // name of the member that selects the type; empty: none
	List          []Variant
}

// A Variant is one type of a union.
type Variant struct {
	Name     string   // of the schema, for errors
	Tags     []string // values of the discriminator that select it
	Required []string // members without which an object is not of this type

	Decode func(data []byte, report *Report) (any, error) // as in [Outcome]: JSONAs[*Circle]
}

// As decodes the value as a T and ignores the discriminator. With an error, the result holds what
// could be decoded.
func As[T any](u Union) (T, error) {
	var v T
	if u.IsZero() {
		return v, errAbsentUnion
	}
	fault, err := lossless.Decode([]byte(u.token), &v, nil)
	if err == nil && fault != nil {
		err = fault
	}
	return v, err
}

var errAbsentUnion = errors.New("the union has no value")

// Set makes v the value. If tags are given and v has none of them as its discriminator, the
// discriminator is set to the first tag.
func (u *Union) Set(v any, discriminator string, tags ...string) error {
	data, err := Marshal(v)
	if err != nil {
		return err
	}
	next, err := lossless.ReadToken(data)
	if err != nil {
		return err
	}
	if len(tags) > 0 && !slices.Contains(tags, (Union{next}).Member(discriminator)) {
		if next, err = retag(data, discriminator, tags[0]); err != nil {
			return err
		}
	}
	u.token = next
	return nil
}

// retag sets the discriminator of an object: in place if it has one, else as its first member.
func retag(data []byte, discriminator, tag string) (token, error) {
	members, err := lossless.SplitObject(data)
	if err != nil {
		return "", err
	}
	value := lossless.Member{Name: discriminator, Value: []byte(lossless.TextToken(tag))}
	if i := slices.IndexFunc(members, func(m lossless.Member) bool { return m.Name == discriminator }); i >= 0 {
		members[i] = value
	} else {
		members = slices.Insert(members, 0, value)
	}
	return lossless.JoinMembers(members), nil
}

// Member returns the text of a member that is a scalar, and "" for any other. Generated unions use
// it for their discriminator.
func (u Union) Member(name string) string {
	members, err := lossless.SplitObject([]byte(u.token))
	if err != nil {
		return ""
	}
	for _, m := range members {
		if m.Name == name && len(m.Value) > 0 && m.Value[0] != '{' && m.Value[0] != '[' {
			t, err := lossless.ReadToken(m.Value)
			if err == nil {
				return t.String()
			}
		}
	}
	return ""
}

// Pick decodes the value as the variant that the discriminator names. If the discriminator is
// absent or names no variant, Pick chooses among the variants whose required members are all
// present and whose values all have their types: the one with the fewest unknown members, or the
// first of several.
func (u Union) Pick(vs *Variants) (any, error) {
	if u.IsZero() {
		return nil, errAbsentUnion
	}
	data := []byte(u.token)
	if vs.Discriminator != "" {
		tag := u.Member(vs.Discriminator)
		for _, v := range vs.List {
			if tag != "" && slices.Contains(v.Tags, tag) {
				return v.Decode(data, nil)
			}
		}
	}
	var best any
	least := -1
	for _, v := range vs.List {
		if !hasMembers(data, v.Required) {
			continue
		}
		var r Report
		value, err := v.Decode(data, &r)
		if err != nil || countDrifts(r.Drifts, DriftType) > 0 {
			continue
		}
		if n := countDrifts(r.Drifts, DriftNull, DriftMissing, DriftUnknown); least < 0 || n < least {
			best, least = value, n
		}
	}
	if least < 0 {
		return nil, fmt.Errorf("the value is none of the %d types of the union; use Raw", len(vs.List))
	}
	return best, nil
}

// countDrifts returns how often drifts of the kinds were met.
func countDrifts(drifts []Drift, kinds ...DriftKind) int {
	n := 0
	for _, d := range drifts {
		if slices.Contains(kinds, d.Kind) {
			n += d.Count
		}
	}
	return n
}

// hasMembers reports whether an object has members with all of names.
func hasMembers(data []byte, names []string) bool {
	if len(names) == 0 {
		return true
	}
	members, err := lossless.SplitObject(data)
	if err != nil {
		return false
	}
	for _, name := range names {
		if !slices.ContainsFunc(members, func(m lossless.Member) bool { return m.Name == name }) {
			return false
		}
	}
	return true
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
