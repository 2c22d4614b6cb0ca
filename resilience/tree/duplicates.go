package tree

import (
	"fmt"

	"github.com/resgen/resgen/resilience/diag"
)

// fewKeys is the number of keys up to which comparing each with each is faster than filling a map.
const fewKeys = 12

// unique keeps one pair of each key, at the place of the first and with the value of the last, and
// adds an error at each later key.
func unique(pairs []Pair, found *diag.List) []Pair {
	if len(pairs) <= fewKeys {
		return uniqueFew(pairs, found)
	}
	first := make(map[string]int, len(pairs))
	kept := pairs[:0]
	for _, p := range pairs {
		at, twice := first[p.Key]
		if twice {
			kept[at].again(p, found)
			continue
		}
		first[p.Key] = len(kept)
		kept = append(kept, p)
	}
	return kept
}

func uniqueFew(pairs []Pair, found *diag.List) []Pair {
	kept := pairs[:0]
next:
	for _, p := range pairs {
		for i := range kept {
			if kept[i].Key == p.Key {
				kept[i].again(p, found)
				continue next
			}
		}
		kept = append(kept, p)
	}
	return kept
}

// again takes the value of a later pair with the same key, as most JSON readers do.
func (p *Pair) again(later Pair, found *diag.List) {
	found.Add(duplicate(later, p.KeyPos))
	p.Value = later.Value
}

func duplicate(p Pair, first diag.Position) diag.Diagnostic {
	return diag.Diagnostic{
		Pos: p.KeyPos, Code: "duplicate-key",
		What: fmt.Sprintf("the key %q is repeated; it is first at line %d, column %d", p.Key, first.Line, first.Column),
		Cure: "keep one",
	}
}
