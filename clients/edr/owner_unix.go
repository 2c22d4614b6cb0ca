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
	if user, ok := ownerID(info); ok && user != os.Geteuid() {
		return fmt.Errorf("%w: it belongs to user %d, not to user %d of this process", ErrOpenFile, user, os.Geteuid())
	}
	return nil
}

// privateFolder returns an error if others can replace files in the folder. Folders of the system's
// administrator are accepted.
func privateFolder(info fs.FileInfo) error {
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return fmt.Errorf(
			"%w: the mode of its folder is %04o, so that others can replace it; use a folder that only you can write to",
			ErrOpenFile, mode,
		)
	}
	if user, ok := ownerID(info); ok && user != os.Geteuid() && user != 0 {
		return fmt.Errorf("%w: its folder belongs to user %d, not to user %d of this process; use a folder of your own",
			ErrOpenFile, user, os.Geteuid())
	}
	return nil
}

// ownerID returns the id of the user to whom a file belongs.
func ownerID(info fs.FileInfo) (user int, ok bool) {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(s.Uid), true
}

// nonBlocking is a flag for opening files, so that a named pipe is opened at once and then refused.
const nonBlocking = syscall.O_NONBLOCK
