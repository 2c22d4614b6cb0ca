package generator

// This file writes generated files: all or none.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// temporary is the prefix of the names of files that are not complete yet.
const temporary = ".resgen-"

// isTemporary reports whether a file has the name of a temporary file. If the program was killed,
// such files remain, and the next run removes them.
func isTemporary(name string) bool {
	digits, ok := strings.CutPrefix(name, temporary)
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// write makes all changes or none. It first writes new content to temporary files in the same
// folders, so that most errors occur before any file is replaced. If a replacement fails, those
// before it are undone. Once the first file is replaced, cancellation has no effect.
func write(ctx context.Context, dir string, changes []Change) error {
	w := writer{dir: dir}
	complete := false
	defer func() {
		if !complete { // after a panic too
			w.undo()
		}
	}()
	if err := w.prepare(ctx, changes); err != nil {
		return err
	}
	if err := w.replace(changes); err != nil {
		return err
	}
	complete = true
	return nil
}

// A writer records what it did, so that it can be undone.
type writer struct {
	dir     string
	folders []string          // folders that it made, outermost first
	staged  map[string]string // path → temporary file
	done    []Change
}

func (w *writer) path(p string) string { return filepath.Join(w.dir, filepath.FromSlash(p)) }

// prepare writes all new content to temporary files.
func (w *writer) prepare(ctx context.Context, changes []Change) error {
	w.staged = map[string]string{}
	for _, c := range changes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.After == nil {
			continue
		}
		if c.Instead != "" {
			const text = "nothing was written: %s is %s, which resgen did not make; delete it, or choose another output"
			return fmt.Errorf(text, c.Path, c.Instead)
		}
		if err := w.stage(c); err != nil {
			return fmt.Errorf("nothing was written: %s: %w", path.Dir(c.Path), withoutPath(err))
		}
	}
	return ctx.Err()
}

// stage writes one temporary file and makes the folders above it.
func (w *writer) stage(c Change) error {
	if err := w.makeFolders(path.Dir(c.Path)); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(w.path(c.Path)), temporary+"*")
	if err != nil {
		return err
	}
	w.staged[c.Path] = f.Name()
	_, err = f.Write(c.After)
	return errors.Join(err, f.Chmod(0o644), f.Close())
}

// makeFolders makes a folder and those above it that do not exist.
func (w *writer) makeFolders(folder string) error {
	if _, err := os.Stat(w.path(folder)); err == nil || folder == "." {
		return err
	}
	if err := w.makeFolders(path.Dir(folder)); err != nil {
		return err
	}
	w.folders = append(w.folders, folder)
	return os.Mkdir(w.path(folder), 0o755)
}

// replace renames the temporary files to their final names and removes stale files.
func (w *writer) replace(changes []Change) error {
	for _, c := range changes {
		var err error
		if c.After == nil {
			err = os.Remove(w.path(c.Path))
		} else {
			err = os.Rename(w.staged[c.Path], w.path(c.Path))
		}
		if err != nil {
			return fmt.Errorf("nothing was changed: %s: %w", c.Path, withoutPath(err))
		}
		delete(w.staged, c.Path)
		w.done = append(w.done, c)
	}
	return nil
}

// undo restores the files that were replaced or removed, and removes temporary files and folders.
// It ignores errors and restores as much as it can.
func (w *writer) undo() {
	for _, c := range slices.Backward(w.done) {
		if c.Before == nil {
			_ = os.Remove(w.path(c.Path))
		} else {
			_ = os.WriteFile(w.path(c.Path), c.Before, 0o644)
		}
	}
	for _, name := range w.staged {
		_ = os.Remove(name)
	}
	for _, folder := range slices.Backward(w.folders) {
		_ = os.Remove(w.path(folder)) // fails if the folder is not empty
	}
}
