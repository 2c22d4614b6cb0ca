package generator

// This file compares generated files with those on disk.

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/emit"
	"github.com/resgen/resgen/generator/overview"
	"github.com/resgen/resgen/resilience/diag"
)

// A Change is a file that differs from what is on disk.
type Change struct {
	Path   string // relative to the folder of resgen.yaml, with slashes
	Before []byte // content on disk; nil if the file does not exist
	After  []byte // generated content; nil if the file is to be removed
}

// compare returns what writing would change, sorted by path. Files that resgen did not write belong
// to the user; one that would have to be replaced is a finding.
func compare(dir string, docs []printed) ([]Change, error) {
	var changes []Change
	var found diag.List
	for _, d := range docs {
		old, err := readFolder(dir, d.output)
		if err != nil {
			return nil, err
		}
		found = append(found, d.handWritten(old)...)
		changes = append(changes, d.changes(old)...)
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	found.Sort()
	return changes, found.Err()
}

// readFolder returns the Go files and the RESILIENCE.md of a folder by name, and the temporary
// files that an interrupted run has left there. A folder that does not exist has none.
func readFolder(dir, output string) (map[string][]byte, error) {
	folder := filepath.Join(dir, filepath.FromSlash(output))
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, withoutSyscall(err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if !e.Type().IsRegular() || !concerns(e.Name()) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, withoutSyscall(err)
		}
		files[e.Name()] = data
	}
	return files, nil
}

// concerns reports whether resgen looks at files with this name.
func concerns(name string) bool {
	return strings.HasSuffix(name, ".go") || name == overview.Name || isTemporary(name)
}

// changes compares the files of one package. Files that an earlier run wrote and this run does not
// are removed, and so are temporary files.
func (d printed) changes(old map[string][]byte) []Change {
	var changes []Change
	for name, data := range d.files {
		if !bytes.Equal(old[name], data) {
			changes = append(changes, Change{Path: path.Join(d.output, name), Before: old[name], After: data})
		}
	}
	for name, data := range old {
		if d.files[name] == nil && (isTemporary(name) || emit.IsGenerated(data)) {
			changes = append(changes, Change{Path: path.Join(d.output, name), Before: data})
		}
	}
	return changes
}
