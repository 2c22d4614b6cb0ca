package setup

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
)

// plain matches text that YAML reads as the text itself: words, paths and operations, without a
// colon or a number sign.
var plain = regexp.MustCompile(`^[A-Za-z/.][A-Za-z0-9_/.,;{}*()'" -]*$`)

// words are plain scalars that YAML reads as something else than text.
var words = []string{"true", "false", "yes", "no", "on", "off", "null", "y", "n", ".inf", ".nan", "."}

// scalar returns text as a YAML scalar, in quotes if it needs them.
func scalar(text string) string {
	if plain.MatchString(text) && !slices.Contains(words, strings.ToLower(text)) && !numeric(text) &&
		!strings.HasSuffix(text, " ") {
		return text
	}
	return strconv.Quote(text)
}

func numeric(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

// comment returns text of a document for a comment: one line without control characters, of at most
// 80 characters.
func comment(text string) string {
	text = diag.Printable(strings.Join(strings.Fields(text), " "))
	if r := []rune(text); len(r) > 80 {
		text = strings.TrimSpace(string(r[:79])) + "…"
	}
	return text
}
