package revision

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// git runs git commands in a folder, each written as one text with spaces between the arguments.
func git(t *testing.T, dir string, commands ...string) {
	t.Helper()
	for _, line := range commands {
		args := []string{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"}
		args = append(args, strings.Fields(line)...)
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", line, err, out)
		}
	}
}

func put(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// newRepository returns a repository with a commit on main and one more on branch, which is checked
// out. A further commit on main has another content of a.yaml.
func newRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init -q -b main")
	put(t, dir, map[string]string{
		"a.yaml": "base\r\n", "api/b c.yaml": "b", "api/x.gen.go": "g", "main.go": "m", "logo.PNG": "p",
		".gitattributes": "a.yaml export-ignore\n*.yaml text eol=lf\n",
	})
	git(t, dir, "add .", "-c core.autocrlf=false commit -q -m one", "checkout -q -b branch")
	put(t, dir, map[string]string{"a.yaml": "branch"})
	git(t, dir, "commit -q -a -m two", "checkout -q main")
	put(t, dir, map[string]string{"a.yaml": "main"})
	git(t, dir, "commit -q -a -m three", "checkout -q branch")
	return dir
}

func content(t *testing.T, names ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(names...))
	if errors.Is(err, os.ErrNotExist) {
		return "none"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The files are those of the commit, whatever the attributes and the working tree say.
func TestMergeBase(t *testing.T) {
	dir := newRepository(t)
	put(t, dir, map[string]string{"a.yaml": "changed", "new.yaml": "new"})
	tree, err := MergeBase(t.Context(), filepath.Join(dir, "api"), "main")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"a.yaml": "base\n", "api/b c.yaml": "b", "api/x.gen.go": "g", "new.yaml": "none", "main.go": "none",
		"logo.PNG": "none",
	} {
		if got := content(t, tree.Root, name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if tree.Dir != filepath.Join(tree.Root, "api") || len(tree.Short()) != 10 {
		t.Errorf("got %+v", tree)
	}
	if err := tree.Close(); err != nil || content(t, tree.Root, "a.yaml") != "none" {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestAt(t *testing.T) {
	tree, err := At(t.Context(), newRepository(t), "main")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if got := content(t, tree.Dir, "a.yaml"); got != "main" || tree.Dir != tree.Root {
		t.Errorf("got %q in %s of %s", got, tree.Dir, tree.Root)
	}
}

// A folder that the commit does not have is empty.
func TestAt_NewFolder(t *testing.T) {
	dir := newRepository(t)
	put(t, dir, map[string]string{"later/a.yaml": ""})
	tree, err := At(t.Context(), filepath.Join(dir, "later"), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if entries, err := os.ReadDir(tree.Dir); err != nil || len(entries) != 0 {
		t.Errorf("got %v, %v", entries, err)
	}
}

// Links within the commit are kept, others are left out, and submodules are listed.
func TestAt_LinksAndSubmodules(t *testing.T) {
	dir, module := newRepository(t), newRepository(t)
	for name, target := range map[string]string{
		"in.yaml": "api/b c.yaml", "api/up.yaml": "../a.yaml", "out.yaml": "../../x.yaml", "root.yaml": "/etc/hosts",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "submodule --quiet add "+module+" specs/shared", "add .", "commit -q -m links")
	tree, err := At(t.Context(), dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for name, want := range map[string]string{"in.yaml": "b", "api/up.yaml": "branch"} {
		if got := content(t, tree.Root, name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"out.yaml", "root.yaml"} {
		if _, err := os.Lstat(filepath.Join(tree.Root, name)); err == nil {
			t.Errorf("%s is there", name)
		}
	}
	for file, want := range map[string]string{
		"specs/shared/a.yaml": "specs/shared", "specs/shared": "specs/shared", "specs/shared2/a.yaml": "", "a.yaml": "",
	} {
		if got := tree.InSubmodule(file); got != want {
			t.Errorf("%s: in submodule %q, want %q", file, got, want)
		}
	}
}

// A link leads out of the commit if it does so by way of other links, too.
func TestAt_LinkThroughLink(t *testing.T) {
	outside := t.TempDir()
	t.Setenv("TMPDIR", outside)
	put(t, outside, map[string]string{"secret.yaml": "secret"})
	dir := newRepository(t)
	put(t, dir, map[string]string{"p/q/r/x.yaml": "x"})
	for name, target := range map[string]string{
		"p/q/r/d": "../../../api", "p/q/r/in.yaml": "d/../a.yaml", "p/q/r/out.yaml": "d/../../secret.yaml",
		"p/q/r/lost.yaml": "later.yaml",
	} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "add .", "commit -q -m links")
	tree, err := At(t.Context(), dir, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for name, want := range map[string]string{
		"p/q/r/in.yaml": "branch", "p/q/r/out.yaml": "none", "p/q/r/lost.yaml": "none",
	} {
		if got := content(t, tree.Root, name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if _, err := os.Lstat(filepath.Join(tree.Root, "p/q/r/lost.yaml")); err != nil {
		t.Errorf("a link to a file that is not there was removed: %v", err)
	}
}
