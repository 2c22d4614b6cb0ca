package main

// This file turns the arguments of init into clients.

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator"
	"github.com/resgen/resgen/generator/setup"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// clients returns a client for each argument, with names that differ.
func (in *initializer) clients(at place, args []string) ([]setup.Client, error) {
	var list []setup.Client
	taken := map[string]bool{}
	for _, arg := range args {
		c, err := in.client(at, arg)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(list, func(other setup.Client) bool { return other.Spec == c.Spec }) {
			continue
		}
		if in.pkg == "" && !strings.Contains(c.Package, "{name}") {
			c.Package = distinct(c.Package, c.Spec, taken)
			c.Output = path.Join(path.Dir(c.Output), c.Package)
		}
		taken[c.Package] = true
		list = append(list, c)
	}
	for i := range list {
		list[i].Policy = "policy.yaml"
		if len(list) > 1 {
			list[i].Policy = "policy/" + strings.ReplaceAll(list[i].Package, "{name}", "all") + ".yaml"
		}
		if in.out != "" {
			list[i].Output = path.Clean(filepath.ToSlash(in.out))
		}
	}
	return list, nil
}

// distinct returns a package name that is not taken: that of the folder of the document in front of
// the name, or the name with a number.
func distinct(name, spec string, taken map[string]bool) string {
	if !taken[name] {
		return name
	}
	if folder := path.Base(path.Dir(spec)); folder != "." && folder != ".." {
		if name = generator.PackageName(folder + name); !taken[name] {
			return name
		}
	}
	for n := 2; ; n++ {
		if next := fmt.Sprint(name, n); !taken[next] {
			return next
		}
	}
}

// client returns the client for an argument: a path or a glob, relative to the folder.
func (in *initializer) client(at place, arg string) (setup.Client, error) {
	if strings.Contains(arg, "://") {
		return setup.Client{}, fmt.Errorf("%s is a URL, and documents are read from files; download it first: "+
			"curl -o %s %s", arg, fileOf(arg), arg)
	}
	file := arg
	if !filepath.IsAbs(file) {
		file = filepath.Join(at.dir, file)
	}
	info, err := os.Stat(file)
	switch {
	case err == nil && info.IsDir():
		return setup.Client{}, fmt.Errorf("%s is a folder; name a document, or several with a quoted glob: '%s/*.yaml'",
			arg, strings.TrimRight(filepath.ToSlash(arg), "/"))
	case err != nil && strings.ContainsAny(arg, "*?["):
		return in.glob(at, arg, file)
	case err != nil:
		return setup.Client{}, fmt.Errorf("%s does not exist%s", arg, didYouMean(similarFile(file)))
	}
	spec, err := at.below(file, arg)
	if err != nil {
		return setup.Client{}, err
	}
	name := in.pkg
	if name == "" {
		name = nameFor(file)
	}
	return setup.Client{Spec: globQuoter.Replace(spec), Output: "internal/" + name, Package: name}, nil
}

// glob returns the client for a glob that matches a document.
func (in *initializer) glob(at place, arg, pattern string) (setup.Client, error) {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return setup.Client{}, fmt.Errorf("%s is not a valid pattern; close each [ with a ]", arg)
	}
	if len(files) == 0 {
		return setup.Client{}, fmt.Errorf("%s matches no file; paths are relative to %s", arg, at.dir)
	}
	if in.pkg != "" {
		return setup.Client{}, fmt.Errorf("--package is for one document, and %s is a glob", arg)
	}
	spec, err := at.below(pattern, arg)
	if err != nil {
		return setup.Client{}, err
	}
	return setup.Client{Spec: spec, Output: "internal/{name}", Package: "{name}"}, nil
}

// globQuoter quotes the meta characters of globs in the path of a document.
var globQuoter = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`)

// below returns a path relative to the folder. It must be in the repository, because everybody who
// generates needs the document.
func (p place) below(file, arg string) (string, error) {
	if folder, err := filepath.EvalSymlinks(filepath.Dir(file)); err == nil {
		file = filepath.Join(folder, filepath.Base(file))
	}
	if rel := relative(p.root, file); rel == ".." || strings.HasPrefix(rel, "../") || filepath.IsAbs(rel) {
		return "", fmt.Errorf("%s is outside of %s, where others and CI do not have it; copy it: cp %s %s",
			arg, p.root, arg, p.dir)
	}
	return relative(p.dir, file), nil
}

// similarFile returns the name in the folder of a missing file that is most similar to it.
func similarFile(file string) string {
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return diag.Suggest(filepath.Base(file), names)
}

// fileOf returns a file name for a URL.
func fileOf(url string) string {
	url, _, _ = strings.Cut(url, "?")
	if name := path.Base(url); strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".yaml") {
		return name
	}
	return "openapi.yaml"
}

// general lists names of files that say nothing about an API, and names that a Go package of its
// kind should not have.
var general = []string{
	"openapi", "swagger", "api", "spec", "index", "schema", "main", "internal", "vendor", "testdata", "openapi3",
	"openapi30", "openapi31", "swagger2", "apidocs", "docs", "v1", "v2", "v3",
}

// nameFor returns the package name for a document: from its file name, or from its title if the
// file name says nothing.
func nameFor(file string) string {
	base := filepath.Base(file)
	name := generator.PackageName(strings.TrimSuffix(base, filepath.Ext(base)))
	if !slices.Contains(general, name) {
		return name
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return name + "client"
	}
	root, _ := tree.Parse(base, data)
	title := root.Get("info").Get("title")
	if title == nil || title.Text == "" {
		return name + "client"
	}
	words := strings.Fields(title.Text)
	if name = generator.PackageName(strings.Join(words[:min(2, len(words))], "")); slices.Contains(general, name) {
		return name + "client"
	}
	return name
}
