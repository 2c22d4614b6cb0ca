package generator

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The table and the page list exactly the codes of the warnings in the sources.
func TestCodes(t *testing.T) {
	if got := warningCodes(t); !slices.Equal(got, codes) {
		t.Errorf("the sources have\n%s\nthe table has\n%s", strings.Join(got, "\n"), strings.Join(codes, "\n"))
	}
	page, err := os.ReadFile("../docs/reference/findings.md")
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllSubmatch(page, -1) {
		if code := string(m[1]); code != "attempt-beyond-overall" && code != "too-large" { // errors
			listed = append(listed, code)
		}
	}
	if !slices.Equal(listed, codes) {
		t.Errorf("the page has\n%s\nthe table has\n%s", strings.Join(listed, "\n"), strings.Join(codes, "\n"))
	}
}

// warningCodes reads the codes out of the sources: of calls of warn, and of literals with the
// severity of a warning.
func warningCodes(t *testing.T) []string {
	t.Helper()
	set := map[string]bool{
		"left-over":            true, // the only one of this package
		"unknown-key":          true, // made a warning in the grammar
		"unreadable-reference": true, // an error unless severity says otherwise
	}
	for _, dir := range []string{"spec", "plan", "lint", "kinopenapi"} {
		var files []string
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(path, ".go") {
				files = append(files, path)
			}
			return err
		})
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, file := range files {
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if code := codeOf(n); code != "" {
					set[code] = true
				}
				return true
			})
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func codeOf(n ast.Node) string {
	switch n := n.(type) {
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.SelectorExpr:
			name = f.Sel.Name
		case *ast.Ident:
			name = f.Name
		}
		if strings.HasPrefix(name, "warn") && len(n.Args) > 1 {
			return literal(n.Args[1])
		}
	case *ast.CompositeLit:
		code, warning := "", false
		for _, e := range n.Elts {
			pair, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			key, _ := pair.Key.(*ast.Ident)
			value, _ := pair.Value.(*ast.SelectorExpr)
			switch {
			case key == nil:
			case strings.EqualFold(key.Name, "code"):
				code = literal(pair.Value)
			case strings.EqualFold(key.Name, "severity"):
				warning = value != nil && value.Sel.Name == "Warning"
			}
		}
		if warning {
			return code
		}
	}
	return ""
}

func literal(e ast.Expr) string {
	l, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	text, _ := strconv.Unquote(l.Value)
	return text
}
