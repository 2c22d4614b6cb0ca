package layout

import (
	"fmt"
	"go/format"
	"strings"
	"testing"
)

// Source that is formatted in parts is what format.Source makes of it, apart from wide lines.
func TestSource_Parts(t *testing.T) {
	var b strings.Builder
	b.WriteString("// Generated.\n\n// Package p.\npackage p\nimport (\n\"io\"\n\"bytes\"\n)\n")
	for i := range 600 {
		fmt.Fprintf(&b, "\n\n// A%[1]d is.\n//  - one\ntype A%[1]d struct {\nX int `json:\"x\"`\nLong string `json:\"y\"`\n}\n"+
			"\n// floating %[1]d\n\nfunc (a *A%[1]d) F() { // opens\n\nif true {\n\nreturn\n}\n} // closes\n"+
			"var r%[1]d = `\n\n}\n\nfunc x() {}\n\n`\n\nconst c%[1]d = `a`; const d%[1]d = 1 /* b */\n\n", i)
	}
	b.WriteString("// The end.\n\n\n")
	want, err := format.Source([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Source([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
		for i := range min(len(g), len(w)) {
			if g[i] != w[i] {
				t.Fatalf("line %d: got %q, want %q", i+1, g[i], w[i])
			}
		}
		t.Errorf("got %d lines, want %d", len(g), len(w))
	}
}

// Parts are cut after declarations of enough size, and nothing is lost.
func TestParts(t *testing.T) {
	declaration := "\n\nvar x = `" + strings.Repeat("\n\n}\n\n", partSize/8) + "`"
	source := "package p" + strings.Repeat(declaration, 9) +
		"\n\nfunc f() {\n\n" + strings.Repeat("x++\n\n", partSize) + "}\n"
	var all strings.Builder
	var sizes []int
	for part := range parts([]byte(source)) {
		all.Write(part)
		sizes = append(sizes, len(part))
	}
	if all.String() != source {
		t.Error("the parts are not the source")
	}
	// 5/8 of the size each and the clause: two declarations make a part.
	if len(sizes) != 5 {
		t.Errorf("got parts of %d bytes, want 5 parts", sizes)
	}
	for i, n := range sizes[:len(sizes)-1] {
		if n < partSize || n > partSize+len(declaration) {
			t.Errorf("part %d has %d bytes", i, n)
		}
	}
}

// An error in a later part has the line in the whole source.
func TestSource_ErrorInALaterPart(t *testing.T) {
	source := "package p\n\n" + strings.Repeat("func f() {\n}\n\n", partSize/5) + "var = 1\n"
	_, err := Source([]byte(source))
	_, want := format.Source([]byte(source))
	if err == nil || err.Error() != want.Error() {
		t.Errorf("got %v, want %v", err, want)
	}
}

// The memory for formatting is in proportion to the largest declaration, and the time to the size.
func TestSource_Growth(t *testing.T) {
	allocations := func(n int) float64 {
		source := []byte("package p\n" + strings.Repeat("\nfunc (x *X) F(a, b int) error { return g(a, b) }\n", n))
		return testing.AllocsPerRun(1, func() {
			if _, err := Source(source); err != nil {
				t.Fatal(err)
			}
		})
	}
	if small, large := allocations(2000), allocations(16000); large > 10*small {
		t.Errorf("8 times the size needs %.1f times the allocations", large/small)
	}
}

// Blank lines at the end are not a part.
func TestSource_BlankEnd(t *testing.T) {
	source := "package p\n\nvar x = `" + strings.Repeat("x", partSize) + "`\n"
	for _, end := range []string{"", "\n", "\n\n \n\n"} {
		got, err := Source([]byte(source + end))
		if err != nil || string(got) != source {
			t.Errorf("%q at the end: got %d bytes, want %d: %v", end, len(got), len(source), err)
		}
	}
	source += "\n// The end.\n"
	if got, err := Source([]byte(source)); err != nil || string(got) != source {
		t.Errorf("a comment at the end: got ...%q: %v", got[len(got)-40:], err)
	}
}
