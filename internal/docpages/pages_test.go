package docpages

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every page does what it shows.
func TestPages(t *testing.T) {
	w := newWorld(t)
	pages, err := filepath.Glob(filepath.Join(w.clone, "docs/how-to/*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "docs/tutorial.md"} {
		if path := filepath.Join(w.clone, name); exists(path) {
			pages = append(pages, path)
		}
	}
	for _, path := range pages {
		name, err := filepath.Rel(w.clone, path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.ToSlash(name), func(t *testing.T) {
			t.Parallel()
			w.page(t, path)
		})
	}
}

// page runs the blocks of one page.
func (w *world) page(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page, err := Parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{world: w, env: w.env, dir: w.consumer(t, page.Fixture)}
	if page.Release {
		v.env = w.released(t)
	}
	for _, b := range page.Blocks {
		if err := v.block(b); err != nil {
			t.Errorf("line %d: %v", b.Line, err)
		}
	}
	if err := v.goBlocks(page); err != nil {
		t.Error(err)
	}
}

// A visit is one run of a page.
type visit struct {
	*world
	env     []string
	dir     string // the page's folder
	printed string // by the latest shell block
}

// block runs one block.
func (v *visit) block(b Block) error {
	if path := b.Directives["file"]; path != "" {
		if err := v.write(path, b.Text); err != nil {
			return err
		}
	}
	if path := b.Directives["generated"]; path != "" {
		return v.generated(path, b.Text)
	}
	switch b.Language {
	case "sh":
		return v.shell(b)
	case "yaml":
		return decode(b)
	case "json":
		if !json.Valid([]byte(b.Text)) {
			return errors.New("not JSON")
		}
		return nil
	case "text", "":
		if _, ok := b.Directives["figure"]; !ok && b.Directives["file"] == "" && !Match(b.Text, v.printed) {
			return fmt.Errorf("the output differs; it is\n%s", v.printed)
		}
		return nil
	case "go":
		if strings.HasPrefix(b.Text, "package ") && b.Directives["file"] == "" {
			return errors.New("a Go file needs the directive file")
		}
		return nil
	}
	if b.Directives["file"] != "" {
		return nil
	}
	return fmt.Errorf("a block of %s is not checked by anything", b.Language)
}

func (v *visit) write(path, text string) error {
	path = filepath.Join(v.dir, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// generated compares a block with a file of the project, by lines without indentation.
func (v *visit) generated(path, text string) error {
	data, err := os.ReadFile(filepath.Join(v.clone, path))
	if err != nil {
		return err
	}
	if !Match("…\n"+text+"…", string(data)) {
		return fmt.Errorf("%s does not contain the block", path)
	}
	return nil
}

// shell runs a shell block.
func (v *visit) shell(b Block) error {
	dir, env := v.dir, v.env
	if b.Directives["in"] == "clone" {
		dir, env = v.clone, append(slices.Clone(v.world.env), "GOFLAGS=")
	}
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", v.dryMake(b.Text))
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	v.printed = string(out)
	want := b.Directives["exit"]
	if want == "" {
		want = "0"
	}
	if got := fmt.Sprint(cmd.ProcessState.ExitCode()); got != want {
		return fmt.Errorf("exit code %s, want %s: %v\n%s", got, want, err, out)
	}
	return nil
}

// dryMake makes the targets of a Makefile only print what they would do: these tests are part of
// one of them.
func (v *visit) dryMake(script string) string {
	return "make() { command make -n \"$@\" >/dev/null; }\n" + script
}

// goBlocks runs the Go blocks of the page that are not files.
func (v *visit) goBlocks(page Page) error {
	source, err := GoSource(page)
	if source == "" {
		return err
	}
	path := filepath.Join(v.dir, "docs_test.go")
	packages, err := v.packages(v.dir)
	if err != nil {
		return err
	}
	data, err := WithImports(source, packages)
	if err != nil {
		return fmt.Errorf("%w in\n%s", err, source)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return err
	}
	cmd := exec.Command("go", "test", "-count=1", "-run", "^TestLine", ".")
	cmd.Dir, cmd.Env = v.dir, v.env
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go test: %w\n%s\n%s", err, out, numbered(data))
	}
	return nil
}

// numbered returns text with line numbers.
func numbered(text []byte) string {
	var b strings.Builder
	for i, line := range bytes.Split(text, []byte("\n")) {
		fmt.Fprintf(&b, "%4d %s\n", i+1, line)
	}
	return b.String()
}
