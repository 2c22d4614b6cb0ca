package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
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

// Nothing is written and go.mod stays the same if anything is wrong.
func TestInit_Mistakes(t *testing.T) {
	files := map[string]string{
		"go.mod": consumerMod, "pets.yaml": petstore, "broken.yaml": "openapi: [\n", "specs/pets.yaml": petstore,
	}
	for _, tt := range []struct {
		name  string
		files map[string]string // added to files; an empty text removes one
		o     initOptions
		args  []string
		fail  string // command of go that fails
		want  string // DIR is the folder
	}{
		{name: "no such file", args: []string{"pet.yaml"}, want: "pet.yaml does not exist; did you mean pets.yaml?"},
		{name: "a folder", args: []string{"specs/"},
			want: "specs/ is a folder; name a document, or several with a quoted glob: 'specs/*.yaml'"},
		{
			name: "a glob without files",
			args: []string{"*.json"},
			want: "*.json matches no file; paths are relative to DIR",
		},
		{name: "a broken glob", args: []string{"[a"}, want: "[a is not a valid pattern; close each [ with a ]"},
		{name: "a URL", args: []string{"https://example.com/v1/pets.json?x=1"},
			want: "https://example.com/v1/pets.json?x=1 is a URL, and documents are read from files; download it first: " +
				"curl -o pets.json https://example.com/v1/pets.json?x=1"},
		{name: "a URL without a file", args: []string{"http://example.com/docs"},
			want: "http://example.com/docs is a URL, and documents are read from files; download it first: " +
				"curl -o openapi.yaml http://example.com/docs"},
		{name: "outside", args: []string{os.DevNull},
			want: os.DevNull + " is outside of DIR, where others and CI do not have it; copy it: cp " +
				os.DevNull + " DIR"},
		{name: "no module", files: map[string]string{"go.mod": ""}, args: []string{"pets.yaml"},
			want: "DIR is not in a Go module; run 'go mod init example.com/api001' with a path of yours"},
		{name: "no module line", files: map[string]string{"go.mod": "go 1.26\n"}, args: []string{"pets.yaml"},
			want: "go.mod in DIR has no module line; run 'go mod edit -module PATH' there"},
		{name: "a broken document", args: []string{"broken.yaml"},
			want: "broken.yaml:2:1: a value is missing, or a bracket is not closed; "},
		{name: "a resgen.yaml", files: map[string]string{"resgen.yaml": "x"}, args: []string{"pets.yaml"},
			want: "resgen.yaml exists, and init never changes it; add to its clients:\n" +
				"  - spec: pets.yaml\n    output: internal/pets\n    package: pets"},
		{name: "a package name", args: []string{"pets.yaml"}, o: initOptions{pkg: "a-b"},
			want: "package a-b is not a valid name for an importable package; choose a word of lower-case letters and digits"},
		{name: "a package name for a glob", args: []string{"*.yml", "p*.yaml"}, o: initOptions{pkg: "a"},
			files: map[string]string{"a.yml": petstore}, want: "--package is for one document, and *.yml is a glob"},
		{name: "one folder for two documents", args: []string{"pets.yaml", "specs/*.yaml"},
			want: "pets.yaml and specs/pets.yaml would have the folder internal/pets; choose another with --output, or " +
				"leave one out"},
		{name: "no clone", args: []string{"pets.yaml"}, o: initOptions{from: "specs"},
			want: "--from specs: DIR/specs is not a clone of resgen; name the folder that has resilience/go.mod"},
		{name: "no network", args: []string{"pets.yaml"}, fail: "get ",
			want: "go get github.com/resgen/resgen/resilience@v0.2.0: no network"},
		{name: "no network for the tool", args: []string{"pets.yaml"}, o: initOptions{tool: true}, fail: "get -tool",
			want: "go get -tool github.com/resgen/resgen/cmd/resgen@v0.2.0: no network"},
		{name: "a file in place of the output", args: []string{"pets.yaml"},
			files: map[string]string{"internal": "a file\n"},
			want:  "output internal/pets is a file or below one; choose a folder"},
		{name: "a file in place of a folder", args: []string{"pets.yaml"}, o: initOptions{ci: true},
			files: map[string]string{".github": "a file\n"}, want: "mkdir DIR/.github: not a directory"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all := maps.Clone(files)
			maps.Copy(all, tt.files)
			maps.DeleteFunc(all, func(_, text string) bool { return text == "" })
			dir := consumer(t, all)
			_, _, err := initIn(t, dir, &fakeGo{fail: tt.fail}, tt.o, tt.args...)
			want := strings.NewReplacer("DIR", dir).Replace(tt.want)
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
			if _, err := os.Stat(filepath.Join(dir, "internal", "pets")); err == nil {
				t.Error("the folder internal/pets was left")
			}
			if after := treeOf(t, dir); !maps.Equal(after, all) {
				t.Errorf("files were changed: %q", slices.Sorted(maps.Keys(after)))
			}
		})
	}
}

func TestInit_Usage(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"init", "init needs the path of an OpenAPI document; try: resgen init openapi.yaml"},
		{"init --tool --from x a.yaml", "--tool needs a release and --from is for a clone; use one of them"},
		{"init --package p a.yaml b.yaml",
			"--package and --output are for one document; run init without them, then edit resgen.yaml"},
		{"init --output p a.yaml b.yaml",
			"--package and --output are for one document; run init without them, then edit resgen.yaml"},
		{"init --fron x a.yaml", "unknown flag --fron of init; did you mean --from?"},
	} {
		want(t, 2, "", tt.want+"\n", strings.Fields(tt.args)...)
	}
	dir := consumer(t, map[string]string{"go.mod": consumerMod, "pets.yaml": petstore})
	want(t, 2, "", "this resgen was built from a clone, and others cannot run it by a version; "+
		"name the clone: resgen init --from CLONE SPEC\n", "init", "-C", dir, "--yes", "pets.yaml")
}

func TestFindPlace(t *testing.T) {
	dir := consumer(t, map[string]string{
		".git/config": "", "m/go.mod": "// a comment\nmodule \"example.com/m\" // x\n", "m/sub/x": "",
	})
	for folder, want := range map[string]place{
		"m": {dir: dir + "/m", module: "example.com/m", folder: "m", modFolder: "m", root: dir},
		"m/sub": {
			dir: dir + "/m/sub", module: "example.com/m/sub", folder: "m/sub", modFolder: "m", root: dir,
		},
	} {
		if got, err := findPlace(filepath.Join(dir, folder)); got != want || err != nil {
			t.Errorf("%s: got %+v, %v, want %+v", folder, got, err, want)
		}
	}
}
