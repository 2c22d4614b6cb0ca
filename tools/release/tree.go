package main

// This file writes the tree of files that a module proxy serves:
//
//	PATH/@v/list  PATH/@v/VERSION.info  PATH/@v/VERSION.mod  PATH/@v/VERSION.zip

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// write writes the tree for all modules, and a line about each.
func (r *release) write(out string, report io.Writer) error {
	for _, m := range r.modules {
		size, err := r.writeModule(out, m)
		if err != nil {
			return fmt.Errorf("%s: %w", m.path(), err)
		}
		fmt.Fprintf(report, "zipped %s@%s: %d kB\n", m.path(), r.version, (size+999)/1000)
	}
	fmt.Fprintf(report, "to try it: GOPROXY=file://%s,$(go env GOPROXY) GONOSUMDB=github.com/resgen/resgen\n",
		filepath.ToSlash(absolute(out)))
	return nil
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

func (r *release) writeModule(out string, m *releasable) (size int, err error) {
	mod, err := m.released(r.version)
	if err != nil {
		return 0, err
	}
	files, err := r.zipFiles(m, mod)
	if err != nil {
		return 0, err
	}
	var data bytes.Buffer
	version := module.Version{Path: m.path(), Version: r.version}
	if err := zip.Create(&data, version, files); err != nil {
		return 0, err
	}
	escaped, err := module.EscapePath(m.path())
	if err != nil {
		return 0, err
	}
	folder := filepath.Join(out, filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return 0, err
	}
	// Real versions have the time of their commit. Nothing depends on it.
	info, err := json.Marshal(struct {
		Version string
		Time    time.Time
	}{r.version, time.Unix(0, 0).UTC()})
	if err != nil {
		return 0, err
	}
	var errs []error
	for name, content := range map[string][]byte{
		"list": []byte(r.version + "\n"), r.version + ".info": info, r.version + ".mod": mod,
		r.version + ".zip": data.Bytes(),
	} {
		errs = append(errs, os.WriteFile(filepath.Join(folder, name), content, 0o644))
	}
	return data.Len(), errors.Join(errs...)
}

// zipFiles returns the files of a module. As with the proxy, a module without a license has that
// of the repository.
func (r *release) zipFiles(m *releasable, mod []byte) ([]zip.File, error) {
	dir := filepath.Join(r.root, m.folder)
	var files []zip.File
	for _, name := range m.files {
		if name == "go.mod" {
			files = append(files, memoryFile{name, mod})
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted, and git status says so
		}
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			files = append(files, diskFile{name, path})
		}
	}
	if !slices.Contains(m.files, "LICENSE") {
		files = append(files, diskFile{"LICENSE", filepath.Join(r.root, "LICENSE")})
	}
	return files, nil
}

// A diskFile is a file of a zip that has the content of a file on disk.
type diskFile struct{ name, path string }

func (f diskFile) Path() string                 { return f.name }
func (f diskFile) Lstat() (fs.FileInfo, error)  { return os.Lstat(f.path) }
func (f diskFile) Open() (io.ReadCloser, error) { return os.Open(f.path) }

// A memoryFile is a file of a zip with content of its own.
type memoryFile struct {
	name string
	data []byte
}

func (f memoryFile) Path() string                 { return f.name }
func (f memoryFile) Lstat() (fs.FileInfo, error)  { return memoryInfo{f}, nil }
func (f memoryFile) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.data)), nil }

// A memoryInfo describes a memoryFile.
type memoryInfo struct{ memoryFile }

func (i memoryInfo) Name() string       { return filepath.Base(i.name) }
func (i memoryInfo) Size() int64        { return int64(len(i.data)) }
func (i memoryInfo) Mode() fs.FileMode  { return 0o644 }
func (i memoryInfo) ModTime() time.Time { return time.Time{} }
func (i memoryInfo) IsDir() bool        { return false }
func (i memoryInfo) Sys() any           { return nil }
