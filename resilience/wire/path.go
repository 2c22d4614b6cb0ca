package wire

// This file fills the templates of paths. It starts in expandPath.

import (
	"fmt"
	"strings"

	"github.com/resgen/resgen/resilience/pathtemplate"
)

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
