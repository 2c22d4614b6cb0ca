package naming

// This file shortens the names of methods in a group.

import (
	"slices"
	"strings"
)

// Within returns the Go name that a method has in a group, which repeats nothing that the group
// says already. The words of the group are removed
//
//   - at the beginning: ReposGet in the group Repos is Get;
//   - after the first word, in the singular: GetPet, GetPetByID and AddPetToOrder in the group Pets
//     are Get, GetByID and AddToOrder;
//   - after the first word, in the plural, if the first word goes with several: ListPets is List, but
//     DeletePets is kept, because Delete is DeletePet.
//
// The name of the group may be in the singular or plural. The groups are alternative names of it,
// of which the first one that can be removed counts. The result depends on nothing else, so that no
// other method changes it.
func Within(method string, groups ...string) string {
	list := words(method)
	for _, group := range groups {
		name := strings.Join(words(Exported(group)), "")
		for at := range min(2, len(list)) {
			for n := 1; at+n <= len(list); n++ {
				if rest, ok := without(method, list, at, n, name); ok {
					return rest
				}
			}
		}
	}
	return method
}

// without returns the method without n of its words, if they are the name of the group and the rest
// is a Go name.
func without(method string, list []string, at, n int, group string) (string, bool) {
	removed := strings.Join(list[at:at+n], "")
	if !sameNoun(removed, group) || at > 0 && isPlural(removed) && !slices.Contains(plurals, list[0]) {
		return "", false
	}
	from, to := span(method, list, at, n)
	rest := method[:from] + method[to:]
	if at == 0 {
		rest = strings.TrimLeft(rest, "_")
	}
	return rest, isExported(rest)
}

// plurals are the first words of methods that are about several things.
var plurals = []string{"List", "Find", "Search", "Query", "Count", "Browse"}

// span returns the bytes of a method that are n of its words.
func span(method string, list []string, at, n int) (from, to int) {
	for i, w := range list[:at+n] {
		start := to + strings.Index(method[to:], w)
		if i == at {
			from = start
		}
		to = start + len(w)
	}
	return from, to
}

// sameNoun reports whether two nouns are equal, or one is the plural of the other.
func sameNoun(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	return a == b || slices.Contains(pluralsOf(a), b) || slices.Contains(pluralsOf(b), a)
}

// pluralsOf returns what the plural of a noun may be.
func pluralsOf(noun string) []string {
	list := []string{noun + "s", noun + "es"}
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		list = append(list, stem+"ies")
	}
	return list
}

// isPlural reports whether a noun looks like a plural.
func isPlural(noun string) bool {
	noun = strings.ToLower(noun)
	return strings.HasSuffix(noun, "s") && !strings.HasSuffix(noun, "ss") && !strings.HasSuffix(noun, "us") &&
		!strings.HasSuffix(noun, "is")
}
