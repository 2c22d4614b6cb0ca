package generator

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/overview"
	"github.com/resgen/resgen/resilience/diag"
)

// FuzzGenerate feeds arbitrary documents. The result is findings, or a package that type-checks and
// in which texts of the document are only comments, literals and names: no directive, no import
// outside of the closed list, no function that was not planned.
func FuzzGenerate(f *testing.F) {
	specs, err := filepath.Glob("../testdata/*/spec.yaml")
	if err != nil || len(specs) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, path := range specs {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "spec.yaml"), data, 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := Generate(context.Background(), Config{
			Dir: dir, DryRun: true,
			Clients: []Client{{Spec: Text{Value: "spec.yaml"}, Output: Text{Value: "fuzzed"}}},
		})
		var list diag.List
		if errors.As(err, &list) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for name, source := range r.Packages[0].Files {
			harmless(t, name, source)
		}
	})
}

// What is left of a page without what is plain text in any case: escaped characters and code.
var plainParts = regexp.MustCompile("\\\\.|`[^`\n]*`")

// harmlessPage fails if a page has markup other than its headings and tables.
func harmlessPage(t *testing.T, name, page string) {
	t.Helper()
	first, rest, _ := strings.Cut(page, "\n")
	if !strings.HasPrefix(first, "<!-- ") || strings.Index(first, "-->") != len(first)-len("-->") {
		t.Errorf("%s begins with %q", name, first)
	}
	cells := 0
	for line := range strings.SplitSeq(plainParts.ReplaceAllString(rest, ""), "\n") {
		if n := strings.Count(line, "|"); strings.HasPrefix(line, "|") && cells == 0 {
			cells = n
		} else if cells != n && line != "" {
			t.Errorf("%s: %d bars in %q, want %d", name, n, line, cells)
		}
		if line == "" {
			cells = 0
		}
		if strings.ContainsAny(line, "<>[]*_~$`\r\x1b") {
			t.Errorf("%s: markup in %q", name, line)
		}
	}
}

// harmless fails if a generated file has anything else.
func harmless(t *testing.T, name string, source []byte) {
	t.Helper()
	if strings.Contains(name, overview.Name) {
		harmlessPage(t, name, string(source))
		return
	}
	tree, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range tree.Imports {
		if path := strings.Trim(i.Path.Value, `"`); !strings.HasPrefix(path, "github.com/resgen/resgen/resilience") &&
			path != "context" && path != "io" && path != "iter" && path != "time" && path != "log/slog" {
			t.Errorf("%s imports %s", name, path)
		}
	}
	for _, group := range tree.Comments {
		for _, c := range group.List {
			if c.Text != "//" && !strings.HasPrefix(c.Text, "// ") && !strings.HasPrefix(c.Text, "//\t") ||
				strings.HasPrefix(c.Text, "// +build") {
				t.Errorf("%s has the directive %q", name, c.Text)
			}
		}
	}
	for _, d := range tree.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && (f.Name.Name == "init" || f.Name.Name == "main" || f.Body == nil) {
			t.Errorf("%s has func %s", name, f.Name.Name)
		}
	}
}
