package generator

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// petstore is a small document with two operations.
const petstore = `openapi: 3.0.3
info: {title: Pets, version: "1"}
servers: [{url: https://pets.example.com}]
paths:
  /pets:
    get:
      operationId: listPets
      tags: [reading]
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}}
    post:
      operationId: addPet
      deprecated: true
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
      responses: {"204": {description: done}}
components:
  schemas:
    Pet: {type: object, properties: {price: {type: number}}}
`

// project writes files into a new folder that is a module's, and returns it.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, "go.mod", "module example\n")
	for name, content := range files {
		put(t, dir, name, content)
	}
	return dir
}

func put(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// generate runs the whole way from resgen.yaml in dir.
func generate(t *testing.T, dir string) (*Result, error) {
	t.Helper()
	c, err := ReadConfig(dir)
	if err != nil {
		return nil, err
	}
	return Generate(context.Background(), c)
}

func mustGenerate(t *testing.T, dir string) *Result {
	t.Helper()
	r, err := generate(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// folder returns the content of every file below dir by its path, go.mod left out.
func folder(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "go.mod" {
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

// wantError fails unless the error is exactly the given lines.
func wantError(t *testing.T, err error, lines ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want\n%s", strings.Join(lines, "\n"))
	}
	if got, want := err.Error(), strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
