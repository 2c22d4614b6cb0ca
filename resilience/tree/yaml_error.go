package tree

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
)

// A complaint is a message of the library with the text that this package reports for it.
type complaint struct {
	what, cure string
	culprit    *regexp.Regexp // finds the character, from the start of the line on, that it is about; nil: none does
	// it is about how parts belong together: the line in the message is one less than the line it
	// means
	structure bool
	entry     bool // the line in the message is that of the first entry, not of the entry that it means
}

const (
	tabbed    = "a tab is not allowed here, only spaces"
	openQuote = "a quote is not closed before the end of the document"
	noEscape  = `write \\ for a backslash, or use single quotes`
)

var (
	indentingTab = regexp.MustCompile(`(?m)^ *(\t)`)
	noFirst      = regexp.MustCompile("\\A(?:.*?[ \\t\\[{,:-])?([\\t@`%])")
)

var complaints = map[string]complaint{
	"found character that cannot start any token": {
		what:    "text without quotes starts with a character that it may not start with",
		cure:    "put it in quotes",
		culprit: noFirst,
	},
	"found a tab character that violates indentation": {what: tabbed, cure: "use spaces", culprit: indentingTab},
	"found a tab character where an indentation space is expected": {
		what:    tabbed,
		cure:    "use spaces",
		culprit: indentingTab,
	},
	"could not find expected ':'": {what: "a key has no colon", cure: "write a colon and a space after it"},
	"mapping values are not allowed in this context": {
		what: "a mapping cannot start at this key",
		cure: "start the mapping on a new line, indented like its other keys, or put the text in quotes",
	},
	"mapping keys are not allowed in this context": {
		what: "a mapping cannot start here",
		cure: "start the mapping on a new line",
	},
	"block sequence entries are not allowed in this context": {
		what: "a list starts on the line of its key or anchor",
		cure: "start it on the next line",
	},
	"found unexpected end of stream":      {what: openQuote, cure: "close it"},
	"found unexpected document indicator": {what: openQuote, cure: "close it"},
	"found unknown escape character":      {what: "text in double quotes has an unknown escape", cure: noEscape},
	"did not find expected hexdecimal number": {
		what: `\x, \u or \U is not followed by 2, 4 or 8 hexadecimal digits`,
		cure: noEscape,
	},
	"found invalid Unicode character escape code": {
		what: `\u or \U is not followed by the number of a character`,
		cure: `write \U and 8 digits for a character beyond U+FFFF`,
	},
	"did not find expected alphabetic or numeric character": {
		what: "text without quotes starts with * or &, like an alias or an anchor, and is none",
		cure: "put it in quotes; names of anchors have letters, digits, - and _",
	},
	"did not find expected comment or line break": {
		what: "want the end of the line after | or >",
		cure: "start the text on the next line",
	},

	"did not find expected key": {
		what:      "this line does not fit the mapping around it",
		cure:      "indent it like the other keys, write a colon and a space after the key and nothing after a closing quote",
		structure: true, entry: true,
	},
	"did not find expected '-' indicator": {
		what:      "this line does not fit the list around it",
		cure:      "start it with a dash and a space, or indent it less",
		structure: true, entry: true,
	},
	"did not find expected ',' or ']'": {
		what:      "a list in brackets lacks a comma or its ]",
		cure:      "add it, or put text with brackets in quotes",
		structure: true,
	},
	"did not find expected ',' or '}'": {
		what:      "a mapping in braces lacks a comma or its }",
		cure:      "add it, or put text with braces in quotes",
		structure: true,
	},
	"did not find expected node content": {
		what:      "a value is missing, or a bracket is not closed",
		cure:      "close it, or put text that starts with a comma, a bracket or a brace in quotes",
		structure: true,
	},
	"did not find expected <document start>": {
		what:      "this line does not belong to the document above it",
		cure:      "indent it like the first line, and keep one document a file",
		structure: true,
	},
	"found undefined tag handle": {
		what:      "a tag has a prefix that no %TAG directive names",
		cure:      "put text that starts with ! in quotes",
		structure: true,
	},
}

// syntax returns why and where the library rejected the document.
func (s *source) syntax(err error) diag.Diagnostic {
	_, message := split(err)
	c, known := complaints[message]
	switch name, ok := strings.CutPrefix(message, "unknown anchor '"); {
	case ok:
		return s.unknownAlias(strings.TrimSuffix(name, "' referenced"))
	case strings.HasPrefix(message, "exceeded max depth"):
		c.what = tooDeep
	case !known:
		c.what = message
	}
	s.seek(s.lineOf(c, message), 1)
	p := s.indented()
	if at, found := s.find(c.culprit, s.offset); found {
		if p = s.after(s.place, at); s.text[at] == '\t' {
			c.what, c.cure = tabbed, "use spaces"
		} else {
			c.what = "no text without quotes starts with " + strconv.QuoteRune(rune(s.text[at]))
		}
	}
	return diag.Diagnostic{Pos: s.pos(p), Code: "syntax", What: c.what, Cure: c.cure}
}

// split takes an error of the library apart: "yaml: line 7: found …". Line is 0 if it has none.
func split(err error) (line int, message string) {
	if err == nil {
		return 0, ""
	}
	message = strings.TrimPrefix(err.Error(), "yaml: ")
	if number, rest, ok := strings.Cut(strings.TrimPrefix(message, "line "), ": "); ok {
		if n, notNumber := strconv.Atoi(number); notNumber == nil {
			return n, rest
		}
	}
	return 0, message
}

// lineOf returns the line that a complaint is about. The library reports the line in which the
// construct starts that it was reading, or, if that is the first line, the line where reading
// stopped. So lineOf reads the document once more after a blank line, and from that line on to
// learn where reading stopped.
func (s *source) lineOf(c complaint, message string) int {
	_, err := load("\n" + s.readable)
	line, _ := split(err)
	if !c.structure {
		return line - 1
	}
	if c.entry {
		_, err := load(from(s.readable, line))
		if below, again := split(err); again == message {
			return line + below
		}
	}
	return line
}

// from returns a text from the line on that has the number, counted from 1.
func from(text string, line int) string {
	for ; line > 1; line-- {
		_, text, _ = strings.Cut(text, "\n")
	}
	return text
}

// unknownAlias finds the alias whose anchor is missing: the library names it without its place.
func (s *source) unknownAlias(name string) diag.Diagnostic {
	d := diag.Diagnostic{
		Pos: diag.Position{File: s.file}, Code: "syntax",
		What: "there is no anchor &" + shorten(name) + " above this alias",
	}
	for at := 0; at < len(s.text); at++ {
		n := strings.Index(s.text[at:], "*"+name)
		if n < 0 {
			break
		}
		if at += n; apart(s.text[:at], s.text[at+1+len(name):]) {
			d.Pos = s.pos(s.after(place{line: 1}, at))
			break
		}
	}
	return d
}

// apart reports whether the text between two texts is a word that belongs to neither.
func apart(before, after string) bool {
	const around = " \t\n,[]{}:"
	return (before == "" || strings.IndexByte(around, before[len(before)-1]) >= 0) &&
		(after == "" || strings.IndexByte(around, after[0]) >= 0)
}
