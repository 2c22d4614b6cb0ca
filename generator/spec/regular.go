package spec

import (
	"errors"
	"io/fs"
	"os"
)

// errNotRegular is the cause of the error for anything but a regular file.
var errNotRegular = errors.New("is not a regular file")

// ReadFile reads a regular file, or the one that a symbolic link leads to. Everything else is an
// error: reading a pipe could wait forever, and a device might never end.
func ReadFile(path string) ([]byte, error) { return readRegular(path, os.Stat, os.ReadFile) }

// readRegular reads a file with read if stat says that it is regular.
func readRegular(
	path string, stat func(string) (fs.FileInfo, error), read func(string) ([]byte, error),
) ([]byte, error) {
	info, err := stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir(): // reading it gives the system's error
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "open", Path: path, Err: errNotRegular}
	}
	return read(path)
}
