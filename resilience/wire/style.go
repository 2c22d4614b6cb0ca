package wire

// This file writes a node in one of OpenAPI's parameter styles. It begins in appendStyled.

import (
	"fmt"
	"strconv"
	"strings"
)

// A notation is how a style writes a value: the text before it, the separators of exploded and of
// joined values, whether the name is written, and how a value with an empty text is written. The
// rows follow RFC 6570, section 3.2, to which OpenAPI refers; the last three are OpenAPI's own.
type notation struct {
	first  string
	sep    string // between exploded values
	comma  string // between values that are not exploded
	delim  string // the character that comma represents, if a joined value must not contain it
	named  bool
	ifNone string // after the name of a value without text
	after  string // between two parameters in the same place
}

// notationOf returns the row of a style. A style with a delimiter names its values in a query, as
// OpenAPI says, and not in a path or header, where Swagger 2.0 has it.
func notationOf(p styled) notation {
	switch p.style {
	case Simple:
		return notation{sep: ",", comma: ","}
	case Label:
		return notation{first: ".", sep: ".", comma: ","}
	case Matrix:
		return notation{first: ";", sep: ";", comma: ",", named: true}
	}
	n := notation{sep: "&", comma: ",", named: true, ifNone: "=", after: "&"}
	if p.in == Cookie {
		n.sep, n.after = "; ", "; "
	}
	if delim := delimiters[p.style]; delim != "" {
		n.comma, n.delim = delimiter(delim[0], p.escape), delim
	}
	if p.in == Path || p.in == Header {
		n = notation{sep: n.comma, comma: n.comma, delim: n.delim}
	}
	return n
}

// delimiters has the characters between the values of styles.
var delimiters = map[Style]string{SpaceDelimited: " ", PipeDelimited: "|", TabDelimited: "\t"}

// delimiter returns the escaped form of a character that separates values. A comma is not escaped.
func delimiter(c byte, e escape) string {
	if c == ',' || e == escapeNone {
		return string(c)
	}
	return string(appendTriplet(nil, c))
}

// A styled is what is known about a parameter before its value.
type styled struct {
	name    string
	style   Style
	explode bool
	in      Location
	escape  escape
	inner   string // as in Param
}

// appendStyled appends a value in its style to dst.
func appendStyled(dst []byte, p styled, n node) ([]byte, error) {
	w := newStyleWriter(p)
	return w.append(dst, n)
}

// appendPlain appends a value that is a text, or a list of texts that are joined, which most are.
// It does what append does for their nodes. ok is false for all others.
func (w *styleWriter) appendPlain(dst []byte, value any) (_ []byte, ok bool) {
	switch v := value.(type) {
	case string:
		return w.appendText(dst, v), true
	case *string:
		if v != nil {
			return w.appendText(dst, *v), true
		}
	case []string:
		if len(v) > 0 && !w.p.explode && w.own == "" {
			return w.appendTexts(dst, v), true
		}
	}
	return dst, false
}

// appendText appends a text.
func (w *styleWriter) appendText(dst []byte, text string) []byte {
	dst = append(append(separate(dst, w.after), w.first...), w.label...)
	if w.named && text == "" {
		return append(dst, w.ifNone...)
	}
	if w.named {
		dst = append(dst, '=')
	}
	return appendEscaped(dst, text, w.p.escape)
}

// appendTexts appends texts as one value.
func (w *styleWriter) appendTexts(dst []byte, texts []string) []byte {
	dst = append(append(separate(dst, w.after), w.first...), w.label...)
	if w.named {
		dst = append(dst, '=')
	}
	for i, text := range texts {
		if i > 0 {
			dst = append(dst, w.comma...)
		}
		dst = appendEscaped(dst, text, w.p.escape)
	}
	return dst
}

// append appends a value to dst. It does not change the writer.
func (w styleWriter) append(dst []byte, n node) ([]byte, error) {
	if w.p.style == DeepObject {
		return appendDeep(dst, w.p, appendEscaped(nil, w.p.name, w.p.escape), n)
	}
	p := w.p
	w.dst = append(separate(dst, w.after), w.first...)
	switch {
	case n.kind == scalar:
		w.own = ""
		w.pair(p.name, n)
	case p.explode && w.named:
		w.own = strings.TrimPrefix(w.own, w.delim) // it separates nothing
		w.exploded(n)
	case p.explode:
		w.exploded(n)
	default:
		w.joined(n)
	}
	return w.dst, w.err
}

// A styleWriter appends the texts of one parameter.
type styleWriter struct {
	notation
	dst   []byte
	p     styled
	label []byte // what is before a value: the name, if the style names values
	own   string // characters that no value may contain
	err   error
}

func newStyleWriter(p styled) styleWriter {
	w := styleWriter{p: p, notation: notationOf(p)}
	if w.named {
		w.label = appendEscaped(nil, p.name, p.escape)
	}
	if w.own = w.delim; p.inner != "" {
		w.own += strings.ReplaceAll(p.inner, ",", "")
	}
	return w
}

// pair writes one value, after its name if the style names values.
func (w *styleWriter) pair(name string, n node) {
	if !w.named {
		w.value(n)
		return
	}
	w.text(name)
	if n.kind == scalar && n.text == "" {
		w.dst = append(w.dst, w.ifNone...)
		return
	}
	w.dst = append(w.dst, '=')
	w.value(n)
}

// exploded writes each item as a separate value.
func (w *styleWriter) exploded(n node) {
	for i := range n.len() {
		item := n.item(i)
		if i > 0 {
			w.dst = append(w.dst, w.sep...)
		}
		if n.kind == list {
			w.pair(w.p.name, item)
			continue
		}
		w.text(n.keys[i])
		w.dst = append(w.dst, '=')
		w.value(item)
	}
}

// joined writes all items as one value.
func (w *styleWriter) joined(n node) {
	if w.named {
		w.text(w.p.name)
		w.dst = append(w.dst, '=')
	}
	for i := range n.len() {
		item := n.item(i)
		if i > 0 {
			w.dst = append(w.dst, w.comma...)
		}
		if n.kind == object {
			w.undelimited(n.keys[i])
			w.text(n.keys[i])
			w.dst = append(w.dst, w.comma...)
		}
		w.value(item)
	}
}

// undelimited sets an error if a value contains a delimiter: a server would read it as two values.
func (w *styleWriter) undelimited(s string) {
	if i := strings.IndexAny(s, w.own); i >= 0 && w.err == nil {
		w.err = fmt.Errorf("a value contains the character %q that separates values in this style; send it in a "+
			"separate call or not at all", s[i:i+1])
	}
}

func (w *styleWriter) text(s string) { w.dst = appendEscaped(w.dst, s, w.p.escape) }

func (w *styleWriter) value(n node) { w.within(n, w.p.inner) }

// within writes a value. A list is written with the first delimiter between its values, if there is
// one.
func (w *styleWriter) within(n node, delims string) {
	if n.kind != list || delims == "" {
		text := n.flat()
		w.undelimited(text)
		w.text(text)
		return
	}
	for i := range n.len() {
		if i > 0 {
			w.dst = append(w.dst, delimiter(delims[0], w.p.escape)...)
		}
		w.within(n.item(i), delims[1:])
	}
}

// flat is the text of a node inside a value. No style says how to write lists and objects inside
// lists and objects: they are written as JSON.
func (n node) flat() string {
	if n.kind == scalar {
		return n.text
	}
	return string(n.raw)
}

// appendDeep appends name[key]=value for every leaf, lists with indexes as name[key][0]=value.
func appendDeep(dst []byte, p styled, name []byte, n node) ([]byte, error) {
	if n.kind == scalar {
		dst = separate(dst, "&")
		dst = append(append(dst, name...), '=')
		return appendEscaped(dst, n.text, p.escape), nil
	}
	var err error
	for i := range n.len() {
		key := strconv.Itoa(i)
		if n.kind == object {
			key = n.keys[i]
		}
		inner := append(name[:len(name):len(name)], "%5B"...)
		inner = append(appendEscaped(inner, key, p.escape), "%5D"...)
		if dst, err = appendDeep(dst, p, inner, n.item(i)); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// separate appends sep unless dst is empty.
func separate(dst []byte, sep string) []byte {
	if len(dst) == 0 {
		return dst
	}
	return append(dst, sep...)
}
