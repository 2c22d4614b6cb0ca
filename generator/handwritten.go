package generator

// This file checks the hand-written files in the folders of generated packages.

import (
	"bytes"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"maps"
	"path"
	"slices"
	"sync"

	"github.com/resgen/resgen/generator/emit"
	"github.com/resgen/resgen/resilience/diag"
)

// handWritten reports hand-written files that a generated file would replace, those of another
// package, and declarations in them that the generated files have too. Files that do not parse are
// left to the compiler.
func (d printed) handWritten(old map[string][]byte) diag.List {
	var found diag.List
	generated := sync.OnceValue(d.declarations)
	for _, name := range slices.Sorted(maps.Keys(old)) {
		blank := d.files[name] != nil && len(bytes.TrimSpace(old[name])) == 0 // there is nothing to lose
		if isTemporary(name) || emit.IsGenerated(old[name]) || blank {
			continue
		}
		file := diag.Diagnostic{Pos: diag.Position{File: path.Join(d.output, name)}, Code: "hand-written"}
		if d.files[name] != nil {
			file.What = "was not written by resgen, so it is not replaced"
			file.Cure = "move it away, or choose another output for " + d.file
			found.Add(file)
			continue
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, name, old[name], parser.SkipObjectResolution|parser.ParseComments)
		if err != nil || isIgnored(tree) {
			continue
		}
		switch tree.Name.Name {
		case d.pkg:
			found = append(found, clashes(file.Pos.File, set, declared(tree), generated())...)
		case d.pkg + "_test":
		default:
			file.What = "is in package " + tree.Name.Name + ", but the client of " + d.file + " is package " + d.pkg
			file.Cure = "move it away, or choose another output or package"
			found.Add(file)
		}
	}
	return found
}

// declarations returns what the generated files declare, with the file.
func (d printed) declarations() map[string]string {
	generated := map[string]string{}
	files := d.goFiles()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		tree, err := parser.ParseFile(token.NewFileSet(), name, files[name], parser.SkipObjectResolution)
		if err != nil {
			continue // the type check reports it
		}
		for key := range declared(tree) {
			generated[key] = name
		}
	}
	return generated
}

// clashes reports declarations of a hand-written file that a generated file has too.
func clashes(file string, set *token.FileSet, own map[string]token.Pos, generated map[string]string) diag.List {
	var found diag.List
	for _, key := range slices.Sorted(maps.Keys(own)) {
		other, ok := generated[key]
		if !ok {
			continue
		}
		pos := set.Position(own[key])
		found.Add(diag.Diagnostic{
			Pos:  diag.Position{File: file, Line: pos.Line, Column: pos.Column},
			Code: "declared-twice", Subject: key, What: "is also declared in the generated file " + other,
			Cure: "rename it here, or choose another name with rename in " + ConfigName + " or x-go-name",
		})
	}
	return found
}

// isIgnored reports whether a file is excluded from every build with the tag ignore.
func isIgnored(tree *ast.File) bool {
	for _, group := range tree.Comments {
		if group.Pos() > tree.Package {
			break
		}
		for _, c := range group.List {
			x, err := constraint.Parse(c.Text)
			if err == nil && !x.Eval(func(tag string) bool { return tag != "ignore" }) {
				return true
			}
		}
	}
	return false
}

// declared returns the names that a file declares in its package, and the methods as Type.Method.
func declared(tree *ast.File) map[string]token.Pos {
	names := map[string]token.Pos{}
	for _, d := range tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if name := funcName(d); name != "" {
				names[name] = d.Name.Pos()
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				for _, id := range specNames(s) {
					names[id.Name] = id.Pos()
				}
			}
		}
	}
	delete(names, "_")
	return names
}

func specNames(s ast.Spec) []*ast.Ident {
	switch s := s.(type) {
	case *ast.TypeSpec:
		return []*ast.Ident{s.Name}
	case *ast.ValueSpec:
		return s.Names
	}
	return nil
}

// funcName returns the name of a function, or Type.Method. It is empty for init, which a package
// may have several times.
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		if d.Name.Name == "init" {
			return ""
		}
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name + "." + d.Name.Name
	}
	return ""
}
