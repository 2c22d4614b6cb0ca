package demo

import (
	"errors"
	"io/fs"
	"os"
)

// errNotRegular is the cause of the error of [Create] for a path where something else is.
var errNotRegular = errors.New("something that is not a regular file has this name")

// Create creates a file that only its owner may access. It replaces a regular file, but never
// writes through a link: an existing link, pipe or folder is an error.
func Create(path string) (*os.File, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "create", Path: path, Err: errNotRegular}
	default:
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}
