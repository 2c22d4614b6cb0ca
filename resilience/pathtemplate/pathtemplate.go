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
// {+path}, or 0 if it has none. OpenAPI defines no operators: the name includes the operator.
func (p Part) Operator() byte {
	if p.Name != "" && strings.IndexByte("+#./;?&", p.Name[0]) >= 0 {
		return p.Name[0]
	}
	return 0
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

// Parse parses a template. Braces must be balanced, must not be nested, and must have a name between
// them. An error is a [*SyntaxError]; the template returned with it holds the parts that could be
// read, in which a malformed brace is literal text.
func Parse(text string) (Template, error) {
	p := parser{text: text}
	for p.next() {
	}
	p.literal(len(text))
	if p.err != nil {
		return Template{Parts: p.parts}, p.err
	}
	return Template{Parts: p.parts}, nil
}

// A parser reads a template from left to right.
type parser struct {
	text  string
	begin int // start of the literal text that is not yet a part
	at    int // where to look for the next brace
	parts []Part
	err   *SyntaxError // the first
}

// next reads up to and including the next brace or expression. It returns false at the end.
func (p *parser) next() bool {
	i := strings.IndexAny(p.text[p.at:], "{}")
	if i < 0 {
		return false
	}
	open := p.at + i
	p.at = open + 1
	if p.text[open] == '}' {
		p.fail(open, "brace was not opened")
		return true
	}
	n := strings.IndexAny(p.text[p.at:], "{}")
	switch {
	case n < 0:
		p.fail(open, "brace is not closed")
	case p.text[p.at+n] == '{':
		p.fail(p.at+n, "brace within braces")
	case n == 0:
		p.fail(open, "braces without a name")
	default:
		p.literal(open)
		p.parts = append(p.parts, Part{Name: p.text[p.at : p.at+n], Offset: open})
		p.at += n + 1
		p.begin = p.at
		return true
	}
	if n >= 0 && p.text[p.at+n] == '}' {
		p.at += n + 1 // the braces without a name
	}
	return true
}

// literal makes a part of the text before end.
func (p *parser) literal(end int) {
	if end > p.begin {
		p.parts = append(p.parts, Part{Literal: p.text[p.begin:end], Offset: p.begin})
	}
	p.begin = end
}

// fail keeps the first error.
func (p *parser) fail(offset int, problem string) {
	if p.err == nil {
		p.err = &SyntaxError{Template: p.text, Offset: offset, Problem: problem}
	}
}
