package lossless

// This file reads an object into a struct.

import "slices"

// object reads an object into a struct. With a field of type Unknown it always fits.
func (d *decoder) object(p place, l *layout) fit {
	lost := d.lost
	if d.peek() != '{' {
		at := d.at
		f := d.mismatch(l)
		if l.unknown < 0 {
			return f
		}
		d.lost = lost
		p.field(l.unknownAt).setUnknown(&remains{whole: Raw(d.data[at:d.at])})
		return fits
	}
	r := objectReader{decoder: d, p: p, l: l}
	if l.rest >= 0 {
		r.restPlace().value(l.restOf).SetZero()
	}
	d.enter()
	for first := true; d.next(first, '}'); first = false {
		r.member()
	}
	if l.unknown < 0 {
		return r.worst
	}
	r.missing()
	d.lost = lost
	if r.kept.members == nil && r.kept.missing == nil {
		p.field(l.unknownAt).setUnknown(nil)
		return fits
	}
	all := r.kept
	p.field(l.unknownAt).setUnknown(&all)
	return fits
}

// An objectReader reads one object.
type objectReader struct {
	*decoder
	p     place
	l     *layout
	seen  bitset
	after int // slot that follows the last one
	rest  *table
	kept  remains
	worst fit
}

func (r *objectReader) restPlace() place { return r.p.field(r.l.restAt) }

// member reads a member.
func (r *objectReader) member() {
	if i := r.expected(); i >= 0 {
		r.slot(i, true, nil)
		return
	}
	name := r.name()
	if r.broken {
		return
	}
	i, exact := r.l.find(name)
	switch {
	case i >= 0 && (exact || !r.seen.has(i)):
		r.slot(i, exact, name)
	case r.l.rest >= 0:
		r.additional(name)
	default:
		r.stranger(name)
	}
}

// mostAbsent is how many absent members in a row are expected.
const mostAbsent = 4

// expected moves to the value of the next member if its name is that of one of the next slots, and
// returns the slot, or -1. Servers send members in a fixed order, mostly that of the document.
func (r *objectReader) expected() int {
	rest := r.data[r.at:]
	for i := r.after; i < min(len(r.l.slots), r.after+mostAbsent); i++ {
		name := r.l.slots[i].quoted
		if len(rest) > len(name) && string(rest[:len(name)]) == name {
			r.at += len(name)
			r.space()
			return i
		}
	}
	return -1
}

// stranger skips a member that the struct has no field for.
func (r *objectReader) stranger(name []byte) {
	if r.report != nil {
		r.path = append(r.path, printable(name))
		r.report.add(r.path, DriftUnknown, "")
		r.forget()
	}
	r.keep(entry{name: string(name)}, r.skip())
}

// slot reads the value of a field. A name in other case is used only if the exact name does not
// follow.
func (r *objectReader) slot(i int, exact bool, name []byte) {
	s := &r.l.slots[i]
	from, field := r.at, r.p.field(s.offset)
	if r.seen.has(i) { // the last value of a name counts
		r.disown(s.Name)
		field.value(s.layout).SetZero()
	}
	r.seen.add(i)
	r.after = i + 1
	r.path = append(r.path, s.Name)
	f := r.read(field, s.layout)
	if f == fits && !s.keepsAll && s.forgets(field) {
		f = loses
		if s.layout.reads == pointerForm && from < len(r.data) && r.data[from] == 'n' {
			r.report.add(r.path, DriftNull, "")
		}
	}
	r.path = r.path[:len(r.path)-1]
	if r.report != nil && s.constant.IsValid() && !s.isConstant(field) {
		r.report.others++
	}
	r.worst = max(r.worst, f)
	if f != fits || !exact {
		if exact {
			name = []byte(s.Name)
		}
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
func (r *objectReader) additional(name []byte) {
	if r.rest == nil {
		r.rest = newTable(r.restPlace(), r.l.restOf)
	}
	// the last value counts
	r.kept.members = slices.DeleteFunc(r.kept.members, func(m entry) bool { return m.rest && m.name == string(name) })
	from := r.at
	f := r.rest.entry(r.decoder, name)
	r.worst = max(r.worst, f)
	if f != fits && r.l.unknown >= 0 {
		value := Raw(r.data[from:r.at])
		r.kept.members = append(r.kept.members, entry{name: string(name), value: value, rest: true})
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
	if r.seen.hasAll(&r.l.demanded) {
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

// hasAll reports whether b has all members of the other set.
func (b *bitset) hasAll(other *bitset) bool {
	for i, word := range other.low {
		if word&^b.low[i] != 0 {
			return false
		}
	}
	for i, word := range other.high {
		if i >= len(b.high) || word&^b.high[i] != 0 {
			return false
		}
	}
	return true
}
