package docpages

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// GoSource returns a test file without imports that runs the Go blocks of a page. Blocks that are
// written to files are not part of it. It returns "" if there are no others.
func GoSource(p Page) (string, error) {
	var top, tests strings.Builder
	for _, d := range p.Declare {
		top.WriteString(d + "\n\n")
	}
	n := 0
	for _, b := range p.Blocks {
		if b.Language != "go" || b.Directives["file"] != "" || b.Directives["generated"] != "" {
			continue
		}
		n++
		switch kind := kindOf(b.Text); kind {
		case declarations:
			top.WriteString(b.Text + "\n")
		case statements:
			fmt.Fprintf(&tests, "func TestLine%d(t *testing.T) {\n%s\n%s\n%s\n}\n\n", b.Line, b.Directives["before"],
				b.Text, b.Directives["after"])
		default:
			return "", fmt.Errorf("line %d: the block is neither Go declarations nor statements", b.Line)
		}
	}
	if n == 0 {
		return "", nil
	}
	return "package consumer_test\n\n" + top.String() + tests.String(), nil
}

// A kind is what a Go block consists of.
type kind uint8

const (
	neither kind = iota
	declarations
	statements
)

// kindOf returns what a block without a package clause consists of.
func kindOf(text string) kind {
	if f, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+text, parser.SkipObjectResolution); err == nil {
		if len(f.Decls) > 0 && !onlyValues(f.Decls) {
			return declarations
		}
	}
	in := "package p\nfunc f() {\n" + text + "\n}"
	if _, err := parser.ParseFile(token.NewFileSet(), "", in, parser.SkipObjectResolution); err == nil {
		return statements
	}
	return neither
}

// onlyValues reports whether all declarations are variables or constants, which may as well be
// statements.
func onlyValues(list []ast.Decl) bool {
	for _, d := range list {
		if g, ok := d.(*ast.GenDecl); !ok || g.Tok != token.VAR && g.Tok != token.CONST {
			return false
		}
	}
	return true
}
