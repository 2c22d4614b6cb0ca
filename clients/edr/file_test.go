package edr_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/edr"
)

func TestFile_IsPrivateAndAtomic(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session")
	store := edr.NewFile(path, key(t, 1))
	if got, err := store.Load(t.Context()); got != nil || err != nil {
		t.Errorf("no file: %q, %v", got, err)
	}
	for _, text := range []string{"one", "two"} {
		if err := store.Save(t.Context(), []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Load(t.Context()); string(got) != text || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	}
	if n := files(t, filepath.Dir(path)); n != 1 {
		t.Errorf("%d files", n)
	}
}

func files(t *testing.T, dir string) int {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

func TestFile_RefusesSharedFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session")
	store := edr.NewFile(path, key(t, 1))
	for mode, ok := range map[fs.FileMode]bool{
		0o644: false, 0o640: false, 0o604: false, 0o620: false, 0o601: false, 0o600: true, 0o400: true,
	} {
		if err := store.Save(t.Context(), []byte("secret")); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := store.Load(t.Context())
		if (err == nil) != ok || !ok && !errors.Is(err, edr.ErrOpenFile) {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
	if _, err := edr.NewFile(t.TempDir(), key(t, 1)).Load(t.Context()); !errors.Is(err, edr.ErrOpenFile) {
		t.Errorf("a folder: %v", err)
	}
}

// A failed save keeps the previous content and leaves no other file.
func TestFile_FailedSave(t *testing.T) {
	if err := edr.NewFile(filepath.Join(t.TempDir(), "no", "session"), key(t, 1)).Save(
		t.Context(), []byte("x"),
	); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "session"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := edr.NewFile(filepath.Join(dir, "session"), key(t, 1)).Save(t.Context(), []byte("x")); err == nil ||
		files(t, dir) != 1 {
		t.Errorf("onto a folder: %v, %d files", err, files(t, dir))
	}
}

func TestFile_TooLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session")
	if err := os.WriteFile(path, make([]byte, 4<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := edr.NewFile(path, key(t, 1)).Load(t.Context()); !errors.Is(err, edr.ErrCorrupt) ||
		!strings.Contains(err.Error(), path) {
		t.Error(err)
	}
}
