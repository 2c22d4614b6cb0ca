package rules

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
)

// whitespace is what \s means in a pattern of a document (ECMA-262), as part of a class.
const whitespace = `\v\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}\s`

// translate returns a pattern of ECMA-262 in the syntax of package regexp. Without an equivalent it
// returns "" and what the pattern has.
func translate(text string) (pattern, problem string) {
	if text == "" {
		return "", ""
	}
	t := translator{in: text}
	for t.at < len(text) {
		t.next()
	}
	if t.problem == "" {
		if _, err := regexp.Compile(t.out.String()); err != nil {
			t.problem = reason(err)
		}
	}
	if t.problem != "" {
		return "", t.problem
	}
	return t.out.String(), ""
}

// reason describes what of a pattern does not compile.
func reason(err error) string {
	var bad *syntax.Error
	if !errors.As(err, &bad) {
		return "package regexp of Go does not accept it"
	}
	switch bad.Code {
	case syntax.ErrMissingBracket, syntax.ErrMissingParen, syntax.ErrUnexpectedParen, syntax.ErrMissingRepeatArgument,
		syntax.ErrTrailingBackslash:
		return "it is not a regular expression: " + bad.Code.String()
	}
	return "package regexp of Go does not have " + bad.Expr
}

// A translator rewrites a pattern from left to right.
type translator struct {
	in      string
	at      int
	out     strings.Builder
	class   bool // within brackets
	problem string
}

// next rewrites one character or escape.
func (t *translator) next() {
	c := t.in[t.at]
	switch {
	case c == '\\' && t.at+1 < len(t.in):
		t.escape(t.in[t.at+1])
		return
	case t.class && c == ']':
		t.class = false
	case t.class && c == '[': // a letter like others, but package regexp has [[:alpha:]]
		t.write(`\[`, 1)
		return
	case !t.class && c == '[':
		t.open()
		return
	}
	t.write(t.in[t.at:t.at+1], 1)
}

// write appends text for a number of bytes of the pattern.
func (t *translator) write(text string, bytes int) {
	t.out.WriteString(text)
	t.at += bytes
}

// open begins a class. An empty one matches nothing, and one that excludes nothing everything.
func (t *translator) open() {
	switch rest := t.in[t.at:]; {
	case strings.HasPrefix(rest, "[^]"):
		t.write(`[\x00-\x{10ffff}]`, 3)
	case strings.HasPrefix(rest, "[]"):
		t.write(`[^\x00-\x{10ffff}]`, 2)
	case strings.HasPrefix(rest, "[^"):
		t.class = true
		t.write("[^", 2)
	default:
		t.class = true
		t.write("[", 1)
	}
}

// anchors are escapes of other engines that documents use for the beginning and end of the text.
var anchors = map[byte]string{'A': `\A`, 'z': `\z`, 'Z': `\z`}

// escape rewrites an escape.
func (t *translator) escape(c byte) {
	switch {
	case c == 's' && t.class:
		t.write(whitespace, 2)
	case c == 's':
		t.write("["+whitespace+"]", 2)
	case c == 'u' || c == 'x':
		t.codePoint(c)
	case c == 'b' && t.class:
		t.write(`\x08`, 2)
	case c == '0':
		t.write(`\x00`, 2)
	case c == 'c' && t.at+2 < len(t.in):
		t.write(`\x{`+strconv.FormatInt(int64(t.in[t.at+2]&0x1f), 16)+"}", 3)
	case c >= '1' && c <= '9', c == 'k' && !t.class:
		t.problem = "it refers back to a group"
		t.at += 2
	case anchors[c] != "" && !t.class:
		t.write(anchors[c], 2)
	case strings.IndexByte("dDwWSbBnrtvfpP", c) >= 0, isPunctuation(c):
		t.write(t.in[t.at:t.at+2], 2)
	default: // the character itself
		t.at++
		t.write(t.in[t.at:t.at+1], 1)
	}
}

// isPunctuation reports whether an escape of the character has the same meaning in package regexp.
func isPunctuation(c byte) bool {
	return c > ' ' && c < 0x7f && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
}

// codePoint rewrites \uXXXX, \u{X} and \xXX.
func (t *translator) codePoint(c byte) {
	rest := t.in[t.at+2:]
	digits := map[byte]int{'u': 4, 'x': 2}[c]
	if body, ok := strings.CutPrefix(rest, "{"); ok && c == 'u' {
		if hex, _, closed := strings.Cut(body, "}"); closed && isHex(hex) {
			t.write(`\x{`+hex+"}", 4+len(hex))
			return
		}
	}
	if len(rest) >= digits && isHex(rest[:digits]) {
		t.unit(rest[:digits])
		return
	}
	t.write(string(c), 2)
}

// unit writes a code unit of UTF-16. Two that form a character are one.
func (t *translator) unit(hex string) {
	n, _ := strconv.ParseUint(hex, 16, 32)
	after := t.in[t.at+2+len(hex):]
	if n >= 0xd800 && n < 0xdc00 && strings.HasPrefix(after, `\u`) && len(after) >= 6 && isHex(after[2:6]) {
		low, _ := strconv.ParseUint(after[2:6], 16, 32)
		if low >= 0xdc00 && low < 0xe000 {
			t.write(`\x{`+strconv.FormatUint(0x10000+(n-0xd800)<<10+(low-0xdc00), 16)+"}", 12)
			return
		}
	}
	if n >= 0xd800 && n < 0xe000 {
		t.problem = "it has half of a character"
	}
	t.write(`\x{`+hex+"}", 2+len(hex))
}

func isHex(s string) bool {
	_, err := strconv.ParseUint(s, 16, 32)
	return err == nil && s != ""
}
