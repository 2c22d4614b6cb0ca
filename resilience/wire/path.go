package wire

// This file parses the templates of paths and fills them. It starts in parsePath and
// Template.appendPath.

import (
	"fmt"
	"strings"

	"github.com/resgen/resgen/resilience/pathtemplate"
)

// A step writes a piece of a path, or of the query in its template.
type step struct {
	kind  stepKind
	text  string // of stepText and stepSlash, escaped
	after int    // of stepSlash: length of its text after the last slash
	param int    // of stepValue: index of the parameter
	err   error  // of stepFail
}

// A stepKind is what a step does.
type stepKind uint8

const (
	stepText  stepKind = iota // writes a text without slashes, or of the query
	stepSlash                 // ends a segment of the path, and writes a text that begins with a slash
	stepQuery                 // begins the query
	stepValue                 // writes the value of a parameter
	stepFail                  // reports a template that cannot be filled
)

// parsePath splits a template into path and query. A malformed brace is text, which the generator
// assumes too.
func parsePath(template string, params []Param) []step {
	p := pathParser{params: params, written: -1}
	if !strings.HasPrefix(template, "/") {
		p.literal("/")
	}
	scanner := pathtemplate.Scan(template)
	for part, ok := scanner.Next(); ok && !p.done; part, ok = scanner.Next() {
		if part.IsExpression() {
			p.expression(part)
		} else {
			p.text(part.Literal)
		}
	}
	return p.steps
}

// A pathParser turns a path template into steps.
type pathParser struct {
	params  []Param
	steps   []step
	inQuery bool
	done    bool // what follows is a fragment, which is not sent
	written int  // index of the last parameter that is written, at first -1
}

// text adds literal text of the template, in which a question mark starts the query and a hash the
// fragment.
func (p *pathParser) text(text string) {
	text, _, p.done = strings.Cut(text, "#")
	path, query, found := strings.Cut(text, "?")
	if p.inQuery || !found {
		p.literal(text)
		return
	}
	p.literal(path)
	p.steps = append(p.steps, step{kind: stepQuery})
	p.inQuery = true
	p.literal(query)
}

// literal adds text of the path or of the query.
func (p *pathParser) literal(text string) {
	for !p.inQuery {
		segment, rest, found := strings.Cut(text, "/")
		if !found {
			break
		}
		p.escaped(segment)
		p.slash()
		text = rest
	}
	p.escaped(text)
}

// slash ends a segment. Segments without a value are written together with what is before them.
func (p *pathParser) slash() {
	if last := p.last(); last != nil && last.kind == stepSlash {
		last.text, last.after = last.text+"/", 0
		return
	}
	p.steps = append(p.steps, step{kind: stepSlash, text: "/"})
}

// escaped adds text that is not empty.
func (p *pathParser) escaped(text string) {
	if text == "" {
		return
	}
	text = string(appendLiteral(nil, text))
	if last := p.last(); last != nil && last.kind == stepSlash {
		last.text, last.after = last.text+text, last.after+len(text)
		return
	}
	p.steps = append(p.steps, step{kind: stepText, text: text})
}

// last returns the last step, or nil.
func (p *pathParser) last() *step {
	if len(p.steps) == 0 {
		return nil
	}
	return &p.steps[len(p.steps)-1]
}

// expression adds the value of a path parameter, or those of an expression of RFC 6570. Query
// parameters that an expression names are sent with the others, and a fragment is not sent.
func (p *pathParser) expression(part pathtemplate.Part) {
	if i := p.index(part.Name); i >= 0 || part.IsPlain() {
		p.value(part.Name, i)
		return
	}
	switch part.Operator() {
	case '?', '&', '#':
		return
	}
	for n, v := range part.Variables() {
		p.literal(separator(part.Operator(), n == 0))
		p.value(v.Name, p.index(v.Name))
	}
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

// value adds the value of the i-th parameter.
func (p *pathParser) value(name string, i int) {
	if i < 0 {
		err := fmt.Errorf("the path names a parameter {%s} that the operation does not have", name)
		p.steps = append(p.steps, step{kind: stepFail, err: err})
		return
	}
	p.written = i
	p.steps = append(p.steps, step{kind: stepValue, param: i})
}

// index returns the index of a path parameter, -1 if there is none. Of several with a name, each
// place of the path takes the next; if there is only one, it fills all places.
func (p *pathParser) index(name string) int {
	first := -1
	for i := range p.params {
		if p.params[i].In != Path || p.params[i].Name != name {
			continue
		}
		if i > p.written {
			return i
		}
		if first < 0 {
			first = i
		}
	}
	return first
}

// appendPath appends the path to dst, and the query of the template to query.
func (t *Template) appendPath(dst, query []byte, values []any) (path, _ []byte, err error) {
	s := segment{start: len(dst)}
	inQuery := false
	for i := range t.steps {
		switch step := &t.steps[i]; {
		case step.kind == stepFail:
			err = step.err
		case step.kind == stepQuery:
			inQuery = true
		case step.kind == stepValue && inQuery:
			query, err = t.appendQueryValue(query, step.param, values[step.param])
		case step.kind == stepValue:
			dst, err = t.appendPathValue(dst, &s, step.param, values[step.param])
		case step.kind == stepSlash:
			dst, err = s.slash(dst, step)
		case inQuery:
			query = append(query, step.text...)
		default:
			dst = append(dst, step.text...)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return dst, query, s.end(dst)
}

// A segment is the part of a path after its last slash.
type segment struct {
	start  int
	filled *Param // the last parameter in it
}

// slash ends a segment and writes a step that begins with a slash.
func (s *segment) slash(path []byte, step *step) ([]byte, error) {
	if err := s.end(path); err != nil {
		return nil, err
	}
	path = append(path, step.text...)
	s.start = len(path) - step.after
	return path, nil
}

// end refuses a segment that a value has turned into one that servers resolve or drop.
func (s *segment) end(path []byte) error {
	p := s.filled
	s.filled = nil
	if p == nil || !isDots(string(path[s.start:])) {
		return nil
	}
	return p.refuse("makes a path segment that is empty, \".\" or \"..\", which would address another resource; "+
		"give it another value", nil)
}

func isDots(s string) bool { return s == "" || s == "." || s == ".." }

// appendQueryValue appends the value of the i-th parameter, which is in the query of the template.
func (t *Template) appendQueryValue(dst []byte, i int, value any) ([]byte, error) {
	n, err := pathNode(&t.params[i], value)
	if err != nil {
		return nil, err
	}
	return t.styles[i].append(dst, n)
}

// appendPathValue appends the value of the i-th parameter.
func (t *Template) appendPathValue(dst []byte, s *segment, i int, value any) ([]byte, error) {
	p := &t.params[i]
	if text, ok := value.(string); ok && t.plain[i] && text != "" && !isDots(text) {
		s.filled = p
		return t.styles[i].appendText(dst, text), nil
	}
	n, err := pathNode(p, value)
	if err != nil {
		return nil, err
	}
	if p.Greedy {
		return t.appendGreedy(dst, s, i, n)
	}
	s.filled = p
	return t.styles[i].append(dst, n)
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

// valueSlash is a slash in a value.
var valueSlash = step{kind: stepSlash, text: "/"}

// appendGreedy appends a value that spans segments. A slash before it is the template's own.
func (t *Template) appendGreedy(dst []byte, s *segment, i int, n node) ([]byte, error) {
	p := &t.params[i]
	text, err := t.styles[i].append(nil, n)
	if err != nil {
		return nil, p.refuse("cannot be sent", err)
	}
	rest := string(text)
	if s.start == len(dst) {
		rest = strings.TrimPrefix(rest, "/")
	}
	for {
		part, after, more := strings.Cut(rest, "/")
		s.filled = p
		dst = append(dst, part...)
		if !more {
			return dst, nil
		}
		if dst, err = s.slash(dst, &valueSlash); err != nil {
			return nil, err
		}
		rest = after
	}
}
