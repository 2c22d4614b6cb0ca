package generator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bomb returns a YAML document whose aliases expand to 10^9 values.
func bomb() string {
	var b strings.Builder
	b.WriteString("openapi: 3.0.3\nx0: &x0 [1]\n")
	for i := 1; i <= 9; i++ {
		name, inner := string(rune('a'+i)), string(rune('a'+i-1))
		if i == 1 {
			inner = "x0"
		}
		b.WriteString(
			"x" + name + ": &" + name + " [" + strings.TrimSuffix(strings.Repeat("*"+inner+", ", 10), ", ") + "]\n",
		)
	}
	return b.String()
}

// withSchemas is a document with component schemas.
func withSchemas(lines string) string {
	return "openapi: 3.0.3\ninfo: {title: T, version: \"1\"}\npaths: {}\ncomponents:\n  schemas:\n" + lines
}

// Files that are not documents, and references that are not allowed: one mistake is one finding at
// its position, and nothing is written.
func TestBadInput(t *testing.T) {
	deep := strings.Repeat("[", 10000) + strings.Repeat("]", 10000)
	wide := "\xff\xfe" + strings.Join(strings.Split("openapi", ""), "\x00") + "\x00"
	for _, tt := range []struct{ name, file, text, want string }{
		{"empty", "a.yaml", "", "a.yaml:1:1: is empty; write at least one key"},
		{"empty JSON", "a.json", "", "a.json:1:1: is empty; write at least one key"},
		{
			"binary", "a.yaml", "\x7fELF\x02\x01\x01\x00",
			"a.yaml:1:5: is binary: it contains a control character; want text in UTF-8",
		},
		{"UTF-16", "a.json", wide, "a.json: is UTF-16; save it as UTF-8"},
		{
			"alias bomb", "a.yaml", bomb(),
			"a.yaml:8:21: the aliases expand to more than 1000000 values; write fewer aliases of aliases",
		},
		{
			"nesting in JSON", "a.json", `{"openapi": "3.0.3", "x-deep": ` + deep + "}",
			"a.json:1:1031: nesting is deeper than 1000",
		},
		{
			"nesting in YAML", "a.yaml", "openapi: 3.0.3\nx-deep: " + deep + "\n",
			"a.yaml:2:1008: nesting is deeper than 1000",
		},
		{
			"Swagger 1.2", "a.json", `{"swaggerVersion": "1.2", "apis": []}`,
			"a.json:1:20: this is Swagger 1.2; Swagger 2.0 and OpenAPI 3.0 to 3.2 can be read",
		},
		{
			"AsyncAPI", "a.yaml", "asyncapi: 3.0.0\n",
			"a.yaml:1:11: this is AsyncAPI 3.0.0; Swagger 2.0 and OpenAPI 3.0 to 3.2 can be read",
		},
		{
			"a parent folder's file", "a.yaml", withSchemas("    A: {$ref: ../secret.yaml}\n"),
			`a.yaml:6:15: reference "../secret.yaml": leads out of the folder`,
		},
		{
			"through a link", "a.yaml", withSchemas("    A: {$ref: link.yaml}\n"),
			`a.yaml:6:15: reference "link.yaml": leads out of the folder`,
		},
		{
			"a link-local URL", "a.yaml", withSchemas("    A: {$ref: 'http://169.254.169.254/latest/meta-data'}\n"),
			`a.yaml:6:15: reference "http://169.254.169.254/latest/meta-data": is remote`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := project(t, map[string]string{
				tt.file: tt.text, "resgen.yaml": "clients:\n  - {spec: " + tt.file + ", output: out/a}\n",
			})
			outside := filepath.Join(t.TempDir(), "secret.yaml")
			if err := os.WriteFile(outside, []byte("type: string\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(outside, filepath.Join(dir, "link.yaml")); err != nil {
				t.Fatal(err)
			}
			r, err := generate(t, dir)
			if err == nil || len(r.Diagnostics) != 1 || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v\nwant one finding: %s", err, tt.want)
			}
			if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
				t.Error("something was written")
			}
		})
	}
}

// Documents with oddities that can be generated.
func TestBadInput_Generates(t *testing.T) {
	for _, tt := range []struct{ name, file, text, want, code string }{
		{"a byte order mark", "a.yaml", "\uFEFF" + petstore, "", "ListPets"},
		{
			"a byte order mark in JSON", "a.json",
			"\uFEFF" +
				`{"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "d"}}}}}}`,
			"", ") A(ctx",
		},
		{
			"a reference to itself", "a.yaml", withSchemas("    A: {$ref: '#/components/schemas/A'}\n"),
			`a.yaml:6:15: warning: reference "#/components/schemas/A": leads back to itself; define the target`,
			"type A ",
		},
		{
			"duplicate keys", "a.yaml", strings.Replace(petstore, "info:", "openapi: 3.0.3\ninfo:", 1),
			`a.yaml:2:1: warning: the key "openapi" is repeated; it is first at line 1, column 1; keep one`, "ListPets",
		},
		{"duplicate keys in JSON", "a.json", `{"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"get": {"operationId": "a", "operationId": "b", "responses": {"204": {"description": "d"}}}}}}`,
			`a.json:1:107: warning: the key "operationId" is repeated; it is first at line 1, column 87; keep one`, ") B(ctx"},
		{
			"a schema without a name", "a.yaml",
			withSchemas("    '': {type: object, properties: {a: {type: string}}}\n"), "", "struct {",
		},
		{
			"paths with # and ?", "a.yaml",
			"openapi: 3.0.3\ninfo: {title: T, version: \"1\"}\npaths:\n  '/a#b': {get: {operationId: one, " +
				"responses: {'204': {description: d}}}}\n  '/a?b=c': {get: {operationId: two, responses: {'204': " +
				"{description: d}}}}\n",
			"", ") Two(ctx",
		},
		{
			"no operations", "a.yaml", withSchemas("    A: {type: object, properties: {a: {type: string}}}\n"), "",
			"type A struct",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := project(t, map[string]string{
				tt.file: tt.text, "resgen.yaml": "clients:\n  - {spec: " + tt.file + ", output: out/a}\n",
			})
			r, err := generate(t, dir)
			if err != nil || r.Diagnostics.Error() != tt.want {
				t.Errorf("got %v, %v\nwant %s", r.Diagnostics, err, tt.want)
			}
			var all strings.Builder
			for _, source := range folder(t, dir) {
				all.WriteString(source)
			}
			if !strings.Contains(all.String(), tt.code) {
				t.Errorf("the package lacks %s", tt.code)
			}
		})
	}
}
