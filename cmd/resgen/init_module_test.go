package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// With --tool, resgen is a tool of go.mod, and init says how many requirements that adds.
func TestInit_Tool(t *testing.T) {
	dir := consumer(t, map[string]string{"go.mod": consumerMod, "pets.yaml": petstore})
	g := &fakeGo{}
	out, _, err := initIn(t, dir, g, initOptions{tool: true}, "pets.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if want :=
		"requires github.com/resgen/resgen/resilience v0.2.0; the tool resgen adds 3 requirements\n"; !strings.Contains(
		out, want) || !strings.Contains(out, "\n  go tool resgen lint ") || strings.Contains(out, "workflow") {
		t.Errorf("got\n%s", out)
	}
	if want := "get -tool github.com/resgen/resgen/cmd/resgen@v0.2.0"; !slices.Contains(g.ran, want) {
		t.Errorf("ran %q, want %s", g.ran, want)
	}
	if got := treeOf(t, dir)["internal/pets/generate.go"]; !strings.Contains(
		got, "//go:generate go tool resgen generate\n",
	) {
		t.Errorf("got\n%s", got)
	}
}

// With --from, go.mod replaces the runtime by that of the clone, and the installed command runs.
func TestInit_From(t *testing.T) {
	dir := consumer(t, map[string]string{
		"go.mod": consumerMod, "pets.yaml": petstore, "clone/resilience/go.mod": "module " + runtimeModule + "\n",
	})
	t.Setenv("PATH", dir)
	g := &fakeGo{}
	out, errs, err := initIn(t, dir, g, initOptions{ci: true, from: "clone"}, "pets.yaml")
	if err != nil {
		t.Fatal(err)
	}
	wantGo := []string{
		"mod edit -require=" + runtimeModule + "@" + unreleased + " -replace=" + runtimeModule + "=" +
			filepath.Join(dir, "clone", "resilience"),
		"get " + runtimeModule + "@" + unreleased,
	}
	if !slices.Equal(g.ran, wantGo) {
		t.Errorf("ran %q, want %q", g.ran, wantGo)
	}
	if want :=
		"resgen is not in PATH, where go generate looks for it; run 'make install' in clone and add the folder " +
			"that it prints to PATH\n"; errs != want {
		t.Errorf("got %q, want %q", errs, want)
	}
	files := treeOf(t, dir)
	if _, ok := files[".github/workflows/resgen.yml"]; ok || !strings.Contains(out, "there is no CI workflow") {
		t.Errorf("there is a workflow, or nothing is said about it:\n%s", out)
	}
	if got := files["internal/pets/generate.go"]; !strings.Contains(got, "//go:generate resgen generate\n") {
		t.Errorf("got\n%s", got)
	}
	put(t, dir, "resgen", "")
	if err := os.Chmod(filepath.Join(dir, "resgen"), 0o755); err != nil {
		t.Fatal(err)
	}
	if s, err := cloneSource(dir, filepath.Join(dir, "clone")); err != nil || s.warning != "" {
		t.Errorf("got %+v, %v", s, err)
	}
}
