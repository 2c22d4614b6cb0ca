package tree

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/resgen/resgen/resilience/diag"
)

// A source is the text of a document and a place in it. The library counts lines and characters,
// positions count lines and bytes.
type source struct {
	file     string
	text     string        // with \n as the only line break, which changes no line and no column
	readable string        // the text as the library gets it, of as many lines and characters
	hidden   map[rune]rune // characters in readable that replace others, with the characters that they replace
	place
}

// A place is the position of a character. Line and column count from 1, the column counts
// characters.
type place struct{ offset, start, line, column int }

func newSource(file, text string) source {
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	s := source{file: file, text: text, place: place{line: 1, column: 1}}
	s.readable, s.hidden = hide(version.ReplaceAllString(text, "${1}#"))
	return s
}

// version matches the %YAML directive. The library rejects version 1.2, so that it gets a comment
// instead.
var version = regexp.MustCompile(`\A((?:[ \t]*(?:#.*)?\n|%TAG.*\n)*)%YAML`)

// hide replaces the characters that the library reads differently from YAML 1.2 with others that
// text does not contain.
func hide(text string) (string, map[rune]rune) {
	found, taken := false, map[rune]bool{}
	for at, r := range text {
		found = found || foreign(text, at, r)
		if r > 0xFFFF {
			taken[r] = true
		}
	}
	if !found {
		return text, nil
	}
	there, back := map[rune]rune{}, map[rune]rune{}
	free := utf8.MaxRune
	var b strings.Builder
	for at, r := range text {
		if !foreign(text, at, r) {
			b.WriteRune(r)
			continue
		}
		if there[r] == 0 {
			for free--; taken[free]; {
				free--
			}
			there[r], back[free] = free, r
		}
		b.WriteRune(there[r])
	}
	return b.String(), back
}

// foreign reports whether r, which is at an offset of text, is a control character, which the
// library rejects, a line break of YAML 1.1, a question mark within a word, at which the library
// ends the word in brackets, or the backslash of the escape \/, which the library lacks.
func foreign(text string, at int, r rune) bool {
	switch {
	case r == '?':
		opens := at == 0 || strings.IndexByte(" \t\n[{,", text[at-1]) >= 0
		closes := at+1 == len(text) || strings.IndexByte(" \t\n", text[at+1]) >= 0
		return !opens || !closes
	case r == '\\':
		return strings.HasPrefix(text[at:], `\/`) && (at-len(strings.TrimRight(text[:at], `\`)))%2 == 0
	case r < 0x7F:
		return false
	}
	return r <= 0x9F || r == 0x2028 || r == 0x2029 || r == 0xFFFE || r == 0xFFFF
}

// shown returns the text of a scalar in the document.
func (s *source) shown(n *yaml.Node) string {
	if s.hidden == nil {
		return n.Value
	}
	return strings.Map(func(r rune) rune {
		was, ok := s.hidden[r]
		switch {
		case !ok:
			return r
		case was == '\\' && n.Style&yaml.DoubleQuotedStyle != 0:
			return -1
		}
		return was
	}, n.Value)
}

// at returns the position of a node: that of its content, after anchor and tag. It must be called
// in the order of the document, so that the text is read once.
func (s *source) at(n *yaml.Node) diag.Position {
	s.seek(n.Line, n.Column)
	if n.Kind == yaml.ScalarNode && n.Style&^yaml.TaggedStyle == 0 && n.Value == "" {
		return s.pos(s.place)
	}
	return s.pos(s.content())
}

func (s *source) pos(p place) diag.Position {
	return diag.Position{File: s.file, Line: p.line, Column: p.offset - p.start + 1}
}

// seek goes on to a character, never back. Beyond the last line it stops at the end.
func (s *source) seek(line, column int) {
	for s.line < line {
		n := strings.IndexByte(s.text[s.offset:], '\n')
		if n < 0 {
			break
		}
		s.next(s.offset + n + 1)
	}
	for s.column < column && s.offset < len(s.text) && s.text[s.offset] != '\n' {
		_, size := utf8.DecodeRuneInString(s.text[s.offset:])
		s.offset, s.column = s.offset+size, s.column+1
	}
}

// next sets p to the start of the next line.
func (p *place) next(start int) { *p = place{offset: start, start: start, line: p.line + 1, column: 1} }

// content returns the place of the content that follows the anchor and the tag, which may be on
// another line.
func (s *source) content() place {
	p := s.place
	for p.offset < len(s.text) {
		switch c := s.text[p.offset]; {
		case c == '\n':
			p.next(p.offset + 1)
		case c == ' ' || c == '\t':
			p.offset++
		case c == '#':
			p.offset = s.until("\n", p.offset)
		case c == '&' || c == '!':
			p.offset = s.until(" \t\n,]}", p.offset)
		default:
			return p
		}
	}
	return p
}

// until returns the offset of the next character of a set, or that of the end.
func (s *source) until(set string, from int) int {
	if n := strings.IndexAny(s.text[from:], set); n >= 0 {
		return from + n
	}
	return len(s.text)
}

// find returns the offset of what the first group of re matches at or after an offset.
func (s *source) find(re *regexp.Regexp, from int) (int, bool) {
	if re == nil {
		return 0, false
	}
	m := re.FindStringSubmatchIndex(s.text[from:])
	if m == nil {
		return 0, false
	}
	return from + m[2], true
}

// after returns the place at an offset that is not before p.
func (s *source) after(p place, offset int) place {
	for {
		n := strings.IndexByte(s.text[p.offset:offset], '\n')
		if n < 0 {
			p.offset = offset
			return p
		}
		p.next(p.offset + n + 1)
	}
}

// indented returns the place of the first character from here on that is not white space.
func (s *source) indented() place {
	p := s.place
	for p.offset < len(s.text) && (s.text[p.offset] == ' ' || s.text[p.offset] == '\t') {
		p.offset++
	}
	return p
}
