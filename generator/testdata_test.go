package generator

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/resgen/resgen/resilience/diag"
)

var update = flag.Bool("update", false, "write what testdata wants anew")

// TestTestdata runs every case under testdata: a folder with a resgen.yaml whose outputs lie below
// want/. What resgen finds stands in want/findings.txt, if it finds anything. That the packages
// compile is checked by make goldens: testdata is a module of its own.
func TestTestdata(t *testing.T) {
	cases, err := filepath.Glob("../testdata/*/resgen.yaml")
	if err != nil || len(cases) < 10 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	for _, path := range cases {
		dir := filepath.Dir(path)
		t.Run(filepath.Base(dir), func(t *testing.T) { runCase(t, dir) })
	}
}

func runCase(t *testing.T, dir string) {
	c, err := ReadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	c.DryRun = !*update
	r, err := Generate(t.Context(), c)
	var list diag.List
	if err != nil && !errors.As(err, &list) {
		t.Fatal(err)
	}
	findings := ""
	if len(r.Diagnostics) > 0 {
		findings = r.Diagnostics.Error() + "\n"
	}
	compareText(t, filepath.Join(dir, "want", "findings.txt"), findings)
	if *update {
		return
	}
	for _, change := range r.Changes {
		t.Errorf(
			"%s differs; go test ./generator -run TestTestdata -update writes it anew\n%s", change.Path, change.After,
		)
	}
}

// compareText holds a text to that of a file; no file is the empty text.
func compareText(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		updateText(t, path, got)
		return
	}
	want, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
	}
}

func updateText(t *testing.T, path, text string) {
	t.Helper()
	if text == "" {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
