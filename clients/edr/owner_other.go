//go:build !unix

package edr

import (
	"fmt"
	"io/fs"
)

// private refuses what is no file. Whom it is for is not told by a mode here.
func private(info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: it is no regular file", ErrOpenFile)
	}
	return nil
}
