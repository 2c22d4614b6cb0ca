package setup

import (
	"fmt"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// project returns a project with one client whose package has the operations.
func project(ops ...*api.Operation) Project {
	a := &api.API{Package: "shop", Names: api.Names{New: "New"}, Operations: ops}
	return Project{
		Module: "example.com/m", Folder: ".", ModFolder: ".", Command: "go tool resgen", Version: "v0.2.0", CI: true,
		Clients: []Client{{
			Spec: "shop.yaml", Output: "internal/shop", Package: "shop", Policy: "policy.yaml",
			Packages: []Package{{"internal/shop", a}},
		}},
	}
}

// texts returns the files of a project by path, and their paths in order.
func texts(t *testing.T, p Project) (map[string]string, string) {
	t.Helper()
	files, err := Files(p)
	if err != nil {
		t.Fatal(err)
	}
	byPath, paths := map[string]string{}, ""
	for _, f := range files {
		byPath[f.Path] = string(f.Data)
		paths += f.Path + "\n"
		if got := f.Mergeable; got != (f.Path == ".gitattributes") {
			t.Errorf("%s: mergeable %v", f.Path, got)
		}
		if strings.HasSuffix(f.Path, ".yaml") || strings.HasSuffix(f.Path, ".yml") {
			if _, found := tree.Parse(f.Path, f.Data); found != nil {
				t.Errorf("%v\n%s", found, f.Data)
			}
		}
	}
	return byPath, paths
}

// after returns the text after a line.
func after(text, line string) string {
	_, rest, _ := strings.Cut(text, line+"\n")
	return rest
}

func TestFiles(t *testing.T) {
	p := project(
		operation("listPets", "GET", "/pets"), operation("addPet", "POST", "/pets"),
		with(operation("addPet", "POST", "/pets"), func(op *api.Operation) { op.Name = "AddPetForm" }),
		with(operation("twice", "POST", "/a"), declares(policy.FromDocument, policy.Keyed, "", "Key")),
		with(operation("twice", "POST", "/b"), func(op *api.Operation) { op.Summary = "one\ntwo"; op.Pos.Line = 7 }),
		operation("any*", "DELETE", "/c"),
	)
	files, paths := texts(t, p)
	wantPaths := "resgen.yaml\npolicy.yaml\npolicy.unreviewed.yaml\ninternal/shop/generate.go\n" +
		"internal/shop/shop_test.go\n.gitattributes\n.github/workflows/resgen.yml\n"
	if paths != wantPaths {
		t.Errorf("got\n%s\nwant\n%s", paths, wantPaths)
	}
	wantPolicy := `
  # addPet: # POST /pets, 
  #   idempotency: unsafe   # why: nothing in the document says that a repeat is harmless

  # POST /a: # POST /a, 
  #   idempotency: keyed   # why: the document declares it at a.yaml:3:5; verify that the server does so
  #   why: the server runs one POST /a per Key

  # POST /b: # POST /b, :7, one two
  #   idempotency: unsafe   # why: nothing in the document says that a repeat is harmless

  # DELETE /c: # DELETE /c, 
  #   idempotency: idempotent   # why: RFC 9110 says so for DELETE, and it applies already; verify that a repeat changes nothing more
`
	if got := after(files["policy.yaml"], "operations:"); got != strings.ReplaceAll(wantPolicy, ", \n", ",\n") {
		t.Errorf("got\n%s\nwant\n%s", got, wantPolicy)
	}
	if got, want := after(files["policy.unreviewed.yaml"], "operations:"),
		"  POST /a: {idempotency: unsafe} # not keyed\n"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	const wantClients = "clients:\n  - spec: shop.yaml\n    output: internal/shop\n    package: shop\n" +
		"    policy: [policy.unreviewed.yaml, policy.yaml]\n"
	if got := files["resgen.yaml"]; !strings.HasSuffix(got, wantClients) {
		t.Errorf("got\n%s\nwant\n%s", got, wantClients)
	}
	const schema = "# yaml-language-server: $schema=https://github.com/resgen/resgen/raw/v0.2.0/docs/schema/"
	for name, want := range map[string]string{
		"resgen.yaml": schema + "resgen.json\n", "policy.yaml": schema + "policy.json\n",
		"policy.unreviewed.yaml": schema + "policy.json\n",
	} {
		if !strings.HasPrefix(files[name], want) {
			t.Errorf("%s begins with %.120q, want %q", name, files[name], want)
		}
	}
	const wantGenerate = "package shop\n\n//go:generate go tool resgen generate\n"
	if got, want := files["internal/shop/generate.go"], wantGenerate; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, want := range []string{
		"          fetch-depth: 0 ", "          go-version-file: go.mod\n", "          cache-dependency-path: go.sum\n",
		"        run: go tool resgen check --against \"origin/${{ github.base_ref }}\" --loosening --format github\n",
		"        run: go tool resgen check --format github\n", "        run: go test ./...\n",
	} {
		if got := files[".github/workflows/resgen.yml"]; !strings.Contains(got, want) {
			t.Errorf("the workflow is\n%s\nwant %q in it", got, want)
		}
	}
}

// Without operations that are not read-only, without a release and in a folder of the repository.
func TestFiles_OtherProjects(t *testing.T) {
	p := project(operation("listPets", "GET", "/pets"))
	p.Version, p.Folder, p.ModFolder = "", "a/b", "a"
	files, paths := texts(t, p)
	if strings.Contains(paths, "unreviewed") || !strings.HasSuffix(paths, "\n../../.github/workflows/resgen.yml\n") {
		t.Errorf("got\n%s", paths)
	}
	if got, want := files["policy.yaml"], "operations: {}\n# Every operation is read-only, so that requests may be repeated.\n"; !strings.HasSuffix(
		got, want,
	) {
		t.Errorf("got\n%s\nwant %q at the end", got, want)
	}
	if want := "$schema=https://github.com/resgen/resgen/raw/main/docs"; !strings.Contains(files["resgen.yaml"], want) {
		t.Errorf("got\n%s\nwant %q in it", files["resgen.yaml"], want)
	}
	for _, want := range []string{
		"working-directory: a/b\n", "go-version-file: a/go.mod\n", "cache-dependency-path: a/go.sum\n",
	} {
		if got := files["../../.github/workflows/resgen.yml"]; !strings.Contains(got, want) {
			t.Errorf("the workflow is\n%s\nwant %q in it", got, want)
		}
	}
	p.CI = false
	if _, paths = texts(t, p); strings.Contains(paths, "workflow") {
		t.Errorf("got\n%s", paths)
	}
}

// Methods by tag are proposed above 50 operations.
func TestFiles_ManyOperations(t *testing.T) {
	for n, want := range map[int]bool{50: false, 51: true} {
		var ops []*api.Operation
		for i := range n {
			ops = append(ops, operation(fmt.Sprint("get", i), "GET", fmt.Sprint("/", i)))
		}
		files, _ := texts(t, project(ops...))
		line := "\n    # group: tag   # a proposal for 51 operations: methods by tag, besides the flat ones\n"
		if got := strings.Contains(files["resgen.yaml"], line); got != want {
			t.Errorf("%d operations: got\n%s", n, files["resgen.yaml"])
		}
	}
}

// Two documents that share a policy file: an operationId of both is no key, and an operation of
// both has one entry.
func TestFiles_SharedPolicy(t *testing.T) {
	p := project(operation("add", "POST", "/pets"), operation("same", "POST", "/same"))
	other := project(operation("add", "POST", "/shops"), operation("POST /same", "POST", "/same"))
	other.Clients[0].Spec = "other.yaml"
	p.Clients = append(p.Clients, other.Clients...)
	files, _ := texts(t, p)
	var keys []string
	for line := range strings.Lines(after(files["policy.yaml"], "operations:")) {
		if key, _, ok := strings.Cut(line, ": # "); ok {
			keys = append(keys, strings.TrimSpace(key))
		}
	}
	if got, want := strings.Join(keys, "|"), "# POST /pets|# same|# POST /shops|# POST /same"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if want := "# Policy of shop.yaml, other.yaml: "; !strings.Contains(files["policy.yaml"], want) {
		t.Errorf("got\n%s\nwant %q in it", files["policy.yaml"], want)
	}
}
