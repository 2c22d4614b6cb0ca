package phrase

import (
	"slices"
	"strconv"
	"strings"
)

// Count returns a number with its noun: "1 file", "2 files".
func Count(n int, noun string) string {
	if n != 1 {
		switch noun {
		case "copy":
			noun = "copies"
		default:
			noun += "s"
		}
	}
	return strconv.Itoa(n) + " " + noun
}

// Enumerate joins words: "a", "a and b", "a, b and c".
func Enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// few is the number of words that [Few] keeps.
const few = 3

// Few returns the first words of a list that may be long, and how many others there are: "a", "b",
// "c", "2 more". It keeps a single other one.
func Few(words []string) []string {
	if more := len(words) - few; more > 1 {
		return append(slices.Clone(words[:few]), strconv.Itoa(more)+" more")
	}
	return words
}
