package tree

// This file reads JSON (RFC 8259) with positions. It has a scanner because a document of some
// megabytes must be read in a tenth of a second, and encoding/json reports no positions.

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/resgen/resgen/resilience/diag"
)

// A jsonReader walks over src once. The first syntax error stops it: bad is set and all methods
// return as fast as they can.
type jsonReader struct {
	file  string
	src   string
	at    int // offset of the next byte
	line  int // line of the next byte
	start int // offset at which that line starts
	depth int
	bad   *diag.Diagnostic
	found diag.List // duplicate keys
	slab  []Node    // nodes not handed out yet
	items []*Node   // stacks of the collections that are being read
	pairs []Pair
}

func parseJSON(file, src string) (*Node, diag.List) {
	r := &jsonReader{file: file, src: src, line: 1}
	n := r.value()
	if r.space(); r.bad == nil && r.at < len(src) {
		r.fail("a second value follows the document", "keep one")
	}
	if r.bad != nil {
		return nil, diag.List{*r.bad}
	}
	return n, r.found
}

func (r *jsonReader) pos() diag.Position {
	return diag.Position{File: r.file, Line: r.line, Column: r.at - r.start + 1}
}

// fail records the first error, at the next byte.
func (r *jsonReader) fail(what, cure string) {
	if r.bad == nil {
		r.bad = &diag.Diagnostic{Pos: r.pos(), Code: "syntax", What: what, Cure: cure}
	}
}

// unexpected records an error at the next byte with the text "want x, got y".
func (r *jsonReader) unexpected(want string) {
	r.fail("want "+want+", got "+r.here(), "")
}

// here names the next character for a message.
func (r *jsonReader) here() string {
	if r.at >= len(r.src) {
		return "the end of the file"
	}
	c, _ := utf8.DecodeRuneInString(r.src[r.at:])
	if c == '"' {
		return "a string"
	}
	return strconv.QuoteRune(c)
}

// space skips white space and counts lines.
func (r *jsonReader) space() {
	for ; r.at < len(r.src); r.at++ {
		switch r.src[r.at] {
		case ' ', '\t':
		case '\n':
			r.line, r.start = r.line+1, r.at+1
		case '\r':
			if r.at+1 == len(r.src) || r.src[r.at+1] != '\n' {
				r.line, r.start = r.line+1, r.at+1
			}
		default:
			return
		}
	}
}

// peek skips white space and returns the next byte, 0 at the end.
func (r *jsonReader) peek() byte {
	r.space()
	if r.at >= len(r.src) {
		return 0
	}
	return r.src[r.at]
}

func (r *jsonReader) node(k Kind, p diag.Position, text string) *Node {
	if len(r.slab) == 0 {
		r.slab = make([]Node, 256)
	}
	n := &r.slab[0]
	r.slab = r.slab[1:]
	n.Kind, n.Pos, n.Text = k, p, text
	return n
}

func (r *jsonReader) value() *Node {
	c := r.peek()
	p := r.pos()
	switch {
	case c == '{':
		return r.nested(r.object, p)
	case c == '[':
		return r.nested(r.array, p)
	case c == '"':
		return r.node(String, p, r.text())
	case c == '-' || c >= '0' && c <= '9':
		return r.node(Number, p, r.number())
	case c == 't':
		return r.word("true", Bool, p)
	case c == 'f':
		return r.word("false", Bool, p)
	case c == 'n':
		return r.word("null", Null, p)
	}
	r.unexpected("a value")
	return nil
}

func (r *jsonReader) nested(read func(diag.Position) *Node, p diag.Position) *Node {
	if r.depth++; r.depth > MaxDepth {
		r.fail(tooDeep, "")
		return nil
	}
	n := read(p)
	r.depth--
	return n
}

// tooDeep is the error text for a document that is nested more deeply than [MaxDepth].
var tooDeep = fmt.Sprintf("nesting is deeper than %d", MaxDepth)

func (r *jsonReader) object(p diag.Position) *Node {
	r.at++
	n, base := r.node(Mapping, p, ""), len(r.pairs)
	for first := true; r.more('}', first); first = false {
		if c := r.peek(); c != '"' {
			r.unexpected("a key in double quotes")
			break
		}
		key := Pair{KeyPos: r.pos()}
		key.Key = r.text()
		if r.peek() != ':' {
			r.unexpected("a colon")
			break
		}
		r.at++
		key.Value = r.value()
		r.pairs = append(r.pairs, key)
	}
	n.Pairs = append(n.Pairs, r.pairs[base:]...)
	r.pairs = r.pairs[:base]
	n.Pairs = unique(n.Pairs, &r.found)
	return n
}

func (r *jsonReader) array(p diag.Position) *Node {
	r.at++
	n, base := r.node(Sequence, p, ""), len(r.items)
	for first := true; r.more(']', first); first = false {
		r.items = append(r.items, r.value())
	}
	n.Items = append(n.Items, r.items[base:]...)
	r.items = r.items[:base]
	return n
}

// more reports whether another entry follows in a collection that ends with end, and steps over the
// comma or the end.
func (r *jsonReader) more(end byte, first bool) bool {
	c := r.peek()
	switch {
	case r.bad != nil:
		return false
	case c == end:
		r.at++
		return false
	case first:
		return true
	case c != ',':
		r.unexpected(fmt.Sprintf("a comma or %q", end))
		return false
	}
	r.at++
	if r.peek() == end {
		r.fail("unexpected comma before "+strconv.QuoteRune(rune(end)), "delete it")
	}
	return r.bad == nil
}

func (r *jsonReader) word(w string, k Kind, p diag.Position) *Node {
	if !strings.HasPrefix(r.src[r.at:], w) || r.at+len(w) < len(r.src) && wordByte(r.src[r.at+len(w)]) {
		r.unexpected("a value")
		return nil
	}
	r.at += len(w)
	return r.node(k, p, w)
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf
}

// number reads -?(0|[1-9]digits)(.digits)?([eE][+-]?digits)? and keeps it as written.
func (r *jsonReader) number() string {
	from := r.at
	r.accept("-")
	if !r.accept("0") {
		r.digits()
	} else if r.at < len(r.src) && r.src[r.at] >= '0' && r.src[r.at] <= '9' {
		r.fail("a number starts with 0", "delete the 0")
	}
	if r.accept(".") {
		r.digits()
	}
	if r.accept("eE") {
		r.accept("+-")
		r.digits()
	}
	if r.at < len(r.src) && wordByte(r.src[r.at]) {
		r.unexpected("the end of the number")
	}
	return r.src[from:r.at]
}

// accept steps over the next byte if it is one of set.
func (r *jsonReader) accept(set string) bool {
	if r.at >= len(r.src) || strings.IndexByte(set, r.src[r.at]) < 0 {
		return false
	}
	r.at++
	return true
}

func (r *jsonReader) digits() {
	from := r.at
	for r.at < len(r.src) && r.src[r.at] >= '0' && r.src[r.at] <= '9' {
		r.at++
	}
	if r.at == from {
		r.unexpected("a digit")
	}
}

// text reads a string. One without escapes is a slice of the source, without a copy.
func (r *jsonReader) text() string {
	r.at++
	from := r.at
	for ; r.at < len(r.src); r.at++ {
		switch c := r.src[r.at]; {
		case c == '"':
			r.at++
			return r.src[from : r.at-1]
		case c == '\\':
			return r.escaped(r.src[from:r.at])
		case c == '\n' || c == '\r':
			r.fail("a string goes over the end of the line", `close it, or write \n`)
			return ""
		case c < ' ':
			r.fail("a string holds a tab", `write \t`)
			return ""
		}
	}
	r.unexpected("the end of the string")
	return ""
}

// escaped reads the rest of a string that starts with head, from its first backslash.
func (r *jsonReader) escaped(head string) string {
	b := []byte(head)
	for r.at < len(r.src) {
		switch c := r.src[r.at]; {
		case c == '"':
			r.at++
			return string(b)
		case c == '\\':
			b = r.escape(b)
		case c < ' ':
			r.fail("a string goes over the end of the line or holds a tab", `write \n or \t`)
		default:
			b = append(b, c)
			r.at++
		}
		if r.bad != nil {
			return ""
		}
	}
	r.unexpected("the end of the string")
	return ""
}

// shortEscapes maps the letter after a backslash to the character that it represents.
var shortEscapes = strings.NewReplacer("b", "\b", "f", "\f", "n", "\n", "r", "\r", "t", "\t")

// escape reads one escape sequence and appends the character that it represents.
func (r *jsonReader) escape(b []byte) []byte {
	if r.at+1 == len(r.src) {
		r.at++
		r.unexpected("the end of the string")
		return b
	}
	c := r.src[r.at+1]
	switch {
	case c == 'u':
		return r.unicode(b)
	case strings.IndexByte(`"\/bfnrt`, c) < 0:
		r.fail(`unknown escape \`+string(rune(c)), `write \\ for a backslash`)
		return b
	}
	r.at += 2
	return append(b, shortEscapes.Replace(string(c))...)
}

// unicode reads \uXXXX, or two of them for a character beyond U+FFFF. Half a pair becomes U+FFFD,
// as encoding/json has it.
func (r *jsonReader) unicode(b []byte) []byte {
	c, ok := hex4(r.src[r.at:])
	if !ok {
		r.fail(`\u is not followed by four hexadecimal digits`, "")
		return b
	}
	r.at += 6
	if utf16.IsSurrogate(c) {
		low, ok := hex4(r.src[r.at:])
		if c = utf16.DecodeRune(c, low); ok && c != utf8.RuneError {
			r.at += 6
		} else {
			c = utf8.RuneError
		}
	}
	return utf8.AppendRune(b, c)
}

// hex4 reads \uXXXX at the start of s.
func hex4(s string) (rune, bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(s[2:6], 16, 32)
	return rune(v), err == nil
}
