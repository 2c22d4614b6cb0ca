package docpages

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// WithImports adds the imports that a Go file without imports needs. Packages maps the names of
// packages to import paths. An identifier that the file declares is not a package.
func WithImports(source string, packages map[string]string) ([]byte, error) {
	f, err := parser.ParseFile(token.NewFileSet(), "", source, 0)
	if err != nil {
		return nil, err
	}
	unresolved := map[*ast.Ident]bool{}
	for _, id := range f.Unresolved {
		unresolved[id] = true
	}
	paths := map[string]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := s.X.(*ast.Ident); ok && unresolved[id] && packages[id.Name] != "" {
				paths[packages[id.Name]] = true
			}
		}
		return true
	})
	var list strings.Builder
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		fmt.Fprintf(&list, "\t%q\n", path)
	}
	clause, body, _ := strings.Cut(source, "\n")
	return format.Source([]byte(clause + "\n\nimport (\n" + list.String() + ")\n" + body))
}
