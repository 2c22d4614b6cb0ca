package schema

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strings"
)

// comments has the comments of types and fields in a source file: "Retry" and "Client.Spec".
type comments map[string]string

// readComments reads the comments of a source file.
func readComments(files fs.FS, name string) (comments, error) {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	source, err := parser.ParseFile(token.NewFileSet(), name, data, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	c := comments{}
	for _, decl := range source.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.TYPE {
			continue
		}
		for _, spec := range group.Specs {
			c.add(spec.(*ast.TypeSpec), group.Doc)
		}
	}
	return c, nil
}

// add adds the comments of a type.
func (c comments) add(t *ast.TypeSpec, doc *ast.CommentGroup) {
	c[t.Name.Name] = joined(doc)
	fields, ok := t.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range fields.Fields.List {
		for _, name := range f.Names {
			c[t.Name.Name+"."+name.Name] = cmp.Or(joined(f.Doc), joined(f.Comment))
		}
	}
}

// joined returns a comment as one line.
func joined(group *ast.CommentGroup) string { return strings.Join(strings.Fields(group.Text()), " ") }

// about returns the comment of a Go name about the key that it is decoded from: the key replaces
// the name at the beginning.
func (c comments) about(name, key string) string {
	short := name[strings.LastIndex(name, ".")+1:]
	if rest, ok := strings.CutPrefix(c[name], short+" "); ok {
		return key + " " + rest
	}
	return c[name]
}
