package wire

// This file encodes the parameters of a request. It starts in Template.Encode.

import (
	"bytes"
	"fmt"
	"sync"

	"github.com/resgen/resgen/resilience/media"
)

// Encoded is what the parameters of a call contribute to its request, escaped for the wire.
type Encoded struct {
	Path   string // begins with a slash; must be appended to the server's URL without further escaping
	Plain  string // Path without escapes
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
	case QueryString:
		return "querystring"
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
	return NewTemplate(template, params).Encode("", values)
}

// A Template is the path and the parameters of an operation, prepared for many calls.
type Template struct {
	text   string
	params []Param
	styles []styleWriter // of params
	plain  []bool        // of params: texts are written as they are, and not as JSON or with other names
	steps  []step        // of the path
}

// NewTemplate returns a template with parameters, which must not be changed afterwards.
func NewTemplate(path string, params []Param) *Template {
	t := &Template{text: path, params: params, steps: parsePath(path, params)}
	t.styles, t.plain = make([]styleWriter, len(params)), make([]bool, len(params))
	for i := range params {
		p := &params[i]
		t.styles[i] = newStyleWriter(styledOf(p))
		t.plain[i] = p.Media == "" && p.Style != DeepObject && !p.Greedy
	}
	return t
}

// Encode returns what [EncodeRequest] does, with a prefix before the path.
func (t *Template) Encode(prefix string, values []any) (Encoded, error) {
	if len(t.params) != len(values) {
		return Encoded{}, fmt.Errorf("%s takes %d parameters, got %d values", t.text, len(t.params), len(values))
	}
	memory := buffers.Get().(*buffer)
	defer buffers.Put(memory)
	path, query, err := t.appendPath(append(memory.path[:0], prefix...), memory.query[:0], values)
	if err != nil {
		return Encoded{}, err
	}
	var out Encoded
	var cookie []byte
	for i := range t.params {
		switch p := &t.params[i]; p.In {
		case Query:
			query, err = t.appendParam(query, i, values[i])
		case QueryString:
			query, err = appendQueryString(query, p, values[i])
		case Header:
			out.Header, err = t.appendHeader(out.Header, i, values[i])
		case Cookie:
			cookie, err = t.appendParam(cookie, i, values[i])
		}
		if err != nil {
			return Encoded{}, err
		}
	}
	out.Cookie = string(cookie)
	memory.keep(out.join(path, query), query)
	return out, nil
}

// join sets path and query. They share an allocation. It returns path, which may have been changed.
func (e *Encoded) join(path, query []byte) []byte {
	n, m := len(path), len(path)+len(query)
	escaped := bytes.IndexByte(path, '%') >= 0
	path = append(path, query...)
	if escaped {
		path = appendUnescaped(path, path[:n])
	}
	text := string(path)
	e.Path, e.Query, e.Plain = text[:n], text[n:m], text[:n]
	if escaped {
		e.Plain = text[m:]
	}
	return path
}

// A buffer is the memory in which path and query are written.
type buffer struct{ path, query []byte }

var buffers = sync.Pool{New: func() any { return new(buffer) }}

// mostKept is how many bytes a buffer may keep room for in each of its parts.
const mostKept = 1 << 16

// keep keeps memory for the next use, unless it is large.
func (b *buffer) keep(path, query []byte) {
	if cap(path) <= mostKept && cap(query) <= mostKept {
		b.path, b.query = path, query
	}
}

// appendParam appends the value of the i-th parameter, which is in a query or a cookie.
func (t *Template) appendParam(dst []byte, i int, value any) ([]byte, error) {
	p := &t.params[i]
	if t.plain[i] {
		if dst, ok := t.styles[i].appendPlain(dst, value); ok {
			return dst, nil
		}
	}
	n, err := paramNode(p, value)
	if err != nil || n.kind == absent {
		return dst, err
	}
	dst, err = t.styles[i].append(dst, n)
	if err != nil {
		return dst, p.refuse("cannot be sent", err)
	}
	return dst, nil
}

// appendQueryString appends a parameter that is a whole query: the pairs of a form, or else one
// text without a name.
func appendQueryString(dst []byte, p *Param, value any) ([]byte, error) {
	text, err := p.queryString(value)
	switch {
	case err != nil:
		return dst, err
	case len(text) == 0 && p.Required:
		return dst, p.refuse("is required; give it a value", nil)
	case len(dst) > 0 && len(text) > 0:
		dst = append(dst, '&')
	}
	return append(dst, text...), nil
}

// queryString returns the value of a parameter that is a whole query.
func (p *Param) queryString(value any) ([]byte, error) {
	if media.Base(p.Media) != "application/x-www-form-urlencoded" {
		n, err := paramNode(p, value)
		return appendEscaped(nil, n.text, escapeStrict), err
	}
	if isNil(value) {
		return nil, nil
	}
	text, err := (&Body{Parts: p.Parts}).encodeForm(value)
	if err != nil {
		return nil, p.refuse("cannot be sent", err)
	}
	return text, nil
}

// appendHeader appends the header field of the i-th parameter.
func (t *Template) appendHeader(fields []Field, i int, value any) ([]Field, error) {
	p := &t.params[i]
	n, err := paramNode(p, value)
	if err != nil || n.kind == absent {
		return fields, err
	}
	text, err := t.styles[i].append(nil, n)
	if err != nil {
		return fields, p.refuse("cannot be sent", err)
	}
	if i := controlIndex(text); i >= 0 {
		const reason = "contains the control character %#02x, which is not allowed in a header; remove it"
		return fields, p.refuse(fmt.Sprintf(reason, text[i]), nil)
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
		return node{}, fmt.Errorf("a list or object cannot be written as %s", p.Media)
	}
	return n, nil
}

func (p *Param) refuse(reason string, err error) *ParamError {
	return &ParamError{Name: p.Name, In: p.In, Reason: reason, Err: err}
}

// styledOf settles style and escaping of a parameter. No style is Form, except in path and header.
func styledOf(p *Param) styled {
	s := styled{name: p.Name, style: p.Style, explode: p.Explode, in: p.In, escape: escapeOf(p), inner: p.Inner}
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
