//go:build unix

package edr

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// foreign is the FileInfo of another user's file.
type foreign struct {
	fs.FileInfo
	stat syscall.Stat_t
}

func (f foreign) Sys() any { return &f.stat }

func TestPrivate_WrongOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "session")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	me := uint32(os.Geteuid())
	for uid, ok := range map[uint32]bool{me: true, me + 1: false, me + 1000: false} {
		err := private(foreign{info, syscall.Stat_t{Uid: uid}})
		if (err == nil) != ok || !ok && !errors.Is(err, ErrOpenFile) {
			t.Errorf("user %d: %v", uid, err)
		}
	}
}

func TestPrivateFolder_WrongOwner(t *testing.T) {
	info, err := os.Stat(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	me := uint32(os.Geteuid())
	for uid, ok := range map[uint32]bool{me: true, 0: true, me + 1: false, me + 1000: false} {
		err := privateFolder(foreign{info, syscall.Stat_t{Uid: uid}})
		if (err == nil) != ok || !ok && !errors.Is(err, ErrOpenFile) {
			t.Errorf("user %d: %v", uid, err)
		}
	}
}
