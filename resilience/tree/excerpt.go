package tree

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/resgen/resgen/resilience/diag"
)

// excerptWidth is how many characters of a line an excerpt shows at most.
const excerptWidth = 100

// Excerpt returns the line of data that p is about, with its number, and a line with a caret under
// the column:
//
//	12 |     atempts: 3
//	   |     ^
//
// Tabs become spaces, control characters question marks, and a long line is cut on both sides
// around the column. A column beyond the end of the line means its end. Excerpt returns "" if p has
// no line or data does not have it.
func Excerpt(data []byte, p diag.Position) string {
	line, ok := lineOf(data, p.Line)
	if !ok {
		return ""
	}
	column := min(max(p.Column-1, 0), len(line))
	before, after := show(line[:column]), show(line[column:])
	before, after = around(before, after)
	number := strconv.Itoa(p.Line)
	return number + " | " + before + after + "\n" +
		strings.Repeat(" ", len(number)) + " | " + strings.Repeat(" ", utf8.RuneCountInString(before)) + "^\n"
}

// lineOf returns line n of data, counted from 1, without its break.
func lineOf(data []byte, n int) (string, bool) {
	rest := strings.TrimPrefix(string(data), byteOrderMark)
	rest = strings.ReplaceAll(strings.ReplaceAll(rest, "\r\n", "\n"), "\r", "\n")
	for ; n > 1; n-- {
		_, after, found := strings.Cut(rest, "\n")
		if !found {
			return "", false
		}
		rest = after
	}
	line, _, _ := strings.Cut(rest, "\n")
	return line, n == 1
}

// show makes text fit for a terminal: one character for each.
func show(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r < ' ' || r >= 0x7F && r < 0xA0 || r == utf8.RuneError || bidi(r):
			return '?'
		}
		return r
	}, s)
}

// bidi reports whether r changes the order in which a terminal shows what follows, or breaks the
// line.
func bidi(r rune) bool { return r >= 0x2028 && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }

// around cuts a line to excerptWidth characters around the place between before and after.
func around(before, after string) (string, string) {
	b, a := []rune(before), []rune(after)
	const half = excerptWidth / 2
	left := max(half, excerptWidth-len(a))
	right := max(half, excerptWidth-len(b))
	if len(b) > left {
		before = "…" + string(b[len(b)-left:])
	}
	if len(a) > right {
		after = string(a[:right]) + "…"
	}
	return before, after
}
