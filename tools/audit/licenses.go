package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A linked is a module that is linked into a package.
type linked struct{ Path, Version, Dir string }

// auditLicenses prints the license of each linked module, and returns an error that names those
// without an allowed one.
func auditLicenses(folder string, w io.Writer) error {
	modules, err := linkedModules(folder)
	if err != nil {
		return err
	}
	var bad []string
	for _, m := range modules {
		license, err := licenseIn(m.Dir)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-12s %s %s\n", license, m.Path, m.Version)
		if !slices.Contains(allowed, license) {
			bad = append(bad, m.Path+" ("+license+")")
		}
	}
	if len(bad) > 0 {
		return fmt.Errorf("no allowed license: %s", strings.Join(bad, ", "))
	}
	return nil
}

// linkedModules returns the modules of other projects in the packages of a folder.
func linkedModules(folder string) ([]linked, error) {
	list := exec.Command("go", "list", "-deps", "-json=Module", "./...")
	list.Dir, list.Stderr = folder, os.Stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	found := map[string]linked{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			Module *struct {
				linked
				Main bool
			}
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		if p.Module != nil && !p.Module.Main && !ours(p.Module.Path) {
			found[p.Module.Path] = p.Module.linked
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b linked) int { return strings.Compare(a.Path, b.Path) }), nil
}

// ours reports whether a module belongs to this project.
func ours(path string) bool {
	const root = "github.com/resgen/resgen"
	return path == root || strings.HasPrefix(path, root+"/")
}

// licenseIn returns the license of the module in a folder.
func licenseIn(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		name := strings.ToLower(e.Name())
		if e.IsDir() || !strings.HasPrefix(name, "licen") && !strings.HasPrefix(name, "copying") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		return classify(string(text)), nil
	}
	return "none", nil
}

// allowed lists the licenses that demand no more than notices.
var allowed = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT/Apache-2.0"}

// classify names a license by phrases that only it has.
func classify(text string) string {
	text = strings.Join(strings.Fields(strings.ToLower(text)), " ")
	has := func(phrase string) bool { return strings.Contains(text, phrase) }
	mit := has("permission is hereby granted, free of charge")
	apache := has("apache license") || has("licensed under the apache license, version 2.0")
	switch {
	case has("gnu affero"), has("gnu lesser"), has("gnu general public license"):
		return "GPL family"
	case has("mozilla public license"):
		return "MPL"
	case mit && apache:
		return "MIT/Apache-2.0"
	case apache && has("version 2.0"):
		return "Apache-2.0"
	case mit:
		return "MIT"
	case has("permission to use, copy, modify, and"):
		return "ISC"
	case has("redistribution and use in source and binary forms") && has("neither the name"):
		return "BSD-3-Clause"
	case has("redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	}
	return "unknown"
}
