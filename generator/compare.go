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

	Executable bool   // the file on disk can be executed
	Instead    string // what is on disk in place of a file: "a symbolic link"
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
		found = append(found, d.handWritten(old.files)...)
		changes = append(changes, d.changes(old)...)
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	found.Sort()
	return changes, found.Err()
}

// onDisk has the files of a folder on disk that resgen looks at, by name.
type onDisk struct {
	files      map[string][]byte
	executable map[string]bool   // files with a mode that lets them be executed
	instead    map[string]string // what is not a regular file, in words
}

// readFolder returns the Go files and the RESILIENCE.md of a folder, and the temporary files that
// an interrupted run has left there. A folder that does not exist has none.
func readFolder(dir, output string) (onDisk, error) {
	at := filepath.Join(dir, filepath.FromSlash(output))
	f := onDisk{files: map[string][]byte{}, executable: map[string]bool{}, instead: map[string]string{}}
	entries, err := os.ReadDir(at)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return f, withoutSyscall(err)
	}
	for _, e := range entries {
		if !concerns(e.Name()) {
			continue
		}
		if what := irregular(e.Type()); what != "" {
			f.instead[e.Name()] = what
			continue
		}
		if f.files[e.Name()], err = os.ReadFile(filepath.Join(at, e.Name())); err != nil {
			return f, withoutSyscall(err)
		}
		info, err := e.Info()
		f.executable[e.Name()] = err == nil && info.Mode()&0o111 != 0
	}
	return f, nil
}

// irregular says what an entry of a folder is that is not a regular file.
func irregular(t fs.FileMode) string {
	switch {
	case t.IsRegular():
		return ""
	case t.IsDir():
		return "a folder"
	case t&fs.ModeSymlink != 0:
		return "a symbolic link"
	}
	return "not a regular file"
}

// concerns reports whether resgen looks at files with this name.
func concerns(name string) bool {
	return strings.HasSuffix(name, ".go") || name == overview.Name || isTemporary(name)
}

// changes compares the files of one package. Files that an earlier run wrote and this run does not
// are removed, and so are temporary files. A file with the right content is written again if its
// mode lets it be executed.
func (d printed) changes(old onDisk) []Change {
	var changes []Change
	for name, data := range d.files {
		before := old.files[name]
		if bytes.Equal(before, data) && before != nil && !old.executable[name] {
			continue
		}
		changes = append(changes, Change{
			Path: path.Join(d.output, name), Before: before, After: data, Executable: old.executable[name],
			Instead: old.instead[name],
		})
	}
	for name, data := range old.files {
		if d.files[name] == nil && (isTemporary(name) || emit.IsGenerated(data)) {
			changes = append(changes, Change{Path: path.Join(d.output, name), Before: data})
		}
	}
	return changes
}
