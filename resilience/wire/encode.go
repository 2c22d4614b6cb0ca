package wire

// This file encodes the parameters of a request. It starts in EncodeRequest.

import (
	"fmt"
	"strings"

	"github.com/resgen/resgen/resilience/pathtemplate"
)

// Encoded is what the parameters of a call contribute to its request, escaped for the wire.
type Encoded struct {
	Path   string // begins with a slash; must be appended to the server's URL without further escaping
	Query  string // without the question mark; empty: none
	Header []Field
	Cookie string // value of the Cookie header; empty: none
}

// A Field is one header field.
type Field struct {
	Name, Value string
}

// Target returns the path and the query in the form of a request line.
func (e Encoded) Target() string {
	if e.Query == "" {
		return e.Path
	}
	return e.Path + "?" + e.Query
}

// A ParamError describes a parameter that cannot be sent. Its text never contains the parameter's
// value.
type ParamError struct {
	Name   string
	In     Location
	Reason string
	Err    error // what the encoding of the value returned, or nil
}

func (e *ParamError) Error() string {
	text := fmt.Sprintf("%v parameter %q %s", e.In, e.Name, e.Reason)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *ParamError) Unwrap() error { return e.Err }

// String returns the location's name in an OpenAPI document.
func (l Location) String() string {
	switch l {
	case Path:
		return "path"
	case Query:
		return "query"
	case Header:
		return "header"
	case Cookie:
		return "cookie"
	}
	return fmt.Sprintf("location %d", uint8(l))
}

// EncodeRequest fills the path template with values and writes the query, header fields and
// cookies. values has the order of params.
//
// A query in the template is kept, before that of the parameters; what follows a # in it is
// dropped. In a query a space is %20. Every error is a [*ParamError], except for a template that
// names an unknown parameter and a wrong number of values. A required parameter without a value is
// an error, and so is a path parameter that would remove or change a segment of the path: one that
// is empty, "." or "..".
func EncodeRequest(template string, params []Param, values []any) (Encoded, error) {
	if len(params) != len(values) {
		return Encoded{}, fmt.Errorf("%s takes %d parameters, got %d values", template, len(params), len(values))
	}
	path, query, err := expandPath(template, params, values)
	if err != nil {
		return Encoded{}, err
	}
	out := Encoded{Path: path}
	var cookie []byte
	for i := range params {
		p := &params[i]
		switch p.In {
		case Query:
			query, err = appendParam(query, p, values[i])
		case Header:
			out.Header, err = appendHeader(out.Header, p, values[i])
		case Cookie:
			cookie, err = appendParam(cookie, p, values[i])
		}
		if err != nil {
			return Encoded{}, err
		}
	}
	out.Query, out.Cookie = string(query), string(cookie)
	return out, nil
}

// appendParam appends one parameter of a query or a cookie.
func appendParam(dst []byte, p *Param, value any) ([]byte, error) {
	n, err := paramNode(p, value)
	if err != nil || n.kind == absent {
		return dst, err
	}
	if dst == nil {
		dst = make([]byte, 0, 128)
	}
	dst, err = appendStyled(dst, styledOf(p), n)
	if err != nil {
		return dst, p.refuse("cannot be sent", err)
	}
	return dst, nil
}

// appendHeader appends one header field.
func appendHeader(fields []Field, p *Param, value any) ([]Field, error) {
	n, err := paramNode(p, value)
	if err != nil || n.kind == absent {
		return fields, err
	}
	text, err := appendStyled(nil, styledOf(p), n)
	if err != nil {
		return fields, p.refuse("cannot be sent", err)
	}
	if i := controlIndex(text); i >= 0 {
		return fields, p.refuse(fmt.Sprintf("holds the control character %#02x, which no header may carry; remove it",
			text[i]), nil)
	}
	return append(fields, Field{p.Name, string(text)}), nil
}

// controlIndex finds the first character that a header value must not hold (RFC 9110, section 5.5),
// or -1.
func controlIndex(text []byte) int {
	for i, c := range text {
		if c < ' ' && c != '\t' || c == 0x7f {
			return i
		}
	}
	return -1
}

// paramNode reads the value of a parameter. The node is absent if nothing is to be sent.
func paramNode(p *Param, value any) (node, error) {
	n, err := nodeOfParam(p, value)
	if err != nil {
		return node{}, p.refuse("has a value that cannot be sent", err)
	}
	switch {
	case !n.isEmpty():
		return n, nil
	case n.kind != absent && p.Empty:
		return textNode(""), nil
	case p.Default != "":
		return textNode(p.Default), nil
	case p.Required:
		return node{}, p.refuse("is required; give it a value", nil)
	}
	return node{}, nil
}

// nodeOfParam reads a value, as one text if the parameter has a media type. An empty list is absent
// there too, and so is a nil map.
func nodeOfParam(p *Param, value any) (node, error) {
	n, err := nodeOf(value)
	if err != nil || p.Media == "" || n.kind == absent || n.kind == list && n.isEmpty() {
		return n, err
	}
	if IsJSON(p.Media) {
		data, err := marshalSent(value)
		if err != nil || isNull(data) {
			return node{}, err
		}
		return textNode(string(data)), nil
	}
	if n.kind != scalar {
		return node{}, fmt.Errorf("a list or object has no form as %s", p.Media)
	}
	return n, nil
}

func (p *Param) refuse(reason string, err error) *ParamError {
	return &ParamError{Name: p.Name, In: p.In, Reason: reason, Err: err}
}

// styledOf settles style and escaping of a parameter. No style is Form, except in path and header.
func styledOf(p *Param) styled {
	s := styled{name: p.Name, style: p.Style, explode: p.Explode, in: p.In, escape: escapeOf(p)}
	if s.style == 0 && (p.In == Path || p.In == Header) {
		s.style = Simple
	}
	return s
}

func escapeOf(p *Param) escape {
	switch {
	case p.In == Header:
		return escapeNone
	case p.In == Cookie:
		return escapeCookie
	case p.In == Path && p.Greedy:
		return escapeGreedy
	case p.In == Query && p.Reserved:
		return escapeReserved
	}
	return escapeStrict
}

// expandPath splits a template into path and query and fills its placeholders. A malformed brace is
// text, which the generator assumes too.
func expandPath(template string, params []Param, values []any) (path string, query []byte, err error) {
	x := expander{params: params, values: values, written: -1}
	x.path = make([]byte, 0, len(template)+32)
	if !strings.HasPrefix(template, "/") {
		x.literal("/")
	}
	scanner := pathtemplate.Scan(template)
	for part, ok := scanner.Next(); ok && err == nil && !x.done; part, ok = scanner.Next() {
		if part.IsExpression() {
			err = x.expression(part)
		} else {
			err = x.text(part.Literal)
		}
	}
	if err == nil {
		err = x.endSegment()
	}
	return string(x.path), x.query, err
}

// An expander writes a path template segment by segment.
type expander struct {
	params  []Param
	values  []any
	path    []byte
	query   []byte
	inQuery bool
	done    bool   // what follows is a fragment, which is not sent
	segment int    // where the current segment begins in path
	filled  *Param // the last parameter in the current segment
	written int    // index of the last parameter that was written, at first -1
}

// text writes literal text of the template, in which a question mark starts the query and a hash
// the fragment.
func (x *expander) text(text string) error {
	text, _, x.done = strings.Cut(text, "#")
	if x.inQuery {
		return x.literal(text)
	}
	path, query, found := strings.Cut(text, "?")
	if err := x.literal(path); err != nil || !found {
		return err
	}
	x.inQuery = true
	return x.literal(query)
}

// literal writes text of the path or of the query.
func (x *expander) literal(text string) error {
	if x.inQuery {
		x.query = appendLiteral(x.query, text)
		return nil
	}
	for {
		slash := strings.IndexByte(text, '/')
		if slash < 0 {
			x.path = appendLiteral(x.path, text)
			return nil
		}
		x.path = appendLiteral(x.path, text[:slash])
		if err := x.endSegment(); err != nil {
			return err
		}
		x.path = append(x.path, '/')
		x.segment = len(x.path)
		text = text[slash+1:]
	}
}

// endSegment refuses a segment that a value has turned into one that servers resolve or drop.
func (x *expander) endSegment() error {
	p := x.filled
	x.filled = nil
	if p == nil || !isDots(string(x.path[x.segment:])) {
		return nil
	}
	return p.refuse("makes a path segment that is empty, \".\" or \"..\", which would address another resource; "+
		"give it another value", nil)
}

func isDots(s string) bool { return s == "" || s == "." || s == ".." }

// expression writes the value of a path parameter, or those of an expression of RFC 6570. Query
// parameters that an expression names are sent with the others, and a fragment is not sent.
func (x *expander) expression(part pathtemplate.Part) error {
	if i := x.index(part.Name); i >= 0 || part.IsPlain() {
		return x.value(part.Name, i)
	}
	switch part.Operator() {
	case '?', '&', '#':
		return nil
	}
	for n, v := range part.Variables() {
		if err := x.literal(separator(part.Operator(), n == 0)); err != nil {
			return err
		}
		if err := x.value(v.Name, x.index(v.Name)); err != nil {
			return err
		}
	}
	return nil
}

// separator returns the text before a variable. The styles of labels and matrices have their own.
func separator(operator byte, first bool) string {
	switch {
	case operator == '/':
		return "/"
	case first, operator == '.', operator == ';':
		return ""
	}
	return ","
}

// value writes the value of the i-th parameter.
func (x *expander) value(name string, i int) error {
	if i < 0 {
		return fmt.Errorf("the path names a parameter {%s} that the operation does not have", name)
	}
	x.written = i
	p := &x.params[i]
	n, err := pathNode(p, x.values[i])
	if err != nil {
		return err
	}
	if x.inQuery {
		x.query, err = appendStyled(x.query, styledOf(p), n)
		return err
	}
	if p.Greedy {
		return x.greedy(p, n)
	}
	x.filled = p
	x.path, err = appendStyled(x.path, styledOf(p), n)
	return err
}

// index returns the index of a path parameter, -1 if there is none. Of several with a name, each
// place of the path takes the next; if there is only one, it fills all places.
func (x *expander) index(name string) int {
	first := -1
	for i := range x.params {
		if x.params[i].In != Path || x.params[i].Name != name {
			continue
		}
		if i > x.written {
			return i
		}
		if first < 0 {
			first = i
		}
	}
	return first
}

// pathNode reads the value of a path parameter, which must have a text whether it is marked as
// required or not.
func pathNode(p *Param, value any) (node, error) {
	n, err := paramNode(p, value)
	switch {
	case err != nil:
		return node{}, err
	case n.isEmpty(), n.kind == scalar && n.text == "":
		return node{}, p.refuse("is empty, which would address another resource; give it a value", nil)
	case n.kind == scalar && isDots(n.text):
		return node{}, p.refuse("is \".\" or \"..\", which would address another resource; give it another value", nil)
	}
	return n, nil
}

// greedy writes a value that spans segments. A slash before it is the template's own.
func (x *expander) greedy(p *Param, n node) error {
	text, err := appendStyled(nil, styledOf(p), n)
	if err != nil {
		return p.refuse("cannot be sent", err)
	}
	rest := string(text)
	if x.segment == len(x.path) {
		rest = strings.TrimPrefix(rest, "/")
	}
	for {
		part, after, more := strings.Cut(rest, "/")
		x.filled = p
		x.path = append(x.path, part...)
		if !more {
			return nil
		}
		if err := x.endSegment(); err != nil {
			return err
		}
		x.path = append(x.path, '/')
		x.segment = len(x.path)
		rest = after
	}
}
