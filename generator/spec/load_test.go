package spec

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folder writes files into a new folder and returns it.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestLoad_WhatIsNoDocument(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "a.yaml:1:1: is empty; write at least one key"},
		{"list", "[1]", "a.yaml:1:1: is not an OpenAPI document: want a mapping, got a list"},
		{"neither", "info: {}", "a.yaml:1:1: is not an OpenAPI document: it has neither openapi nor swagger"},
		{
			"OpenAPI 4", "openapi: 4.0.0",
			"a.yaml:1:10: OpenAPI 4.0.0 is unknown; Swagger 2.0 and OpenAPI 3.0 to 3.2 can be read",
		},
		{
			"OpenAPI 30", "openapi: '30'",
			"a.yaml:1:10: OpenAPI 30 is unknown; Swagger 2.0 and OpenAPI 3.0 to 3.2 can be read",
		},
		{
			"Swagger 3", "swagger: '3.0'",
			"a.yaml:1:10: Swagger 3.0 is unknown; Swagger 2.0 and OpenAPI 3.0 to 3.2 can be read",
		},
		{
			"Swagger 1.2", `{"swaggerVersion": "1.2"}`,
			"a.yaml:1:20: this is Swagger 1.2; Swagger 2.0 and OpenAPI 3.0 to 3.2 can be read",
		},
		{
			"AsyncAPI", "asyncapi: 2.6.0",
			"a.yaml:1:11: this is AsyncAPI 2.6.0; Swagger 2.0 and OpenAPI 3.0 to 3.2 can be read",
		},
		{
			"overlay", "overlay: 1.0.0",
			"a.yaml:1:10: this is OpenAPI Overlay 1.0.0; Swagger 2.0 and OpenAPI 3.0 to 3.2 can be read",
		},
		{"UTF-16", "\xff\xfeo\x00", "a.yaml: is UTF-16; save it as UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, lines := load(t, c.text)
			if doc != nil {
				t.Error("there is a document in addition to the error")
			}
			same(t, strings.Join(lines, "\n"), c.want)
		})
	}
}

func TestLoad_Versions(t *testing.T) {
	for text, want := range map[string]string{
		"swagger: 2.0\npaths: {}": "2.0", "swagger: '2'\npaths: {}": "2.0", "openapi: 3.0.4\npaths: {}": "3.0.4",
		"openapi: 3.1.1\npaths: {}": "3.1.1",
		"openapi: 3.2.0\npaths: {}": "3.2.0", "openapi: 3\npaths: {}": "3",
	} {
		if doc := mustLoad(t, text); string(doc.Version) != want {
			t.Errorf("%q: got %s, want %s", text, doc.Version, want)
		}
	}
}

func TestLoad_FilesOnDisk(t *testing.T) {
	dir := folder(t, map[string]string{
		"specs/a.yaml": `openapi: 3.0.3
paths:
  /pets: {$ref: 'paths/pets.yaml'}
components:
  schemas:
    Pet: {$ref: '../shared/common.json#/definitions/Pet'}
    Toy: {$ref: './toy.yaml'}
`,
		"specs/paths/pets.yaml": "get: {responses: {'200': {description: d, content: {application/json: {schema: " +
			"{$ref: '../a.yaml#/components/schemas/Pet'}}}}}}\n",
		"specs/toy.yaml":     "type: object\nproperties: {owner: {$ref: 'a.yaml#/components/schemas/Pet'}}\n",
		"shared/common.json": `{"definitions": {"Pet": {"type": "object", "properties": {"tag": {"$ref": "#/definitions/Tag"}}}, "Tag": {"type": "string"}}}`,
	})
	doc, found := loadQuietly(Options{Dir: dir, File: "specs/a.yaml"})
	if len(found) > 0 {
		t.Fatal(found)
	}
	pet, toy := doc.Schemas[0], doc.Schemas[1]
	same(t, show(pet), "→object{tag:→string}")
	same(t, show(toy), "→object{owner:→Pet}")
	same(t, showOperation(doc.Operations[0]), "GET /pets\n200 application/json→→Pet")
	if p := pet.Target(); p.Pos.File != "shared/common.json" || p.Pointer != "shared/common.json#/definitions/Pet" {
		t.Errorf("Pet is at %s, %s", p.Pos, p.Pointer)
	}
	if p := toy.Target(); p.Pointer != "specs/toy.yaml#" {
		t.Errorf("Toy is at %s", p.Pointer)
	}
}

func TestLoad_ReferencesThatMayNotBeFollowed(t *testing.T) {
	outside := folder(t, map[string]string{"secret.yaml": "type: string\n"})
	for _, c := range []struct{ name, ref, want string }{
		{
			"to a parent", "../../secret.yaml",
			`: reference "../secret.yaml": leads out of the folder that references must stay in; move the file into "DIR", or bundle the document, or use any with severity: {unreadable-reference: warning}`,
		},
		{
			"absolute", "/etc/passwd",
			`: reference "/etc/passwd": leads out of the folder that references must stay in; move the file into "DIR", or bundle the document, or use any with severity: {unreadable-reference: warning}`,
		},
		{
			"by a link", "link.yaml",
			`: reference "specs/link.yaml": leads out of the folder that references must stay in; move the file into "DIR", or bundle the document, or use any with severity: {unreadable-reference: warning}`,
		},
		{
			"by an escaped parent", "..%2f../secret.yaml",
			`: reference "../secret.yaml": leads out of the folder that references must stay in; move the file into "DIR", or bundle the document, or use any with severity: {unreadable-reference: warning}`,
		},
		{"missing", "no.yaml", `: reference "specs/no.yaml": there is no such file; correct the reference, or use any with severity: {unreadable-reference: warning}`},
		{"a folder", "sub", `: reference "specs/sub": is a directory; correct the reference, or use any with severity: {unreadable-reference: warning}`},
		{
			"remote", "https://example.com/a.yaml",
			`: reference "https://example.com/a.yaml": is remote, and the network is used for no document that was not named; bundle the document, or allow this URL by name, or use any with severity: {unreadable-reference: warning}`,
		},
		{
			"link-local", "http://169.254.169.254/latest",
			`: reference "http://169.254.169.254/latest": is remote, and the network is used for no document that was not named; bundle the document, or allow this URL by name, or use any with severity: {unreadable-reference: warning}`,
		},
		{
			"by its scheme", "file:///etc/passwd",
			`: reference "file:///etc/passwd": is remote, and the network is used for no document that was not named; bundle the document, or allow this URL by name, or use any with severity: {unreadable-reference: warning}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := folder(t, map[string]string{
				"specs/a.yaml": "openapi: 3.0.3\npaths: {}\ncomponents: {schemas: {A: {$ref: '" + c.ref +
					"'}, B: {$ref: '" + c.ref + "'}}}\n",
				"specs/sub/x.yaml": "type: string\n",
			})
			if err := os.Symlink(
				filepath.Join(outside, "secret.yaml"), filepath.Join(dir, "specs", "link.yaml"),
			); err != nil {
				t.Fatal(err)
			}
			doc, found := loadQuietly(Options{Dir: dir, File: "specs/a.yaml", Fetch: func(context.Context, string) (
				[]byte, error,
			) {
				t.Error("the network was used")
				return nil, nil
			}})
			if doc != nil || len(found) != 1 {
				t.Fatalf("got %v", found)
			}
			same(t, strings.ReplaceAll(found[0].Error(), dir, "DIR"), "specs/a.yaml:3:34"+c.want)
		})
	}
}

// A document of which a part is missing can be read if the user wants that.
func TestLoad_Tolerant(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.yaml": "openapi: 3.0.3\npaths: {}\ncomponents:\n  schemas:\n    A: {$ref: 'no.yaml'}\n    B: {$ref: 'no.yaml#/b'}\n" +
			"    C: {type: object, properties: {a: {$ref: '#/components/schemas/A'}}}\n",
	})
	doc, found := loadQuietly(Options{Dir: dir, File: "a.yaml", Tolerant: true})
	if doc == nil {
		t.Fatal(found)
	}
	same(t, found.Error(), `a.yaml:5:15: warning: reference "no.yaml": there is no such file; using any; correct the reference`)
	same(t, show(doc.Schemas[0])+" "+show(doc.Schemas[1]), "anything anything")
}

func TestLoad_LinkWithinTheFolder(t *testing.T) {
	dir := folder(t, map[string]string{
		"a.yaml":    "openapi: 3.0.3\npaths: {}\ncomponents: {schemas: {A: {$ref: 'link.yaml'}}}\n",
		"real.yaml": "type: string\n",
	})
	if err := os.Symlink("real.yaml", filepath.Join(dir, "link.yaml")); err != nil {
		t.Fatal(err)
	}
	doc, found := loadQuietly(Options{Dir: dir, File: "a.yaml"})
	if doc == nil {
		t.Fatal(found)
	}
	same(t, show(doc.Schemas[0]), "→string")
}

// TestLoad_OutsideOfDir: a document that the user names may be anywhere; the files that it refers
// to must be in its folder.
func TestLoad_OutsideOfDir(t *testing.T) {
	dir := folder(t, map[string]string{
		"config/resgen.yaml": "",
		"other/a.yaml":       "openapi: 3.0.3\npaths: {}\ncomponents: {schemas: {A: {$ref: 'b.yaml'}}}\n",
		"other/b.yaml":       "type: string\n",
	})
	for _, file := range []string{"../other/a.yaml", filepath.Join(dir, "other", "a.yaml")} {
		doc, found := loadQuietly(Options{Dir: filepath.Join(dir, "config"), File: file})
		if doc == nil {
			t.Fatal(found)
		}
		same(t, show(doc.Schemas[0]), "→string")
		if doc.File != filepath.ToSlash(file) {
			t.Errorf("the document is called %s, want %s", doc.File, file)
		}
	}
	inside, found := loadQuietly(Options{Dir: dir, File: filepath.Join(dir, "other", "a.yaml")})
	if inside == nil || inside.File != "other/a.yaml" {
		t.Errorf("an absolute path within the folder is not named relative to it: %v %v", inside, found)
	}
}

func TestLoad_Remote(t *testing.T) {
	const text = "openapi: 3.0.3\npaths: {}\ncomponents: {schemas: {A: {$ref: 'https://example.com/x/a.yaml#/S'}}}\n"
	pages := map[string]string{
		"https://example.com/x/a.yaml": "S: {$ref: 'b.yaml'}\n", "https://example.com/x/b.yaml": "type: string\n",
	}
	var fetched []string
	fetch := func(_ context.Context, url string) ([]byte, error) {
		fetched = append(fetched, url)
		if pages[url] == "" {
			return nil, errors.New("status 404")
		}
		return []byte(pages[url]), nil
	}
	both := []string{"https://example.com/x/a.yaml", "https://example.com/x/b.yaml"}
	doc, found := loadQuietly(Options{File: "a.yaml", Data: []byte(text), Remote: both, Fetch: fetch})
	if doc == nil {
		t.Fatal(found)
	}
	same(t, show(doc.Schemas[0]), "→→string")
	if !slices.Equal(fetched, both) {
		t.Errorf("fetched %q", fetched)
	}
	_, found = loadQuietly(Options{File: "a.yaml", Data: []byte(text), Remote: both[:1], Fetch: fetch})
	same(
		t, found.Error(),
		`https://example.com/x/a.yaml:1:11: reference "https://example.com/x/b.yaml": is remote, and the network is used for no document that was not named; bundle the document, or allow this URL by name, or use any with severity: {unreadable-reference: warning}`,
	)
	delete(pages, both[0])
	_, found = loadQuietly(Options{File: "a.yaml", Data: []byte(text), Remote: both, Fetch: fetch})
	same(t, found.Error(), `a.yaml:3:34: reference "https://example.com/x/a.yaml": cannot be fetched: status 404; try again, or bundle the document, or use any with severity: {unreadable-reference: warning}`)
}

func TestLoad_NoSuchFile(t *testing.T) {
	_, found := loadQuietly(Options{Dir: t.TempDir(), File: "no.yaml"})
	same(t, found.Error(), "no.yaml: there is no such file; name an OpenAPI document")
	_, found = loadQuietly(Options{Dir: folder(t, map[string]string{"a.yaml/b": ""}), File: "a.yaml"})
	same(t, found.Error(), "a.yaml: is a directory; name an OpenAPI document")
}

// TestLoad_JSONIsLikeYAML: the same document in JSON has the same meaning, with positions in the
// JSON text.
func TestLoad_JSONIsLikeYAML(t *testing.T) {
	doc := mustLoad(t, `{"openapi": "3.0.3",
 "paths": {"/a": {
   "get": {"operationId": "op", "responses": {"200": {"description": "d", "content": {"application/json": {"schema": {"type": "string"}}}}}}}}}`)
	same(t, showOperation(doc.Operations[0]), "GET /a op\n200 application/json→string")
	if p := doc.Operations[0].Pos; p.String() != "a.yaml:3:4" {
		t.Errorf("the operation is at %s", p)
	}
}

func TestLoad_FindingsAreSorted(t *testing.T) {
	_, lines := load(
		t,
		"openapi: 3.0.3\ncomponents: {schemas: {A: {type: x}, B: {type: y}}}\npaths:\n  /b: {get: {parameters: "+
			"[{}], responses: {}}}\n",
	)
	if !slices.IsSorted(lines) || len(lines) != 2 {
		t.Errorf("got %q", lines)
	}
}
