package comment

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Width is the largest number of columns of a line of prose, without the slashes. A longer word
// stays whole.
const Width = 77

// Lines returns text as the lines of a comment: paragraphs wrapped at [Width], headings and lists
// in gofmt's form, fenced code and rows of tables as preformatted lines. Empty text has no lines.
func Lines(text string) []string {
	var p page
	for line := range strings.SplitSeq(clean(plain(clean(text))), "\n") {
		p.add(line)
	}
	p.flush()
	p.endCode()
	return p.lines
}

// Wrap returns the words of text as lines of at most [Width] columns. Unlike [Lines] it does not
// interpret any markup.
func Wrap(text string) []string {
	p := page{words: strings.Fields(clean(text))}
	p.flush()
	return p.lines
}

// One returns text on one line of any length. Only white space and control characters change.
func One(text string) string {
	return strings.Join(strings.Fields(clean(text)), " ")
}

// Sentence returns text with a full stop at its end, unless it ends in a punctuation mark.
func Sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?:") {
		return text
	}
	return text + "."
}

// First splits text after its first sentence or its first paragraph, whichever ends sooner. The
// mark of a heading is removed from the first part.
func First(text string) (first, rest string) {
	text = strings.TrimSpace(heading.ReplaceAllString(strings.TrimSpace(clean(text)), ""))
	end := len(text)
	if i := strings.Index(text, "\n\n"); i >= 0 {
		end = i
	}
	for i := 0; i+1 < end; i++ {
		if endsSentence(text, i) {
			end = i + 1
			break
		}
	}
	return strings.Join(strings.Fields(text[:end]), " "), strings.TrimSpace(text[end:])
}

// endsSentence reports whether the byte at i is a full stop that ends a sentence: it does not end
// an abbreviation, and white space and no lower-case letter follow.
func endsSentence(text string, i int) bool {
	if text[i] != '.' || !strings.ContainsAny(text[i+1:i+2], " \t\n") {
		return false
	}
	// Only as much text as the longest abbreviation: a text may have many full stops.
	before := strings.ToLower(text[max(0, i-len("approx")):i])
	for _, short := range []string{"e.g", "i.e", "etc", "vs", "approx"} {
		if strings.HasSuffix(before, short) {
			return false
		}
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[i+1:], " \t\n"))
	return !unicode.IsLower(next)
}

var newlines = strings.NewReplacer(
	"\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\u00a0", " ",
)

// clean returns valid UTF-8 whose only control characters are newlines and tabs. It also removes
// marks that change the direction of writing.
func clean(text string) string {
	text = newlines.Replace(strings.ToValidUTF8(text, "�"))
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			return -1
		}
		return r
	}, text)
}

// harmless changes what a tool could interpret in a comment although slashes and a space precede
// it.
func harmless(line string) string {
	line = strings.ReplaceAll(line, "*/", "* /")
	if after, ok := strings.CutPrefix(line, "+build"); ok {
		return "(+build)" + after
	}
	return line
}
