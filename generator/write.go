// This file compares generated files with those on disk and writes them: all or none.
package generator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/emit"
	"github.com/resgen/resgen/resilience/diag"
)

// A Change is a file that differs from what is on disk.
type Change struct {
	Path   string // relative to the folder of resgen.yaml, with slashes
	Before []byte // content on disk; nil: there is no such file
	After  []byte // content generated; nil: the file is to be removed
}

// compare returns what writing would change, sorted by path. Files that resgen did not write are the user's; one in the way is a finding.
func compare(dir string, docs []*document) ([]Change, error) {
	var changes []Change
	var found diag.List
	for _, d := range docs {
		old, err := readFolder(dir, d.output)
		if err != nil {
			return nil, err
		}
		found = append(found, d.strangers(old)...)
		changes = append(changes, d.changes(old)...)
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	found.Sort()
	return changes, found.Err()
}

// readFolder returns the Go files of a folder by name; none if there is no folder.
func readFolder(dir, output string) (map[string][]byte, error) {
	folder := filepath.Join(dir, filepath.FromSlash(output))
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, readable(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, readable(err)
		}
		files[e.Name()] = data
	}
	return files, nil
}

// strangers finds files of the user's that generated ones would replace, and those that are of another package.
func (d *document) strangers(old map[string][]byte) diag.List {
	var found diag.List
	for _, name := range slices.Sorted(maps.Keys(old)) {
		if emit.IsGenerated(old[name]) {
			continue
		}
		pos := diag.Position{File: path.Join(d.output, name)}
		if d.files[name] != nil {
			found.Add(diag.Diagnostic{Pos: pos, Code: "hand-written", What: "was not written by resgen, so it is not replaced", Cure: "move it away, or choose another output for " + d.file})
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), name, old[name], parser.PackageClauseOnly)
		if err == nil && tree.Name.Name != d.pkg && tree.Name.Name != d.pkg+"_test" {
			found.Add(diag.Diagnostic{Pos: pos, Code: "hand-written", What: "is of package " + tree.Name.Name + ", and the client of " + d.file + " would be of package " + d.pkg, Cure: "move it away, or choose another output or package"})
		}
	}
	return found
}

// changes compares the files of one package. Files that an earlier run wrote and this one does not are to be removed.
func (d *document) changes(old map[string][]byte) []Change {
	var changes []Change
	for name, data := range d.files {
		if !bytes.Equal(old[name], data) {
			changes = append(changes, Change{Path: path.Join(d.output, name), Before: old[name], After: data})
		}
	}
	for name, data := range old {
		if d.files[name] == nil && emit.IsGenerated(data) {
			changes = append(changes, Change{Path: path.Join(d.output, name), Before: data})
		}
	}
	return changes
}

// temporary begins the names of files that are not yet complete.
const temporary = ".resgen-"

// write makes all changes, or none. New content is first written beside its place, so that what can fail does so before anything is
// replaced; should a replacement fail all the same, those before it are undone. Once replacing has begun, an interrupt comes too late.
func write(ctx context.Context, dir string, changes []Change) error {
	w := writer{dir: dir}
	err := w.prepare(ctx, changes)
	if err == nil {
		err = w.replace(changes)
	}
	if err != nil {
		w.undo()
	}
	return err
}

// A writer remembers what it did, so that it can be undone.
type writer struct {
	dir     string
	folders []string          // made, outermost first
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
		if err := w.stage(c); err != nil {
			return fmt.Errorf("nothing was written: %s: %w", path.Dir(c.Path), cause(err))
		}
	}
	return ctx.Err()
}

// stage writes one temporary file, with the folders on the way to it.
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

// makeFolders makes a folder and those above it that are missing.
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

// replace puts the temporary files in their places and removes what is stale.
func (w *writer) replace(changes []Change) error {
	for _, c := range changes {
		var err error
		if c.After == nil {
			err = os.Remove(w.path(c.Path))
		} else {
			err = os.Rename(w.staged[c.Path], w.path(c.Path))
		}
		if err != nil {
			return fmt.Errorf("everything is as it was: %s: %w", c.Path, cause(err))
		}
		delete(w.staged, c.Path)
		w.done = append(w.done, c)
	}
	return nil
}

// undo puts back what was there before. It goes on after an error: the more is as it was, the better.
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
		_ = os.Remove(w.path(folder)) // only if it is empty
	}
}
