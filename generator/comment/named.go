package comment

import (
	gocomment "go/doc/comment"
	"strconv"
	"strings"
	"unicode"
)

// Deprecated is the paragraph that tools look for. Documents give no reason for a deprecation.
const Deprecated = "Deprecated: the document marks it as deprecated."

// Unknown is the comment of the field that keeps the members of an object that no other field has.
const Unknown = "Unknown keeps the members that no other field has."

// Type returns the doc comment of a type: its name and description, and where it comes from unless
// the name is that of the schema.
func Type(name, schema, description string, deprecated bool) []string {
	origin := "a type of the API"
	if schema != "" {
		origin = "the " + strings.ReplaceAll(One(schema), "[] of", "item of")
	}
	if strings.TrimSpace(description) == "" {
		return paragraphs(name+" is "+origin+".", "", deprecated)
	}
	if (schema == "" || schema == "schema "+name) && startsWithProse(description) {
		return paragraphs("", name+": "+description, deprecated)
	}
	return paragraphs(name+" is "+origin+".", description, deprecated)
}

// startsWithProse reports whether a text starts with a paragraph, not with a heading, list, table
// or code.
func startsWithProse(text string) bool {
	lines := Lines(text)
	return len(lines) == 0 || !strings.ContainsAny(lines[0][:1], " #\t")
}

// Field returns the comment of a field; none if there is nothing to say.
func Field(goName, wireName, description string, deprecated bool) []string {
	return paragraphs(WireName(goName, wireName), description, deprecated)
}

// WireName returns a sentence with the name that the API uses, unless it can be guessed from the Go
// name: if it has the same letters and digits and no symbols but hyphens and underscores.
func WireName(goName, wireName string) string {
	symbol := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_' }
	if !strings.ContainsFunc(wireName, symbol) && folded(goName) == folded(wireName) {
		return ""
	}
	return "The API calls it " + strconv.Quote(One(wireName)) + "."
}

// folded returns the letters and digits of a name in lower case.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// paragraphs joins an opening, a description and the mark of deprecation, each if it is there.
func paragraphs(opening, description string, deprecated bool) []string {
	parts := [][]string{Wrap(opening), Lines(description)}
	if deprecated {
		parts = append(parts, []string{Deprecated})
	}
	var lines []string
	for _, p := range parts {
		if len(lines) > 0 && len(p) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, p...)
	}
	return lines
}

// Slashes returns lines as the source of a Go comment, in the form that gofmt gives to doc comments
// and without a newline at its end.
func Slashes(lines []string) string {
	lines = settle(lines)
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = strings.TrimRight("// "+line, " ")
		if strings.HasPrefix(line, "\t") {
			out[i] = "//" + line
		}
	}
	return strings.Join(out, "\n")
}

// settle returns the lines as gofmt prints them. It formats them until nothing changes, because one
// pass can make lines that the next one reads differently: a line that becomes a heading, for
// example.
func settle(lines []string) []string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimRight(line, " \t") + "\n")
	}
	text := strings.TrimRight(b.String(), "\n")
	for range 4 {
		doc := new(gocomment.Parser).Parse(text)
		if len(doc.Content) == 0 {
			break
		}
		next := strings.TrimRight(string(new(gocomment.Printer).Comment(doc)), "\n")
		if next == text {
			break
		}
		text = next
	}
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
