package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// root is the folder of the clone.
const root = "../.."

// version is later than every release, so that @latest means it.
const version = "v0.999.0"

// A newcomer is a machine on which Go was never used: home, module cache and work folder are empty.
// The only module proxies are the tree of this release and the download cache of this machine, so
// nothing is fetched over the network.
type newcomer struct {
	dir  string
	env  []string
	home string
}

// TestFirstHour does what README says, from nothing to a client that is called by a test and by a
// program: in a module, in a workspace, with resgen as a tool, and with a clone.
func TestFirstHour(t *testing.T) {
	proxy := t.TempDir()
	r, err := newRelease(root, version)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.write(proxy, io.Discard); err != nil {
		t.Fatal(err)
	}
	downloads := downloaded(t)
	home := newHome(t)
	commands := readmeCommands(t)
	t.Run("module", func(t *testing.T) {
		n := home.arrive(t, proxy, downloads)
		n.script(t, commands)
		n.generated(t, "go run github.com/resgen/resgen/cmd/resgen@"+version+" generate")
		n.hasOnlyTheRuntime(t)
		n.sumsAreOurs(t)
		n.program(t)
		n.script(t, "go run github.com/resgen/resgen/cmd/resgen@latest check")
	})
	t.Run("workspace", func(t *testing.T) {
		n := home.arrive(t, proxy, downloads)
		n.script(t, "go work init && mkdir shop && mv petstore.yaml shop")
		n.dir = filepath.Join(n.dir, "shop")
		n.script(t, "go mod init example.com/shop && go work use .")
		n.script(t, withoutModInit(commands))
		n.generated(t, "go run github.com/resgen/resgen/cmd/resgen@"+version+" generate")
		n.hasOnlyTheRuntime(t)
		n.program(t)
	})
	t.Run("tool", func(t *testing.T) {
		n := home.arrive(t, proxy, downloads)
		out := n.script(t, strings.Replace(commands, "init petstore.yaml", "init --tool petstore.yaml", 1))
		n.generated(t, "go tool resgen generate")
		if !regexp.MustCompile(`the tool resgen adds [1-9]\d requirements`).MatchString(out) {
			t.Errorf("init does not say how many requirements --tool adds:\n%s", out)
		}
		n.program(t)
		n.script(t, "go tool resgen check")
	})
	t.Run("clone", func(t *testing.T) {
		n := home.arrive(t, proxy, downloads)
		clone, err := filepath.Abs(root)
		if err != nil {
			t.Fatal(err)
		}
		n.env = append(n.env, "PATH="+filepath.Join(n.home, "go", "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
		block := shellBlockOf(t, "docs/how-to/start.md", "init --from ../resgen petstore.yaml")
		n.script(t, "go mod init example.com/shop")
		n.script(t, strings.ReplaceAll(block, "../resgen", clone)+"\ngo generate ./...\ngo test ./...")
		n.generated(t, "resgen generate")
		n.program(t)
		n.script(t, "resgen check")
		if _, err := os.Stat(filepath.Join(n.dir, ".github")); err == nil {
			t.Error("there is a workflow, which cannot work without the clone")
		}
	})
}

// newHome returns a newcomer with empty caches, except that of compiled packages.
func newHome(t *testing.T) newcomer {
	home := t.TempDir()
	t.Cleanup(func() { // the module cache is read-only
		filepath.WalkDir(home, func(path string, _ os.DirEntry, _ error) error { os.Chmod(path, 0o755); return nil })
	})
	return newcomer{home: home}
}

// arrive returns the newcomer in an empty folder with a document.
func (n newcomer) arrive(t *testing.T, proxy, downloads string) newcomer {
	t.Helper()
	n.dir = t.TempDir()
	document, err := os.ReadFile(filepath.Join(root, "testdata", "petstore", "spec.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, n.dir, "petstore.yaml", string(document))
	compiled := goEnv(t, "GOCACHE")
	n.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + n.home, "GOPATH=" + filepath.Join(n.home, "go"), "GOCACHE=" + compiled,
		"GOPROXY=file://" + filepath.ToSlash(proxy) + ",file://" + filepath.ToSlash(downloads),
		// The checksum database is on the network; sumsAreOurs compares with go.sum instead.
		"GONOSUMDB=github.com/resgen/resgen", "GOSUMDB=off",
		"GOFLAGS=-trimpath", "GOTOOLCHAIN=local", "GOWORK=",
	}
	return n
}

// script runs commands of a shell and returns what they print.
func (n newcomer) script(t *testing.T, commands string) string {
	t.Helper()
	cmd := exec.Command("sh", "-e", "-c", commands)
	cmd.Dir, cmd.Env = n.dir, n.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s\n%v\n%s", commands, err, out)
	}
	return string(out)
}

// generated fails unless there is a client, and a go:generate line with the command.
func (n newcomer) generated(t *testing.T, command string) {
	t.Helper()
	if got := n.read(t, "internal/petstore/generate.go"); !strings.Contains(got, "\n//go:generate "+command+"\n") {
		t.Errorf("generate.go has no line for %q:\n%s", command, got)
	}
	if got := n.read(t, "internal/petstore/client.gen.go"); !strings.Contains(got, "func (c *Client) AddPet(") {
		t.Error("client.gen.go has no method AddPet")
	}
}

// hasOnlyTheRuntime fails if go.mod requires anything of the generator.
func (n newcomer) hasOnlyTheRuntime(t *testing.T) {
	t.Helper()
	mod, err := modfile.Parse("go.mod", []byte(n.read(t, "go.mod")), nil)
	if err != nil {
		t.Fatal(err)
	}
	var direct, indirect []string
	for _, r := range mod.Require {
		if r.Indirect {
			indirect = append(indirect, r.Mod.Path)
		} else {
			direct = append(direct, r.Mod.String())
		}
	}
	if want := []string{"github.com/resgen/resgen/resilience@" + version}; !slices.Equal(direct, want) {
		t.Errorf("go.mod requires %v, want %v", direct, want)
	}
	runtime, err := modfile.Parse("go.mod", []byte(read(t, root, "resilience/go.mod")), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range indirect {
		if !slices.ContainsFunc(runtime.Require, func(r *modfile.Require) bool { return r.Mod.Path == path }) {
			t.Errorf("go.mod requires %s, which the runtime does not need", path)
		}
	}
}

// sumsAreOurs fails if a library has another checksum than in this clone.
func (n newcomer) sumsAreOurs(t *testing.T) {
	t.Helper()
	ours := read(t, root, "resilience/go.sum") + read(t, root, "go.sum")
	lines := 0
	for line := range strings.Lines(n.read(t, "go.sum")) {
		if strings.HasPrefix(line, "github.com/resgen/resgen/") {
			continue
		}
		lines++
		if !strings.Contains(ours, line) {
			t.Errorf("go.sum has %s", line)
		}
	}
	if lines == 0 {
		t.Error("go.sum has no library")
	}
}

// program writes a program that calls the client, and runs it.
func (n newcomer) program(t *testing.T) {
	t.Helper()
	write(t, n.dir, "main.go", `package main

import (
	"context"
	"fmt"
	"log"

	"example.com/shop/internal/petstore"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
)

func main() {
	server := faults.New(faults.OK(`+"`[{\"id\": 1, \"name\": \"Rex\"}, {\"id\": 2, \"name\": \"Tom\"}]`"+`))
	defer server.Close()
	client, err := petstore.New(resilience.WithBaseURL(server.URL))
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	pets, err := client.ListPets(context.Background(), petstore.ListPetsParams{})
	fmt.Println(len(pets), err)
}
`)
	if got := n.script(t, "go run . && go vet ./..."); !strings.HasSuffix(got, "2 <nil>\n") {
		t.Errorf("the program prints %q, want 2 <nil>", got)
	}
}

func (n newcomer) read(t *testing.T, name string) string { return read(t, n.dir, name) }

func read(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// readmeCommands returns the shell block of README that begins with an empty folder.
func readmeCommands(t *testing.T) string {
	t.Helper()
	block := shellBlockOf(t, "README.md", "cmd/resgen@latest init petstore.yaml")
	for _, command := range []string{"go mod init example.com/shop", "go generate ./...", "go test ./..."} {
		if !strings.Contains(block, command) {
			t.Errorf("README does not say %q", command)
		}
	}
	return block
}

// shellBlockOf returns the shell block of a page that has a command.
func shellBlockOf(t *testing.T, page, command string) string {
	t.Helper()
	for _, m := range shellBlock.FindAllStringSubmatch(read(t, root, page), -1) {
		if strings.Contains(m[1], command) {
			return m[1]
		}
	}
	t.Fatalf("%s has no shell block with %q", page, command)
	return ""
}

func withoutModInit(commands string) string {
	return regexp.MustCompile(`(?m)^go mod init.*$`).ReplaceAllString(commands, "")
}

// downloaded returns the download cache of this machine, with the modules that resgen and its users
// need. It downloads what is missing.
func downloaded(t *testing.T) string {
	t.Helper()
	cache := filepath.Join(goEnv(t, "GOMODCACHE"), "cache", "download")
	list := goRun(t, root, "list", "-deps", "-f", "{{with .Module}}{{if .Version}}{{.Path}}@{{.Version}}{{end}}{{end}}",
		"./cmd/resgen", "./resilience/...")
	for _, name := range slices.Compact(slices.Sorted(strings.FieldsSeq(list))) {
		path, v, _ := strings.Cut(name, "@")
		escaped, err := module.EscapePath(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(path, "github.com/resgen/") {
			continue
		}
		if _, err := os.Stat(filepath.Join(cache, filepath.FromSlash(escaped), "@v", v+".zip")); err != nil {
			goRun(t, t.TempDir(), "mod", "download", name)
		}
	}
	return cache
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	return strings.TrimSpace(goRun(t, ".", "env", name))
}

// goRun runs the go command in a folder, in its workspace if it has one.
func goRun(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOWORK=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return string(out)
}

// The tree has what a proxy serves: the root module requires the runtime at the same version, files
// of other modules are left out, and each module has the license.
func TestWrite(t *testing.T) {
	dir := clone(t, nil)
	r, err := newRelease(dir, "v0.2.0")
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	var report bytes.Buffer
	if err := r.write(out, &report); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"zipped github.com/resgen/resgen/resilience@v0.2.0: 1 kB\n", "zipped github.com/resgen/resgen@v0.2.0: 2 kB\n",
	} {
		if !strings.Contains(report.String(), line) {
			t.Errorf("got %q, want %q in it", report.String(), line)
		}
	}
	const at = "github.com/resgen/resgen/@v/v0.2.0"
	mod := "module github.com/resgen/resgen\n\ngo 1.26.0\n\nrequire github.com/resgen/resgen/resilience v0.2.0\n"
	if got := read(t, out, at+".mod"); got != mod {
		t.Errorf("go.mod is\n%s\nwant\n%s", got, mod)
	}
	if got, want := read(t, out, at+".info"), `{"Version":"v0.2.0","Time":"1970-01-01T00:00:00Z"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := read(t, out, "github.com/resgen/resgen/@v/list"); got != "v0.2.0\n" {
		t.Errorf("the list is %q", got)
	}
	const prefix = "github.com/resgen/resgen@v0.2.0/"
	if got, want := zipped(t, out, at+".zip"), []string{
		prefix + "CHANGELOG.md", prefix + "LICENSE", prefix + "go.mod", prefix + "go.work", prefix + "main.go",
	}; !slices.Equal(got, want) {
		t.Errorf("the zip has %q, want %q", got, want)
	}
	const below = "github.com/resgen/resgen/resilience@v0.2.0/"
	if got, want := zipped(t, out, "github.com/resgen/resgen/resilience/@v/v0.2.0.zip"), []string{
		below + "LICENSE", below + "a.go", below + "go.mod",
	}; !slices.Equal(got, want) {
		t.Errorf("the zip has %q, want %q", got, want)
	}
}
