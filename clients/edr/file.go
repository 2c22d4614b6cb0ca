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

// ErrOpenFile means that the session file can be read or written by others, or belongs to another
// user.
var ErrOpenFile = errors.New("the session file is not private")

// mostFileBytes limits how much of a session file is read; real ones have a few thousand bytes.
const mostFileBytes = 4 << 20

// NewFile returns a store that keeps the session encrypted in a file with mode 0600, which is
// written atomically. Its folder must exist. Load returns [ErrOpenFile] for a file that others can
// read or write or that belongs to another user, and [ErrWrongKey] and [ErrCorrupt] like
// [Encrypted]. Systems without Unix permissions are not checked.
func NewFile(path string, k Key) Store { return Encrypted(privateFile(path), k) }

// A privateFile is a file that only its owner may access.
type privateFile string

// Load reads the file. A missing file means that nothing is stored.
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

// Save writes a temporary file in the same folder and renames it.
func (p privateFile) Save(_ context.Context, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(string(p)), ".edr-session-*") // mode 0600
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
