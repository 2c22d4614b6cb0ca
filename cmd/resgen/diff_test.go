package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// changed is the petstore with a required parameter, without an operation and with a new one.
var changed = strings.NewReplacer(
	"    delete: {operationId: dropPets,", "    patch: {operationId: trimPets,",
	"get: {operationId: listPets,", "get: {operationId: listPets, parameters: [{name: q, in: query, required: true, "+
		"schema: {type: string}}],",
).Replace(petstore)

const goChanges = "" +
	"  Go API\n" +
	"    breaking: (*Client).DropPets: removed\n" +
	"    breaking: (*Client).ListPets: changed from func(context.Context, ...resilience.CallOption) error " +
	"to func(context.Context, ListPetsParams, ...resilience.CallOption) error\n" +
	"    addition: (*Client).TrimPets: added\n" +
	"    addition: ListPetsParams: added\n"

func TestDiff_Documents(t *testing.T) {
	dir := project(t)
	put(t, dir, "new/pets.yaml", changed)
	want(t, 0, "nothing changes for callers\n", "", "diff", "-C", dir, "pets.yaml", "pets.yaml")
	want(t, 3, ""+
		"pets.yaml → new/pets.yaml\n"+goChanges+
		"  requests and responses\n"+
		"    new/pets.yaml: breaking: DELETE /pets: was removed (old: pets.yaml:8:5)\n"+
		"    new/pets.yaml:6:47: breaking: GET /pets: query parameter q was added and must be sent "+
		"(old: pets.yaml:6:5)\n"+
		"    new/pets.yaml:8:5: addition: PATCH /pets: was added (old: pets.yaml)\n"+
		"4 breaking changes, 3 additions, 0 other changes: raise the major version; before v1, the minor version\n",
		"", "diff", "-C", dir, "pets.yaml", "new/pets.yaml")

	put(t, dir, "more.yaml", petstore+"  /shops:\n    get: {operationId: shops, responses: {\"200\": {description: ok}}}\n")
	want(t, 0, ""+
		"pets.yaml → more.yaml\n"+
		"  Go API\n"+
		"    addition: (*Client).Shops: added\n"+
		"  requests and responses\n"+
		"    more.yaml:10:5: addition: GET /shops: was added (old: pets.yaml)\n"+
		"0 breaking changes, 2 additions, 0 other changes: raise the minor version; before v1, the patch version\n",
		"", "diff", "-C", dir, "pets.yaml", "more.yaml")

	put(t, dir, "old.yaml", strings.Replace(petstore, "addPet,", "addPet, deprecated: true,", 1))
	want(t, 0, ""+
		"pets.yaml → old.yaml\n"+
		"  requests and responses\n"+
		"    old.yaml:7:5: change: POST /pets: is deprecated now (old: pets.yaml:7:5)\n"+
		"0 breaking changes, 0 additions, 1 other change: raise the patch version\n",
		"", "diff", "-C", dir, "pets.yaml", "old.yaml")
}

// Folders are compared client by client.
func TestDiff_Folders(t *testing.T) {
	dir, other := project(t), project(t)
	put(t, dir, "policy.yaml", "operations: {}\n")
	put(t, other, "policy.yaml", "operations:\n  addPet: {retry: {attempts: 2}}\n")
	put(t, other, "pets.yaml", changed)
	if err := os.Rename(other+"/shops.yaml", other+"/sops.yaml"); err != nil {
		t.Fatal(err)
	}
	code, out, errs := resgen(t, "diff", "-C", dir, ".", other)
	out = strings.ReplaceAll(out, prefixOf(dir, other), "NEW/")
	wanted := "" +
		"pets (out/pets)\n" + goChanges +
		"  requests and responses\n" +
		"    NEW/pets.yaml: breaking: DELETE /pets: was removed (old: pets.yaml:8:5)\n" +
		"    NEW/pets.yaml:6:47: breaking: GET /pets: query parameter q was added and must be sent " +
		"(old: pets.yaml:6:5)\n" +
		"    NEW/pets.yaml:8:5: addition: PATCH /pets: was added (old: pets.yaml)\n" +
		"  policies\n" +
		"    addPet: retry.attempts 4 → 2, NEW/policy.yaml:2:30 (was built-in default): stricter\n" +
		"sops (out/sops)\n  the client was added\n" +
		"shops (out/shops)\n  the client was removed\n" +
		"5 breaking changes, 4 additions, 1 other change: raise the major version; before v1, the minor version\n"
	if code != 3 || errs != "" || out != wanted {
		t.Errorf("exit %d, stderr %q, stdout\n%s\nwant\n%s", code, errs, out, wanted)
	}
}

// Revisions, documents of revisions and the working tree are compared with each other.
func TestDiff_Revisions(t *testing.T) {
	dir := project(t)
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@example.com"},
			args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	put(t, dir, "policy.yaml", "operations: {}\n")
	git("init", "-q")
	git("add", ".")
	git("commit", "-qm", "first")
	git("tag", "v1")
	put(t, dir, "pets.yaml", changed)
	for _, tt := range []struct{ old, new, heading, oldPlace, newPlace string }{
		{"v1", ".", "pets (out/pets)", "v1:pets.yaml", "pets.yaml"},
		{"v1:pets.yaml", "pets.yaml", "v1:pets.yaml → pets.yaml", "v1:pets.yaml", "pets.yaml"},
	} {
		code, out, errs := resgen(t, "diff", "-C", dir, tt.old, tt.new)
		wanted := "" +
			tt.heading + "\n" + goChanges +
			"  requests and responses\n" +
			"    " + tt.newPlace + ": breaking: DELETE /pets: was removed (old: " + tt.oldPlace + ":8:5)\n" +
			"    " + tt.newPlace + ":6:47: breaking: GET /pets: query parameter q was added and must be sent " +
			"(old: " + tt.oldPlace + ":6:5)\n" +
			"    " + tt.newPlace + ":8:5: addition: PATCH /pets: was added (old: " + tt.oldPlace + ")\n" +
			"4 breaking changes, 3 additions, 0 other changes: raise the major version; before v1, the minor version\n"
		if code != 3 || errs != "" || out != wanted {
			t.Errorf("%s: exit %d, stderr %q, stdout\n%s\nwant\n%s", tt.old, code, errs, out, wanted)
		}
	}
	git("commit", "-qam", "second")
	want(t, 0, "nothing changes for callers\n", "", "diff", "-C", dir, "HEAD", ".")
	want(t, 2, "", "v1 has no file nope.yaml; name one relative to the folder of -C\n",
		"diff", "-C", dir, "v1:nope.yaml", ".")
	want(t, 2, "", "v2 is neither a file, a folder nor a git revision; name two documents, folders with resgen.yaml "+
		"or git revisions\n", "diff", "-C", dir, "v2", ".")

	// Errors have the places of the version that they are in.
	put(t, dir, "pets.yaml", "openapi: 4.0.0\n")
	git("commit", "-qam", "third")
	for prefix, name := range map[string]string{"HEAD:": "HEAD", "": "."} {
		code, out, errs := resgen(t, "diff", "-C", dir, "v1", name)
		if code != 1 || out != "" || !strings.HasPrefix(errs, prefix+"pets.yaml:1:10: OpenAPI 4.0.0") {
			t.Errorf("%s: exit %d, stdout %q, stderr %q", name, code, out, errs)
		}
	}
	git("rm", "-q", "resgen.yaml")
	git("commit", "-qm", "fourth")
	if code, _, errs := resgen(t, "diff", "-C", dir, "v1", "HEAD"); code != 1 ||
		!strings.HasPrefix(errs, "no resgen.yaml in HEAD:") {
		t.Errorf("without resgen.yaml: exit %d, %q", code, errs)
	}
}

// The JSON form is what its schema says.
func TestDiff_JSON(t *testing.T) {
	dir := project(t)
	put(t, dir, "new/pets.yaml", changed)
	put(t, dir, "new/resgen.yaml", "clients: [{spec: pets.yaml, output: out/pets}]\n")
	schema, err := jsonschema.NewCompiler().Compile("../../docs/schema/diff.json")
	if err != nil {
		t.Fatal(err)
	}
	for code, args := range map[int][]string{3: {".", "new"}, 0: {"pets.yaml", "pets.yaml"}} {
		got, out, errs := resgen(t, append([]string{"diff", "--json", "-C", dir}, args...)...)
		if got != code || errs != "" {
			t.Errorf("%q: exit %d, stderr %q", args, got, errs)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(out)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%q: %v\n%s", args, err, out)
		}
	}
	_, out, _ := resgen(t, "diff", "--json", "-C", dir, "pets.yaml", "new/pets.yaml")
	for _, part := range []string{
		"\"old\": \"pets.yaml\",\n  \"new\": \"new/pets.yaml\",\n  \"breaking\": true,\n  \"step\": \"major\",\n" +
			"  \"beforeV1\": \"minor\",\n",
		"\"effect\": \"breaking\",\n          \"direction\": \"request\",\n          \"subject\": \"GET /pets\",\n" +
			"          \"place\": \"query parameter q\",\n          \"what\": \"was added and must be sent\",\n" +
			"          \"old\": {\n            \"file\": \"pets.yaml\",\n            \"line\": 6,\n            \"column\": 5\n" +
			"          },\n          \"new\": {\n            \"file\": \"new/pets.yaml\",\n            \"line\": 6,\n" +
			"            \"column\": 47\n",
	} {
		if !strings.Contains(out, part) {
			t.Errorf("%s\nis missing in\n%s", part, out)
		}
	}
}

// Text of documents cannot become markup.
func TestDiff_Markdown(t *testing.T) {
	dir := project(t)
	put(t, dir, "new.yaml", strings.ReplaceAll(petstore, "  /pets:", "  /pets|<b>:"))
	_, out, _ := resgen(t, "diff", "--markdown", "-C", dir, "pets.yaml", "new.yaml")
	for _, line := range []string{
		"**pets.yaml → new.yaml:** 3 breaking changes, 0 additions, 0 other changes: raise the major version; before v1, " +
			"the minor version\n\n### pets.yaml → new.yaml\n\n" +
			"| effect | what | new place | old place |\n|---|---|---|---|\n",
		"| breaking | GET /pets: is GET /pets&#124;&lt;b&gt; now | new.yaml:6:5 | pets.yaml:6:5 |\n",
	} {
		if !strings.Contains(out, line) {
			t.Errorf("%s\nis missing in\n%s", line, out)
		}
	}
}
