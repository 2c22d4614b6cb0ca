//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package edr

import (
	"errors"
	"os"
	"syscall"
)

// tryLock locks a file unless another process has locked it. Closing the file unlocks it.
func tryLock(f *os.File) (locked bool, err error) {
	for {
		switch err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case err == nil:
			return true, nil
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, syscall.EINTR):
			return false, err
		}
	}
}
