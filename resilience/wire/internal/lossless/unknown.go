package lossless

import (
	"slices"
	"strings"
)

// Unknown keeps what was read into a struct but has no place in its fields, so that nothing is lost
// when the struct is sent back:
//
//   - members that the document does not declare;
//   - members whose value is not of the declared type: "12" or null for a number. The field then
//     has the part that can be read without a guess, 12, or its zero value. The original text is
//     sent back as long as the field does not change;
//   - that a required member was absent: it is left out again as long as its field is zero;
//   - a value that is not an object, as long as all fields are zero.
//
// The zero Unknown is empty. Copies share their content; changing one does not change the others.
type Unknown struct{ kept *remains }

// remains are never changed once a value of Unknown has them.
type remains struct {
	members []entry
	missing []string // members that the document requires
	whole   Raw      // a value that is not an object; empty: the value is an object
}

// An entry is a member in the order in which it was read.
type entry struct {
	name   string
	value  Raw
	slot   string // name of the slot whose value it is, if ofSlot
	ofSlot bool   // it was read as the value of a slot
	rest   bool   // it is also among the additional properties, as far as it could be read
}

// Get returns a member as it was read or set.
func (u Unknown) Get(name string) (value Raw, ok bool) {
	for _, m := range u.members() {
		if m.name == name {
			return m.value, true
		}
	}
	return "", false
}

// Names returns the names of the members in the order in which they were read or set.
func (u Unknown) Names() []string {
	var names []string
	for _, m := range u.members() {
		names = append(names, m.name)
	}
	return names
}

func (u Unknown) members() []entry {
	if u.kept == nil {
		return nil
	}
	return u.kept.members
}

// Whole returns the value that was read if it is not an object, and an empty Raw otherwise.
func (u Unknown) Whole() Raw {
	if u.kept == nil {
		return ""
	}
	return u.kept.whole
}

// Set adds a member that the document does not declare. If a field has the same name, its value is
// sent instead unless it is zero.
func (u *Unknown) Set(name string, v any) error {
	value, err := RawOf(v)
	if err != nil {
		return err
	}
	next := remains{}
	if u.kept != nil {
		next = *u.kept
	}
	next.members = append(u.without(name), entry{name: name, value: value})
	u.kept = &next
	return nil
}

// Delete removes a member.
func (u *Unknown) Delete(name string) {
	if u.kept == nil {
		return
	}
	next := *u.kept
	next.members = u.without(name)
	u.kept = &next
}

// without returns a copy of the members except one.
func (u *Unknown) without(name string) []entry {
	return slices.DeleteFunc(slices.Clone(u.members()), func(m entry) bool { return m.name == name })
}

// IsZero reports whether nothing is kept.
func (u Unknown) IsZero() bool {
	k := u.kept
	return k == nil || len(k.members) == 0 && len(k.missing) == 0 && k.whole == ""
}

// Equal reports whether both keep the same members. == reports only whether one is a copy of the
// other.
func (u Unknown) Equal(v Unknown) bool {
	if u.IsZero() || v.IsZero() {
		return u.IsZero() && v.IsZero()
	}
	a, b := u.kept, v.kept
	return a.whole == b.whole && slices.Equal(a.members, b.members) && slices.Equal(a.missing, b.missing)
}

// String returns the names of the members, not their values: they may be secret.
func (u Unknown) String() string {
	return strings.Join(u.Names(), " ")
}

// isOf reports whether the member was read as the value of a slot.
func (m *entry) isOf(slot string) bool { return m.ofSlot && m.slot == slot }

// forSlot returns the member that was read as the value of a slot, or was set under its name.
func (k *remains) forSlot(name string) *entry {
	for i := range k.members {
		if m := &k.members[i]; m.isOf(name) || !m.ofSlot && !m.rest && m.name == name {
			return m
		}
	}
	return nil
}
