//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package batch

import (
	"errors"
	"os"
)

// lockFile fails, because this system has no lock that ends with the process.
func lockFile(string) (*os.File, error) {
	return nil, errors.New("files cannot be locked on this system; use another journal")
}
