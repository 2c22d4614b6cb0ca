package tree

// This file has [Parse], which rejects bytes that are not text and passes the rest to the reader of
// JSON (json.go) or of YAML (yaml.go).

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/resgen/resgen/resilience/diag"
)

// MaxDepth is how deep sequences and mappings may nest. It is far beyond any document that people
// write, and far below what would exhaust a stack.
const MaxDepth = 1000

const byteOrderMark = "\uFEFF"

// Parse reads a YAML or JSON document into a tree; file is the name that positions carry. A
// document whose first byte other than white space is { or [ is JSON, every other one YAML 1.2 in
// its core schema: yes, no, on, off and timestamps are text.
//
// For text that cannot be read, Parse returns a nil tree and one error, at the place where reading
// stopped. Duplicate keys are errors too, each at the later key; the tree is then complete and has
// the last value. A byte order mark is skipped and not counted in columns.
func Parse(file string, data []byte) (*Node, diag.List) {
	if d := undecodable(file, data); d != nil {
		return nil, diag.List{*d}
	}
	text := strings.TrimPrefix(string(data), byteOrderMark)
	switch first := strings.TrimLeft(text, " \t\r\n"); {
	case first == "":
		return nil, diag.List{emptyDocument(file)}
	case first[0] == '{' || first[0] == '[':
		return parseJSON(file, text)
	}
	return parseYAML(file, text)
}

// undecodable returns why data is not UTF-8 text, or nil.
func undecodable(file string, data []byte) *diag.Diagnostic {
	found := func(at int, code, what, cure string) *diag.Diagnostic {
		return &diag.Diagnostic{Pos: positionOf(file, data, at), Code: code, What: what, Cure: cure}
	}
	if wide(data) {
		return &diag.Diagnostic{Pos: diag.Position{File: file}, Code: "encoding", What: "is UTF-16",
			Cure: "save it as UTF-8"}
	}
	if at := bytes.IndexFunc(data, binary); at >= 0 {
		return found(at, "encoding", "is binary: it contains a control character", "want text in UTF-8")
	}
	if at := invalid(data); at >= 0 {
		return found(at, "encoding", "is not UTF-8: it contains an invalid byte", "save it as UTF-8")
	}
	return nil
}

// wide reports whether data starts with a UTF-16 byte order mark, or with an ASCII letter next to a
// NUL.
func wide(data []byte) bool {
	if len(data) < 2 {
		return false
	}
	a, b := data[0], data[1]
	return a == 0xFE && b == 0xFF || a == 0xFF && b == 0xFE || a == 0 && printable(b) || b == 0 && printable(a)
}

func printable(b byte) bool { return b >= '\t' && b < 0x7F }

// binary reports whether a document must not contain r, by YAML 1.2 section 5.1 without its C1
// block, which JSON allows.
func binary(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }

// invalid returns the offset of the first byte that is not UTF-8, or -1.
func invalid(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// positionOf returns the line and column of an offset.
func positionOf(file string, data []byte, at int) diag.Position {
	before := bytes.TrimPrefix(data[:at], []byte(byteOrderMark))
	line, start := 1, 0
	for i, c := range before {
		if c == '\n' || c == '\r' && (i+1 == len(data) || i+1 >= len(before) || before[i+1] != '\n') {
			line, start = line+1, i+1
		}
	}
	return diag.Position{File: file, Line: line, Column: len(before) - start + 1}
}
