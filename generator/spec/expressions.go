package spec

// This file reads the expressions of paths. OpenAPI has only names in braces; many documents also
// have forms of RFC 6570, such as {+path}, {?query} and {;matrix}, or of frameworks, such as
// {*path}, {path=**} and {id:[0-9]+}. The entry point is [loader.places].

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/pathtemplate"
)

// places sets the places of path parameters. Parameters that an expression places in another way
// are replaced by copies. The path is at pos.
func (l *loader) places(o *Operation, pos diag.Position) {
	count := map[string]int{}
	before, query := "", false
	add := func(name string) {
		if query && count[name] > 0 {
			return // as in /a/{id}?id={id}
		}
		o.Places = append(o.Places, Place{Param: name, Before: before})
		if count[name]++; count[name] == 2 {
			l.warnOnce(
				pos, "path-parameter", "path "+o.Path, "{"+name+"} occurs more than once, using an argument for each",
				"give each parameter another name",
			)
		}
	}
	for _, part := range o.Template.Parts {
		switch {
		case !part.IsExpression():
			before = lastLiteral(part.Literal, before)
			query = query || strings.Contains(part.Literal, "?")
		case part.IsPlain() || o.param("path", part.Name) >= 0:
			add(part.Name)
		case part.Operator() == '#':
			l.warnOnce(
				pos, "path-parameter", "path "+o.Path, "{"+part.Name+"} is a fragment, which is not sent", "delete it",
			)
			o.drop(part)
		default:
			l.expression(o, part, pos, add)
		}
	}
}

// lastLiteral returns the last segment of literal text that is not empty, or else before.
func lastLiteral(text, before string) string {
	segments := strings.FieldsFunc(text, func(r rune) bool { return r == '/' })
	if len(segments) == 0 {
		return before
	}
	return segments[len(segments)-1]
}

// expression reads an expression that is more than a name. It calls add for each path parameter.
func (l *loader) expression(o *Operation, part pathtemplate.Part, pos diag.Position, add func(name string)) {
	for _, v := range part.Variables() {
		if v.Modifier != "" && strings.IndexByte(":?", v.Modifier[0]) >= 0 {
			l.warnOnce(
				pos, "path-parameter", "path "+o.Path, "{"+part.Name+"} is more than a name, using only the name",
				"write {"+v.Name+"}, and a pattern in the schema",
			)
		}
		if part.Operator() == '?' || part.Operator() == '&' {
			l.queryVariable(o, v)
			continue
		}
		if i := o.param("path", v.Name); i >= 0 {
			p := *o.Params[i]
			placeParam(&p, part.Operator(), v.Modifier)
			o.Params[i] = &p
		}
		add(v.Name)
	}
}

// placeParam sets how a path parameter is written.
func placeParam(p *Param, operator byte, modifier string) {
	switch operator {
	case ';':
		p.Style = "matrix"
	case '.':
		p.Style = "label"
	case '+', '*':
		p.Greedy = true
	}
	switch {
	case modifier == "*" || modifier == "**":
		p.Explode = true
	case modifier == "+", strings.HasPrefix(modifier, "="):
		p.Greedy = true
	}
}

// queryVariable makes the parameter for a variable of {?name} an optional query parameter. The
// runtime sends it with the others, and leaves the expression out.
func (l *loader) queryVariable(o *Operation, v pathtemplate.Variable) {
	if o.param("query", v.Name) >= 0 {
		return
	}
	i := o.param("path", v.Name)
	if i < 0 {
		what := "query parameter {" + v.Name + "} is not declared, assuming string"
		l.warn(o.Pos, "path-parameter", "operation "+o.Name(), what, "add it to parameters")
		o.Params = append(o.Params, &Param{
			Name: v.Name, In: "query", Style: "form", Explode: true, Pos: o.Pos,
			Schema: &Schema{Pos: o.Pos, Types: []string{"string"}},
		})
		return
	}
	p := *o.Params[i]
	p.In, p.Style, p.Explode, p.Required = "query", "form", true, false
	o.Params[i] = &p
}

// param returns the index of a parameter, -1 if there is none.
func (o *Operation) param(in, name string) int {
	return slices.IndexFunc(o.Params, func(p *Param) bool { return p.In == in && p.Name == name })
}

// drop removes the path parameters of an expression.
func (o *Operation) drop(part pathtemplate.Part) {
	for _, v := range part.Variables() {
		if i := o.param("path", v.Name); i >= 0 {
			o.Params = slices.Delete(o.Params, i, i+1)
		}
	}
}

// placed returns the names of the parameters that have places, each once.
func placed(list []Place) []string {
	var names []string
	for _, p := range list {
		if !slices.Contains(names, p.Param) {
			names = append(names, p.Param)
		}
	}
	return names
}
