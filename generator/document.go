// This file expands the entries of resgen.yaml into documents and checks what can be checked before any of them is read.
package generator

import (
	"cmp"
	"errors"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unicode"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// A document is one document on its way from resgen.yaml to files.
type document struct {
	name     string // file name without its extension
	file     string // path relative to the folder of resgen.yaml, with slashes
	output   string // likewise
	pkg      string
	client   *Client
	policies []*policy.File

	selection selection
	renames   []plan.Rename

	spec  *spec.Document
	api   *api.API
	files map[string][]byte // name → content
}

// expand returns the documents of all clients, sorted by output.
func expand(c *Config) ([]*document, diag.List) {
	var found diag.List
	aside := asides(c.Clients)
	var docs []*document
	for i := range c.Clients {
		client := &c.Clients[i]
		found = append(found, client.missing()...)
		found = append(found, client.Types.check()...)
		found = append(found, client.Overlays.check(c.Dir)...)
		found = append(found, checkRemote(client.Remote)...)
		files, d := match(c.Dir, client.Spec, aside)
		found = append(found, d...)
		for _, file := range files {
			doc := newDocument(client, file)
			found = append(found, doc.check(c.Dir)...)
			docs = append(docs, doc)
		}
	}
	slices.SortStableFunc(docs, func(a, b *document) int { return cmp.Compare(a.output, b.output) })
	found = append(found, clashes(docs)...)
	return docs, found
}

// asides has the files that are no documents, whatever a glob says: policies and overlays.
func asides(clients []Client) map[string]bool {
	aside := map[string]bool{}
	for i := range clients {
		for _, t := range slices.Concat(clients[i].Policy, clients[i].Overlays) {
			aside[path.Clean(t.Value)] = true
		}
	}
	return aside
}

// missing finds the required keys that a client lacks. Without spec there is no position but that of another key.
func (c *Client) missing() diag.List {
	var found diag.List
	for _, key := range []struct {
		name  string
		value Text
	}{{"spec", c.Spec}, {"output", c.Output}} {
		if key.value.Value == "" {
			pos := diag.Position{File: ConfigName}
			for _, other := range []Text{c.Spec, c.Output, c.Package} {
				if other.Value != "" {
					pos = other.Pos
				}
			}
			found.Add(diag.Diagnostic{Pos: pos, Code: "missing-key", Subject: "client", What: "has no " + key.name, Cure: "add the key " + key.name + ":"})
		}
	}
	return found
}

// check finds a type that there is not.
func (t Types) check() diag.List {
	if n := t.Number; n.Value != "" && n.Value != "float64" && n.Value != "decimal" {
		return n.wrong("bad-type", "types.number: want float64 or decimal, got "+n.Value, "")
	}
	return nil
}

// check finds overlays that are not there. What is wrong within one is found when it is read.
func (ts Texts) check(dir string) diag.List {
	var found diag.List
	for _, t := range ts {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(t.Value))); err != nil {
			found = append(found, t.wrong("no-overlay", "overlay "+t.Value+" is not there", "paths are relative to the folder of "+ConfigName)...)
		}
	}
	return found
}

// match returns the files that a client's spec names, sorted.
func match(dir string, spec Text, aside map[string]bool) ([]string, diag.List) {
	if spec.Value == "" {
		return nil, nil
	}
	paths, err := filepath.Glob(filepath.Join(globQuoter.Replace(dir), filepath.FromSlash(spec.Value)))
	if err != nil {
		return nil, spec.wrong("bad-glob", "spec "+spec.Value+" is no pattern", "a [ wants its ]")
	}
	var files []string
	for _, p := range paths {
		rel, err := filepath.Rel(dir, p)
		if info, statErr := os.Stat(p); err != nil || statErr != nil || info.IsDir() || aside[filepath.ToSlash(rel)] {
			continue
		}
		files = append(files, filepath.ToSlash(rel))
	}
	if len(files) == 0 {
		return nil, spec.wrong("no-spec", "spec "+spec.Value+" matches no file", "paths are relative to the folder of "+ConfigName)
	}
	return files, nil
}

// globQuoter keeps what the folder's own name has of a pattern's marks from being one.
var globQuoter = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`)

// wrong returns one finding at the value.
func (t Text) wrong(code, what, cure string) diag.List {
	return diag.List{{Pos: t.Pos, Code: code, What: what, Cure: cure}}
}

// newDocument names output and package of one document of a client.
func newDocument(c *Client, file string) *document {
	name := path.Base(file)
	for ext := path.Ext(name); ext == ".yaml" || ext == ".yml" || ext == ".json"; ext = path.Ext(name) {
		name = strings.TrimSuffix(name, ext)
	}
	d := &document{name: name, file: file, client: c}
	d.output = path.Clean(strings.ReplaceAll(c.Output.Value, "{name}", name))
	switch {
	case c.Package.Value == "":
		d.pkg = packageName(path.Base(d.output))
	case strings.Contains(c.Package.Value, "{name}"):
		d.pkg = packageName(strings.ReplaceAll(c.Package.Value, "{name}", name))
	default:
		d.pkg = c.Package.Value
	}
	return d
}

// packageName makes a Go package name of any text: lower-case letters and digits, with "api" before a leading digit.
func packageName(text string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
	if name == "" || unicode.IsDigit(rune(name[0])) || token.IsKeyword(name) {
		return "api" + name
	}
	return name
}

// check finds what is wrong with output and package.
func (d *document) check(dir string) diag.List {
	var found diag.List
	if !token.IsIdentifier(d.pkg) || d.pkg == "_" || d.pkg == "main" {
		found = append(found, d.client.Package.wrong("bad-package", "package "+d.pkg+" is no name for a Go package that others import", badPackage(d.pkg))...)
	}
	if d.client.Output.Value == "" {
		return found
	}
	return append(found, d.checkOutput(dir)...)
}

func badPackage(name string) string {
	if token.IsKeyword(name) {
		return name + " is a keyword; choose another name"
	}
	return "choose a word of lower-case letters and digits"
}

// checkOutput finds an output outside of the folder of resgen.yaml, or one that is no folder.
func (d *document) checkOutput(dir string) diag.List {
	out := d.client.Output
	if path.IsAbs(out.Value) || filepath.IsAbs(out.Value) {
		return out.wrong("bad-output", "output "+out.Value+" is absolute", "write it relative to the folder of "+ConfigName)
	}
	if !filepath.IsLocal(filepath.FromSlash(d.output)) || d.output == "." {
		return out.wrong("bad-output", "output "+d.output+" is not below the folder of "+ConfigName, "choose a folder of its own below it")
	}
	real, err := existing(filepath.Join(dir, filepath.FromSlash(d.output)))
	root, rootErr := filepath.EvalSymlinks(dir)
	if err != nil || rootErr != nil {
		return out.wrong("bad-output", "output "+d.output+" cannot be looked at: "+errors.Join(err, rootErr).Error(), "")
	}
	rel, err := filepath.Rel(root, real)
	if err != nil || !filepath.IsLocal(rel) {
		return out.wrong("bad-output", "output "+d.output+" leads out of the folder of "+ConfigName+" through a symbolic link", "choose another folder")
	}
	if info, err := os.Stat(real); err == nil && !info.IsDir() {
		return out.wrong("bad-output", "output "+d.output+" is or lies below a file", "choose a folder")
	}
	return nil
}

// existing follows the symbolic links of the longest part of p that exists.
func existing(p string) (string, error) {
	for {
		real, err := filepath.EvalSymlinks(p)
		if err == nil || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) || p == filepath.Dir(p) {
			return real, err
		}
		if info, err := os.Lstat(p); err == nil && info.Mode()&os.ModeSymlink != 0 {
			target, err := os.Readlink(p) // a link to nowhere: what matters is where
			if err != nil {
				return "", err
			}
			if !filepath.IsAbs(target) {
				target = filepath.Join(filepath.Dir(p), target)
			}
			p = target
			continue
		}
		p = filepath.Dir(p)
	}
}

// clashes finds documents that share an output. The list is sorted by output.
func clashes(docs []*document) diag.List {
	var found diag.List
	for i := 1; i < len(docs); i++ {
		a, b := docs[i-1], docs[i]
		if a.output != b.output || a.client.Output.Value == "" {
			continue
		}
		what := "output " + b.output + " is also that of " + a.file
		cure := "give each client a folder of its own"
		if a.client == b.client {
			cure = "put {name} into output, so that each document of the glob has a folder of its own"
		}
		found = append(found, b.client.Output.wrong("same-output", what, cure)...)
	}
	return found
}

// only leaves the documents that the name selects: by file name, package or output.
func only(docs []*document, name string) ([]*document, error) {
	if name == "" {
		return docs, nil
	}
	var out []*document
	var names []string
	for _, d := range docs {
		if name == d.name || name == d.pkg || path.Clean(name) == d.output {
			out = append(out, d)
		}
		names = append(names, d.name)
	}
	if len(out) > 0 {
		return out, nil
	}
	if s := tree.Suggest(name, names); s != "" {
		return nil, &UnknownClientError{name, "did you mean " + s + "?"}
	}
	return nil, &UnknownClientError{name, "the clients are " + strings.Join(names, ", ")}
}

// An UnknownClientError says that a name given to select a client is that of none.
type UnknownClientError struct{ Name, Cure string }

func (e *UnknownClientError) Error() string { return "no client is named " + e.Name + "; " + e.Cure }
