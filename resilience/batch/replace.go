package batch

import (
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// replaceFile writes a file in the place of another. After an error the old file is as it was.
func replaceFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), temporaryPrefix(filepath.Base(path))+"*")
	if err != nil {
		return err
	}
	if err = cmp.Or(write(f), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// temporaryPrefix returns the beginning of the names of temporary files, which a number follows.
func temporaryPrefix(name string) string { return "." + name + "-" }

// syncFolder makes a rename durable. Windows has no such call for folders.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
