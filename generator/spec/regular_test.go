package spec_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/resgen/resgen/generator/spec"
)

// pipe makes a named pipe in a folder and returns its path.
func pipe(t *testing.T, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := exec.Command("mkfifo", path).Run(); err != nil {
		t.Skip("this system has no mkfifo:", err)
	}
	return path
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := errors.Join(os.WriteFile(file, []byte("text"), 0o600), os.Symlink(file, link)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, link} {
		if got, err := spec.ReadFile(path); err != nil || string(got) != "text" {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	for _, path := range []string{pipe(t, dir, "pipe"), os.DevNull} {
		got, err := spec.ReadFile(path)
		if got != nil || err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	if _, err := spec.ReadFile(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := spec.ReadFile(dir); err == nil || strings.Contains(err.Error(), "regular") {
		t.Errorf("a folder: %v", err)
	}
}

// A pipe in place of a document, a referenced file or an overlay is a finding, not a wait.
func TestLoad_Pipes(t *testing.T) {
	dir := t.TempDir()
	pipe(t, dir, "pipe.yaml")
	text := "openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths:\n  /a:\n    $ref: pipe.yaml\n"
	if err := os.WriteFile(filepath.Join(dir, "refers.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	plain := strings.Replace(text, "  /a:\n    $ref: pipe.yaml\n", "  {}\n", 1)
	if err := os.WriteFile(filepath.Join(dir, "plain.yaml"), []byte(plain), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]spec.Options{
		"document":  {Dir: dir, File: "pipe.yaml"},
		"reference": {Dir: dir, File: "refers.yaml"},
		"overlay":   {Dir: dir, File: "plain.yaml", Overlays: []string{"pipe.yaml"}},
	} {
		_, found := spec.Load(t.Context(), o)
		if text := found.Error(); !strings.Contains(text, "is not a regular file") {
			t.Errorf("%s: %s", name, text)
		}
	}
}
