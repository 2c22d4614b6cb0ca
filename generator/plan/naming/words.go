package naming

import (
	"slices"
	"strings"
	"unicode"
)

// HasWords reports whether a name has a letter or digit.
func HasWords(name string) bool { return len(words(name)) > 0 }

// words splits a name at each character that is not a letter or digit and at changes of case:
// HTTPServer is HTTP and Server. The signs and comparisons that distinguish names are words.
func words(name string) []string { return split(name, isSpelled) }

// maxSymbols is the number of symbols of a name that are spelled out.
const maxSymbols = 8

// allWords returns the words of a name, with a word for each symbol unless there are many.
func allWords(name string) []string {
	symbols := 0
	for _, r := range name {
		if !isWord(r) {
			symbols++
		}
	}
	if symbols > maxSymbols {
		return words(name)
	}
	return split(name, func([]rune, int) bool { return true })
}

// split splits a name into words. The function spell reports whether the symbol at an index becomes
// a word.
func split(name string, spell func(runes []rune, i int) bool) []string {
	var list []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			list = append(list, string(word))
			word = nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !isWord(r):
			flush()
			if symbols[r] != "" && spell(runes, i) {
				list = append(list, symbols[r])
			}
			continue
		case len(word) > 0 && beginsWord(runes, i):
			flush()
		}
		word = append(word, r)
	}
	flush()
	return list
}

// isSpelled reports whether the symbol at an index is always a word: a sign at the beginning or
// before a number, and a comparison.
func isSpelled(runes []rune, i int) bool { return isSign(runes, i) || isComparison(runes, i) }

// isSign reports whether the i-th character is a sign: at the beginning of the name, or before a
// digit unless it connects two words.
func isSign(runes []rune, i int) bool {
	return (runes[i] == '-' || runes[i] == '+') && i+1 < len(runes) && isWord(runes[i+1]) &&
		(i == 0 || !isWord(runes[i-1]) && unicode.IsDigit(runes[i+1]))
}

// isComparison reports whether the i-th character is part of <, >, <=, >=, != or ==. The brackets
// of a type argument, as in Page<Pet>, are not.
func isComparison(runes []rune, i int) bool {
	at := func(j int, set string) bool {
		return j >= 0 && j < len(runes) && strings.ContainsRune(set, runes[j])
	}
	switch runes[i] {
	case '<':
		return !slices.Contains(runes[i:], '>')
	case '>':
		return !slices.Contains(runes[:i], '<')
	case '=':
		return at(i-1, "<>!=") || at(i+1, "=")
	case '!':
		return at(i+1, "=")
	}
	return false
}

// beginsWord reports whether a word begins at the i-th letter because of its case.
func beginsWord(runes []rune, i int) bool {
	before, r := runes[i-1], runes[i]
	if !unicode.IsUpper(r) {
		return false
	}
	lowerFollows := i+1 < len(runes) && unicode.IsLower(runes[i+1])
	if unicode.IsLower(before) || unicode.IsDigit(before) && lowerFollows {
		return true
	}
	return unicode.IsUpper(before) && lowerFollows && !pluralEnd(runes, i)
}

// pluralEnd reports whether the i-th letter is the last one of a plural initialism: the D of IDs.
func pluralEnd(runes []rune, i int) bool {
	return runes[i+1] == 's' && (i+2 == len(runes) || !unicode.IsLower(runes[i+2]))
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// lowered returns the words in lower case if there are several and all are in upper case:
// INVALID_STATE is the same name as Invalid_State.
func lowered(list []string) []string {
	hasLower := func(w string) bool { return strings.ContainsFunc(w, unicode.IsLower) }
	if len(list) < 2 || slices.ContainsFunc(list, hasLower) {
		return list
	}
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = strings.ToLower(w)
	}
	return out
}
