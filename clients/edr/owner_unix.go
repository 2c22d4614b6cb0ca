//go:build unix

package edr

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// private returns an error if others may read or write the file.
func private(info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: not a regular file", ErrOpenFile)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf(
			"%w: its mode is %04o, want 0600; what it holds may be known to others, so remove it and sign in again",
			ErrOpenFile,
			mode,
		)
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok && int64(s.Uid) != int64(os.Geteuid()) {
		return fmt.Errorf("%w: it belongs to user %d, not to user %d of this process", ErrOpenFile, s.Uid, os.Geteuid())
	}
	return nil
}
