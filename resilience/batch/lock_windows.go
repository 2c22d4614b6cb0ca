package batch

import (
	"errors"
	"os"
	"syscall"
)

// sharingViolation is the error of opening a file that another process does not share.
const sharingViolation syscall.Errno = 32

// lockFile creates a file and opens it so that no other process can. Closing it, or the end of the
// process, unlocks it.
func lockFile(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS,
		syscall.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case errors.Is(err, sharingViolation):
		return nil, errInUse
	case err != nil:
		return nil, err
	}
	return os.NewFile(uintptr(h), path), nil
}
