package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/setup"
)

// A change is what init did with a file.
type change struct {
	verb string // created, changed or kept
	path string
	note string
}

// writeFiles writes files that do not exist. An existing file is kept, except that lines are added
// to a mergeable one. If anything fails, the files that it created are removed.
func writeFiles(dir string, files []setup.File) (list []change, err error) {
	var created []string
	defer func() {
		if err == nil {
			return
		}
		for _, path := range created {
			err = errors.Join(err, os.Remove(path))
			for folder := filepath.Dir(path); folder != dir && os.Remove(folder) == nil; { // if it is empty
				folder = filepath.Dir(folder)
			}
		}
	}()
	// Merging comes last, because it cannot be undone by removing a file.
	merged := slices.DeleteFunc(slices.Clone(files), func(f setup.File) bool { return !f.Mergeable })
	files = slices.DeleteFunc(slices.Clone(files), func(f setup.File) bool { return f.Mergeable })
	files = append(files, merged...)
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		switch err := create(path, f.Data); {
		case err == nil:
			created = append(created, path)
			list = append(list, change{"created", f.Path, ""})
		case !errors.Is(err, fs.ErrExist):
			return nil, err
		case !f.Mergeable:
			list = append(list, change{"kept", f.Path, "it exists"})
		default:
			c, err := merge(path, f)
			if err != nil {
				return nil, err
			}
			list = append(list, c)
		}
	}
	return list, nil
}

// create writes a new file.
func create(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// merge adds the lines of a file that an existing file lacks.
func merge(path string, f setup.File) (change, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return change{}, err
	}
	missing := missingLines(string(data), string(f.Data))
	if missing == nil {
		return change{"kept", f.Path, "it has the lines"}, nil
	}
	end := "\n"
	if bytes.Contains(data, []byte("\r\n")) {
		end = "\r\n"
	}
	text := strings.Join(missing, end) + end
	if len(data) > 0 && !bytes.HasSuffix(data, []byte("\n")) {
		text = end + text
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return change{}, err
	}
	_, err = out.WriteString(text)
	return change{"changed", f.Path, "added " + strings.Join(missing, "; ")}, errors.Join(err, out.Close())
}

// missingLines returns the lines of more that text lacks.
func missingLines(text, more string) []string {
	has := map[string]bool{}
	for line := range strings.Lines(text) {
		has[strings.TrimSpace(line)] = true
	}
	var missing []string
	for line := range strings.Lines(more) {
		if line = strings.TrimSpace(line); !has[line] {
			missing = append(missing, line)
		}
	}
	return missing
}
