package comment

import "strings"

// Deprecated is the paragraph that tools look for. The document gives no reason, so neither does it.
const Deprecated = "Deprecated: the document marks it as deprecated."

// Type returns the doc comment of a type: its name and description, and where it comes from unless the name tells that already.
func Type(name, schema, description string, deprecated bool) []string {
	origin := "a type of the API"
	if schema != "" {
		origin = "the " + strings.ReplaceAll(One(schema), "[] of", "item of")
	}
	if strings.TrimSpace(description) == "" {
		return paragraphs(name+" is "+origin+".", "", deprecated)
	}
	if schema == "" || schema == "schema "+name {
		return paragraphs("", name+": "+description, deprecated)
	}
	return paragraphs(name+" is "+origin+".", description, deprecated)
}

// Field returns the comment of a field; none if there is nothing to say.
func Field(description string, deprecated bool) []string {
	return paragraphs("", description, deprecated)
}

// paragraphs joins what there is of an opening, a description and the mark of deprecation.
func paragraphs(opening, description string, deprecated bool) []string {
	parts := [][]string{Lines(opening), Lines(description)}
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

// Slashes returns lines as the source of a Go comment, without a newline at its end.
func Slashes(lines []string) string {
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = strings.TrimRight("// "+line, " ")
		if strings.HasPrefix(line, "\t") { // as gofmt writes preformatted lines
			out[i] = "//" + line
		}
	}
	return strings.Join(out, "\n")
}

// Unknown is the text of the field that keeps what no other field of a struct carries.
const Unknown = "Unknown keeps what no other field carries."
