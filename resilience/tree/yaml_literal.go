package tree

import "strings"

// A style is the header of a block scalar: | or >, what happens to the line breaks at its end, and how far it is indented.
type style struct {
	folded bool
	chomp  byte // '-' none, '+' all, 0 one
	indent int  // columns more than the collection around it; 0: as far as its first line
}

// literal reads a block scalar within a collection at column n.
func (y *yamlReader) literal(n int, p props) *Node {
	at := y.pos()
	s := y.header()
	indent := max(n, 0) + s.indent
	if s.indent == 0 {
		indent = y.firstIndent(n)
	}
	return y.scalar(at, y.lines(s, indent), true, p)
}

// header reads the line of | or > and goes to the start of the next.
func (y *yamlReader) header() style {
	s := style{folded: y.peek() == '>'}
	for y.at++; !y.blank(y.at); y.at++ {
		switch c := y.peek(); {
		case (c == '-' || c == '+') && s.chomp == 0:
			s.chomp = c
		case c >= '1' && c <= '9' && s.indent == 0:
			s.indent = int(c - '0')
		default:
			y.fail(y.pos(), "want the end of the line after | or >, got "+y.here(), "start the text on the next line")
		}
	}
	y.space()
	if c := y.peek(); c != '\n' && c != '#' && y.at < len(y.src) {
		y.fail(y.pos(), "want the end of the line after | or >, got "+y.here(), "start the text on the next line")
	}
	y.at = y.lineEnd(y.at)
	if y.at < len(y.src) {
		y.newLine(y.at + 1)
	}
	return s
}

// firstIndent returns the column of the first line with content, if it is within a collection at column n;
// else one so far to the right that all lines up to there are blank.
func (y *yamlReader) firstIndent(n int) int {
	longest := n + 1
	for start := y.at; start < len(y.src); start = y.lineEnd(start) + 1 {
		end := start
		for y.peekAt(end) == ' ' {
			end++
		}
		blank := y.peekAt(end) == '\n' || end == len(y.src)
		if !blank && end-start > n {
			return end - start
		}
		if !blank {
			break
		}
		longest = max(longest, end-start)
	}
	return longest
}

// lines reads the lines that are indented by at least so much, and stops at the start of the first that is not.
func (y *yamlReader) lines(s style, indent int) string {
	var b strings.Builder
	blank, any, lastMore, broken := 0, false, false, false // broken: the last line with text has a line break
	for y.at < len(y.src) {
		end := y.lineEnd(y.at)
		if y.content == end && end-y.start <= indent {
			blank++
			y.advance(end)
			continue
		}
		if y.content-y.start < indent || y.marker() {
			break
		}
		text := y.src[y.start+indent : end]
		more := text[0] == ' ' || text[0] == '\t'
		between(&b, s.folded && any && !more && !lastMore, any, blank)
		b.WriteString(text)
		blank, any, lastMore, broken = 0, true, more, end < len(y.src)
		y.advance(end)
	}
	switch {
	case s.chomp == '-':
	case broken:
		b.WriteByte('\n')
	}
	if s.chomp == '+' {
		b.WriteString(strings.Repeat("\n", blank))
	}
	return b.String()
}

// between writes what stands between two lines of a block scalar with so many blank lines between them.
func between(b *strings.Builder, folds, any bool, blank int) {
	switch {
	case folds && blank == 0:
		b.WriteByte(' ')
	case any && !folds:
		b.WriteByte('\n')
	}
	b.WriteString(strings.Repeat("\n", blank))
}

// advance goes to the line after the one that ends at the offset.
func (y *yamlReader) advance(end int) {
	if end == len(y.src) {
		y.at = end
		return
	}
	y.newLine(end + 1)
}
