// Package comment turns text of a document into the lines of a Go comment.
//
// In comes any text: several paragraphs, Markdown, HTML breaks, hostile bytes. Out come lines without the slashes that can neither
// end the comment, nor be read as a directive, and that gofmt leaves as they are. models and emit print them.
package comment

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Width is how many columns the text of a line has at most, the slashes not counted. A word that is longer stays whole.
const Width = 77

var (
	breaks  = regexp.MustCompile(`(?i)<br\s*/?>|</?p>|\r\n?|[\v\f\x{85}\x{2028}\x{2029}]`)
	bullet  = regexp.MustCompile(`^[-*+•]\s+`)
	number  = regexp.MustCompile(`^(\d{1,2})[.)]\s+`)
	heading = regexp.MustCompile(`^#+\s*`)
	ruler   = regexp.MustCompile(`^[\s|:=*_-]*$`)
)

// breakStarts has the first characters of all that breaks matches.
const breakStarts = "<\r\v\f\u0085\u2028\u2029"

// Lines returns text as the lines of a comment: paragraphs wrapped at [Width], items of lists with gofmt's own marks,
// rows of tables as preformatted lines. Empty text gives no line.
func Lines(text string) []string {
	var p page
	for line := range strings.SplitSeq(clean(text), "\n") {
		p.add(strings.TrimSpace(line))
	}
	p.flush()
	return p.lines
}

// One returns text as a single line of a comment, however long, with nothing changed but white space and control characters.
func One(text string) string {
	return strings.Join(strings.Fields(clean(text)), " ")
}

// Sentence returns text with a full stop at its end, unless it ends in a mark already.
func Sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?:") {
		return text
	}
	return text + "."
}

// First splits text after its first sentence or its first paragraph, whichever ends sooner.
func First(text string) (first, rest string) {
	text = strings.TrimSpace(clean(text))
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

// endsSentence reports whether the byte at i is a full stop that ends a sentence: white space and a capital follow,
// and no abbreviation stands before it.
func endsSentence(text string, i int) bool {
	if text[i] != '.' || !strings.ContainsAny(text[i+1:i+2], " \n") {
		return false
	}
	before := strings.ToLower(text[max(0, i-len("approx")):i]) // no more than the longest of them: a text may have many full stops
	for _, short := range []string{"e.g", "i.e", "etc", "vs", "approx"} {
		if strings.HasSuffix(before, short) {
			return false
		}
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[i+1:], " \n"))
	return !unicode.IsLower(next)
}

// clean makes text valid UTF-8 whose only control character is the newline. Marks that turn the direction of writing are dropped too.
func clean(text string) string {
	text = strings.ToValidUTF8(text, "�")
	if strings.ContainsAny(text, breakStarts) { // most texts have none of them, and the pattern is slow
		text = breaks.ReplaceAllString(text, "\n")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\u00a0':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
}

// harmless breaks up what a tool may read in a comment although slashes and a space stand before it.
func harmless(line string) string {
	line = strings.ReplaceAll(line, "*/", "* /")
	if strings.HasPrefix(line, "+build") {
		return "(+build)" + strings.TrimPrefix(line, "+build")
	}
	return line
}

// A page collects lines. Pending words belong to the paragraph or item that began last.
type page struct {
	lines []string
	words []string
	first string // indent of the first line of the block
	next  string // indent of its further lines
	kind  block
}

// block tells what stands above, so that blank lines come where gofmt wants them.
type block uint8

const (
	nothing block = iota
	paragraph
	list
	table
)

// add takes one line of the text.
func (p *page) add(line string) {
	switch m := number.FindStringSubmatch(line); {
	case line == "":
		p.flush()
	case strings.HasPrefix(line, "|"):
		p.row(line)
	case ruler.MatchString(line):
		p.flush()
	case bullet.MatchString(line):
		p.begin(list, "  - ", bullet.ReplaceAllString(line, ""))
	case m != nil:
		p.begin(list, " "+m[1]+". ", line[len(m[0]):])
	case heading.MatchString(line):
		p.begin(paragraph, "", heading.ReplaceAllString(line, ""))
		p.flush()
	case len(p.words) == 0:
		p.begin(paragraph, "", line)
	default:
		p.words = append(p.words, strings.Fields(line)...)
	}
}

// row prints one row of a table as it is; the ruler below its head is left out.
func (p *page) row(line string) {
	p.flush()
	if ruler.MatchString(line) {
		return
	}
	p.space(table)
	p.lines = append(p.lines, "\t"+harmless(strings.Join(strings.Fields(line), " ")))
}

// begin starts a block whose first line is indented by first.
func (p *page) begin(kind block, first, line string) {
	p.flush()
	p.words = strings.Fields(line)
	if len(p.words) == 0 {
		return
	}
	p.space(kind)
	p.first, p.next = first, ""
	if kind == list {
		p.next = "    "
	}
}

// space sets a blank line between blocks, except within a list or a table.
func (p *page) space(kind block) {
	if p.kind != nothing && (kind != p.kind || kind == paragraph) {
		p.lines = append(p.lines, "")
	}
	p.kind = kind
}

// flush wraps the pending words.
func (p *page) flush() {
	line, indent := "", p.first
	for _, w := range p.words {
		if line != "" && utf8.RuneCountInString(indent+line)+1+utf8.RuneCountInString(w) > Width {
			p.lines = append(p.lines, indent+harmless(line))
			line, indent = "", p.next
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	if line != "" {
		p.lines = append(p.lines, indent+harmless(line))
	}
	p.words = nil
}
