package naming

import (
	"slices"
	"strings"
	"unicode"
)

// HasWords reports whether a name has a letter or digit.
func HasWords(name string) bool { return len(words(name)) > 0 }

// words splits a name at each character that is not a letter or digit and at changes of case:
// HTTPServer is HTTP and Server. A sign before a digit is a word, unless it connects two words.
func words(name string) []string {
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
			if isSign(runes, i) {
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

// isSign reports whether the i-th character is the sign of a number.
func isSign(runes []rune, i int) bool {
	return (runes[i] == '-' || runes[i] == '+') && (i == 0 || !isWord(runes[i-1])) &&
		i+1 < len(runes) && unicode.IsDigit(runes[i+1])
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
