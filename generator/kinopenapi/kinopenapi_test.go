package kinopenapi

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// opinionOf writes files, reads a.yaml or a.json, and returns the findings of kin-openapi as lines.
func opinionOf(t *testing.T, files map[string]string, overlays ...string) string {
	t.Helper()
	dir := t.TempDir()
	main := "a.yaml"
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if name == "a.json" {
			main = name
		}
	}
	doc, reported := spec.Load(t.Context(), spec.Options{Dir: dir, File: main, Overlays: overlays})
	if doc == nil {
		t.Fatal(reported)
	}
	found := Check(t.Context(), doc, reported)
	for _, d := range found {
		if d.Severity != diag.Warning || d.Code != "kin-openapi" || d.Subject != "kin-openapi" {
			t.Errorf("got %+v", d)
		}
	}
	return strings.ReplaceAll(found.Error(), ": warning: kin-openapi:", "")
}

const head = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n"

func TestOf(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"nothing wrong", map[string]string{"a.yaml": head + "paths: {}\n"}, ""},
		{"an example", map[string]string{
			"a.yaml": head +
				"paths: {}\ncomponents:\n  schemas:\n    A:\n      type: object\n      properties:\n        b:\n " +
				"         type: string\n          example: 7\n",
		},
			"a.yaml:11:11 example-violates-schema: invalid example: value must be a string"},
		{"the same in JSON", map[string]string{
			"a.json": "{\"openapi\": \"3.0.3\", \"info\": {\"title\": \"T\", \"version\": \"1\"}, \"paths\": " +
				"{},\n\"components\": {\"schemas\": {\"A\": {\"type\": \"string\",\n  \"example\": 7}}}}",
		},
			"a.json:3:3 example-violates-schema: invalid example: value must be a string"},
		{"in another file", map[string]string{
			"a.yaml": head + "paths: {}\ncomponents:\n  schemas:\n    A: {$ref: 'b.yaml#/B'}\n",
			"b.yaml": "B:\n  type: integer\n  example: text\n",
		},
			"b.yaml:3:3 example-violates-schema: invalid example: value must be an integer"},
		{"the key of what is wrong as a whole", map[string]string{
			"a.yaml": head +
				"paths: {}\ncomponents:\n  examples:\n    A: {}\n    E:\n      value: 1\n      externalValue: " +
				"https://example.com\n",
		},
			"a.yaml:6:5 value-or-external-value-required: no value or externalValue field\na.yaml:7:5 " +
				"value-external-value-mutually-exclusive: value and externalValue are mutually exclusive"},
		{
			"the second of two tags",
			map[string]string{"a.yaml": head + "paths: {}\ntags:\n  - name: a\n  - name: b\n  - name: a\n"},
			"a.yaml:7:5 duplicate-tag: more than one tag has name \"a\"",
		},
		{"by its path and method", map[string]string{
			"a.yaml": head +
				"paths:\n  /a/{id}:\n    get:\n      parameters: [{name: id, in: path, required: true, schema: " +
				"{type: string, minLength: 3, example: a}}]\n      responses: {'200': {description: d}}\n",
		},
			"a.yaml:6:94 example-violates-schema: invalid example: minimum string length is 3"},
		{
			"what the line has been reported for",
			map[string]string{
				"a.yaml": head + "paths: {}\ncomponents:\n  schemas:\n    A: {type: strin, example: 7}\n",
			},
			"",
		},
		{
			"Swagger 2.0",
			map[string]string{
				"a.yaml": "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {}\ndefinitions: {A: {type: " +
					"string, example: 7}}\n",
			},
			"",
		},
		{"several of one kind", map[string]string{
			"a.yaml": "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n    " +
				"A:\n      type: string\n      examples: [a]\n      example: 5\n",
		},
			"a.yaml:9:7 example-violates-schema: invalid example: validation failed due to: at '': got number, " +
				"want string"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := opinionOf(t, c.files); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// Lines of an overlay have positions in the overlay.
func TestOf_Overlay(t *testing.T) {
	got := opinionOf(t, map[string]string{
		"a.yaml": head + "paths: {}\ncomponents: {schemas: {A: {type: string}}}\n",
		"o.yaml": "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions:\n  - target: $.components.schemas.A\n" +
			"    update: {example: 7}\n",
	}, "o.yaml")
	if want := "o.yaml:5:14 example-violates-schema: invalid example: value must be a string"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// A document that kin-openapi cannot read is one finding.
func TestOf_Unreadable(t *testing.T) {
	got := opinionOf(t, map[string]string{"a.yaml": head + "paths: {}\ncomponents: {schemas: {A: {type: [1]}}}\n"})
	if !strings.HasPrefix(got, "a.yaml:1:1 it cannot read the document: ") || strings.Contains(got, "\n") {
		t.Errorf("got %s", got)
	}
}

func TestTextOf(t *testing.T) {
	n, found := tree.Parse("f", []byte("a:\n  - 1\n  - {b: \"x\\ny\", c: []}\nd: {}\n"))
	if len(found) > 0 {
		t.Fatal(found)
	}
	text := textOf(n)
	if got, want := text.String(), "{\n\"a\": [\n1,\n{\n\"b\": \"x\\ny\",\n\"c\": []}],\n\"d\": {}}\n#\n"; got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	for line, want := range []string{"f:1:1", "f:1:1", "f:1:1", "f:2:5", "f:3:5", "f:3:6", "f:3:17", "f:4:1", "f:1:1"} {
		if got := text.place(line).String(); got != want {
			t.Errorf("line %d is %s, want %s", line, got, want)
		}
	}
}

func TestShort(t *testing.T) {
	if got := short(strings.Repeat("é", 201) + "\nmore"); got != strings.Repeat("é", 200)+"…" {
		t.Errorf("got %s", got)
	}
	if got := short("one\ntwo"); got != "one" {
		t.Errorf("got %s", got)
	}
}

// A large document is validated without lines: its errors have the position of the operation or the
// component.
func TestOf_Large(t *testing.T) {
	const document = head + `paths:
  /a:
    get: {responses: {}}
    put:
      parameters: [{name: p, in: query, schema: {type: string}, example: 1, examples: {e: {value: a}}}]
      responses: {'200': {description: d}}
components:
  schemas:
    C: {enum: [%s]}
`
	for _, c := range []struct {
		nodes int
		want  string
	}{
		{99_000, "a.yaml:5:11 responses-required: the responses object MUST contain at least one response code\n" +
			"a.yaml:7:21 example-examples-mutually-exclusive: parameter \"p\" example and examples are mutually exclusive"},
		{101_000, "a.yaml:5:5 responses-required: the responses object MUST contain at least one response code\n" +
			"a.yaml:6:5 example-examples-mutually-exclusive: parameter \"p\" example and examples are mutually exclusive"},
	} {
		values := make([]string, c.nodes)
		for i := range values {
			values[i] = strconv.Itoa(i)
		}
		got := opinionOf(t, map[string]string{"a.yaml": fmt.Sprintf(document, strings.Join(values, ", "))})
		if got != c.want {
			t.Errorf("%d nodes: got\n%s\nwant\n%s", c.nodes, got, c.want)
		}
	}
}

func TestWithin(t *testing.T) {
	list := func(n int) *tree.Node {
		return &tree.Node{Kind: tree.Sequence, Items: slices.Repeat([]*tree.Node{{Kind: tree.Null}}, n)}
	}
	main := &tree.Node{Kind: tree.Mapping, Pairs: []tree.Pair{{Key: "a", Value: list(3)}}} // 5 nodes
	doc := &spec.Document{File: "a", Root: main, Files: map[string]*tree.Node{"a": main, "b": list(2)}}
	if within(7, doc) || !within(8, doc) {
		t.Error("the files have 8 nodes")
	}
}

// Documents with very many schemas are not examined, because a chain takes time with the cube. The
// finding says so; one schema fewer, and the mistake in the document is found.
func TestOf_ManySchemas(t *testing.T) {
	const wrong = "wrong: {type: string, example: 7}"
	for n, want := range map[int]string{
		mostSchemas:     "invalid example",
		mostSchemas + 1: "a.yaml:4:23 does not examine documents with more than 2000 schemas",
	} {
		var text strings.Builder
		text.WriteString(head + "paths: {}\ncomponents: {schemas: {\n  " + wrong)
		for i := range n - 1 {
			text.WriteString(", s" + strconv.Itoa(i) + ": {}")
		}
		if got := opinionOf(t, map[string]string{"a.yaml": text.String() + "}}\n"}); !strings.Contains(got, want) {
			t.Errorf("%d schemas: got %q, want %q", n, got, want)
		}
	}
}
