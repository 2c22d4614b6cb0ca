package layout

import (
	"go/token"
	"slices"
	"unicode/utf8"
)

// gofmt aligns the types and tags of neighbouring fields, and the values of neighbouring constants.
// One long name can push the tags of its whole block beyond the width. A blank line ends a block.

// splitColumns inserts blank lines into blocks of fields or constants that are too wide because of
// their alignment, so that each part is as long as it can be without exceeding the width.
func splitColumns(lines []*line) {
	for from := 0; from < len(lines); {
		to := blockEnd(lines, from)
		if to == from {
			from++
			continue
		}
		if wide(lines[from:to]) {
			splitBlock(lines[from:to])
		}
		from = to
	}
}

// blockEnd returns the index after the block of aligned lines that begins at from, or from if the
// line does not begin a block.
func blockEnd(lines []*line, from int) int {
	context := lines[from].context
	to := from
	for context != other && to < len(lines) && lines[to].context == context && lines[to].row() {
		to++
	}
	return to
}

// row reports whether a line is part of a block: a field or constant on one line, or a comment.
func (l *line) row() bool {
	if len(l.tokens) == 0 || l.continued {
		return false
	}
	return l.tokens[0].kind == token.COMMENT || l.tokens[0].kind == token.IDENT && l.balanced()
}

// balanced reports whether every bracket of the line is closed on it.
func (l *line) balanced() bool {
	depth := 0
	for _, t := range l.tokens {
		depth += nesting(t.kind)
	}
	return depth == 0
}

func wide(block []*line) bool {
	return slices.ContainsFunc(block, func(l *line) bool {
		return l.tokens[0].kind == token.IDENT && width(l.text) > Width
	})
}

// splitBlock marks the lines of a block before which a blank line is due.
func splitBlock(block []*line) {
	var widest [3]int
	start := 0 // first line of the field: its comment, if it has one
	for i, l := range block {
		if l.tokens[0].kind == token.COMMENT {
			continue
		}
		next := widest
		for column, w := range l.columns() {
			next[column] = max(next[column], w)
		}
		if start > 0 && total(next) > Width {
			block[start].blankBefore = true
			next = l.columns()
		}
		widest = next
		start = i + 1
	}
}

// columns returns the widths of name, type, and tag or value.
func (l *line) columns() [3]int {
	var w [3]int
	column := 0
	for i, t := range l.tokens {
		switch {
		case i == 1:
			column = 1
		case l.context == structure && t.kind == token.STRING, l.context == constants && t.kind == token.ASSIGN:
			column = 2
		}
		if t.gap && w[column] > 0 {
			w[column]++
		}
		w[column] += utf8.RuneCountInString(t.text)
	}
	return w
}

// total returns the width of a line with these columns, indented once, with a space between
// columns.
func total(columns [3]int) int {
	return tabWidth + columns[0] + 1 + columns[1] + 1 + columns[2]
}
