package docpages

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A world is what pages run in: a copy of the project's command on PATH, and folders of consumers
// that use the project's modules from its folder.
type world struct {
	clone   string
	resgen  string // the built command
	env     []string
	release func() (string, error) // makes the file tree of a release once and returns its path
}

func newWorld(t *testing.T) *world {
	t.Helper()
	clone, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin, "./cmd/resgen")
	build.Dir = clone
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	env := append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "GOFLAGS=-mod=mod",
		"GITHUB_ACTIONS=", "CLONE="+clone)
	tree := t.TempDir()
	return &world{clone: clone, resgen: filepath.Join(bin, "resgen"), env: env, release: sync.OnceValues(
		func() (string, error) { return tree, draftRelease(clone, tree) },
	)}
}

// draftRelease writes the project's modules to tree as the module proxy would serve them.
func draftRelease(clone, tree string) error {
	cmd := exec.Command("go", "run", "./release", "-root", "..", "-draft", "-out", tree, "v0.2.0")
	cmd.Dir, cmd.Env = filepath.Join(clone, "tools"), append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("release: %w\n%s", err, out)
	}
	return nil
}

// released returns an environment in which the project's modules were released, as a file tree in
// front of the module proxy, and nothing of them has been downloaded. Commands that the pages
// install are found first.
func (w *world) released(t *testing.T) []string {
	t.Helper()
	tree, err := w.release()
	if err != nil {
		t.Fatal(err)
	}
	known, err := exec.Command("go", "env", "GOPROXY", "GOMODCACHE", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	from := strings.Split(strings.TrimSpace(string(known)), "\n")
	proxy, modules, builds := from[0], from[1], from[2]
	home := t.TempDir()
	bin := filepath.Join(home, "bin")
	return append(slices.Clone(w.env),
		"HOME="+home, "GOPATH="+filepath.Join(home, "go"), "GOMODCACHE="+filepath.Join(home, "go", "pkg", "mod"),
		"GOBIN="+bin, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"GOCACHE="+builds, "GOPROXY=file://"+tree+",file://"+filepath.Join(modules, "cache", "download")+","+proxy,
		"GONOSUMDB=github.com/resgen/resgen", "GOSUMDB=off", "GOFLAGS=-modcacherw -trimpath",
		"GIT_AUTHOR_NAME=reader", "GIT_AUTHOR_EMAIL=reader@example.com",
		"GIT_COMMITTER_NAME=reader", "GIT_COMMITTER_EMAIL=reader@example.com")
}

// consumer returns the folder of a page: a copy of a fixture, with a go.mod unless the fixture has
// one, and with generated clients if it has a resgen.yaml.
func (w *world) consumer(t *testing.T, fixture string) string {
	t.Helper()
	dir := t.TempDir()
	if fixture == "" {
		return dir
	}
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", fixture))); err != nil {
		t.Fatal(err)
	}
	if !exists(filepath.Join(dir, "go.mod")) {
		w.module(t, dir)
	}
	if exists(filepath.Join(dir, "resgen.yaml")) {
		cmd := exec.Command(w.resgen, "generate")
		cmd.Dir, cmd.Env = dir, w.env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("resgen generate: %v\n%s", err, out)
		}
	}
	return dir
}

// module writes a go.mod that requires what the project requires, and uses its modules from their
// folders.
func (w *world) module(t *testing.T, dir string) {
	t.Helper()
	const path = "github.com/resgen/resgen"
	mod := strings.Replace(w.read(t, "go.mod"), "module "+path, "module example.com/consumer", 1)
	mod += "\nrequire " + path + " v0.0.0\n\nreplace " + path + " => " + w.clone +
		"\n\nreplace " + path + "/resilience => " + filepath.Join(w.clone, "resilience") + "\n"
	sum := w.read(t, "go.sum") + w.read(t, "resilience/go.sum")
	for name, text := range map[string]string{"go.mod": mod, "go.sum": sum} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(w.clone, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// packages returns the import paths of the packages that Go blocks of a folder may use, by their
// names: those of the standard library, of the project and of the folder.
func (w *world) packages(dir string) (map[string]string, error) {
	cmd := exec.Command("go", "list", "-f", "{{.Name}} {{.ImportPath}}", "std", "./...",
		"github.com/resgen/resgen/clients/...", "github.com/resgen/resgen/generated/...",
		"github.com/resgen/resgen/resilience/...")
	cmd.Dir, cmd.Env = dir, w.env
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	list := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, path, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "main" || strings.Contains(path, "internal/") && !strings.HasPrefix(path, "example.com/") {
			continue
		}
		if list[name] == "" || len(path) < len(list[name]) { // text/template has the shorter path
			list[name] = path
		}
	}
	return list, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
