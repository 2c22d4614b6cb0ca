package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A fakeGo records the commands of the go command and fails one of them.
type fakeGo struct {
	ran  []string
	fail string // beginning of a command
}

func (g *fakeGo) run(_ context.Context, dir string, args ...string) ([]byte, error) {
	line := strings.Join(args, " ")
	g.ran = append(g.ran, line)
	if g.fail != "" && strings.HasPrefix(line, g.fail) {
		return nil, errors.New("go " + line + ": no network")
	}
	mod := filepath.Join(dir, "go.mod")
	switch {
	case line == "mod edit -json":
		data, err := os.ReadFile(mod)
		return []byte(`{"Require":[` + strings.TrimSuffix(strings.Repeat("{},",
			strings.Count(string(data), "require ")), ",") + "]}"), err
	case strings.HasPrefix(line, "mod edit"):
		return nil, appendText(mod, "require runtime\n")
	case strings.HasPrefix(line, "get -tool"):
		return nil, appendText(mod, "require a\nrequire b\nrequire c\n")
	}
	return nil, nil
}

func appendText(path, text string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, text...), 0o644)
}

// consumer returns a folder with a go.mod and files.
func consumer(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		put(t, dir, name, content)
	}
	return dir
}

const consumerMod = "module example.com/shop\n"

// initIn runs init of a released resgen in a folder.
func initIn(t *testing.T, dir string, g *fakeGo, o initOptions, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	in := &initializer{
		program: &program{stdout: &out, stderr: &errs, screen: &errs, dir: dir}, initOptions: o,
		build: buildInfo{version: "v0.2.0", runtime: "v0.2.0"}, goRun: g.run,
	}
	err = in.run(t.Context(), args)
	return out.String(), errs.String(), err
}

// tree returns the paths and contents of all files in a folder.
func treeOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestInit(t *testing.T) {
	dir := consumer(t, map[string]string{"go.mod": consumerMod, "pets.yaml": petstore})
	g := &fakeGo{}
	out, errs, err := initIn(t, dir, g, initOptions{ci: true}, "pets.yaml")
	if err != nil || errs != "" {
		t.Fatal(err, errs)
	}
	wantOut := `created  resgen.yaml
created  policy.yaml
created  internal/pets/generate.go
created  internal/pets/pets_test.go
created  .github/workflows/resgen.yml
created  .gitattributes
changed  go.mod                        requires github.com/resgen/resgen/resilience v0.2.0

next:
  go generate ./...   # writes the client
  go test ./...       # runs its first test
  review policy.yaml: nothing above the class of a method applies until you uncomment it
  go run github.com/resgen/resgen/cmd/resgen@v0.2.0 lint      # counts the proposals that are left
  go run github.com/resgen/resgen/cmd/resgen@v0.2.0 explain   # prints what applies
commit all of it, also the generated files: the workflow fails if they are stale
`
	if out != wantOut {
		t.Errorf("got\n%s\nwant\n%s", out, wantOut)
	}
	wantGo := []string{
		"mod edit -require=github.com/resgen/resgen/resilience@v0.2.0",
		"get github.com/resgen/resgen/resilience@v0.2.0",
	}
	if !slices.Equal(g.ran, wantGo) {
		t.Errorf("ran %q, want %q", g.ran, wantGo)
	}
	files := treeOf(t, dir)
	for name, want := range map[string]string{
		"internal/pets/generate.go": "package pets\n\n//go:generate go run github.com/resgen/resgen/cmd/resgen@v0.2.0 " +
			"generate\n",
		".gitattributes": "*.gen.go text eol=lf linguist-generated\nRESILIENCE.md text eol=lf\n",
		"resgen.yaml": "# yaml-language-server: $schema=https://github.com/resgen/resgen/raw/v0.2.0/docs/schema/" +
			"resgen.json\n# The clients of this repository. \"resgen generate\" writes them, \"resgen check\" reports " +
			"stale ones.\nversion: 1\nclients:\n  - spec: pets.yaml\n    output: internal/pets\n    package: pets\n" +
			"    policy: policy.yaml\n",
	} {
		if files[name] != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, files[name], want)
		}
	}
	want( // the files are a valid configuration
		t, 0, "new      internal/pets/RESILIENCE.md\nnew      internal/pets/client.gen.go\n"+
			"1 client, 3 operations: 2 files written\n", "", "generate", "-C", dir,
	)
	_, findings, _ := resgen(t, "lint", "-C", dir)
	if !strings.Contains(findings, "policy.yaml:19:3: warning: policy: 2 proposed idempotency classes are comments") {
		t.Errorf("lint prints %s", findings)
	}
}
