package edr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrOpenFile tells that others than its owner may read or write the session's file, or that it is
// another user's.
var ErrOpenFile = errors.New("the session file is not private")

// mostFileBytes bounds what is read of a session file; real ones have a few thousand bytes.
const mostFileBytes = 4 << 20

// NewFile returns a store that keeps the session encrypted in a file of mode 0600, written as a
// whole or not at all. Its folder must exist. Load refuses with [ErrOpenFile] a file that others
// may read or write or that belongs to another user, also [ErrWrongKey] and [ErrCorrupt] as
// [Encrypted] does. On systems without Unix permissions these are not checked.
func NewFile(path string, k Key) Store { return Encrypted(privateFile(path), k) }

// A privateFile is a file for its owner alone.
type privateFile string

// Load reads the file. A file that does not exist is nothing stored.
func (p privateFile) Load(context.Context) ([]byte, error) {
	f, err := os.Open(string(p))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := private(info); err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	data, err := io.ReadAll(io.LimitReader(f, mostFileBytes+1))
	if err == nil && len(data) > mostFileBytes {
		err = ErrCorrupt
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	return data, nil
}

// Save writes a new file beside the old one and puts it in its place.
func (p privateFile) Save(_ context.Context, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(string(p)), ".edr-session-*") // of mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), string(p))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
