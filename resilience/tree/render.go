package tree

// This file turns a tree into compact JSON and into plain Go values.

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// JSON returns the tree as compact JSON with its keys in the order of the file. Numbers keep their
// digits; numbers that JSON cannot write are converted (0x1F to 31, .5 to 0.5), and infinities and
// NaN, which JSON lacks, become text. A nil tree is null.
func (n *Node) JSON() []byte { return n.appendJSON(nil) }

func (n *Node) appendJSON(b []byte) []byte {
	if n == nil {
		return append(b, "null"...)
	}
	switch n.Kind {
	case Null, Bool:
		return append(b, n.Text...)
	case Number:
		return appendNumber(b, n)
	case String:
		return appendString(b, n.Text)
	case Sequence:
		b = append(b, '[')
		for i, item := range n.Items {
			b = item.appendJSON(comma(b, i))
		}
		return append(b, ']')
	}
	b = append(b, '{')
	for i, p := range n.Pairs {
		b = append(appendString(comma(b, i), p.Key), ':')
		b = p.Value.appendJSON(b)
	}
	return append(b, '}')
}

func comma(b []byte, i int) []byte {
	if i == 0 {
		return b
	}
	return append(b, ',')
}

// appendNumber writes a number as JSON has it.
func appendNumber(b []byte, n *Node) []byte {
	f, _ := n.Float()
	if strings.HasSuffix(strings.ToLower(n.Text), "inf") || math.IsNaN(f) {
		return appendString(b, n.Text)
	}
	if _, base := radix(n.Text); base != 10 {
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	s := strings.TrimPrefix(n.Text, "+")
	if strings.HasPrefix(s, "-") {
		b, s = append(b, '-'), s[1:]
	}
	mantissa, exponent := s, ""
	if at := strings.IndexAny(s, "eE"); at >= 0 {
		mantissa, exponent = s[:at], s[at:]
	}
	before, after, _ := strings.Cut(mantissa, ".")
	if before = strings.TrimLeft(before, "0"); before == "" {
		before = "0"
	}
	b = append(b, before...)
	if after != "" {
		b = append(append(b, '.'), after...)
	}
	return append(b, exponent...)
}

const hexDigits = "0123456789abcdef"

// appendString writes s as a JSON string. It escapes only what RFC 8259 requires.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
			continue
		}
		b = appendByte(b, c)
		i++
	}
	return append(b, '"')
}

func appendByte(b []byte, c byte) []byte {
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c == '\n':
		return append(b, `\n`...)
	case c < ' ':
		return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
	}
	return append(b, c)
}

// value returns what encoding/json would: nil, bool, float64, string, []any or map[string]any.
func (n *Node) value() any {
	switch n.Kind {
	case Bool:
		return n.Text == "true"
	case Number:
		f, _ := n.Float()
		return f
	case String:
		return n.Text
	case Sequence:
		items := make([]any, len(n.Items))
		for i, item := range n.Items {
			items[i] = item.value()
		}
		return items
	case Mapping:
		m := make(map[string]any, len(n.Pairs))
		for _, p := range n.Pairs {
			m[p.Key] = p.Value.value()
		}
		return m
	}
	return nil
}
