package layout

import (
	"go/scanner"
	"go/token"
	"strings"
)

// A line is one line of the source with its tokens.
type line struct {
	text        string
	tokens      []lexeme
	context     context // what encloses the line
	continued   bool    // part of a token that began on an earlier line
	blankBefore bool    // a blank line is to be inserted before it
}

// A lexeme is a token with its text.
type lexeme struct {
	kind token.Token
	text string
	gap  bool // white space before it
}

// context is the innermost bracket that encloses a line.
type context uint8

const (
	other     context = iota
	structure         // the fields of a struct type
	constants         // the specs of a const declaration
)

// scan splits formatted source into lines.
func scan(source string) []*line {
	set := token.NewFileSet()
	file := set.AddFile("", set.Base(), len(source))
	var s scanner.Scanner
	s.Init(file, []byte(source), nil, scanner.ScanComments)
	lines := splitLines(source)
	var open []context
	var before token.Token // the last token before the current one
	end, seen := 0, 0      // offset after the last token; lines that have a context
	for {
		pos, kind, text := s.Scan()
		if kind == token.EOF {
			return lines
		}
		if kind == token.SEMICOLON && text == "\n" {
			continue
		}
		if text == "" {
			text = kind.String()
		}
		at := file.Line(pos)
		for ; seen < at; seen++ {
			lines[seen].context = innermost(open)
		}
		offset := file.Offset(pos)
		lines[at-1].tokens = append(lines[at-1].tokens, lexeme{kind, text, offset > end})
		end = offset + len(text)
		for n := range strings.Count(text, "\n") {
			lines[at+n].continued = true
		}
		switch kind {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			open = append(open, contextOf(before, kind))
		case token.RPAREN, token.RBRACK, token.RBRACE:
			open = open[:max(0, len(open)-1)]
		}
		before = kind
	}
}

// beginsDeclaration reports whether a line begins a declaration at the top of a file, or its
// comment.
func (l *line) beginsDeclaration() bool {
	return !l.continued && l.text != "" && !strings.ContainsAny(l.text[:1], "\t })")
}

func splitLines(source string) []*line {
	var lines []*line
	for text := range strings.SplitSeq(source, "\n") {
		lines = append(lines, &line{text: text})
	}
	return lines
}

func innermost(open []context) context {
	if len(open) == 0 {
		return other
	}
	return open[len(open)-1]
}

// contextOf returns what a bracket encloses, by the token before it.
func contextOf(before, bracket token.Token) context {
	switch {
	case before == token.STRUCT && bracket == token.LBRACE:
		return structure
	case before == token.CONST && bracket == token.LPAREN:
		return constants
	}
	return other
}
