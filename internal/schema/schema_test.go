package schema

import (
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/resilience/tree"
)

const root = "../.."

// compiled returns the schema of a file, or of one of its definitions:
// "policy.json#/$defs/x-resgen".
func compiled(t *testing.T, ref string) *jsonschema.Schema {
	t.Helper()
	files, err := Files(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	name, _, _ := strings.Cut(ref, "#")
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(files[name]))
	if err != nil {
		t.Fatal(err)
	}
	const base = "https://github.com/resgen/resgen/raw/main/docs/schema/"
	c := jsonschema.NewCompiler()
	if err := c.AddResource(base+name, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(base + ref)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// value reads YAML as an editor does. For a mapping with the key x, it returns its value.
func value(t *testing.T, text string) any {
	t.Helper()
	n, found := tree.Parse("a.yaml", []byte(text))
	if n == nil || found.HasErrors() {
		t.Fatalf("%s: %v", text, found)
	}
	var v any
	tree.Decode(n, &v)
	if m, ok := v.(map[string]any); ok && m["x"] != nil {
		return m["x"]
	}
	return v
}

// The schemas are valid against the metaschema of their draft.
func TestFiles_AreSchemas(t *testing.T) {
	files, err := Files(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, []string{
		"configuration.json", "policy.json", "resgen.json",
	}) {
		t.Errorf("files %q", got)
	}
	meta, err := jsonschema.NewCompiler().Compile("https://json-schema.org/draft/2020-12/schema")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range files {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if err := meta.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if bytes.Contains(data, []byte(`\u003c`)) {
			t.Errorf("%s: escapes that people cannot read", name)
		}
	}
}

const pets = "openapi: 3.0.3\ninfo: {title: P, version: '1'}\npaths:\n  /pets:\n    get: {operationId: listPets, " +
	"tags: [pets], responses: {'204': {description: d}}}\ncomponents: {schemas: {Pet: {type: string}}}\n"

// What the schema of resgen.yaml refuses is an error, and the other way round.
func TestConfig_AgreesWithDecoding(t *testing.T) {
	s := compiled(t, "resgen.json")
	client := func(more string) string { return "clients: [{spec: pets.yaml, output: out" + more + "}]" }
	for text, want := range map[string]bool{
		client(""): true, "{}": false, "clients:": false, "clients: []": false, "clients: {}": false,
		"clients: [1]":             false,
		"clients: [{output: out}]": false, "clients: [{spec: pets.yaml}]": false, "clients: [null]": false,
		"version: 1\n" + client(""): true, "version: 2\n" + client(""): false, "version: '1'\n" + client(""): false,
		"version:\n" + client(""): false, "verson: 1\n" + client(""): false,
		"strict: true\n" + client(""): true, "strict: 1\n" + client(""): false, "strict:\n" + client(""): false,
		"severity: {name-clash: ignore}\n" + client(""): true, "severity:\n" + client(""): true,
		"severity: {name-clash: fatal}\n" + client(""): false, "severity: {name-clsh: error}\n" + client(""): false,
		"severity: []\n" + client(""): false,
		client(", package: a"):        true, client(", package: 1"): false, client(", package: ''"): false,
		client(", policy: p.yaml"): true, client(", policy: [p.yaml]"): true, client(", policy: []"): true,
		client(", policy: {}"): false, client(", policy: [1]"): false, client(", policy: "): false,
		client(", overlays: o.yaml"): true, client(", overlays: [[]]"): false, client(", overlays: ''"): false,
		client(", remote: https://a.example/b"): true, client(", remote: [http://a.example]"): true,
		client(", remote: ftp://a.example"): false, client(", remote: [a.yaml]"): false,
		client(", include: GET"): true, client(", include: [listPets]"): true, client(", include: 1"): false,
		client(", exclude: true"):         false,
		client(", rename: {Pet: Animal}"): true, client(", rename: "): true, client(", rename: [Pet]"): false,
		client(", rename: {Pet: 1}"):            false,
		client(", types: {number: decimal}"):    true,
		client(", types: {number: float64}"):    true,
		client(", types: "):                     true,
		client(", types: {number: float32}"):    false,
		client(", types: {numbr: decimal}"):     false,
		client(", types: decimal"):              false,
		client(", extensions: use"):             true,
		client(", extensions: ignore"):          true,
		client(", extensions: no"):              false,
		client(", extensions: "):                false,
		client(", group: tag"):                  true,
		client(", group: none"):                 true,
		client(", group: path"):                 false,
		client(", group: [tag]"):                false,
		client(", ouput: other"):                false,
		client(", group: tag, extensions: use"): true,
	} {
		dir := t.TempDir()
		for name, data := range map[string]string{
			"resgen.yaml": text, "pets.yaml": pets, "go.mod": "module example\n", "p.yaml": "{}\n",
			"o.yaml": "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions: [{target: $, update: {}}]\n",
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		c, err := generator.ReadConfig(dir)
		if err == nil {
			_, err = generator.Plan(t.Context(), c)
		}
		if (err == nil) != want {
			t.Errorf("%s: decoding says %v", text, err)
		}
		if err := s.Validate(value(t, text)); (err == nil) != want {
			t.Errorf("%s: the schema says %v", text, err)
		}
	}
}

// skipped are the names of folders with generated files, mistakes and templates.
var skipped = regexp.MustCompile(`^(\..+|want|wrong-.*|templates)$`)

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// Every file and every example in the documentation is valid.
func TestExamples(t *testing.T) {
	counts, schemas := map[string]int{}, map[string]*jsonschema.Schema{}
	check := func(where, text string) {
		for _, e := range examplesIn(value(t, text), "-root") {
			if counts[e.schema]++; schemas[e.schema] == nil {
				schemas[e.schema] = compiled(t, e.schema)
			}
			if err := schemas[e.schema].Validate(e.value); err != nil {
				t.Errorf("%s: %v", where, err)
			}
		}
	}
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		data := func() string {
			text, err := os.ReadFile(filepath.Join(root, path))
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && skipped.MatchString(name):
			return fs.SkipDir
		case filepath.Ext(name) == ".md":
			for _, block := range yamlBlock.FindAllStringSubmatch(data(), -1) {
				check(path, block[1])
			}
		case name == "resgen.yaml" || path == "testdata/policies/spec.yaml" || strings.HasSuffix(name, "policy.yaml"):
			check(path, data())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if counts["resgen.json"] < 30 || counts["policy.json"] < 10 || counts["policy.json#/$defs/x-resgen"] < 2 ||
		counts["policy.json#/$defs/x-resgen-root"] < 1 {
		t.Errorf("checked only %v", counts)
	}
}

// An example is a file, or an extension in a document.
type example struct {
	schema string
	value  any
}

// examplesIn returns the examples in a file: itself, or the extensions of resgen in it. The suffix
// is that of the definition of extensions at the top of v.
func examplesIn(v any, suffix string) []example {
	if list, ok := v.([]any); ok {
		var found []example
		for _, item := range list {
			found = append(found, examplesIn(item, "")...)
		}
		return found
	}
	keys, _ := v.(map[string]any)
	for key, name := range map[string]string{
		"clients": "resgen.json", "apis": "configuration.json", "operations": "policy.json", "defaults": "policy.json",
		"circuits": "policy.json", "buckets": "policy.json",
	} {
		if _, ok := keys[key]; ok && suffix != "" {
			return []example{{name, v}}
		}
	}
	var found []example
	for key, below := range keys {
		if key == "x-resgen" {
			found = append(found, example{"policy.json#/$defs/x-resgen" + suffix, below})
			continue
		}
		found = append(found, examplesIn(below, "")...)
	}
	return found
}
