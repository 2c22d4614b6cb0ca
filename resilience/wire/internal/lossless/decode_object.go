package lossless

// This file reads an object into a struct.

import (
	"reflect"
	"slices"
)

// object reads an object into a struct. With a field of type Unknown it always fits.
func (d *decoder) object(v reflect.Value, l *layout) fit {
	lost := d.lost
	if d.data[d.at] != '{' {
		at := d.at
		f := d.mismatch(l)
		if l.unknown < 0 {
			return f
		}
		d.lost = lost
		v.Field(l.unknown).Set(reflect.ValueOf(Unknown{&remains{whole: Raw(d.data[at:d.at])}}))
		return fits
	}
	r := objectReader{decoder: d, v: v, l: l}
	if l.rest >= 0 {
		v.Field(l.rest).SetZero()
	}
	for d.at++; d.more(); {
		r.member(d.name())
	}
	r.missing()
	if l.unknown < 0 {
		return r.worst
	}
	d.lost = lost
	if r.kept.members == nil && r.kept.missing == nil {
		v.Field(l.unknown).SetZero()
		return fits
	}
	all := r.kept
	v.Field(l.unknown).Set(reflect.ValueOf(Unknown{&all}))
	return fits
}

// An objectReader reads one object.
type objectReader struct {
	*decoder
	v     reflect.Value
	l     *layout
	seen  bitset
	next  int // slot that follows the last one
	kept  remains
	worst fit
}

// member reads the value of a member.
func (r *objectReader) member(name []byte) {
	i, exact := r.l.find(name, r.next)
	switch {
	case i >= 0 && (exact || !r.seen.has(i)):
		r.slot(i, exact, name)
	case r.l.rest >= 0:
		r.additional(string(name))
	default:
		r.stranger(name)
	}
}

// stranger skips a member that the struct has no field for.
func (r *objectReader) stranger(name []byte) {
	if r.report != nil {
		r.path = append(r.path, printable(name))
		r.report.add(r.path, DriftUnknown, "")
		r.path = r.path[:len(r.path)-1]
	}
	r.keep(entry{name: string(name)}, r.skip())
}

// slot reads the value of a field. A name in other case is used only if the exact name does not
// follow.
func (r *objectReader) slot(i int, exact bool, name []byte) {
	s := &r.l.slots[i]
	from, field := r.at, r.v.Field(s.at)
	if r.seen.has(i) { // the last value of a name counts
		r.disown(s.Name)
		field.SetZero()
	}
	r.seen.add(i)
	r.next = i + 1
	r.path = append(r.path, s.Name)
	f := r.read(field, s.layout)
	if f == fits && (s.omits(field) || s.replaces(field)) {
		f = loses
		if s.layout.reads == pointerForm && r.data[from] == 'n' {
			r.report.add(r.path, DriftNull, "")
		}
	}
	r.path = r.path[:len(r.path)-1]
	if r.report != nil && s.constant.IsValid() && !reflect.DeepEqual(field.Interface(), s.constant.Interface()) {
		r.report.others++
	}
	r.worst = max(r.worst, f)
	if f != fits || !exact {
		r.keep(entry{name: string(name), slot: s.Name, ofSlot: true}, r.data[from:r.at])
	}
}

// disown discards what was kept for a slot because another value follows. A member under another
// name than the slot's stays as an unknown member.
func (r *objectReader) disown(slot string) {
	var members []entry
	for _, m := range r.kept.members {
		if !m.isOf(slot) {
			members = append(members, m)
		} else if m.name != slot {
			members = append(members, entry{name: m.name, value: m.value})
		}
	}
	r.kept.members = members
}

// additional reads an additional property.
func (r *objectReader) additional(name string) {
	rest := r.v.Field(r.l.rest)
	if rest.IsNil() {
		rest.Set(reflect.MakeMap(rest.Type()))
	}
	// the last value counts
	r.kept.members = slices.DeleteFunc(r.kept.members, func(m entry) bool { return m.rest && m.name == name })
	text, f := r.entry(rest, r.l.restOf, name)
	r.worst = max(r.worst, f)
	if f != fits && r.l.unknown >= 0 {
		r.kept.members = append(r.kept.members, entry{name: name, value: Raw(text), rest: true})
	}
}

func (r *objectReader) keep(m entry, value []byte) {
	if r.l.unknown >= 0 {
		m.value = Raw(value)
		r.kept.members = append(r.kept.members, m)
	}
}

// missing records the required members that are absent.
func (r *objectReader) missing() {
	if r.l.unknown < 0 {
		return
	}
	for i := range r.l.slots {
		if s := &r.l.slots[i]; s.demands && !r.seen.has(i) {
			r.path = append(r.path, s.Name)
			r.report.add(r.path, DriftMissing, "")
			r.path = r.path[:len(r.path)-1]
			r.kept.missing = append(r.kept.missing, s.Name)
		}
	}
}

// longestName is how much of the name of an unknown member is reported, in bytes.
const longestName = 64

// printable returns a name in a form that is safe in a log.
func printable(name []byte) string {
	if len(name) > longestName {
		return "?"
	}
	for i := range len(name) {
		if name[i] <= ' ' || name[i] > '~' {
			return "?"
		}
	}
	return string(name)
}

// A bitset is a set of small numbers.
type bitset struct {
	low  [2]uint64
	high []uint64
}

func (b *bitset) has(i int) bool {
	word, bit := i/64, uint(i%64)
	if word < len(b.low) {
		return b.low[word]>>bit&1 == 1
	}
	word -= len(b.low)
	return word < len(b.high) && b.high[word]>>bit&1 == 1
}

func (b *bitset) add(i int) {
	word, bit := i/64, uint(i%64)
	if word < len(b.low) {
		b.low[word] |= 1 << bit
		return
	}
	for word -= len(b.low); word >= len(b.high); {
		b.high = append(b.high, 0)
	}
	b.high[word] |= 1 << bit
}
