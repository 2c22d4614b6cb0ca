package resgen_test

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The limits of a line, in columns; a tab counts as four.
const (
	maxLine    = 120
	maxComment = 100
)

// vagueWords are words that the comments of this project do not use. They suggest that code speaks,
// or they leave open who does what.
var vagueWords = regexp.MustCompile(`(?i)\b(told|whoever|likewise|of the caller's|of the user's)\b`)

// offence reports a line or a file that breaks a rule.
var offence = (*testing.T).Errorf

// sourceFile is a Go file of one of the modules.
type sourceFile struct {
	path      string
	data      []byte
	generated bool
}

func TestStyle_LineLength(t *testing.T) {
	for _, f := range sourceFiles(t) {
		raw, output := rawLines(f), outputLines(f)
		for i, line := range strings.Split(string(f.data), "\n") {
			if raw[i+1] || output[i+1] {
				continue
			}
			if width := columns(line); width > maxLine && !unbreakable(line, longToken(f)) {
				offence(t, "%s:%d: line of %d columns, want at most %d", f.path, i+1, width, maxLine)
			}
		}
	}
}

func TestStyle_CommentWidth(t *testing.T) {
	for _, f := range sourceFiles(t) {
		if f.generated {
			continue
		}
		output := outputLines(f)
		for i, line := range strings.Split(string(f.data), "\n") {
			if width := columns(line); width > maxComment && prose(line) && !output[i+1] {
				offence(t, "%s:%d: comment of %d columns, want at most %d", f.path, i+1, width, maxComment)
			}
		}
	}
}

// Every package has one package comment, in doc.go; the comment of a command is in main.go.
func TestStyle_PackageComments(t *testing.T) {
	commented := map[string]bool{}
	folders := map[string]string{} // the first file of each folder
	for _, f := range sourceFiles(t) {
		folder, name := filepath.Split(f.path)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.path, f.data, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if folders[folder] == "" {
			folders[folder] = f.path
		}
		if file.Doc == nil {
			continue
		}
		commented[folder] = true
		home := name == "doc.go" || file.Name.Name == "main" && name == "main.go"
		if !home && !f.generated {
			offence(t, "%s has a package comment; move it to doc.go or below the package clause", f.path)
		}
	}
	for folder, first := range folders {
		if !commented[folder] {
			offence(t, "the package of %s has no package comment; add doc.go", first)
		}
	}
}

func TestStyle_Words(t *testing.T) {
	for _, f := range sourceFiles(t) {
		if f.generated {
			continue
		}
		set := token.NewFileSet()
		var s scanner.Scanner
		s.Init(set.AddFile(f.path, set.Base(), len(f.data)), f.data, nil, scanner.ScanComments)
		for {
			pos, tok, text := s.Scan()
			if tok == token.EOF {
				break
			}
			if word := vagueWords.FindString(text); tok == token.COMMENT && word != "" {
				offence(t, "%s: the comment uses %q; write what the code does", set.Position(pos), word)
			}
		}
	}
}

func TestStyle_RawLines(t *testing.T) {
	f := sourceFile{data: []byte("package a\n\nvar a = `first\nsecond\nlast` + `one`\nvar b = `one`\n")}
	got := rawLines(f)
	for n, want := range map[int]bool{1: false, 3: true, 4: true, 5: true, 6: false} {
		if got[n] != want {
			t.Errorf("line %d: got %v, want %v", n, got[n], want)
		}
	}
}

func TestStyle_OutputLines(t *testing.T) {
	text := "package a\n\n// Output:\n// b\nfunc Example() {\n\t// c\n\n\t// Output:\n\t// d\n\t//\n\t// e\n\n\t// f\n}\n"
	got := outputLines(sourceFile{path: "a_test.go", data: []byte(text)})
	for n, want := range map[int]bool{3: true, 6: false, 8: true, 9: true, 11: true, 13: false} {
		if got[n] != want {
			t.Errorf("line %d: got %v, want %v", n, got[n], want)
		}
	}
	if got := outputLines(sourceFile{path: "a.go", data: []byte(text)}); len(got) > 0 {
		t.Errorf("got %v for a file without tests, want none", got)
	}
}

func TestStyle_Columns(t *testing.T) {
	for line, want := range map[string]int{"": 0, "\ta": 5, "é—x": 3, "\t\t// a": 12} {
		if got := columns(line); got != want {
			t.Errorf("columns(%q) = %d, want %d", line, got, want)
		}
	}
	long := strings.Repeat("x", 110)
	for line, want := range map[string]bool{
		"// " + long + " is a word":             true,
		"\tName string `json:\"" + long + "\"`": true,
		"\tFirst, Second = \"" + long + "\"":    true,
		"\tName []*string `json:\"name\"`":      true,
		"\tf(a, `text`)":                        false,
		"// " + strings.Repeat("x ", 70):        false,
		"f(" + strings.Repeat("a, ", 50) + ")":  false,
	} {
		if got := unbreakable(line, 70); got != want {
			t.Errorf("unbreakable(%q) = %v, want %v", line, got, want)
		}
	}
	for line, want := range map[string]bool{
		"\t// Two words":      true,
		"// word":             false,
		"//\tcode of a block": false,
		"//go:build linux":    false,
		"x := 1 // a remark":  false,
	} {
		if got := prose(line); got != want {
			t.Errorf("prose(%q) = %v, want %v", line, got, want)
		}
	}
}

// columns returns the width of a line.
func columns(line string) int {
	width := 0
	for _, r := range line {
		if r == '\t' {
			width += 4
		} else {
			width++
		}
	}
	return width
}

// prose reports whether a line is a comment that could be wrapped: more than one word, no directive
// and no code block.
func prose(line string) bool {
	text, ok := strings.CutPrefix(strings.TrimLeft(line, "\t"), "// ")
	return ok && strings.Contains(text, " ") && !strings.HasPrefix(text, " ")
}

// longToken returns the width from which a token may make a line too long. Generated names are
// longer than others.
func longToken(f sourceFile) int {
	if f.generated {
		return 50
	}
	return 70
}

// rawLines returns the numbers of the lines that contain a part of a multi-line string.
func rawLines(f sourceFile) map[int]bool {
	lines := map[int]bool{}
	set := token.NewFileSet()
	var s scanner.Scanner
	s.Init(set.AddFile(f.path, set.Base(), len(f.data)), f.data, nil, 0)
	for {
		pos, tok, text := s.Scan()
		if tok == token.EOF {
			return lines
		}
		if more := strings.Count(text, "\n"); tok == token.STRING && more > 0 {
			first := set.Position(pos).Line
			for n := range more + 1 {
				lines[first+n] = true
			}
		}
	}
}

// outputLines returns the numbers of the lines with the expected output of examples. These cannot
// be wrapped: they show generated code, which may be 120 columns wide, after a comment mark.
func outputLines(f sourceFile) map[int]bool {
	lines := map[int]bool{}
	if !strings.HasSuffix(f.path, "_test.go") {
		return lines
	}
	output := false
	for i, line := range strings.Split(string(f.data), "\n") {
		text, comment := strings.CutPrefix(strings.TrimLeft(line, "\t"), "//")
		output = comment && (output || strings.TrimSpace(text) == "Output:")
		if output {
			lines[i+1] = true
		}
	}
	return lines
}

// unbreakable reports whether a line declares a field with a tag, or whether a single token, or a
// single word of a comment, is wider than long columns.
func unbreakable(line string, long int) bool {
	if text, ok := strings.CutPrefix(strings.TrimSpace(line), "//"); ok {
		for word := range strings.FieldsSeq(text) {
			if columns(word) > long {
				return true
			}
		}
		return false
	}
	set := token.NewFileSet()
	var s scanner.Scanner
	s.Init(set.AddFile("", set.Base(), len(line)), []byte(line), nil, 0)
	for before := token.ILLEGAL; ; {
		_, tok, text := s.Scan()
		if tok == token.EOF {
			return false
		}
		tag := tok == token.STRING && (before == token.IDENT || before == token.RBRACK)
		if tag || columns(text) > long {
			return true
		}
		before = tok
	}
}

// sourceFiles reads the Go files of all modules but testdata's.
func sourceFiles(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "bin" || strings.HasPrefix(d.Name(), ".") &&
			path != ".") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("reading sources: %w", err)
		}
		generated := bytes.HasPrefix(data, []byte("// Code generated "))
		files = append(files, sourceFile{filepath.ToSlash(path), data, generated})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
