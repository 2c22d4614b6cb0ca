//go:build !unix

package edr

import (
	"fmt"
	"io/fs"
)

// private returns an error unless info is a regular file. On this system the mode does not show who
// may read it.
func private(info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: not a regular file", ErrOpenFile)
	}
	return nil
}

// privateFolder returns nil, because on this system the mode does not show who may write.
func privateFolder(fs.FileInfo) error { return nil }

// nonBlocking is 0, because this system has no such flag.
const nonBlocking = 0
