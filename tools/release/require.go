package main

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// require makes the published modules require each other at a version, and go.work replace that
// version by their folders.
func require(root, version string) error {
	if what := wrongVersion(version); what != "" {
		return errors.New("VERSION " + version + ": " + what)
	}
	r, err := newRelease(root, version)
	if err != nil {
		return err
	}
	workFile := filepath.Join(root, "go.work")
	data, err := os.ReadFile(workFile)
	if err != nil {
		return err
	}
	work, err := modfile.ParseWork("go.work", data, nil)
	if err != nil {
		return err
	}
	for _, m := range r.modules {
		for _, q := range m.outdated(version) {
			if err := work.DropReplace(q.Mod.Path, q.Mod.Version); err != nil {
				return err
			}
			if err := work.AddReplace(q.Mod.Path, version, "./"+r.folderOf(q.Mod.Path), ""); err != nil {
				return err
			}
		}
		mod, err := m.released(version)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(root, m.folder, "go.mod"), mod, 0o644); err != nil {
			return err
		}
	}
	work.Cleanup()
	return os.WriteFile(workFile, modfile.Format(work.Syntax), 0o644)
}

// folderOf returns the folder of a published module.
func (r *release) folderOf(path string) string {
	for _, m := range r.modules {
		if m.path() == path {
			return m.folder
		}
	}
	return ""
}
