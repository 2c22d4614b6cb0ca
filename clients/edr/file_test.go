package edr_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// Folders that others can write to let them replace the file.
func TestFile_RefusesSharedFolders(t *testing.T) {
	for mode, ok := range map[fs.FileMode]bool{
		0o777: false, 0o720: false, 0o702: false, fs.ModeSticky | 0o777: false, 0o755: true, 0o700: true,
	} {
		dir := filepath.Join(t.TempDir(), "folder")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		store := edr.NewFile(filepath.Join(dir, "session"), key(t, 1))
		if err := store.Save(t.Context(), []byte("secret")); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		_, loaded := store.Load(t.Context())
		saved := store.Save(t.Context(), []byte("secret"))
		unlock, locked := store.(edr.Locker).Lock(t.Context())
		if locked == nil {
			unlock()
		}
		for name, err := range map[string]error{"load": loaded, "save": saved, "lock": locked} {
			if (err == nil) != ok || !ok && (!errors.Is(err, edr.ErrOpenFile) || !strings.Contains(err.Error(), dir)) {
				t.Errorf("mode %v: %s: %v", mode, name, err)
			}
		}
	}
}

// Load does not wait for the other end of a pipe, nor read a device.
func TestFile_RefusesPipesAndDevices(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "session")
	if err := exec.Command("mkfifo", "-m", "600", pipe).Run(); err != nil {
		t.Skip("this system has no mkfifo:", err)
	}
	device := filepath.Join(t.TempDir(), "session")
	if err := os.Symlink(os.DevNull, device); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, device} {
		_, err := edr.NewFile(path, key(t, 1)).Load(t.Context())
		if !errors.Is(err, edr.ErrOpenFile) || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// A lock is waited for until its holder ends it or the context ends.
func TestFile_Lock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session")
	synctest.Test(t, func(t *testing.T) {
		one, two := edr.NewFile(path, key(t, 1)).(edr.Locker), edr.NewFile(path, key(t, 2)).(edr.Locker)
		unlock, err := one.Lock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		if _, err := two.Lock(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Second ||
			!strings.Contains(err.Error(), path+".lock: cannot be locked") {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		time.AfterFunc(time.Second, unlock)
		begun = time.Now()
		unlock, err = two.Lock(t.Context())
		if waited := time.Since(begun); err != nil || waited < time.Second || waited > 1020*time.Millisecond {
			t.Fatalf("locked after %v: %v", waited, err)
		}
		unlock()
		if unlock, err = one.Lock(t.Context()); err != nil {
			t.Fatal(err)
		}
		unlock()
	})
	if info, err := os.Stat(path + ".lock"); err != nil || info.Mode() != 0o600 {
		t.Errorf("the lock: %v, %v", info, err)
	}
	_, err := edr.NewFile(filepath.Join(t.TempDir(), "no", "session"), key(t, 1)).(edr.Locker).Lock(t.Context())
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "session.lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := edr.NewFile(filepath.Join(dir, "session"), key(t, 1)).(edr.Locker).Lock(t.Context()); err == nil {
		t.Error("a folder was locked")
	}
	if unlock, err := edr.Encrypted(&edr.Memory{}, key(t, 1)).(edr.Locker).Lock(t.Context()); err != nil {
		t.Error(err)
	} else {
		unlock()
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
