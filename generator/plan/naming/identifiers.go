package naming

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// initialisms are written in one case, as in the Go style guide.
var initialisms = map[string]bool{
	"ACL": true, "API": true, "ASCII": true, "CPU": true, "CSS": true, "DNS": true, "EOF": true, "GUID": true,
	"HTML": true, "HTTP": true, "HTTPS": true, "ID": true, "IP": true, "JSON": true, "QPS": true, "RAM": true,
	"RPC": true, "SLA": true, "SMTP": true, "SQL": true, "SSH": true, "TCP": true, "TLS": true, "TTL": true,
	"UDP": true, "UI": true, "UID": true, "UUID": true, "URI": true, "URL": true, "UTF8": true, "VM": true,
	"XML": true, "XMPP": true, "XSRF": true, "XSS": true,
}

// symbols are the words for characters other than letters and digits.
var symbols = map[rune]string{
	'+': "Plus", '-': "Minus", '*': "Star", '/': "Slash", '.': "Dot", ',': "Comma", ':': "Colon", ';': "Semicolon",
	'<': "Less", '>': "Greater", '=': "Equal", '!': "Not", '?': "Question", '%': "Percent", '&': "And", '|': "Or",
	'#': "Hash", '@': "At", '$': "Dollar", '~': "Tilde", '^': "Caret", '_': "Underscore", ' ': "Space", '(': "Open",
	')': "Close", '[': "OpenBracket", ']': "CloseBracket", '\'': "Quote", '"': "DoubleQuote",
}

// Exported returns the exported Go identifier for a name: marketplace_ids gives MarketplaceIDs and
// 400_details gives N400Details. Signs at the beginning and comparisons are spelled out: +id gives
// PlusID and date>= gives DateGreaterEqual. The empty name gives Empty.
func Exported(name string) string { return exported(Suffix(name)) }

// Spelled returns the same as [Exported] with a word for each symbol: a.b gives ADotB. It is meant
// for a name whose other identifier is taken.
func Spelled(name string) string { return exported(SpelledSuffix(name)) }

// Others returns the identifiers for a name if the wanted one is taken, in the order of preference:
// the usual one, in case x-go-name gives another, and the one with a word for each symbol.
func Others(name string) []string { return []string{Exported(name), Spelled(name)} }

// SpelledSuffix returns the same as [Suffix] with a word for each symbol.
func SpelledSuffix(name string) string {
	if list := allWords(name); len(list) > 0 {
		return joined(list)
	}
	return spelled(name)
}

// exported returns an identifier that begins with a capital letter.
func exported(id string) string {
	first, _ := utf8.DecodeRuneInString(id)
	switch {
	case unicode.IsDigit(first):
		return "N" + id
	case !unicode.IsUpper(first): // a letter of a script without cases
		return "X" + id
	}
	return id
}

// Suffix returns the same as [Exported], except that the result may begin with any letter or digit.
// It is meant for the end of a longer identifier.
func Suffix(name string) string {
	if list := words(name); len(list) > 0 {
		return joined(list)
	}
	return spelled(name)
}

// Unexported returns the identifier of the same words that begins with a lower case letter:
// SellerID gives sellerID and URLFor gives urlFor. The result may be a keyword.
func Unexported(name string) string { return unexported(name, words(name)) }

// UnexportedSpelled returns the same as [Unexported] with a word for each symbol.
func UnexportedSpelled(name string) string { return unexported(name, allWords(name)) }

func unexported(name string, list []string) string {
	if len(list) == 0 {
		return strings.ToLower(spelled(name)[:1]) + spelled(name)[1:]
	}
	list = lowered(list)
	first := strings.ToLower(list[0])
	if r, _ := utf8.DecodeRuneInString(first); unicode.IsDigit(r) {
		first = "n" + first
	}
	return first + joined(append([]string{"x"}, list[1:]...))[1:]
}

// Constant returns what an enum value adds to the name of its type. A single word of more than
// three capitals gets lower case letters: ACTIVE gives Active, but USD gives USD. A sort order gets
// Desc: -created gives CreatedDesc. Long values are cut after the last word that fits.
func Constant(value string) string {
	list := constantWords(value)
	if len(list) == 0 {
		return spelled(value)
	}
	return joined(shortened(list))
}

// constantWords returns the words of an enum value.
func constantWords(value string) []string {
	list := words(value)
	if len(list) == 1 && len(value) > 3 && strings.ToUpper(value) == value {
		return words(strings.ToLower(value))
	}
	if len(list) > 1 && value[0] == '-' && !startsWithDigit(list[1]) {
		list = append(lowered(list[1:]), "Desc")
	}
	return list
}

// Constants returns what an enum value adds to the name of its type if the result of [Constant] is
// taken, in the order of preference: as many more words as make a difference, or a word for each
// symbol.
func Constants(value string) []string {
	list := constantWords(value)
	var more []string
	for n := len(shortened(list)) + 1; n <= len(list); n++ {
		more = append(more, joined(list[:n]))
	}
	return append(more, SpelledSuffix(value))
}

// maxConstant is the number of letters that a value may add to a name. Some documents list whole
// sentences as values.
const maxConstant = 60

// shortened returns all words if their identifier has at most maxConstant letters, and otherwise
// the first ones that have, at least one word.
func shortened(list []string) []string {
	size := 0
	for i, w := range list {
		if size += len(w); size > maxConstant && i > 0 {
			return list[:i]
		}
	}
	return list
}

// spelled returns the words for the symbols of a name that has no letters or digits.
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

// joined returns the words as one identifier. Numbers are separated, so that 1.15 and 11.5 give
// different identifiers.
func joined(list []string) string {
	var b strings.Builder
	for i, w := range lowered(list) {
		if i > 0 && endsWithDigit(list[i-1]) && startsWithDigit(w) {
			b.WriteByte('_')
		}
		b.WriteString(capitalized(w))
	}
	return b.String()
}

// capitalized returns the spelling of a word inside an identifier.
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

func startsWithDigit(w string) bool { return w != "" && w[0] >= '0' && w[0] <= '9' }

func endsWithDigit(w string) bool { return w != "" && w[len(w)-1] >= '0' && w[len(w)-1] <= '9' }
