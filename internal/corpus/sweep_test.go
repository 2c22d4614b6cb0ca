package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/diag"
)

const petstore = `openapi: 3.0.3
info: {title: Pets, version: "1"}
paths:
  /pets:
    get: {operationId: listPets, responses: {"200": {description: ok}}}
    post: {operationId: list_pets, responses: {"204": {description: done}}}
`

func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// numbers matches what differs between runs.
var numbers = regexp.MustCompile(`(?m)^(seconds|peak memory, MiB) +[0-9.]+$`)

func TestSweep(t *testing.T) {
	dir := folder(t, map[string]string{
		"a/pets.yaml": petstore, "a/short.yml": petstore, "b/bad.json": "{", "b/notes.md": "no document",
		"README.md":    "",
		"manifest.tsv": "name\tfile\toperations\npets\ta/pets.yaml\t2\nshort\ta/short.yml\t3\n",
	})
	var out bytes.Buffer
	err := sweep(t.Context(), task{folder: dir}, &out)
	if !errors.Is(err, errNotOK) {
		t.Errorf("got %v, want errNotOK", err)
	}
	want := `a/short: 2 of 3 operations
b/bad: bad.json:1:2: a bracket is not closed before the end of the document; close it

set               ok / documents
a                 1 / 2
b                 0 / 1
all               1 / 3

operations        4
seconds
peak memory, MiB
warning name-clash              2
`
	got := numbers.ReplaceAllString(out.String(), "$1")
	if _, rest, ok := strings.Cut(got, "b/bad: "); ok { // the words are package tree's
		line, after, _ := strings.Cut(rest, "\n")
		got = strings.Replace(
			got, line+"\n"+after,
			"bad.json:1:2: a bracket is not closed before the end of the document; close it\n"+after, 1,
		)
		if !strings.HasPrefix(line, "bad.json:1:") {
			t.Errorf("got %q", line)
		}
	}
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}

	out.Reset()
	if err := sweep(t.Context(), task{folder: dir, names: []string{"pets"}}, &out); err != nil ||
		!strings.Contains(out.String(), "all               1 / 1\n") {
		t.Errorf("one document: %v\n%s", err, &out)
	}
}

func TestSweep_NoFolder(t *testing.T) {
	empty := t.TempDir()
	file := filepath.Join(folder(t, map[string]string{"x": ""}), "x")
	for path, want := range map[string]string{
		"":                   "RESGEN_CORPUS is not set; name the folder of documents",
		"/nonexistent/place": "RESGEN_CORPUS=/nonexistent/place is no folder; name the folder of documents",
		file:                 "RESGEN_CORPUS=" + file + " is no folder; name the folder of documents",
		empty:                "RESGEN_CORPUS=" + empty + " has no documents in its subfolders",
	} {
		if err := sweep(t.Context(), task{folder: path}, nil); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Messages of go vet are assigned to the document that they are about.
func TestVet(t *testing.T) {
	dir := folder(t, map[string]string{
		"s/good/client/a.go": "package client\n",
		"s/bad/client/a.go":  "package client\n\nimport \"fmt\"\n\nfunc f() { fmt.Printf(\"%d\", \"x\") }\n",
		"s/ugly/client/a.go": "package client\n\nvar x int = \"a\"\n",
	})
	docs := []*document{{set: "s", name: "good"}, {set: "s", name: "bad"}, {set: "s", name: "ugly"}}
	if err := vet(t.Context(), dir, docs); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"", "Printf format %d has arg \"x\" of wrong type string", "cannot use \"a\""} {
		got := strings.Join(docs[i].failures, "\n")
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", docs[i].name, got, want)
		}
	}
}

func TestAssign_LinesAboutNoneAreAboutAll(t *testing.T) {
	docs := []*document{{set: "s", name: "a"}, {set: "s", name: "b"}}
	assign("# corpus/s/a/client\nvet: s/a/client/x.go:1:2: bad\n\ngo: module not found\n", docs)
	if want := []string{"vet: s/a/client/x.go:1:2: bad", "go: module not found"}; !slices.Equal(
		docs[0].failures, want,
	) {
		t.Errorf("a: got %q, want %q", docs[0].failures, want)
	}
	if want := []string{"go: module not found"}; !slices.Equal(docs[1].failures, want) {
		t.Errorf("b: got %q, want %q", docs[1].failures, want)
	}
}

func TestReport_AllOK(t *testing.T) {
	var out bytes.Buffer
	docs := []*document{
		{set: "a", name: "x", operations: 2},
		{set: "b", name: "y", operations: 3, warnings: diag.List{{Code: "odd"}, {Code: "odd"}}},
	}
	if err := report(&out, docs, 1500*time.Millisecond, 42); err != nil {
		t.Error(err)
	}
	want := "\nset               ok / documents\na                 1 / 1\nb                 1 / 1\nall           " +
		"    2 / 2\n\n" +
		"operations        5\nseconds           1.5\npeak memory, MiB  42\nwarning odd                     2\n"
	if out.String() != want {
		t.Errorf("got\n%q\nwant\n%q", &out, want)
	}
}

func TestPeak(t *testing.T) {
	if mib := peak(); mib < 1 || mib > 1<<20 {
		t.Errorf("%d MiB", mib)
	}
}
