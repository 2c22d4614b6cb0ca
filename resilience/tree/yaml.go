// This file reads YAML 1.2 with positions: [parseYAML] is the entry, document its first step. yaml_block.go has collections by indentation,
// yaml_flow.go those in brackets, yaml_scalar.go and yaml_literal.go text, yaml_anchor.go anchors, tags and merge keys.
//
// Reading is written here because the YAML package that was tried first refuses a real document (an empty block scalar with an indentation
// indicator, "|2+") and takes time that grows with the square of the keys of a mapping.
package tree

import (
	"strings"

	"github.com/resgen/resgen/resilience/diag"
)

// A yamlReader walks over src once; what it looks at ahead never goes beyond the line. It stops by a panic with a diag.Diagnostic, which parseYAML recovers.
type yamlReader struct {
	file string
	src  string // with \n as the only line break, which changes no line and no column

	at      int // offset of the next byte
	line    int // line of the next byte, from 1
	start   int // offset at which that line starts
	content int // offset of its first byte that is no space

	anchors  map[string]*anchor
	depth    int // collections open at the next byte
	deepest  int // greatest depth since the innermost open anchor
	size     int // nodes read, those behind aliases counted at each alias
	expanded int // nodes behind aliases

	raw   string    // the scalar read last, as it is written: keys are text
	found diag.List // duplicate keys
}

func parseYAML(file, src string) (root *Node, found diag.List) {
	if strings.Contains(src, "\r") {
		src = strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n")
	}
	y := &yamlReader{file: file, src: src, anchors: map[string]*anchor{}}
	defer func() {
		switch stop := recover().(type) {
		case nil:
		case diag.Diagnostic:
			root, found = nil, diag.List{stop}
		default:
			panic(stop)
		}
	}()
	y.newLine(0)
	return y.document(), y.found
}

// fail stops reading with an error at p.
func (y *yamlReader) fail(p diag.Position, what, cure string) {
	panic(diag.Diagnostic{Pos: p, Code: "syntax", What: what, Cure: cure})
}

func (y *yamlReader) pos() diag.Position { return y.posAt(y.at) }

// posAt returns the position of an offset on the current line.
func (y *yamlReader) posAt(at int) diag.Position {
	return diag.Position{File: y.file, Line: y.line, Column: at - y.start + 1}
}

// newLine sets the reader to a line that starts at the offset.
func (y *yamlReader) newLine(start int) {
	y.at, y.start, y.line = start, start, y.line+1
	y.content = start
	for y.peekAt(y.content) == ' ' {
		y.content++
	}
}

// peekAt returns the byte at an offset, 0 at the end.
func (y *yamlReader) peekAt(i int) byte {
	if i >= len(y.src) {
		return 0
	}
	return y.src[i]
}

func (y *yamlReader) peek() byte { return y.peekAt(y.at) }

// blank reports whether the byte at i is white space, a line break or the end.
func (y *yamlReader) blank(i int) bool {
	c := y.peekAt(i)
	return c == ' ' || c == '\t' || c == '\n' || i >= len(y.src)
}

// indicator reports whether c stands at the next byte with white space after it.
func (y *yamlReader) indicator(c byte) bool { return y.peek() == c && y.blank(y.at+1) }

// marker reports whether --- or ... opens the line of the next byte, there.
func (y *yamlReader) marker() bool {
	if y.at != y.start || !y.blank(y.at+3) {
		return false
	}
	rest := y.src[y.at:]
	return strings.HasPrefix(rest, "---") || strings.HasPrefix(rest, "...")
}

// end reports whether the document ends at the next byte.
func (y *yamlReader) end() bool { return y.at >= len(y.src) || y.marker() }

// space skips spaces and tabs.
func (y *yamlReader) space() {
	for y.peek() == ' ' || y.peek() == '\t' {
		y.at++
	}
}

// skip goes to the next content, over white space, comments and line breaks.
func (y *yamlReader) skip() {
	for {
		y.space()
		if y.peek() == '#' && (y.at == y.start || y.blank(y.at-1)) {
			y.at = y.lineEnd(y.at)
		}
		if y.peek() != '\n' {
			return
		}
		y.newLine(y.at + 1)
	}
}

// lineEnd returns the offset of the line break at or after i.
func (y *yamlReader) lineEnd(i int) int {
	if n := strings.IndexByte(y.src[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(y.src)
}

// first reports whether nothing but white space stands before the next byte on its line.
func (y *yamlReader) first() bool { return strings.Trim(y.src[y.start:y.at], " \t") == "" }

// column returns how many spaces indent the line of the next byte, and -1 at the end of the document.
func (y *yamlReader) column() int {
	if y.end() {
		return -1
	}
	return y.content - y.start
}

// finish goes on to the next line with content. Content on this line is an error.
func (y *yamlReader) finish() {
	if y.skip(); y.first() || y.at >= len(y.src) {
		return
	}
	if y.indicator(':') {
		y.fail(y.pos(), "a second colon stands in this line", "put the text in quotes, or the mapping on lines of its own")
	}
	y.fail(y.pos(), "want the end of the line, got "+y.here(), "")
}

// here names what stands at the next byte, up to the end of its word.
func (y *yamlReader) here() string {
	to := y.at
	for !y.blank(to) {
		to++
	}
	if to == y.at {
		return "nothing"
	}
	return quote(y.src[y.at:to])
}

// document reads the one document of the file.
func (y *yamlReader) document() *Node {
	y.directives()
	marked := strings.HasPrefix(y.src[y.at:], "---") && y.marker()
	if marked {
		y.at += 3
	}
	n := y.block(-1, place{collection: !marked})
	if n.Kind == Null && y.raw == "" {
		panic(emptyDocument(y.file))
	}
	y.finish()
	y.tail()
	return n
}

// directives skips the lines that start with % before the --- of the document.
func (y *yamlReader) directives() {
	for y.skip(); y.peek() == '%' && y.at == y.start; y.skip() {
		y.at = y.lineEnd(y.at)
	}
}

// tail reads what may follow the document: marks, and nothing else.
func (y *yamlReader) tail() {
	for y.marker() {
		p := y.pos()
		y.at += 3
		if y.skip(); !y.end() {
			y.fail(p, "a second document starts here", "keep one document a file")
		}
	}
	if y.at < len(y.src) {
		y.fail(y.pos(), "this line is indented less than the first line of the document", "indent it like that line")
	}
}

func (y *yamlReader) node(k Kind, p diag.Position) *Node {
	y.size++
	return &Node{Kind: k, Pos: p}
}

// nested reads a collection one level down.
func (y *yamlReader) nested(read func() *Node) *Node {
	y.deeper(1)
	y.depth++
	n := read()
	y.depth--
	return n
}

// deeper notes that the tree goes down by so many levels here, and stops if that is too many.
func (y *yamlReader) deeper(by int) {
	y.deepest = max(y.deepest, y.depth+by)
	if y.deepest > MaxDepth {
		y.fail(y.pos(), tooDeep, "")
	}
}
