package generator

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/diag"
)

var update = flag.Bool("update", false, "write the expected files of testdata")

// TestTestdata runs every case in testdata: a folder with a resgen.yaml whose outputs are in want/.
// Its findings, if there are any, are in want/findings.txt. testdata is a separate module, in which
// make goldens compiles the packages.
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
			"%s differs; go test ./generator -run TestTestdata -update writes it\n%s", change.Path, change.After,
		)
	}
}

// One changed value of a policy file changes at most three lines of the generated files.
func TestGenerate_OneChangedRate(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../testdata/policies")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "policy.yaml")
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(source), "per-second: 0.5, burst: 3", "per-second: 12.75, burst: 3", 1)
	if err := os.WriteFile(file, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := ReadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Generate(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, change := range r.Changes {
		before, after := strings.Split(string(change.Before), "\n"), strings.Split(string(change.After), "\n")
		if len(before) != len(after) {
			t.Fatalf("%s has %d lines, want %d", change.Path, len(after), len(before))
		}
		for i := range before {
			if before[i] != after[i] {
				lines++
			}
		}
	}
	if lines == 0 || lines > 3 {
		t.Errorf("%d lines change, want 1 to 3", lines)
	}
}

// compareText compares a text with a file. A file that does not exist has the empty text.
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
