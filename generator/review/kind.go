package review

// This file says how two versions of a file differ.

import (
	"bytes"
	"fmt"
	"go/scanner"
	"go/token"
	"strings"
)

// A Kind says how a file on disk differs from the generated file.
type Kind string

// The kinds of differences.
const (
	Stale   Kind = "stale"   // another content
	Missing Kind = "missing" // not there
	Unused  Kind = "unused"  // there, written by resgen, and nothing generates it any more

	LineEndings Kind = "with other line endings" // current if the lines ended with \n alone
	Formatting  Kind = "formatted otherwise"     // the same words
	Comments    Kind = "with other comments"     // the same code
	Mode        Kind = "executable"              // the same content
	Replaced    Kind = "not a regular file"
	LeftOver    Kind = "left over" // a folder that no client writes
)

// kinds is the order in which a summary counts.
var kinds = []Kind{Stale, Comments, Formatting, LineEndings, Mode, Replaced, Missing, Unused, LeftOver}

// KindOf returns how before and after differ; nil means that the file does not exist. What has the
// same content differs in its mode.
func KindOf(path string, before, after []byte) Kind {
	switch {
	case before == nil:
		return Missing
	case after == nil:
		return Unused
	case bytes.Equal(before, after):
		return Mode
	case bytes.Equal(unixLines(before), unixLines(after)):
		return LineEndings
	case !strings.HasSuffix(path, ".go"):
		if bytes.Equal(withoutSpace(before), withoutSpace(after)) {
			return Formatting
		}
		return Stale
	}
	was, is := read(before), read(after)
	switch {
	case was.code != is.code:
		return Stale
	case was.comments != is.comments:
		return Comments
	}
	return Formatting
}

// unixLines returns content with \n in place of \r\n.
func unixLines(content []byte) []byte { return bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n")) }

// withoutSpace returns content without white space.
func withoutSpace(content []byte) []byte { return bytes.Join(bytes.Fields(content), nil) }

// text is the content of a Go file without its formatting.
type text struct{ code, comments string }

// read returns the words of a Go file. Commas and semicolons that line breaks make necessary or
// superfluous are left out.
func read(source []byte) text {
	var s scanner.Scanner
	set := token.NewFileSet()
	s.Init(set.AddFile("", set.Base(), len(source)), source, nil, scanner.ScanComments)
	var code, comments strings.Builder
	comma := false
	for {
		_, tok, word := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.COMMENT {
			comments.WriteString(strings.Join(strings.Fields(strings.ReplaceAll(word, "//", " ")), " ") + " ")
			continue
		}
		if tok == token.SEMICOLON && word == "\n" {
			continue
		}
		if comma && tok != token.RBRACE && tok != token.RPAREN && tok != token.RBRACK {
			code.WriteString(",\x00")
		}
		if comma = tok == token.COMMA; !comma {
			code.WriteString(tok.String() + word + "\x00")
		}
	}
	return text{code.String(), comments.String()}
}

// Summary counts differences by kind, for example "2 stale, 1 missing".
func Summary(list []Kind) string {
	var parts []string
	for _, k := range kinds {
		n := 0
		for _, other := range list {
			if other == k {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, k))
		}
	}
	return strings.Join(parts, ", ")
}
