package generator

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestReadConfig_Mistakes(t *testing.T) {
	spec := map[string]string{"pets.yaml": petstore, "more.yaml": petstore, "bad.yaml": "info: {}\nopenapi: 4.0.0\n"}
	tests := []struct {
		name   string
		config string
		want   []string
	}{
		{"empty", "", []string{"resgen.yaml:1:1: is empty; write at least one key"}},
		{
			"no clients", "clients: []\n",
			[]string{"resgen.yaml:1:1: there are no clients; list at least one under clients:"},
		},
		{
			"a key that there is not", "clients:\n  - spec: pets.yaml\n    ouput: pets\n",
			[]string{`resgen.yaml:3:5: clients[0]: unknown key "ouput"; did you mean "output"?`},
		},
		{"a key far from all", "clints: []\nverbose: true\n", []string{
			`resgen.yaml:1:1: unknown key "clints"; did you mean "clients"?`,
			`resgen.yaml:2:1: unknown key "verbose"; the keys are version, clients, strict, severity`}},
		{
			"a version that does not exist", "version: 2\nclients: [{spec: pets.yaml, output: pets}]\n",
			[]string{"resgen.yaml:1:10: version: want 1, got 2; write version: 1, or use a newer resgen if the file needs one"},
		},
		{
			"a version as text", "version: \"1\"\nclients: [{spec: pets.yaml, output: pets}]\n",
			[]string{`resgen.yaml:1:10: version: want 1, got "1"; write version: 1, or use a newer resgen if the file needs one`},
		},
		{
			"an unknown grouping", "clients: [{spec: pets.yaml, output: pets, group: path}]\n",
			[]string{`resgen.yaml:1:50: clients[0].group: want none or tag, got "path"`},
		},
		{
			"a key twice", "clients:\n  - spec: pets.yaml\n    output: pets\n    spec: more.yaml\n",
			[]string{`resgen.yaml:4:5: the key "spec" is repeated; it is first at line 2, column 5; keep one`},
		},
		{
			"not text", "clients:\n  - spec: [pets.yaml]\n    output: 5\n",
			[]string{"resgen.yaml:2:11: want text, got a list", "resgen.yaml:3:13: want text, got 5"},
		},
		{
			"no spec", "clients:\n  - output: pets\n",
			[]string{"resgen.yaml:2:13: client: has no spec; add the key spec:"},
		},
		{
			"no output", "clients:\n  - spec: pets.yaml\n",
			[]string{"resgen.yaml:2:11: client: has no output; add the key output:"},
		},
		{
			"a spec that is not there", "clients:\n  - spec: nope.yaml\n    output: pets\n",
			[]string{"resgen.yaml:2:11: spec nope.yaml matches no file; paths are relative to the folder of " +
				"resgen.yaml"},
		},
		{
			"a glob that matches nothing", "clients:\n  - spec: specs/*.yaml\n    output: out/{name}\n",
			[]string{"resgen.yaml:2:11: spec specs/*.yaml matches no file; paths are relative to the folder of " +
				"resgen.yaml"},
		},
		{
			"a broken glob", "clients:\n  - spec: \"[.yaml\"\n    output: pets\n",
			[]string{"resgen.yaml:2:11: spec [.yaml is not a valid pattern; close each [ with a ]"},
		},
		{
			"a folder", "clients:\n  - spec: .\n    output: pets\n",
			[]string{"resgen.yaml:2:11: spec . matches no file; paths are relative to the folder of resgen.yaml"},
		},
		{
			"a policy file as spec", "clients:\n  - spec: pets.yaml\n    output: pets\n    policy: pets.yaml\n",
			[]string{"resgen.yaml:2:11: spec pets.yaml matches no file; policy files and overlays of resgen.yaml are " +
				"left out, such as pets.yaml"},
		},
		{
			"output outside", "clients:\n  - spec: pets.yaml\n    output: ../pets\n",
			[]string{"resgen.yaml:3:13: output ../pets is not below the folder of resgen.yaml; choose a separate " +
				"folder below it"},
		},
		{
			"output by detour outside", "clients:\n  - spec: pets.yaml\n    output: a/../..\n    package: pets\n",
			[]string{"resgen.yaml:3:13: output .. is not below the folder of resgen.yaml; choose a separate " +
				"folder below it"},
		},
		{
			"output is the folder itself", "clients:\n  - spec: pets.yaml\n    output: .\n    package: pets\n",
			[]string{"resgen.yaml:3:13: output . is not below the folder of resgen.yaml; choose a separate " +
				"folder below it"},
		},
		{
			"output absolute", "clients:\n  - spec: pets.yaml\n    output: /pets\n",
			[]string{"resgen.yaml:3:13: output /pets is absolute; write it relative to the folder of resgen.yaml"},
		},
		{
			"output is a file", "clients:\n  - spec: pets.yaml\n    output: more.yaml\n    package: pets\n",
			[]string{"resgen.yaml:3:13: output more.yaml is a file or below one; choose a folder"},
		},
		{
			"output below a file", "clients:\n  - spec: pets.yaml\n    output: more.yaml/pets\n",
			[]string{"resgen.yaml:3:13: output more.yaml/pets is a file or below one; choose a folder"},
		},
		{
			"package is a keyword", "clients:\n  - spec: pets.yaml\n    output: pets\n    package: type\n",
			[]string{"resgen.yaml:4:14: package type is not a valid name for an importable package; type is a " +
				"keyword; choose another name"},
		},
		{
			"package is no identifier", "clients:\n  - spec: pets.yaml\n    output: pets\n    package: pet-store\n",
			[]string{"resgen.yaml:4:14: package pet-store is not a valid name for an importable package; choose " +
				"a word of lower-case letters and digits"},
		},
		{
			"package main", "clients:\n  - spec: pets.yaml\n    output: pets\n    package: main\n",
			[]string{"resgen.yaml:4:14: package main is not a valid name for an importable package; choose a " +
				"word of lower-case letters and digits"},
		},
		{
			"two clients with one output",
			"clients:\n  - spec: pets.yaml\n    output: pets\n  - spec: more.yaml\n    output: ./pets/\n",
			[]string{"resgen.yaml:5:13: output pets is also the output of pets.yaml; give each client a separate " +
				"folder"},
		},
		{
			"a glob without {name}", "clients:\n  - spec: \"[pm]*.yaml\"\n    output: pets\n",
			[]string{"resgen.yaml:3:13: output pets is also the output of more.yaml; put {name} into output, so " +
				"that each document of the glob has a separate folder"},
		},
		{
			"a policy that is not there",
			"clients:\n  - spec: pets.yaml\n    output: pets\n    policy: [nope.yaml]\n",
			[]string{"resgen.yaml:4:14: policy file nope.yaml does not exist; paths are relative to the folder " +
				"of resgen.yaml"},
		},
		{
			"an overlay that is not there",
			"clients:\n  - spec: pets.yaml\n    output: pets\n    overlays: nope.yaml\n",
			[]string{"resgen.yaml:4:15: overlay nope.yaml does not exist; paths are relative to the folder of " +
				"resgen.yaml"},
		},
		{
			"a severity that there is not",
			"clients:\n  - spec: pets.yaml\n    output: pets\nseverity: {name-clash: fatal}\n",
			[]string{"resgen.yaml:4:24: severity: name-clash: want error, warning or ignore, got fatal"},
		},
		{"a code that there is not", "clients:\n  - spec: pets.yaml\n    output: pets\nseverity: {name-clsh: " +
			"error, no-spec: error}\n", []string{
			"resgen.yaml:4:12: severity: no warning has the code name-clsh; did you mean name-clash?",
			"resgen.yaml:4:30: severity: no warning has the code no-spec; resgen lint prints the codes"}},
		{
			"a type that there is not",
			"clients:\n  - spec: pets.yaml\n    output: pets\n    types: {number: float32}\n",
			[]string{`resgen.yaml:4:21: clients[0].types.number: want float64 or decimal, got "float32"`},
		},
		{"a selection that means nothing", "clients:\n  - spec: pets.yaml\n    output: pets\n    include: " +
			"tag:writing\n    exclude: [getPets, /pets, get /pets]\n", []string{
			"resgen.yaml:4:14: include: tag:writing matches no operation; correct or delete it",
			"resgen.yaml:5:15: exclude: getPets matches no operation; correct or delete it",
			"resgen.yaml:5:31: exclude: \"get /pets\" has its method in lower case; write GET /pets"}},
		{"three mistakes in three files", "clients:\n  - spec: bad.yaml\n    output: bad\n  - spec: pets.yaml\n  " +
			"  output: type\n    package: type\n    policy: policies/policy.yaml\n", []string{
			`bad.yaml:2:10: OpenAPI 4.0.0 is unknown; Swagger 2.0 and OpenAPI 3.0 to 3.2 can be read`,
			`policies/policy.yaml:1:1: unknown key "operation"; did you mean "operations"?`,
			"resgen.yaml:6:14: package type is not a valid name for an importable package; type is a keyword; " +
				"choose another name"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := project(t, spec)
			put(t, dir, "resgen.yaml", tt.config)
			put(t, dir, "policies/policy.yaml", "operation: {}\n")
			before := folder(t, dir)
			_, err := generate(t, dir)
			wantError(t, err, tt.want...)
			sameTree(t, before, folder(t, dir))
		})
	}
}

// sameTree fails unless two folders hold the same.
func sameTree(t *testing.T, before, after map[string]string) {
	t.Helper()
	for name, content := range before {
		if got, ok := after[name]; !ok || got != content {
			t.Errorf("%s is gone or changed", name)
		}
	}
	for name := range after {
		if _, ok := before[name]; !ok {
			t.Errorf("%s was left behind", name)
		}
	}
}

func TestFindConfig(t *testing.T) {
	dir := project(t, map[string]string{
		"resgen.yaml": "clients: []\n", "a/b/c.txt": "", "other/go.mod": "module other\n", "other/x/y.txt": "",
	})
	for _, from := range []string{".", "a", "a/b"} {
		if got, err := FindConfig(filepath.Join(dir, from)); err != nil || got != filepath.Join(dir, "resgen.yaml") {
			t.Errorf("from %s: got %s, %v", from, got, err)
		}
	}
	inner := filepath.Join(dir, "other")
	_, err := FindConfig(filepath.Join(inner, "x"))
	wantError(t, err, "no resgen.yaml in "+filepath.Join(inner, "x")+" or above it up to "+inner+"; write one there")
}

func TestReadConfig_FromBelow(t *testing.T) {
	dir := project(t, map[string]string{
		"resgen.yaml": "clients:\n  - spec: pets.yaml\n    output: pets\n", "sub/x.txt": "",
	})
	c, err := ReadConfig(filepath.Join(dir, "sub"))
	if err != nil || c.Dir != dir || len(c.Clients) != 1 {
		t.Errorf("got %+v, %v; want one client of %s", c, err, dir)
	}
}

func TestReadConfig_Unreadable(t *testing.T) {
	dir := project(t, nil)
	if err := os.Mkdir(filepath.Join(dir, "resgen.yaml"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := ReadConfig(dir)
	wantError(t, err, filepath.ToSlash(filepath.Join(dir, "resgen.yaml"))+": is a directory")
}

// Every key changes the output by itself.
func TestConfig_EachKey(t *testing.T) {
	base := "clients:\n  - spec: pets.yaml\n    output: out/pets\n"
	tests := []struct{ key, config, file, want string }{
		{
			"spec", "clients:\n  - spec: specs/other.json\n    output: out/pets\n", "out/pets/client.gen.go",
			"from specs/other.json.",
		},
		{
			"output", "clients:\n  - spec: pets.yaml\n    output: elsewhere\n", "elsewhere/client.gen.go",
			"package elsewhere\n",
		},
		{
			"output with {name}", "clients:\n  - spec: \"*/other.json\"\n    output: gen/{name}/{name}\n",
			"gen/other/other/client.gen.go", "package other\n",
		},
		{"package", base + "    package: animals\n", "out/pets/client.gen.go", "package animals\n"},
		{"package with {name}", base + "    package: \"{name}API\"\n", "out/pets/client.gen.go", "package petsapi\n"},
		{"policy", base + "    policy: policy.yaml\n", "out/pets/client.gen.go", "At most 7 attempts"},
		{
			"policy, the last is the strongest", base + "    policy: [policy.yaml, strict.yaml]\n",
			"out/pets/client.gen.go", "One attempt",
		},
		{"rename a schema", base + "    rename: {Pet: Animal}\n", "out/pets/models.gen.go", "type Animal struct"},
		{"rename an operation", base + "    rename: {listPets: AllPets}\n", "out/pets/client.gen.go", ") AllPets(ctx"},
		{
			"overlays, in their order", base + "    overlays: [first.yaml, second.yaml]\n", "out/pets/client.gen.go",
			"is a client of Second, version 1",
		},
		{"types.number", base + "    types: {number: decimal}\n", "out/pets/models.gen.go", "*wire.Decimal"},
		{"types.number, the default", base + "    types: {number: float64}\n", "out/pets/models.gen.go", "*float64"},
	}
	for _, tt := range tests {
		t.Run(tt.key, func(t *testing.T) {
			dir := project(t, map[string]string{
				"pets.yaml":        petstore,
				"specs/other.json": `{"openapi":"3.0.3","info":{"title":"Other","version":"1"},"paths":{}}`,
				"policy.yaml":      "defaults: {retry: {attempts: 7}}\n",
				"strict.yaml":      "defaults: {retry: {attempts: 1}}\n",
				"first.yaml": "overlay: 1.0.0\ninfo: {title: x, version: \"1\"}\nactions: [{target: $.info, " +
					"update: {title: First}}]\n",
				"second.yaml": "overlay: 1.0.0\ninfo: {title: x, version: \"1\"}\nactions: [{target: $.info, " +
					"update: {title: Second}}]\n",
				"resgen.yaml": tt.config,
			})
			mustGenerate(t, dir)
			if got := folder(t, dir)[tt.file]; !contains(got, tt.want) {
				t.Errorf("%s does not have %q:\n%s", tt.file, tt.want, got)
			}
		})
	}
}

// The reference page has every key, with an example that is read without a finding.
func TestConfig_ReferencePage(t *testing.T) {
	page, err := os.ReadFile("../docs/reference/resgen-yaml.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	example, _, _ := strings.Cut(rest, "```\n")
	c, found := decodeConfig([]byte(example))
	if len(found) != 0 || len(c.Clients) != 1 {
		t.Fatalf("the example gives %v", found)
	}
	for _, v := range []reflect.Value{reflect.ValueOf(c), reflect.ValueOf(c.Clients[0])} {
		for i := range v.NumField() {
			key, ok := v.Type().Field(i).Tag.Lookup("yaml")
			if ok && (v.Field(i).IsZero() || !contains(rest, "`"+key+"`")) {
				t.Errorf("the page lacks %s in its example or its table", key)
			}
		}
	}
}
