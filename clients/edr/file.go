package edr

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/resgen/resgen/clients/internal/pause"
)

// ErrOpenFile means that the session file is not a regular file, can be read or written by others,
// or belongs to another user, or that its folder can be written by others or belongs to another
// user.
var ErrOpenFile = errors.New("the session file is not private")

// mostFileBytes limits how much of a session file is read; real ones have a few thousand bytes.
const mostFileBytes = 4 << 20

// NewFile returns a store that keeps the session encrypted in a file with mode 0600, which is
// written atomically. Its folder must exist. Load and Save return [ErrOpenFile] if file or folder
// are not private: others can read or write the file, or write to the folder, or they belong to
// another user. Load returns other errors like [Encrypted]. Systems without Unix permissions are
// not checked.
//
// The lock is a file next to the session whose name ends in .lock, on systems that have flock.
func NewFile(path string, k Key) Store { return Encrypted(privateFile(path), k) }

// A privateFile is a file that only its owner may access.
type privateFile string

// Load reads the file. A missing file means that nothing is stored.
func (p privateFile) Load(context.Context) ([]byte, error) {
	if err := p.checkFolder(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	f, err := os.OpenFile(string(p), os.O_RDONLY|nonBlocking, 0)
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
	if err := p.checkFolder(); err != nil {
		return err
	}
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

// checkFolder returns an error if others can replace the file.
func (p privateFile) checkFolder() error {
	dir := filepath.Dir(string(p))
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if err := privateFolder(info); err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	return nil
}

// lockPause is the wait between two attempts to get a lock that another process holds.
const lockPause = 20 * time.Millisecond

// Lock locks a file next to the session. The file remains, because removing it would break the lock
// of a process that waits for it.
func (p privateFile) Lock(ctx context.Context) (unlock func(), err error) {
	if err := p.checkFolder(); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(string(p)+".lock", os.O_RDWR|os.O_CREATE|nonBlocking, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		locked, err := tryLock(f)
		if err == nil && !locked {
			err = pause.For(ctx, lockPause)
		}
		switch {
		case err != nil:
			return nil, errors.Join(fmt.Errorf("%s: cannot be locked: %w", f.Name(), err), f.Close())
		case locked:
			return func() { _ = f.Close() }, nil // closing releases the lock
		}
	}
}
