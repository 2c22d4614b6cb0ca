// This file turns names of a document into Go identifiers: [exported] and [unexported]. They are pure functions of one name;
// what happens when two names meet is in scope.go.
package plan

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// initialisms are written in one case, as Go's own style guide has them.
var initialisms = map[string]bool{
	"ACL": true, "API": true, "ASCII": true, "CPU": true, "CSS": true, "DNS": true, "EOF": true, "GUID": true, "HTML": true, "HTTP": true,
	"HTTPS": true, "ID": true, "IP": true, "JSON": true, "QPS": true, "RAM": true, "RPC": true, "SLA": true, "SMTP": true, "SQL": true,
	"SSH": true, "TCP": true, "TLS": true, "TTL": true, "UDP": true, "UI": true, "UID": true, "UUID": true, "URI": true, "URL": true,
	"UTF8": true, "VM": true, "XML": true, "XMPP": true, "XSRF": true, "XSS": true,
}

// symbols are spelled out where a name has nothing else, or where a sign stands before a digit.
var symbols = map[rune]string{
	'+': "Plus", '-': "Minus", '*': "Star", '/': "Slash", '.': "Dot", ',': "Comma", ':': "Colon", ';': "Semicolon", '<': "Less", '>': "Greater",
	'=': "Equal", '!': "Not", '?': "Question", '%': "Percent", '&': "And", '|': "Or", '#': "Hash", '@': "At", '$': "Dollar", '~': "Tilde",
	'^': "Caret", '_': "Underscore", ' ': "Space", '(': "Open", ')': "Close", '[': "OpenBracket", ']': "CloseBracket", '\'': "Quote", '"': "DoubleQuote",
}

// exported returns the exported Go identifier for a name: marketplace_ids gives MarketplaceIDs, 400_details N400Details.
// A name without letters and digits is spelled out (>= gives GreaterEqual), and an empty one is Empty.
func exported(name string) string {
	id := joined(name)
	first, _ := utf8.DecodeRuneInString(id)
	switch {
	case unicode.IsDigit(first):
		return "N" + id
	case !unicode.IsUpper(first): // a letter of a script without cases
		return "X" + id
	}
	return id
}

// joined is exported without regard to how an identifier may begin, for the end of one.
func joined(name string) string {
	if list := words(name); len(list) > 0 {
		return joinedWords(list)
	}
	return spelled(name)
}

// spelled names the symbols of a name that has no letters or digits.
func spelled(name string) string {
	if name == "" {
		return "Empty"
	}
	var b strings.Builder
	for _, r := range name {
		b.WriteString(symbols[r])
	}
	if b.Len() == 0 {
		return "Symbol"
	}
	return b.String()
}

// unexported returns the identifier of the same words that begins with a small letter: SellerID gives sellerID, URLFor urlFor.
func unexported(name string) string {
	list := words(name)
	if len(list) == 0 {
		return strings.ToLower(spelled(name)[:1]) + spelled(name)[1:]
	}
	list = softened(list)
	first := strings.ToLower(list[0])
	if r, _ := utf8.DecodeRuneInString(first); unicode.IsDigit(r) {
		first = "n" + first
	}
	return first + joinedWords(append([]string{"x"}, list[1:]...))[1:]
}

// joinedWords writes words as one name. 1.15 and 11.5 stay apart.
func joinedWords(list []string) string {
	var b strings.Builder
	for i, w := range softened(list) {
		if i > 0 && endsInDigit(list[i-1]) && startsWithDigit(w) {
			b.WriteByte('_')
		}
		b.WriteString(capitalized(w))
	}
	return b.String()
}

// softened writes several words that are all in capitals in small letters: INVALID_STATE is no more than Invalid_State.
func softened(list []string) []string {
	if len(list) < 2 || slices.ContainsFunc(list, func(w string) bool { return strings.ContainsFunc(w, unicode.IsLower) }) {
		return list
	}
	soft := make([]string, len(list))
	for i, w := range list {
		soft[i] = strings.ToLower(w)
	}
	return soft
}

// capitalized writes one word as it stands inside a name.
func capitalized(w string) string {
	upper := strings.ToUpper(w)
	if initialisms[upper] {
		return upper
	}
	if singular, plural := strings.CutSuffix(upper, "S"); plural && initialisms[singular] {
		return singular + "s"
	}
	r, size := utf8.DecodeRuneInString(w)
	return string(unicode.ToUpper(r)) + w[size:]
}

// words splits a name at everything that is no letter or digit, and where its case says that a word begins: HTTPServer is HTTP and Server.
// A sign before a digit is a word unless it ties two words together.
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
			if (r == '-' || r == '+') && (i == 0 || !isWord(runes[i-1])) && i+1 < len(runes) && unicode.IsDigit(runes[i+1]) {
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

// beginsWord reports whether the case of the i-th letter says that a word begins there.
func beginsWord(runes []rune, i int) bool {
	before, r := runes[i-1], runes[i]
	if !unicode.IsUpper(r) {
		return false
	}
	if unicode.IsLower(before) || unicode.IsDigit(before) && i+1 < len(runes) && unicode.IsLower(runes[i+1]) {
		return true
	}
	return unicode.IsUpper(before) && i+1 < len(runes) && unicode.IsLower(runes[i+1]) && !pluralEnd(runes, i)
}

// pluralEnd reports whether the i-th letter ends an initialism in the plural: the D of IDs.
func pluralEnd(runes []rune, i int) bool {
	return runes[i+1] == 's' && (i+2 == len(runes) || !unicode.IsLower(runes[i+2]))
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func startsWithDigit(w string) bool { return w != "" && w[0] >= '0' && w[0] <= '9' }

func endsInDigit(w string) bool { return w != "" && w[len(w)-1] >= '0' && w[len(w)-1] <= '9' }
