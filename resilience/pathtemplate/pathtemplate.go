package pathtemplate

import (
	"fmt"
	"slices"
	"strings"
)

// A Part is a piece of a template: literal text or an expression in braces.
type Part struct {
	// Literal is text that is part of the path, escaped as the document has it. It is empty for an
	// expression.
	Literal string

	// Name is the text between the braces: the name of a parameter. It is empty for literal text.
	Name string

	// Offset is the index in the template of the first byte of the part, which is the opening brace
	// of an expression.
	Offset int
}

// IsExpression reports whether a part is an expression in braces.
func (p Part) IsExpression() bool { return p.Name != "" }

// Operator returns the operator of RFC 6570 that the expression starts with, such as '+' in
// {+path}, or the '*' of {*path}, or 0 if it has none. OpenAPI defines no operators: a parameter
// may be called "+path".
func (p Part) Operator() byte {
	if p.Name != "" && strings.IndexByte("+#./;?&*", p.Name[0]) >= 0 {
		return p.Name[0]
	}
	return 0
}

// A Variable is one of the names in an expression of RFC 6570.
type Variable struct {
	Name     string
	Modifier string // what follows the name: "*" in {list*}, ":3" in {name:3}; empty for most
}

// Variables returns the variables of an expression: q and lang of {?q,lang}. For an expression that
// is only a name, that is the name.
func (p Part) Variables() []Variable {
	text := p.Name
	if p.Operator() != 0 {
		text = text[1:]
	}
	var list []Variable
	for text != "" {
		var one string
		if one, text, _ = strings.Cut(text, ","); one == "" {
			continue
		}
		v := Variable{Name: one}
		if i := strings.IndexAny(one, "*+:=?"); i > 0 {
			v = Variable{Name: one[:i], Modifier: one[i:]}
		}
		list = append(list, v)
	}
	return list
}

// IsPlain reports whether an expression is only a name.
func (p Part) IsPlain() bool {
	list := p.Variables()
	return len(list) == 0 || len(list) == 1 && list[0].Name == p.Name
}

// A Template is a parsed path template. The zero value is the empty template.
type Template struct {
	Parts []Part
}

// Names returns the names of all expressions in their order, each once.
func (t Template) Names() []string {
	var names []string
	for _, p := range t.Parts {
		if p.IsExpression() && !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	return names
}

// String returns the text that the template was parsed from.
func (t Template) String() string {
	var b strings.Builder
	for _, p := range t.Parts {
		if p.IsExpression() {
			b.WriteString("{" + p.Name + "}")
		} else {
			b.WriteString(p.Literal)
		}
	}
	return b.String()
}

// A SyntaxError describes a malformed template.
type SyntaxError struct {
	Template string
	Offset   int    // index of the brace that is wrong
	Problem  string // for example "brace is not closed"
}

// Error returns the template, the offset and the problem.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("path template %q: %s at offset %d", e.Template, e.Problem, e.Offset)
}

// Parse parses a template. Braces must be balanced, must not be nested, and must have a name
// between them. An error is a [*SyntaxError]; the template returned with it holds the parts that
// could be read, in which a malformed brace is literal text.
func Parse(text string) (Template, error) {
	var t Template
	s := Scan(text)
	for p, ok := s.Next(); ok; p, ok = s.Next() {
		t.Parts = append(t.Parts, p)
	}
	return t, s.Err()
}

// A Scanner reads a template part by part, without allocating memory unless the template is
// malformed. Use [Scan] to make one.
type Scanner struct {
	text  string
	begin int // start of the text that is not yet returned
	at    int // where to look for the next brace
	err   *SyntaxError
}

// Scan returns a Scanner that reads text.
func Scan(text string) Scanner { return Scanner{text: text} }

// Err returns the first error that [Scanner.Next] met, which is a [*SyntaxError], or nil.
func (s *Scanner) Err() error {
	if s.err == nil {
		return nil
	}
	return s.err
}

// Next returns the next part, and false at the end. A malformed brace is literal text, and is an
// error that [Scanner.Err] returns.
func (s *Scanner) Next() (Part, bool) {
	for {
		i := strings.IndexAny(s.text[s.at:], "{}")
		if i < 0 {
			return s.literal(len(s.text))
		}
		open := s.at + i
		end, ok := s.expression(open)
		if !ok {
			s.at = end
			continue
		}
		if open > s.begin { // the expression is read again by the next call
			return s.literal(open)
		}
		s.begin, s.at = end, end
		return Part{Name: s.text[open+1 : end-1], Offset: open}, true
	}
}

// expression reads the expression that starts with the brace at open, and returns where to go on.
// It returns false for a malformed one.
func (s *Scanner) expression(open int) (end int, ok bool) {
	name := open + 1
	if s.text[open] == '}' {
		s.fail(open, "brace was not opened")
		return name, false
	}
	n := strings.IndexAny(s.text[name:], "{}")
	switch {
	case n < 0:
		s.fail(open, "brace is not closed")
		return name, false
	case s.text[name+n] == '{':
		s.fail(name+n, "brace within braces")
		return name, false
	case n == 0:
		s.fail(open, "braces without a name")
		return name + 1, false
	}
	return name + n + 1, true
}

// literal returns the text before end.
func (s *Scanner) literal(end int) (Part, bool) {
	p := Part{Literal: s.text[s.begin:end], Offset: s.begin}
	s.begin, s.at = end, end
	return p, p.Literal != ""
}

// fail keeps the first error.
func (s *Scanner) fail(offset int, problem string) {
	if s.err == nil {
		s.err = &SyntaxError{Template: s.text, Offset: offset, Problem: problem}
	}
}
