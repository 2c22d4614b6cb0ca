package comment

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	bullet  = regexp.MustCompile(`^[-*+•]\s+`)
	number  = regexp.MustCompile(`^(\d{1,2})[.)]\s+`)
	heading = regexp.MustCompile(`^#+(\s+|$)`)
	ruler   = regexp.MustCompile(`^[\s|:=*_-]*$`)
	fence   = regexp.MustCompile("^\\s*(```+|~~~+)[^`]*$")
)

// codeWidth is the largest number of columns of a preformatted line, without the slashes and the
// tab before it. With those, and the tab of a field, it has 116.
const codeWidth = 106

// A page collects lines. Pending words belong to the paragraph or item that began last.
type page struct {
	lines []string
	words []string
	first string // indent of the first line of the block
	next  string // indent of its further lines
	kind  block

	verbatim bool     // the list above consists of preformatted lines
	fence    string   // the mark that ends the fenced code; empty outside of it
	code     []string // the lines of fenced code so far
}

// block is the kind of the lines above. Between different kinds gofmt wants a blank line.
type block uint8

const (
	nothing block = iota
	paragraph
	title
	list
	table
	code
)

// add appends one line of the text.
func (p *page) add(raw string) {
	line := strings.TrimSpace(raw)
	if p.fence != "" || fence.MatchString(raw) {
		p.addCode(raw, line)
		return
	}
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
		p.heading(heading.ReplaceAllString(line, ""))
	case len(p.words) == 0:
		p.begin(paragraph, "", line)
	default:
		p.words = append(p.words, strings.Fields(line)...)
	}
}

// heading appends a heading. One that is too long for a line becomes a paragraph.
func (p *page) heading(text string) {
	text = strings.Join(strings.Fields(strings.TrimRight(text, "# \t")), " ")
	if utf8.RuneCountInString(text)+2 > Width {
		p.begin(paragraph, "", text)
		p.flush()
		return
	}
	p.flush()
	if text != "" {
		p.space(title)
		p.lines = append(p.lines, "# "+harmless(text))
	}
}

// row appends one row of a table, without the ruler below its head.
func (p *page) row(line string) {
	p.flush()
	if ruler.MatchString(line) {
		return
	}
	p.space(table)
	p.preformatted(strings.Join(strings.Fields(line), " "))
}

// addCode appends a line of fenced code, or opens or closes the fence.
func (p *page) addCode(raw, line string) {
	switch {
	case p.fence == "":
		p.flush()
		p.fence = fence.FindStringSubmatch(raw)[1]
	case strings.HasPrefix(line, p.fence) && strings.Trim(line, p.fence[:1]) == "":
		p.endCode()
	default:
		p.code = append(p.code, strings.TrimRight(strings.ReplaceAll(raw, "\t", "    "), " "))
	}
}

// endCode prints the fenced code. Its common indent is removed.
func (p *page) endCode() {
	lines := strings.Split(strings.Trim(strings.Join(p.code, "\n"), "\n"), "\n")
	p.fence, p.code = "", nil
	if len(lines) == 1 && lines[0] == "" {
		return
	}
	indent := commonIndent(lines)
	p.space(code)
	for _, line := range lines {
		if line == "" {
			p.lines = append(p.lines, "")
			continue
		}
		p.preformatted(line[indent:])
	}
}

// commonIndent returns the number of spaces that begin every line that is not empty.
func commonIndent(lines []string) int {
	indent := -1
	for _, line := range lines {
		if n := len(line) - len(strings.TrimLeft(line, " ")); line != "" && (indent < 0 || n < indent) {
			indent = n
		}
	}
	return max(0, indent)
}

// preformatted appends a line with a tab before it. A line that is too long is continued below.
func (p *page) preformatted(line string) {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	next := strings.Repeat(" ", min(indent, codeWidth/2)+4)
	for utf8.RuneCountInString(line) > codeWidth {
		at := lastSpace(line, indent)
		if at < 0 {
			break
		}
		p.lines = append(p.lines, "\t"+harmless(strings.TrimRight(line[:at], " ")))
		line, indent = next+strings.TrimLeft(line[at:], " "), len(next)
	}
	p.lines = append(p.lines, "\t"+harmless(line))
}

// lastSpace returns the index of the space before which a line is broken: the last one within the
// width, or the first one beyond it; -1 if there is none behind the indent.
func lastSpace(line string, indent int) int {
	at, columns := -1, 0
	for i, r := range line {
		columns++
		if r != ' ' || i <= indent {
			continue
		}
		if at >= 0 && columns > codeWidth {
			break
		}
		at = i
	}
	if at >= 0 && strings.TrimLeft(line[at:], " ") == "" {
		return -1
	}
	return at
}

// begin starts a block whose first line is indented by first.
func (p *page) begin(kind block, first, line string) {
	p.flush()
	p.words = strings.Fields(line)
	if len(p.words) == 0 {
		return
	}
	// gofmt reads a list directly below preformatted lines as more of them.
	verbatim := kind == list && (p.kind == code || p.kind == table || p.kind == list && p.verbatim)
	p.space(kind)
	p.verbatim = verbatim
	switch p.first, p.next = first, ""; {
	case verbatim:
		p.first, p.next = "\t"+strings.TrimLeft(first, " "), "\t  "
	case kind == list:
		p.next = "    "
	}
}

// space appends a blank line between blocks, except within a list or a table.
func (p *page) space(kind block) {
	within := kind == p.kind && (kind == list || kind == table)
	if p.kind != nothing && !within {
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
