package generator

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/review/changes"
)

// git runs git commands in a folder, each with spaces between its arguments.
func git(t *testing.T, dir string, commands ...string) {
	t.Helper()
	for _, line := range commands {
		args := []string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"}
		if out, err := exec.Command("git", append(args, strings.Fields(line)...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", line, err, out)
		}
	}
}

// committed returns a project with its generated files, committed on main.
func committed(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := project(t, files)
	c, err := ReadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Generate(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	git(t, dir, "init -q -b main", "add .", "commit -q -m one")
	return dir
}

// since returns the sentences of what changed since a base.
func since(t *testing.T, dir, against string) (*Base, []string) {
	t.Helper()
	c, err := ReadConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	b, err := ReadBase(t.Context(), c, against)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Check(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, g := range changes.Groups(b.Changes(r)) {
		list = append(list, g.Sentence())
	}
	return b, list
}

func edit(t *testing.T, dir, name, old, new string) {
	t.Helper()
	path := filepath.Join(dir, name)
	content, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(content), old) {
		t.Fatalf("%s has no %q: %v", name, old, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(content), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The policies of the base are those that its checked-in client has, not the defaults that
// resgen has now. Their places are those in the generated file.
func TestReadBase_CheckedInPolicies(t *testing.T) {
	dir := committed(t, map[string]string{"pets.yaml": petstore, "resgen.yaml": onePackage})
	edit(t, dir, "out/pets/client.gen.go", "Attempts:      4", "Attempts:      3")
	git(t, dir, "commit -q -a -m stale")
	b, got := since(t, dir, "main")
	if !strings.HasPrefix(b.Name, "main at ") || len(b.Name) != len("main at 0123456789") {
		t.Errorf("name %q", b.Name)
	}
	const want = ": retry.attempts 3 → 4, built-in default (was out/pets/client.gen.go:"
	if len(got) == 0 || !strings.Contains(got[0], want) ||
		!strings.HasSuffix(got[0], ": looser") {
		t.Errorf("got %q", got)
	}
}

// A base whose documents have errors has the policies of its checked-in clients.
func TestReadBase_BrokenDocument(t *testing.T) {
	dir := committed(t, map[string]string{"pets.yaml": petstore, "resgen.yaml": onePackage})
	edit(t, dir, "pets.yaml", "openapi:", "openapi: [")
	git(t, dir, "commit -q -a -m broken")
	edit(t, dir, "pets.yaml", "openapi: [", "openapi:")
	b, _ := since(t, dir, "main")
	if !slices.Equal(b.Unplanned, []string{"pets.yaml"}) || len(b.Packages) != 1 ||
		len(b.Packages[0].API.Operations) == 0 {
		t.Errorf("got %+v", b)
	}
}

// Before there was a resgen.yaml, there were no clients.
func TestReadBase_NoConfiguration(t *testing.T) {
	dir := project(t, map[string]string{"note.txt": ""})
	git(t, dir, "init -q -b main", "add .", "commit -q -m one")
	for name, content := range map[string]string{"pets.yaml": petstore, "resgen.yaml": onePackage} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, got := since(t, dir, "main")
	if len(got) != 1 || !strings.HasPrefix(got[0], "out/pets: the client was added: ") {
		t.Errorf("got %q", got)
	}
}

func TestReadBase_Folder(t *testing.T) {
	old := project(t, map[string]string{"pets.yaml": petstore, "resgen.yaml": onePackage})
	dir := project(t, map[string]string{
		"pets.yaml": petstore, "resgen.yaml": onePackage + "    policy: policy.yaml\n",
		"policy.yaml": "defaults: {timeout: {overall: 3m}}\n",
	})
	b, got := since(t, dir, old)
	if b.Name != old || len(got) != 1 ||
		!strings.HasSuffix(got[0], "timeout.overall 2m → 3m, policy.yaml:1:31 (was built-in default): looser") {
		t.Errorf("got %s: %q", b.Name, got)
	}
}

// What cannot be compared is an error with a cure, and never taken for no change.
func TestReadBase_Errors(t *testing.T) {
	module := committed(t, map[string]string{"pets.yaml": petstore, "resgen.yaml": onePackage})
	dir := committed(t, map[string]string{"pets.yaml": petstore, "resgen.yaml": onePackage, "other/x.txt": ""})
	git(t, dir, "branch other", "submodule --quiet add "+module+" shared", "commit -q -m module")
	commit := func(branch, name, old, new string) {
		git(t, dir, "checkout -q -b "+branch+" main")
		edit(t, dir, name, old, new)
		git(t, dir, "commit -q -a -m "+branch)
	}
	commit("submodule", "resgen.yaml", "spec: pets.yaml", "spec: shared/pets.yaml")
	commit("outside", "resgen.yaml", "spec: pets.yaml", "spec: ../pets.yaml")
	commit("config", "resgen.yaml", "clients:", "client:")
	commit("gone", "resgen.yaml", "spec: pets.yaml", "spec: gone.yaml")
	git(t, dir, "checkout -q -b broken main", "rm -q -r out")
	edit(t, dir, "pets.yaml", "openapi:", "openapi: [")
	git(t, dir, "commit -q -a -m broken")
	for _, tt := range []struct{ against, want string }{
		{"submodule", "shared/pets.yaml is in the submodule shared, whose files the commit does not have; compare with " +
			"a folder: --against DIR"},
		{"outside", "../pets.yaml is outside of the repository, so that its older content is not known; compare with " +
			"a folder: --against DIR"},
		{"config", `unknown key "client"; did you mean "clients"?; choose a base without errors`},
		{"gone", "spec gone.yaml matches no file; paths are relative to the folder of resgen.yaml; choose a base"},
		{"broken", "the base has errors: pets.yaml:"},
		{"other", "other is both a folder and a git revision; write ./other or refs/heads/other"},
		{"./none", "there is no folder ./none; name a folder or a git revision"},
		{"./other", "./other has no resgen.yaml; name the folder that has it"},
		{"none", "none is not a revision of the repository"},
	} {
		t.Run(tt.against, func(t *testing.T) {
			branch := exec.Command("git", "-C", dir, "rev-parse", "-q", "--verify", "refs/heads/"+tt.against)
			if branch.Run() == nil {
				git(t, dir, "checkout -q "+tt.against)
			}
			t.Chdir(dir)
			_, err := ReadBase(t.Context(), Config{Dir: dir}, tt.against)
			if err == nil || !strings.HasPrefix(err.Error(), "--against") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}
