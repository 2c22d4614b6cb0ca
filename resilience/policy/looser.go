package policy

// This file describes how one policy differs from another, and in which direction. It starts in
// [Changes].

import (
	"math"
	"reflect"
	"slices"
)

// A Direction says whether a change lets more happen: more requests, more repeats, less protection
// of the server.
type Direction uint8

const (
	Neither  Direction = iota // a change of names or paths, or one that is neither
	Looser                    // more may happen than before
	Stricter                  // less may happen than before
)

// A Change is a policy key with its two values.
type Change struct {
	Path      string
	Old, New  string // as a policy file has them; empty: not set
	Direction Direction
}

// String returns the change in words: "retry.attempts 4 → 6 (looser)".
func (c Change) String() string {
	s := c.Path + " " + orNone(c.Old) + " → " + orNone(c.New)
	switch c.Direction {
	case Looser:
		return s + " (looser)"
	case Stricter:
		return s + " (stricter)"
	}
	return s
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// Changes lists the keys in which two full policies differ, in the order of [Fields]. A key that
// has an effect in neither policy, such as hedge.after without hedging, has no direction. Nor has
// one whose effect comes or goes with another key: a burst that comes with the first rate.
func Changes(old, new Policy) []Change { return ChangesIn(old, new, Shared{}, Shared{}) }

// ChangesIn does the same as [Changes] for the policies of two versions of an API. was and is have
// what the operations of each version share.
func ChangesIn(old, new Policy, was, is Shared) []Change {
	var cs []Change
	d := comparison{
		old: was.effective(old), new: is.effective(new), was: was, is: is,
		circuits: was.hasCircuit(old) && is.hasCircuit(new), buckets: was.hasBuckets(old) && is.hasBuckets(new),
	}
	for i := range table {
		f := &table[i]
		before, after := f.value(&old), f.value(&new)
		if same(before, after) {
			continue
		}
		cs = append(cs, Change{f.Path, text(before.Interface()), text(after.Interface()), d.direction(f)})
	}
	return cs
}

// IsLooser reports whether any change from old to new is looser.
func IsLooser(old, new Policy) bool {
	return slices.ContainsFunc(Changes(old, new), func(c Change) bool { return c.Direction == Looser })
}

// A way says which change of a value is looser.
type way uint8

const (
	neither    way = iota
	up             // a greater number
	down           // a smaller number
	downOrNone     // a smaller number, and least of all none (0 or negative)
	upOrNone       // a greater number, and most of all none (0 or negative)
	on             // a switch that is on
	off            // a switch that is off
	more           // a list with more in it
	fewer          // a list with less in it
	ranked         // a word later in ranks
	perAccount     // the scope of an account
)

// ranks orders words from strict to loose.
var ranks = map[string]int{
	string(Unsafe): 1, string(Conditional): 2, string(Keyed): 3, string(Idempotent): 4, string(Safe): 5,
	string(EqualJitter): 1, string(FullJitter): 1, string(NoJitter): 2,
	ScopeApplication: -1, ScopeAccount: 0, // like a scope that is not set
	ModeEnforce: 0, ModeObserve: 1, // enforce is like a mode that is not set
}

// Rank orders the classes by what they allow: 1 for unsafe, 2 for conditional, 3 for keyed, 4 for
// idempotent, 5 for safe, and 0 for no class.
func (c Class) Rank() int { return ranks[string(c)] }

func (w way) direction(old, new reflect.Value) Direction {
	switch w {
	case neither:
		return Neither
	case more:
		return growth(old, new)
	case fewer:
		return growth(new, old)
	}
	switch was, is := w.looseness(old), w.looseness(new); {
	case is > was:
		return Looser
	case is < was:
		return Stricter
	}
	return Neither
}

// growth is looser if new has something that old lacks, and stricter if it only lacks something.
func growth(old, new reflect.Value) Direction {
	switch {
	case lacks(old, new):
		return Looser
	case lacks(new, old):
		return Stricter
	}
	return Neither
}

// lacks reports whether list has not all that other has.
func lacks(list, other reflect.Value) bool {
	for i := range other.Len() {
		found := false
		for j := range list.Len() {
			found = found || includes(list.Index(j), other.Index(i))
		}
		if !found {
			return true
		}
	}
	return false
}

// includes reports whether an entry of a list has all that another entry has: it is equal, or a
// rule that covers the other.
func includes(entry, other reflect.Value) bool {
	if rule, ok := entry.Interface().(Rule); ok {
		return rule.covers(other.Interface().(Rule))
	}
	return entry.Equal(other)
}

// looseness is a number that is greater the looser a value is.
func (w way) looseness(v reflect.Value) float64 {
	switch w {
	case ranked:
		return float64(ranks[v.String()])
	case perAccount:
		if v.String() == ScopeAccount {
			return 1
		}
		return 0
	case on, off:
		if (Switch(v.Uint()) == On) == (w == on) {
			return 1
		}
		return 0
	}
	var f float64
	if v.CanFloat() {
		f = v.Float()
	} else {
		f = float64(v.Int())
	}
	switch {
	case w == downOrNone && f <= 0:
		return math.Inf(-1)
	case w == downOrNone:
		return -f
	case w == down:
		return -max(f, 0) // negative: none, like 0
	case w == upOrNone && f <= 0:
		return math.Inf(1)
	}
	return f
}
