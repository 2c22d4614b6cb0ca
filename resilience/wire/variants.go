package wire

// This file chooses the type of a union's value. It begins in Pick.

import (
	"fmt"
	"slices"

	"github.com/resgen/resgen/resilience/wire/internal/lossless"
)

// Variants lists the types of a union, in the order of the document.
type Variants struct {
	Discriminator string // name of the member that selects the type; empty: none
	Default       string // name of the variant for objects whose discriminator selects none; empty: none
	List          []Variant
}

// A Variant is one type of a union.
type Variant struct {
	Name     string     // of the schema, for errors
	Tags     []string   // values of the discriminator that select it
	Required []string   // members without which an object is not of this type
	Only     []Constant // members of which an object of this type has no other values

	Decode func(data []byte, report *Report) (any, error) // as in [Outcome]: JSONAs[*Circle]
}

// A Constant is a member of an object with the only values that it may have: texts, numbers and
// bools.
type Constant struct {
	Name   string
	Values []any
	Open   bool // it may have other values, but not an empty one
}

func init() {
	lossless.AlternativesOf = func(zero any) lossless.Alternatives {
		u, ok := zero.(interface{ UnionVariants() *Variants })
		if !ok {
			return nil
		}
		return u.UnionVariants()
	}
}

// Pick decodes the value as the variant that the discriminator selects. If it selects none, that is
// the default, or the variants without tags remain. If the discriminator is absent, or there is
// none, all remain. Of those Pick chooses one whose required members are all present, whose
// constants the value has, and whose values all have their types: the one with the fewest other
// values for constants, then with the fewest unknown members, or the first of several.
func (u Union) Pick(vs *Variants) (any, error) {
	if u.IsZero() {
		return nil, errAbsentUnion
	}
	data := []byte(u.token)
	v, list, members := vs.narrow(data)
	if v != nil {
		return v.Decode(data, nil)
	}
	switch best := choose(data, list, members); {
	case best.variant != nil:
		return best.value, nil
	case len(list) < len(vs.List):
		const text = "member %s selects none of the %d types of the union; use Raw"
		return nil, fmt.Errorf(text, vs.Discriminator, len(vs.List))
	}
	return nil, fmt.Errorf("the value is none of the %d types of the union; use Raw", len(vs.List))
}

// Check reports how a value differs from the variant that [Union.Pick] decodes it as, or that it is
// none of them.
func (vs *Variants) Check(data []byte, report *Report) {
	v, list, members := vs.narrow(data)
	if v == nil {
		best := choose(data, list, members)
		if best.variant == nil {
			lossless.NoVariant(report)
			return
		}
		if lossless.Complete(&best.report) {
			lossless.Merge(report, &best.report)
			return
		}
		v = best.variant
	}
	if _, err := v.Decode(data, report); err != nil && len(report.Drifts) == 0 {
		lossless.NoVariant(report)
	}
}

// narrow returns the variant that the discriminator selects, or else the variants that remain. A
// value that is not an object has no discriminator and no members.
func (vs *Variants) narrow(data []byte) (*Variant, []Variant, []lossless.Member) {
	members, err := lossless.SplitObject(data)
	if err != nil {
		return nil, vs.List, members
	}
	v, list := vs.selected(members)
	return v, list, members
}

// A choice is a variant that a value is, with the value.
type choice struct {
	variant *Variant // nil: none
	value   any
	report  Report
}

// choose returns the best of the variants that a value is.
func choose(data []byte, list []Variant, members []lossless.Member) (best choice) {
	least := 0
	for i := range list {
		v := &list[i]
		if !v.fits(members) {
			continue
		}
		r := lossless.Trial()
		value, err := v.Decode(data, &r)
		if err != nil || countDrifts(r.Drifts, DriftType) > 0 {
			continue
		}
		n := otherWeight*lossless.OtherConstants(&r) + countDrifts(r.Drifts, DriftNull, DriftMissing, DriftUnknown)
		if best.variant == nil || n < least {
			best, least = choice{v, value, r}, n
		}
	}
	return best
}

// otherWeight makes one constant count more than all other members.
const otherWeight = 1 << 20

// selected returns the variant that the discriminator of an object selects, or else the variants
// that remain.
func (vs *Variants) selected(members []lossless.Member) (*Variant, []Variant) {
	var rest []Variant
	var other *Variant
	at := lastOf(members, vs.Discriminator)
	for i := range vs.List {
		v := &vs.List[i]
		switch {
		case at >= 0 && v.tagged(members[at].Value):
			return v, nil
		case v.Name == vs.Default:
			other = v
		case len(v.Tags) == 0:
			rest = append(rest, *v)
		}
	}
	if vs.Discriminator == "" || at < 0 && other == nil {
		return nil, vs.List
	}
	return other, rest
}

// tagged reports whether a JSON value is one of the variant's tags. Numbers and bools have the same
// tags as their texts.
func (v *Variant) tagged(value []byte) bool {
	t, err := lossless.ReadToken(value)
	if err != nil || t == "" || t[0] == '{' || t[0] == '[' {
		return false
	}
	return slices.ContainsFunc(v.Tags, func(tag string) bool {
		return tag == t.String() || !lossless.IsText(t) && lossless.SameNumber(tag, string(t))
	})
}

// fits reports whether an object has the members that the variant requires, and no other values
// than its constants. Values that are not objects have no members.
func (v *Variant) fits(members []lossless.Member) bool {
	for _, name := range v.Required {
		if lastOf(members, name) < 0 {
			return false
		}
	}
	for _, c := range v.Only {
		if at := lastOf(members, c.Name); at >= 0 && !c.has(members[at].Value) {
			return false
		}
	}
	return true
}

// has reports whether a JSON value is one of the constant's values. Numbers are compared by value:
// 1 and 1.0 are equal.
func (c Constant) has(value []byte) bool {
	t, err := lossless.ReadToken(value)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(c.Values, func(v any) bool {
		data, err := Marshal(v)
		return err == nil && (string(data) == string(t) || lossless.SameNumber(string(data), string(t)))
	})
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
