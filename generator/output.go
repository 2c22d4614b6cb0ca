package generator

// This file checks the outputs and package names of documents.

import (
	"errors"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"

	"github.com/resgen/resgen/resilience/diag"
)

// check reports mistakes in the output and the package of a document.
func (d *document) check(dir string) diag.List {
	var found diag.List
	if !token.IsIdentifier(d.pkg) || d.pkg == "_" || d.pkg == "main" {
		found = append(found, d.client.Package.finding("bad-package",
			"package "+d.pkg+" is not a valid name for an importable package", packageCure(d.pkg))...)
	}
	if d.client.Output.Value == "" {
		return found
	}
	return append(found, d.checkOutput(dir)...)
}

func packageCure(name string) string {
	if token.IsKeyword(name) {
		return name + " is a keyword; choose another name"
	}
	return "choose a word of lower-case letters and digits"
}

// checkOutput reports an output that is outside of the folder of resgen.yaml or is not a folder.
func (d *document) checkOutput(dir string) diag.List {
	bad := func(what, cure string) diag.List { return d.client.Output.finding("bad-output", what, cure) }
	value := d.client.Output.Value
	if path.IsAbs(value) || filepath.IsAbs(value) {
		return bad("output "+value+" is absolute", "write it relative to the folder of "+ConfigName)
	}
	if !filepath.IsLocal(filepath.FromSlash(d.output)) || d.output == "." {
		return bad("output "+d.output+" is not below the folder of "+ConfigName, "choose a separate folder below it")
	}
	target, err := resolveLinks(filepath.Join(dir, filepath.FromSlash(d.output)))
	root, rootErr := filepath.EvalSymlinks(dir)
	if err != nil || rootErr != nil {
		return bad("output "+d.output+" cannot be read: "+errors.Join(err, rootErr).Error(), "")
	}
	rel, err := filepath.Rel(root, target)
	if err != nil || !filepath.IsLocal(rel) {
		return bad("output "+d.output+" leads out of the folder of "+ConfigName+" through a symbolic link",
			"choose another folder")
	}
	if info, err := os.Stat(target); err == nil && !info.IsDir() {
		return bad("output "+d.output+" is a file or below one", "choose a folder")
	}
	return nil
}

// resolveLinks follows the symbolic links of the longest part of p that exists.
func resolveLinks(p string) (string, error) {
	for {
		target, err := filepath.EvalSymlinks(p)
		missing := errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
		if !missing || p == filepath.Dir(p) {
			return target, err
		}
		if p, err = parent(p); err != nil {
			return "", err
		}
	}
}

// parent returns the target of p if it is a symbolic link, and the folder of p otherwise. The
// target of a link need not exist.
func parent(p string) (string, error) {
	info, err := os.Lstat(p)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		return filepath.Dir(p), nil
	}
	target, err := os.Readlink(p)
	if err != nil {
		return "", err
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(p), target)
	}
	return target, nil
}

// sharedOutputs reports documents with the same output. The list must be sorted by output.
func sharedOutputs(docs []*document) diag.List {
	var found diag.List
	for i := 1; i < len(docs); i++ {
		a, b := docs[i-1], docs[i]
		if a.output != b.output || a.client.Output.Value == "" {
			continue
		}
		cure := "give each client a separate folder"
		if a.client == b.client {
			cure = "put {name} into output, so that each document of the glob has a separate folder"
		}
		found = append(found, b.client.Output.finding("same-output",
			"output "+b.output+" is also the output of "+a.file, cure)...)
	}
	return found
}
