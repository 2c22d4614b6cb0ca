package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A seed is a change of the project, and everything that check says about it.
type seed struct {
	name string
	edit func(*testing.T, string)
	// of the working tree: exit code, and the lines about files and policies, and errors
	code    int
	want    []string
	refused bool // generate changes nothing either
	// of a commit with regenerated files, compared with main under --loosening
	after int
	since []string
}

const gen = "out/pets/client.gen.go"

// seededFiles is a small project with everything that check compares.
var seededFiles = map[string]string{
	"resgen.yaml": `version: 1
clients:
  - {spec: pets.yaml, output: out/pets, policy: policy.yaml}
  - {spec: shops.yaml, output: out/shops}
`,
	"policy.yaml": `defaults:
  retry: {attempts: 3}
circuits:
  main: {consecutive: 5, open: 30s}
buckets:
  shared: {per-second: 5, burst: 10}
operations:
  createPet:
    idempotency: unsafe
    why: a second request adds a second pet
  deletePet:
    rate: {bucket: shared}
    breaker: {circuit: main}
  listPets:
    rate: {per-second: 2, burst: 4}
`,
	"pets.yaml": `openapi: 3.0.3
info: {title: Pets, version: "1"}
servers: [{url: https://pets.example.com}]
security: [{key: []}]
paths:
  /pets:
    get:
      operationId: listPets
      summary: Lists pets.
      parameters:
        - {name: limit, in: query, schema: {type: integer}}
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}}
    post:
      operationId: createPet
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
      responses: {"201": {description: created}}
  /pets/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    get:
      operationId: getPet
      responses:
        "200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
    delete:
      operationId: deletePet
      responses: {"204": {description: gone}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
  schemas:
    Pet: {type: object, required: [id], properties: {id: {type: string}, name: {type: string}}}
`,
	"shops.yaml": `openapi: 3.0.3
info: {title: Shops, version: "1"}
servers: [{url: https://shops.example.com}]
paths:
  /shops:
    get: {operationId: listShops, responses: {"204": {description: none}}}
`,
}

// git runs git commands in a folder, each with spaces between its arguments.
func git(t *testing.T, dir string, commands ...string) {
	t.Helper()
	for _, line := range commands {
		args := append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.autocrlf=false"},
			strings.Fields(line)...)
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", line, err, out)
		}
	}
}

// seededProject returns the generated project, committed on main, with another branch checked out.
func seededProject(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range seededFiles {
		put(t, dir, name, content)
	}
	put(t, dir, "go.mod", "module x\n")
	if code, out, errs := resgen(t, "generate", "-C", dir); code != 0 {
		t.Fatalf("generate: exit %d\n%s%s", code, out, errs)
	}
	git(t, dir, "init -q -b main", "add .", "commit -q -m base", "checkout -q -b change")
	return dir
}

// replace returns an edit that replaces a text of a file, which must be there once.
func replace(name, old, new string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || strings.Count(string(content), old) == 0 {
			t.Fatalf("%s lacks %q: %v", name, old, err)
		}
		put(t, dir, name, strings.Replace(string(content), old, new, 1))
	}
}

// all returns an edit of several steps.
func all(edits ...func(*testing.T, string)) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		for _, edit := range edits {
			edit(t, dir)
		}
	}
}

// on returns an edit that does something with the path of a file.
func on(name string, do func(path string) error) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := do(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
}

func rename(old, new string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		if err := os.Rename(filepath.Join(dir, old), filepath.Join(dir, new)); err != nil {
			t.Fatal(err)
		}
	}
}

func toCRLF(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(strings.ReplaceAll(string(content), "\n", "\r\n")), 0o644)
}

func executable(path string) error { return os.Chmod(path, 0o755) }

func makeFile(name, content string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		put(t, dir, name, content)
	}
}

// lineNumbers are those of generated files. Other tests check them.
var lineNumbers = regexp.MustCompile(`(out/[\w/]+\.(?:gen\.go|md))(:\d+)+`)

// said returns what check printed about files and changes, and errors, a line each.
func said(out, errs string) []string {
	var lines []string
	for line := range strings.Lines(lineNumbers.ReplaceAllString(out, "$1")) {
		line = strings.TrimSpace(line)
		_, sum, isSum := strings.Cut(line, " since main at ")
		if !strings.HasPrefix(line, "'resgen generate' would change:") && !strings.HasPrefix(line, "since main at ") &&
			!strings.HasSuffix(line, " clients: up to date") && !(isSum && len(sum) >= 10) {
			lines = append(lines, line)
		}
	}
	for line := range strings.Lines(errs) {
		line = strings.TrimSpace(line)
		if strings.Contains(line, ".yaml:") && !strings.Contains(line, ": warning: ") ||
			strings.Contains(line, "was not written by resgen") {
			lines = append(lines, line)
		}
	}
	return lines
}

// Each change is reported in words with its place, and nothing else is: in the working tree, and as
// a commit whose files were generated again.
func TestCheck_Seeded(t *testing.T) {
	base := seededProject(t)
	for _, s := range slices.Concat(policySeeds, documentSeeds, fileSeeds) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
				t.Fatal(err)
			}
			s.edit(t, dir)
			code, out, errs := resgen(t, "check", "-C", dir)
			if got := said(out, errs); code != s.code || !slices.Equal(got, s.want) {
				t.Errorf("exit %d, want %d\ngot  %s\nwant %s", code, s.code, strings.Join(got, "\n     "),
					strings.Join(s.want, "\n     "))
			}
			if code == 1 {
				return
			}
			code, out, errs = resgen(t, "generate", "-C", dir)
			if s.refused != (code != 0) {
				t.Fatalf("generate: exit %d\n%s%s", code, out, errs)
			}
			if s.refused {
				return
			}
			git(t, dir, "add -A", "commit -q --allow-empty -m change")
			code, out, errs = resgen(t, "check", "-C", dir, "--against", "main", "--loosening")
			if got := said(out, errs); code != s.after || !slices.Equal(got, s.since) {
				t.Errorf("--against: exit %d, want %d\ngot  %s\nwant %s", code, s.after, strings.Join(got, "\n     "),
					strings.Join(s.since, "\n     "))
			}
		})
	}
}
