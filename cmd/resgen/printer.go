package main

import (
	"bytes"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// A printer writes text that may contain text of documents. Characters that a terminal does not
// show as text are written as \u escape sequences, which are the same in JSON. So is the first
// character of what a CI system would run as a command: "::" at the beginning of a line, and "##["
// or "##vso[" anywhere.
type printer struct {
	out    io.Writer
	inLine bool // the line has begun with something other than white space
}

// Write writes text. A character or command must not be split between two calls.
func (p *printer) Write(text []byte) (int, error) {
	if _, err := p.out.Write(p.escape(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}

func (p *printer) escape(text []byte) []byte {
	var out []byte
	for rest := text; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == '\n' || r == '\t' || r == ' ':
			out = append(out, byte(r))
		case r == utf8.RuneError && size == 1:
			out = fmt.Appendf(out, `\x%02x`, rest[0])
		case !unicode.IsPrint(r), p.isCommand(rest):
			out = appendEscaped(out, r)
		default:
			out = append(out, rest[:size]...)
		}
		p.inLine = r != '\n' && (p.inLine || r != '\t' && r != ' ')
		rest = rest[size:]
	}
	return out
}

// isCommand reports whether text begins with a command to a CI system.
func (p *printer) isCommand(text []byte) bool {
	return !p.inLine && bytes.HasPrefix(text, []byte("::")) || bytes.HasPrefix(text, []byte("##[")) ||
		bytes.HasPrefix(text, []byte("##vso["))
}

// appendEscaped appends \u and the number of a character, in two parts (UTF-16) if it is above
// U+FFFF.
func appendEscaped(out []byte, r rune) []byte {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		return fmt.Appendf(out, `\u%04x\u%04x`, high, low)
	}
	return fmt.Appendf(out, `\u%04x`, r)
}
