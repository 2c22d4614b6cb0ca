package tree

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/resgen/resgen/resilience/diag"
)

// scalar makes a node of a text that is read, typed by its tag or, without quotes and tag, by what it looks like.
func (y *yamlReader) scalar(at diag.Position, text string, quoted bool, p props) *Node {
	return y.anchored(props{anchor: p.anchor}, func() *Node {
		n := y.text(at, text)
		if y.raw = text; !quoted {
			n.Kind = plainKind(text)
		}
		y.retype(n, p)
		switch n.Kind {
		case Null:
			n.Text = "null"
		case Bool:
			n.Text = strings.ToLower(text)
		}
		return n
	})
}

// text makes a String. Long text counts as several nodes, so that aliases of it are bounded too.
func (y *yamlReader) text(at diag.Position, text string) *Node {
	n := y.node(String, at)
	n.Text = text
	y.size += len(text) / 100
	return n
}

// plainEnd returns the offset after the plain text at i on its line, without the blanks at its end.
func (y *yamlReader) plainEnd(i int, flow bool) int {
	end := i
	for ; i < len(y.src) && y.src[i] != '\n'; i++ {
		switch c := y.src[i]; {
		case c == ' ' || c == '\t':
			continue
		case c == ':' && (y.blank(i+1) || flow && isFlow(y.peekAt(i+1))):
			return end
		case c == '#' && i > 0 && y.blank(i-1):
			return end
		case flow && isFlow(c):
			return end
		}
		end = i + 1
	}
	return end
}

// plain reads text without quotes. Further lines belong to it while they are indented more than column n.
func (y *yamlReader) plain(n int, flow bool) string {
	y.plainStart(flow)
	end := y.plainEnd(y.at, flow)
	text := y.src[y.at:end]
	y.at = end
	var folded strings.Builder
	for {
		breaks, ok := y.continues(n, flow)
		if !ok {
			break
		}
		if folded.Len() == 0 {
			folded.WriteString(text)
		}
		fold(&folded, breaks)
		end := y.plainEnd(y.at, flow)
		folded.WriteString(y.src[y.at:end])
		y.at = end
		if y.space(); !flow && y.indicator(':') {
			y.fail(y.pos(), "a colon stands in a text that started on a line before", "indent the line less if it is a key, or put the text in quotes")
		}
	}
	if folded.Len() > 0 {
		return folded.String()
	}
	return text
}

// fold writes what line breaks within a text stand for: one a space, more of them one less.
func fold(b *strings.Builder, breaks int) {
	if breaks == 1 {
		b.WriteByte(' ')
		return
	}
	for range breaks - 1 {
		b.WriteByte('\n')
	}
}

// plainStart stops where plain text may not start.
func (y *yamlReader) plainStart(flow bool) {
	c := y.peek()
	switch {
	case strings.IndexByte(",[]{}#&*!|>'\"%@`", c) >= 0:
	case strings.IndexByte("-?:", c) >= 0 && (y.blank(y.at+1) || flow && isFlow(y.peekAt(y.at+1))):
	default:
		return
	}
	y.fail(y.pos(), "no text without quotes starts with "+strconv.QuoteRune(rune(c)), "put it in quotes")
}

// continues goes to the next line of a plain text, if it has one, and returns how many line breaks are between.
func (y *yamlReader) continues(n int, flow bool) (int, bool) {
	was := *y
	y.space()
	breaks := 0
	for y.peek() == '\n' {
		y.newLine(y.at + 1)
		y.space()
		breaks++
	}
	c := y.peek()
	inside := !y.marker() && y.at < len(y.src) && c != '#' && (flow || y.content-y.start > n)
	if breaks == 0 || !inside || flow && (isFlow(c) || y.colon(false)) {
		y.back(was)
		return 0, false
	}
	return breaks, true
}

// back returns to a place that the reader was at.
func (y *yamlReader) back(was yamlReader) {
	y.at, y.line, y.start, y.content = was.at, was.line, was.start, was.content
}

// quoted reads text in quotes, over several lines too.
func (y *yamlReader) quoted() string {
	q, at := y.peek(), y.pos()
	y.at++
	from := y.at
	if end := y.quotedEnd(from-1) - 1; end >= from && y.src[end] == q && strings.IndexAny(y.src[from:end], specials(q)) < 0 {
		y.at = end + 1
		return y.src[from:end]
	}
	var b []byte
	kept := 0 // how much of b may not be trimmed at a line break: it was escaped
	for {
		switch c := y.peek(); {
		case y.at >= len(y.src) || y.marker() || c == '\\' && q == '"' && y.at+1 == len(y.src):
			y.fail(at, "a quote is not closed before the end of the document", "close it")
		case c == q && q == '\'' && y.peekAt(y.at+1) == q:
			b = append(b, q)
			y.at += 2
		case c == q:
			y.at++
			return string(b)
		case c == '\\' && q == '"' && y.peekAt(y.at+1) == '\n':
			y.at++
			b = y.breaks(b, len(b), true)
		case c == '\\' && q == '"':
			b = y.escape(b)
			kept = len(b)
		case c == '\n':
			b = y.breaks(b, kept, false)
		default:
			b = append(b, c)
			y.at++
		}
	}
}

// specials are the bytes that stand for something else in text in the quotes q.
func specials(q byte) string {
	if q == '"' {
		return `\`
	}
	return "'"
}

// breaks reads the line breaks at the next byte within quotes, and the blanks around them; an escaped first one stands for nothing.
func (y *yamlReader) breaks(b []byte, kept int, escaped bool) []byte {
	for len(b) > kept && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	n := 0
	for y.peek() == '\n' {
		y.newLine(y.at + 1)
		if n++; y.marker() {
			return b
		}
		y.space()
	}
	if n == 1 && !escaped {
		return append(b, ' ')
	}
	for range n - 1 {
		b = append(b, '\n')
	}
	return b
}

// yamlEscapes maps the letter after a backslash to what it stands for.
var yamlEscapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r", 'e': "\x1b", ' ': " ", '"': `"`, '/': "/", '\\': `\`,
	'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

// escape reads the escape sequence at the next byte and appends what it stands for.
func (y *yamlReader) escape(b []byte) []byte {
	at, c := y.pos(), y.peekAt(y.at+1)
	if s, ok := yamlEscapes[c]; ok {
		y.at += 2
		return append(b, s...)
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[c]
	if digits == 0 {
		y.fail(at, "unknown escape "+quote(`\`+string(rune(c))), `write \\ for a backslash, or use single quotes`)
	}
	r, ok := y.hex(digits)
	if !ok {
		y.fail(at, `\`+string(rune(c))+" is not followed by "+strconv.Itoa(digits)+" hexadecimal digits of a character", "")
	}
	if utf16.IsSurrogate(r) {
		r = y.lowHalf(r)
	}
	return utf8.AppendRune(b, r)
}

// lowHalf joins a half of a surrogate pair with the other half, if that follows.
func (y *yamlReader) lowHalf(high rune) rune {
	low, ok := hex4(y.src[y.at:])
	r := utf16.DecodeRune(high, low)
	if ok && r != utf8.RuneError {
		y.at += 6
	}
	return r
}

// hex steps over a backslash, a letter and so many hexadecimal digits.
func (y *yamlReader) hex(digits int) (rune, bool) {
	from := y.at + 2
	if from+digits > len(y.src) {
		return 0, false
	}
	v, err := strconv.ParseUint(y.src[from:from+digits], 16, 32)
	y.at = from + digits
	return rune(v), err == nil && v <= utf8.MaxRune
}
