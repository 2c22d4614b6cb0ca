package review

// This file compares the declarations of two versions of a Go file. It starts in [Declarations].

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"

	"github.com/resgen/resgen/generator/phrase"
)

// Declared lists the declarations in which two versions of a file differ, each in the order of its
// file.
type Declared struct {
	Broken                  bool // the first version does not parse
	Changed, Added, Removed []string
}

// Declarations compares the code of declarations: those that only the second version has are added.
func Declarations(before, after []byte) Declared {
	was, order, ok := declarations(before)
	if !ok {
		return Declared{Broken: true}
	}
	is, newOrder, _ := declarations(after)
	var d Declared
	for _, name := range order {
		switch code, ok := is[name]; {
		case !ok:
			d.Removed = append(d.Removed, name)
		case code != was[name]:
			d.Changed = append(d.Changed, name)
		}
	}
	for _, name := range newOrder {
		if _, ok := was[name]; !ok {
			d.Added = append(d.Added, name)
		}
	}
	return d
}

// declarations returns the code of each declaration of a file by its name, and the names in their
// order.
func declarations(source []byte) (code map[string]string, order []string, ok bool) {
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, false
	}
	code = map[string]string{}
	add := func(name string, n ast.Node) {
		at := func(p token.Pos) int { return set.Position(p).Offset }
		if _, ok := code[name]; !ok {
			order = append(order, name)
		}
		code[name] += read(source[at(n.Pos()):at(n.End())]).code
	}
	add("package", tree.Name)
	for _, d := range tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			add(funcName(d), d)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				add(specName(s), s)
			}
		}
	}
	return code, order, true
}

// specName returns the first name of a declaration; "imports" for an import.
func specName(s ast.Spec) string {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return s.Name.Name
	case *ast.ValueSpec:
		return s.Names[0].Name
	}
	return "imports"
}

// funcName returns the name of a function, or Type.Method.
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name + "." + d.Name.Name
	}
	return d.Name.Name
}

// declarationsText returns ": Client and Pet changed; New is missing", or "" if it cannot be said.
func declarationsText(d Declared) string {
	if d.Broken {
		return ": it does not parse as Go"
	}
	var parts []string
	for _, p := range []struct {
		names []string
		verb  string
	}{{d.Changed, "changed"}, {d.Added, "is missing"}, {d.Removed, "is no longer generated"}} {
		if len(p.names) > 0 {
			parts = append(parts, namesText(p.names, p.verb))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, "; ")
}

func namesText(names []string, verb string) string {
	if len(names) > 1 {
		verb = strings.Replace(verb, "is ", "are ", 1)
	}
	return phrase.Enumerate(phrase.Few(names)) + " " + verb
}
