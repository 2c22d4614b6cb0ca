package generator

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/policy"
)

// configKeys holds a test for every key of resgen.yaml: adding the key, or changing only its value,
// makes a text appear in a file or in the error. SERVER is replaced by the URL of a server that has
// a schema.
var configKeys = []struct {
	key, before, after string
	file               string // of the output; empty: it is the error that counts
	want               string
}{
	{
		"version", "version: 1\n" + onePackage, "version: 2\n" + onePackage, "",
		"resgen.yaml:1:10: version: want 1, got 2",
	},
	{
		"clients", onePackage, onePackage + "  - {spec: specs/other.json, output: out/other}\n",
		"out/other/client.gen.go", "package other\n",
	},
	{
		"strict", clashingPackage, "strict: true\n" + clashingPackage, "",
		"clashing.yaml:14:20: operation list_pets: Go name",
	},
	{
		"severity", clashingPackage, "severity: {name-clash: error}\n" + clashingPackage, "",
		"clashing.yaml:14:20: operation list_pets: Go name",
	},
	{
		"spec", onePackage, "clients:\n  - spec: specs/other.json\n    output: out/pets\n", "out/pets/client.gen.go",
		"from specs/other.json.",
	},
	{
		"output", onePackage, "clients:\n  - spec: pets.yaml\n    output: elsewhere\n", "elsewhere/client.gen.go",
		"package elsewhere\n",
	},
	{"package", onePackage, onePackage + "    package: animals\n", "out/pets/client.gen.go", "package animals\n"},
	{"policy", onePackage, onePackage + "    policy: policy.yaml\n", "out/pets/client.gen.go", "At most 7 attempts"},
	{
		"overlays", onePackage, onePackage + "    overlays: overlay.yaml\n", "out/pets/client.gen.go",
		"is a client of Changed, version 1",
	},
	{
		"remote", remotePackage, remotePackage + "    remote: SERVER/pet.yaml\n", "out/pets/models.gen.go",
		"Remote *string",
	},
	{
		"include", onePackage + "    include: GET\n", onePackage + "    include: POST\n", "out/pets/client.gen.go",
		") AddPet(ctx",
	},
	{
		"exclude", onePackage + "    exclude: [GET, POST]\n", onePackage + "    exclude: GET\n",
		"out/pets/client.gen.go", ") AddPet(ctx",
	},
	{"rename", onePackage, onePackage + "    rename: {Pet: Animal}\n", "out/pets/models.gen.go", "type Animal struct"},
	{"types", onePackage, onePackage + "    types: {number: decimal}\n", "out/pets/models.gen.go", "*wire.Decimal"},
	{
		"extensions", loosePackage + "    extensions: ignore\n", loosePackage + "    extensions: use\n",
		"out/pets/client.gen.go", "At most 6 attempts",
	},
	{"validate", onePackage, onePackage + "    validate: true\n", "out/pets/rules.gen.go", ") Validate() error"},
	{
		"group", onePackage + "    group: none\n", onePackage + "    group: tag\n", "out/pets/client.gen.go",
		"func (c ReadingGroup) ListPets(ctx",
	},
	{
		"number", onePackage + "    types: {}\n", onePackage + "    types: {number: decimal}\n",
		"out/pets/models.gen.go", "*wire.Decimal",
	},
}

const (
	loosePackage    = "clients:\n  - spec: loose.yaml\n    output: out/pets\n"
	clashingPackage = "clients:\n  - spec: clashing.yaml\n    output: out/pets\n"
	remotePackage   = "clients:\n  - spec: remote.yaml\n    output: out/pets\n"
)

func TestConfigKeys(t *testing.T) {
	url, _ := remote(t)
	for _, k := range configKeys {
		t.Run(k.key, func(t *testing.T) {
			for i, config := range []string{k.before, k.after} {
				dir := project(t, map[string]string{
					"pets.yaml": petstore, "clashing.yaml": clashing,
					"loose.yaml":       petstore + "x-resgen: {retry: {attempts: 6}}\n",
					"specs/other.json": `{"openapi":"3.0.3","info":{"title":"Other","version":"1"},"paths":{}}`,
					"remote.yaml":      strings.ReplaceAll(petstore, "#/components/schemas/Pet", url+"/pet.yaml"),
					"policy.yaml":      "defaults: {retry: {attempts: 7}}\n",
					"overlay.yaml": "overlay: 1.0.0\ninfo: {title: x, version: \"1\"}\nactions: [{target: " +
						"$.info, update: {title: Changed}}]\n",
					"resgen.yaml": strings.ReplaceAll(config, "SERVER", url),
				})
				_, err := generate(t, dir)
				seen := folder(t, dir)[k.file]
				if k.file == "" && err != nil {
					seen = err.Error()
				}
				if found := strings.Contains(seen, k.want); found != (i == 1) {
					t.Errorf("%s: %q found: %v; the error is %v", []string{"before", "after"}[i], k.want, found, err)
				}
			}
		})
	}
}

// A key without a test is a failure.
func TestConfigKeys_All(t *testing.T) {
	var got []string
	for _, k := range configKeys {
		got = append(got, k.key)
	}
	want := yamlKeys(reflect.TypeFor[Config]())
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the tests are of\n%q, the keys are\n%q", got, want)
	}
}

// yamlKeys lists the keys of a struct and of the structs within it.
func yamlKeys(t reflect.Type) []string {
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var keys []string
	for field := range t.Fields() {
		if key, ok := field.Tag.Lookup("yaml"); ok {
			keys = append(append(keys, key), yamlKeys(field.Type)...)
		}
	}
	return keys
}

// policyKeys lists the policy keys that generated code shows outside of policies, each with a value
// other than that in paging and the text that it causes in the client. Tests of the runtime cover
// the other keys, and pagination too.
var policyKeys = []struct{ key, value, want string }{
	{"why", `"it only looks"`, "it only looks"},
	{"pagination.style", "none", `Style: "none"`},
	{"pagination.request", "number", `Request: "number"`},
	{"pagination.response", "further", `Response: "further"`},
	{
		"pagination.items", "list",
		") ListPetsAll( ctx context.Context, params ListPetsParams, opts ...resilience.CallOption, ) " +
			"iter.Seq2[int64, error] {",
	},
	{"pagination.size", "most", `Size: "most"`},
	{"pagination.rule", "token-only", `Rule: "token-only"`},
	{"pagination.with", "[most=7]", `With: []string{"most=7"}`},
	{"pagination.ttl", "2m", "TTL: 2 * time.Minute"},
}

// paging holds a value for each of policyKeys.
var paging = map[string]string{
	"why": `"it reads"`, "pagination.style": "token", "pagination.request": "cursor", "pagination.response": "next",
	"pagination.items": "data",
	"pagination.size":  "limit", "pagination.rule": "same", "pagination.with": "[most=8]", "pagination.ttl": "1m",
}

// pagedPets has the parameters and members that paging and policyKeys name.
const pagedPets = `openapi: 3.0.3
info: {title: Pets, version: "1"}
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - {name: cursor, in: query, schema: {type: string}}
        - {name: number, in: query, schema: {type: integer}}
        - {name: limit, in: query, schema: {type: integer}}
        - {name: most, in: query, schema: {type: integer}}
      responses:
        "200":
          description: pets
          content:
            application/json:
              schema:
                type: object
                properties:
                  data: {type: array, items: {type: string}}
                  list: {type: array, items: {type: integer}}
                  next: {type: string}
                  further: {type: string}
`

func TestPolicyKeys(t *testing.T) {
	client := func(t *testing.T, key, value string) string {
		var file strings.Builder
		file.WriteString("operations:\n  listPets:\n    idempotency: safe\n")
		var nested strings.Builder
		nested.WriteString("    pagination:\n")
		for _, k := range policyKeys {
			v := paging[k.key]
			if k.key == key {
				v = value
			}
			if name, paged := strings.CutPrefix(k.key, "pagination."); paged {
				nested.WriteString("      " + name + ": " + v + "\n")
				continue
			}
			file.WriteString("    " + k.key + ": " + v + "\n")
		}
		dir := project(t, map[string]string{
			"pets.yaml": pagedPets, "policy.yaml": file.String() + nested.String(),
			"resgen.yaml": onePackage + "    policy: policy.yaml\n",
		})
		mustGenerate(t, dir)
		// Without the white space that aligns values.
		return strings.Join(strings.Fields(folder(t, dir)["out/pets/client.gen.go"]), " ")
	}
	base := client(t, "", "")
	for _, k := range policyKeys {
		if strings.Contains(base, k.want) || !strings.Contains(client(t, k.key, k.value), k.want) {
			t.Errorf("%s: %s makes no difference", k.key, k.value)
		}
	}
}

// Keys that the tests of the runtime do not cover are covered here.
func TestPolicyKeys_All(t *testing.T) {
	for _, f := range policy.Fields() {
		if f.Path != "why" && !strings.HasPrefix(f.Path, "pagination.") {
			continue
		}
		if !slices.ContainsFunc(policyKeys, func(k struct{ key, value, want string }) bool { return k.key == f.Path }) {
			t.Errorf("no test changes %s", f.Path)
		}
	}
}
