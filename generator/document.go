package generator

// This file turns the entries of resgen.yaml into documents and checks what can be checked before a
// document is read.

import (
	"cmp"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/resgen/resgen/resilience/diag"
)

// A document is one document that an entry of clients names.
type document struct {
	name   string // file name without its extension
	file   string // path relative to the folder of resgen.yaml, with slashes
	output string // path of the output folder, in the same form
	pkg    string
	client *Client
}

// label returns the name and the path of the document. The steps use it for progress and internal
// errors.
func (d *document) label() (name, file string) { return d.name, d.file }

// expand returns the documents of all clients, sorted by output.
func expand(c *Config) ([]*document, diag.List) {
	var found diag.List
	aux := auxiliaryFiles(c.Clients)
	var docs []*document
	for i := range c.Clients {
		client := &c.Clients[i]
		found = append(found, client.missing()...)
		found = append(found, checkOverlays(c.Dir, client.Overlays)...)
		found = append(found, checkRemote(client.Remote)...)
		files, list := match(c.Dir, client.Spec, aux)
		found = append(found, list...)
		for _, file := range files {
			d := newDocument(client, file)
			found = append(found, d.check(c.Dir)...)
			docs = append(docs, d)
		}
	}
	slices.SortStableFunc(docs, func(a, b *document) int { return cmp.Compare(a.output, b.output) })
	found = append(found, sharedOutputs(docs)...)
	return docs, found
}

// auxiliaryFiles returns the paths of policy files and overlays, which are not documents even if a
// glob matches them.
func auxiliaryFiles(clients []Client) map[string]bool {
	aux := map[string]bool{}
	for i := range clients {
		for _, t := range slices.Concat(clients[i].Policy, clients[i].Overlays) {
			aux[path.Clean(t.Value)] = true
		}
	}
	return aux
}

// missing reports required keys that the client lacks, at the position of another of its keys.
func (c *Client) missing() diag.List {
	var found diag.List
	for _, key := range []struct {
		name  string
		value Text
	}{{"spec", c.Spec}, {"output", c.Output}} {
		if key.value.Value != "" {
			continue
		}
		pos := diag.Position{File: ConfigName}
		for _, other := range []Text{c.Spec, c.Output, c.Package} {
			if other.Value != "" {
				pos = other.Pos
			}
		}
		found.Add(diag.Diagnostic{
			Pos: pos, Code: "missing-key", Subject: "client",
			What: "has no " + key.name, Cure: "add the key " + key.name + ":",
		})
	}
	return found
}

// checkOverlays reports overlays that do not exist. Their content is checked when they are read.
func checkOverlays(dir string, overlays Texts) diag.List {
	var found diag.List
	existing := overlays.existing(dir)
	for _, t := range overlays {
		if !slices.Contains(existing, t) {
			found = append(found, t.finding("no-overlay", "overlay "+t.Value+" does not exist", relativeCure)...)
		}
	}
	return found
}

// relativeCure is the cure for a path in resgen.yaml that leads nowhere.
const relativeCure = "paths are relative to the folder of " + ConfigName

// match returns the files that a client's spec names, sorted.
func match(dir string, spec Text, aux map[string]bool) ([]string, diag.List) {
	if spec.Value == "" {
		return nil, nil
	}
	if strings.Contains(spec.Value, "://") {
		return nil, spec.finding("no-spec", "spec "+spec.Value+" is a URL, and documents are read from files",
			"download it and name the file")
	}
	paths, err := filepath.Glob(filepath.Join(globQuoter.Replace(dir), filepath.FromSlash(spec.Value)))
	if err != nil {
		return nil, spec.finding("bad-glob", "spec "+spec.Value+" is not a valid pattern", "close each [ with a ]")
	}
	var files []string
	cure := relativeCure
	for _, p := range paths {
		rel, err := filepath.Rel(dir, p)
		info, statErr := os.Stat(p)
		if err != nil || statErr != nil || info.IsDir() || aux[filepath.ToSlash(rel)] ||
			isOverlay(p) && len(paths) > 1 {
			if aux[filepath.ToSlash(rel)] {
				cure = "policy files and overlays of resgen.yaml are left out, such as " + filepath.ToSlash(rel)
			}
			continue
		}
		files = append(files, filepath.ToSlash(rel))
	}
	if len(files) == 0 {
		return nil, spec.finding("no-spec", "spec "+spec.Value+" matches no file", cure)
	}
	return files, nil
}

// isOverlay reports whether a file has the name of an overlay: overlay.yaml or fixes.overlay.yaml.
func isOverlay(file string) bool {
	name, extension := filepath.Base(file), filepath.Ext(file)
	name = strings.TrimSuffix(name, extension)
	return slices.Contains([]string{".yaml", ".yml", ".json"}, extension) &&
		(name == "overlay" || strings.HasSuffix(name, ".overlay"))
}

// globQuoter quotes the meta characters of patterns in the path of a folder.
var globQuoter = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`)

// newDocument returns the document of a client in file, with the names of its output and package.
func newDocument(c *Client, file string) *document {
	name := path.Base(file)
	for ext := path.Ext(name); ext == ".yaml" || ext == ".yml" || ext == ".json"; ext = path.Ext(name) {
		name = strings.TrimSuffix(name, ext)
	}
	d := &document{name: name, file: file, client: c}
	d.output = path.Clean(strings.ReplaceAll(c.Output.Value, "{name}", name))
	switch {
	case c.Package.Value == "":
		d.pkg = PackageName(path.Base(d.output))
	case strings.Contains(c.Package.Value, "{name}"):
		d.pkg = PackageName(strings.ReplaceAll(c.Package.Value, "{name}", name))
	default:
		d.pkg = c.Package.Value
	}
	return d
}

// PackageName makes a Go package name from any text: its letters and digits in lower case, with
// "api" in front of a leading digit, a keyword or an empty name.
func PackageName(text string) string {
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

// ClientNames returns the names of the clients that c lists, sorted by their outputs. Entries with
// mistakes are left out.
func ClientNames(c Config) []string {
	docs, _ := expand(&c)
	var names []string
	for _, d := range docs {
		names = append(names, d.name)
	}
	return names
}

// only returns the documents with the given file name, package or output; all documents if name is
// empty.
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
	if s := diag.Suggest(name, names); s != "" {
		return nil, &UnknownClientError{name, "did you mean " + s + "?"}
	}
	return nil, &UnknownClientError{name, "the clients are " + strings.Join(names, ", ")}
}

// An UnknownClientError reports that no client has the name that was used to select one.
type UnknownClientError struct{ Name, Cure string }

func (e *UnknownClientError) Error() string { return "no client is named " + e.Name + "; " + e.Cure }
