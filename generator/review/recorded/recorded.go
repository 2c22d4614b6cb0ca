package recorded

// This file finds the declarations of a generated file. It starts in [Read]. values.go reads the
// literals.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// Read returns the policies in a generated file. It reports false if the file has none, for example
// because it was edited so that it does not parse. Positions name the file with path.
func Read(path string, source []byte) (*api.API, bool) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, path, source, parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return nil, false
	}
	r := reader{set: set, path: path}
	a := &api.API{Package: tree.Name.Name, Source: document(tree)}
	var operations []*ast.CompositeLit
	found := false
	for _, v := range variables(tree) {
		switch typeName(v.Type) {
		case "policy.Policy":
			a.Policy, a.Sources = r.policy(v)
			found = true
		case "resilience.API":
			r.shared(v, a)
		case "resilience.Operation":
			operations = append(operations, v)
		}
	}
	for _, v := range operations {
		a.Operations = append(a.Operations, r.operation(v, a))
	}
	return a, found
}

// document returns the path of the document in the first line of a file.
func document(tree *ast.File) string {
	if len(tree.Comments) == 0 {
		return ""
	}
	_, rest, _ := strings.Cut(tree.Comments[0].List[0].Text, " from ")
	return strings.TrimSuffix(rest, ". DO NOT EDIT.")
}

// variables returns the values of the variables of a file that are composite literals.
func variables(tree *ast.File) []*ast.CompositeLit {
	var list []*ast.CompositeLit
	for _, d := range tree.Decls {
		gen, ok := d.(*ast.GenDecl)
		if !ok || gen.Tok != token.VAR {
			continue
		}
		for _, s := range gen.Specs {
			for _, v := range s.(*ast.ValueSpec).Values {
				if literal, ok := v.(*ast.CompositeLit); ok {
					list = append(list, literal)
				}
			}
		}
	}
	return list
}

// typeName returns the name of a type of another package, "package.Name".
func typeName(e ast.Expr) string {
	if s, ok := e.(*ast.SelectorExpr); ok {
		if pkg, ok := s.X.(*ast.Ident); ok {
			return pkg.Name + "." + s.Sel.Name
		}
	}
	return ""
}

// members returns the members of a composite literal by key.
func members(e ast.Expr) map[string]ast.Expr {
	out := map[string]ast.Expr{}
	literal, ok := e.(*ast.CompositeLit)
	if !ok {
		return out
	}
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			out[keyOf(pair)] = pair.Value
		}
	}
	return out
}

// keyOf returns the key of a member: the name of a field, or a text.
func keyOf(pair *ast.KeyValueExpr) string {
	switch k := pair.Key.(type) {
	case *ast.Ident:
		return k.Name
	case *ast.BasicLit:
		return textOf(k)
	}
	return ""
}

// textOf returns the value of a string literal.
func textOf(e ast.Expr) string {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		text, _ := strconv.Unquote(lit.Value)
		return text
	}
	return ""
}

// shared reads the named circuits and buckets of an API.
func (r *reader) shared(v *ast.CompositeLit, a *api.API) {
	a.Circuits, a.Buckets = map[string]policy.Breaker{}, map[string]policy.Rate{}
	a.Shared = policy.SharedSources{}
	fields := members(v)
	for name, e := range members(fields["Circuits"]) {
		var p policy.Policy
		a.Shared["circuit "+name] = r.values(e, reflect.ValueOf(&p.Breaker).Elem(), "breaker.")
		a.Circuits[name] = p.Breaker
	}
	for name, e := range members(fields["Buckets"]) {
		var p policy.Policy
		a.Shared["bucket "+name] = r.values(e, reflect.ValueOf(&p.Rate).Elem(), "rate.")
		a.Buckets[name] = p.Rate
	}
}

// operation reads one descriptor. Its policy is that of the API with what the descriptor has beyond
// it.
func (r *reader) operation(v *ast.CompositeLit, a *api.API) *api.Operation {
	fields := members(v)
	op := &api.Operation{
		ID: textOf(fields["ID"]), Method: textOf(fields["Method"]), Path: textOf(fields["Path"]), Pos: r.pos(v.Pos()),
	}
	own, sources := r.policy(fields["Policy"])
	op.Policy = policy.Apply(a.Policy, own)
	op.Sources = maps.Clone(a.Sources)
	if op.Sources == nil {
		op.Sources = map[string]policy.Source{}
	}
	if own.Idempotency != "" {
		delete(op.Sources, "why") // belongs to the class
	}
	maps.Copy(op.Sources, sources)
	return op
}

// A reader knows the positions of one file. The zero reader knows none.
type reader struct {
	set  *token.FileSet
	path string
}

func (r *reader) pos(p token.Pos) diag.Position {
	if r.set == nil {
		return diag.Position{}
	}
	at := r.set.Position(p)
	return diag.Position{File: r.path, Line: at.Line, Column: at.Column}
}
