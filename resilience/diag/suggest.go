package diag

import (
	"strings"
	"unicode/utf8"
)

// Suggest returns the candidate that word most likely means, or "" if none is close: at most a
// third of the letters may differ. Case, hyphens and underscores are ignored. Of equally close
// candidates it returns the first.
func Suggest(word string, candidates []string) string {
	best, least := "", 0
	word = plain(word)
	for _, c := range candidates {
		most := min(max(1, len(c)/3), len(c)-1)
		if d := within(most, word, plain(c)); d <= most && (best == "" || d < least) {
			best, least = c, d
		}
	}
	return best
}

// Mistyped returns the candidate of which word is a misspelling, or "": one or two letters may
// differ, in a name of at least four letters for each. Numbers must be equal: v1 is not a
// misspelling of v2. It is stricter than [Suggest], for places where a misspelling must be
// distinguished from another name.
func Mistyped(word string, candidates []string) string {
	number, word := digits(word), plain(word)
	for _, c := range candidates {
		most := min(2, len(c)/4)
		if within(most, word, plain(c)) <= most && number == digits(c) {
			return c
		}
	}
	return ""
}

// within returns the distance of two words, or any larger number than most if their lengths differ
// by more than that.
func within(most int, a, b string) int {
	if n := utf8.RuneCountInString(a) - utf8.RuneCountInString(b); max(n, -n) > most {
		return most + 1
	}
	return distance(a, b)
}

// digits returns the digits of s.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// longest is how many bytes of a word are compared.
const longest = 60

// plain returns the form in which spellings that people confuse are equal.
func plain(s string) string {
	return separators.Replace(strings.ToLower(s[:min(len(s), longest)]))
}

var separators = strings.NewReplacer("_", "", "-", "")

// distance returns how many letters must be inserted, deleted, replaced or swapped with their
// neighbor to turn a into b.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := [3][]int{make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		row, above, above2 := rows[i%3], rows[(i+2)%3], rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], above2[j-2]+1)
			}
		}
	}
	return rows[len(s)%3][len(t)]
}
