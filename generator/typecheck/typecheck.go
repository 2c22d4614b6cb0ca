package typecheck

import (
	"embed"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

//go:embed stubs
var stubs embed.FS

// sources has the stub of each package that generated code may import.
var sources = map[string]string{
	"context":                             "stubs/context.stub",
	"io":                                  "stubs/io.stub",
	"iter":                                "stubs/iter.stub",
	"log/slog":                            "stubs/slog.stub",
	"time":                                "stubs/time.stub",
	"github.com/resgen/resgen/resilience": "stubs/resilience.stub",
	"github.com/resgen/resgen/resilience/policy": "stubs/policy.stub",
	"github.com/resgen/resgen/resilience/wire":   "stubs/wire.stub",
}

// Check type-checks the files of one generated package, given by name. An error is a defect of
// resgen. It shows the source around each of the first ten errors.
func Check(files map[string][]byte) error {
	_, err := Package(files)
	return err
}

// Package type-checks the files in the same way as [Check] and returns the package.
func Package(files map[string][]byte) (*types.Package, error) {
	c := checker{set: token.NewFileSet(), loaded: map[string]*types.Package{}}
	var trees []*ast.File
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !strings.HasSuffix(name, ".go") {
			continue
		}
		tree, err := parser.ParseFile(c.set, name, files[name], parser.SkipObjectResolution)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		trees = append(trees, tree)
	}
	if len(errs) > 0 {
		return nil, joined(errs, files)
	}
	pkg, errs := c.check("generated", trees)
	return pkg, joined(errs, files)
}

// shown is the largest number of errors in the result: a single defect in a printer can cause
// thousands.
const shown = 10

// joined returns the first errors with the source around them, and the number of the others.
func joined(errs []error, files map[string][]byte) error {
	more := len(errs) - shown
	errs = errs[:min(len(errs), shown)]
	for i, err := range errs {
		errs[i] = annotate(err, files)
	}
	if more > 0 {
		errs = append(errs, fmt.Errorf("and %d more", more))
	}
	return errors.Join(errs...)
}

// checker is the importer of a type check.
type checker struct {
	set    *token.FileSet
	loaded map[string]*types.Package
}

// check returns a package with all its errors.
func (c *checker) check(path string, trees []*ast.File) (*types.Package, []error) {
	var errs []error
	config := types.Config{Importer: c, Error: func(err error) { errs = append(errs, err) }}
	pkg, _ := config.Check(path, c.set, trees, nil) // errs has them all
	return pkg, errs
}

// Import returns the stub of a package of the closed list.
func (c *checker) Import(path string) (*types.Package, error) {
	if pkg := c.loaded[path]; pkg != nil {
		return pkg, nil
	}
	file, ok := sources[path]
	if !ok {
		return nil, fmt.Errorf("generated code must not import %q", path)
	}
	tree, err := parser.ParseFile(c.set, file, must(stubs.ReadFile(file)), parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	config := types.Config{Importer: c, IgnoreFuncBodies: true}
	pkg, err := config.Check(path, c.set, []*ast.File{tree}, nil)
	c.loaded[path] = pkg
	return pkg, err
}

func must(data []byte, err error) []byte {
	if err != nil {
		panic(err) // the stub is not embedded, which is a programming error
	}
	return data
}

// annotate appends the numbered source lines around an error.
func annotate(err error, files map[string][]byte) error {
	var typeErr types.Error
	if errors.As(err, &typeErr) {
		pos := typeErr.Fset.Position(typeErr.Pos)
		return fmt.Errorf("%w\n%s", err, listing(files[pos.Filename], pos.Line))
	}
	if list := parseErrors(err); len(list) > 0 {
		return fmt.Errorf("%w\n%s", err, listing(files[list[0].Pos.Filename], list[0].Pos.Line))
	}
	return err
}

// around is the number of lines in a listing before and after the line of the error.
const around = 3

// listing prints the lines around line, with their numbers and a mark. Lines are counted from 1.
func listing(source []byte, line int) string {
	lines := strings.Split(string(source), "\n")
	var b strings.Builder
	for n := max(1, line-around); n <= min(len(lines), line+around); n++ {
		mark := " "
		if n == line {
			mark = ">"
		}
		fmt.Fprintf(&b, "%s %5d  %s\n", mark, n, lines[n-1])
	}
	return strings.TrimSuffix(b.String(), "\n")
}
