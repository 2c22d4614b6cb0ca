package setup

// This file is the entry: [Files] returns all files of a project.

import (
	"bytes"
	"fmt"
	"go/format"
	"path"
	"text/template"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/templates"
)

// A Project says what to set up.
type Project struct {
	Clients   []Client // entries of resgen.yaml; at least one
	Module    string   // import path of the folder of resgen.yaml
	Folder    string   // of resgen.yaml below the root of the repository; "." for the root itself
	ModFolder string   // of go.mod, in the same way: Folder or one above it
	Command   string   // that runs resgen in the folder of resgen.yaml, for example "go tool resgen"
	Version   string   // of resgen, with the v; empty if it was not released
	CI        bool     // write a workflow
}

// A Client is an entry of resgen.yaml.
type Client struct {
	Spec     string
	Output   string
	Package  string
	Policy   string
	Packages []Package // of all documents that Spec names
}

// A Package is the plan for one document of a client.
type Package struct {
	Output string // folder, relative to that of resgen.yaml
	API    *api.API
}

// A File is a text with its path, which is relative to the folder of resgen.yaml and has slashes.
type File struct {
	Path string
	Data []byte
	// Mergeable says that the lines of Data can be added to an existing file that lacks them.
	Mergeable bool
}

// manyOperations is the number of operations above which methods by tag are proposed.
const manyOperations = 50

const home = "https://github.com/resgen/resgen/"

// ref returns the version of the project for URLs.
func (p Project) ref() string {
	if p.Version == "" {
		return "main"
	}
	return p.Version
}

// schemas returns the URL of the folder of the JSON Schemas.
func (p Project) schemas() string { return home + "raw/" + p.ref() + "/docs/schema" }

// reference returns the URL of the page of policy keys.
func (p Project) reference() string { return home + "blob/" + p.ref() + "/docs/reference/policy.md" }

// Operations returns the number of operations of the client.
func (c Client) Operations() int {
	n := 0
	for _, pkg := range c.Packages {
		n += len(pkg.API.Operations)
	}
	return n
}

// Large reports whether methods by tag are proposed.
func (c Client) Large() bool { return c.Operations() > manyOperations }

// Files returns the files of the project, in the order in which a reader should look at them.
func Files(p Project) ([]File, error) {
	w := &writer{}
	policies := policyFiles(p)
	w.add("resgen.yaml", "resgen.yaml", map[string]any{"Schemas": p.schemas(), "Clients": entries(p, policies)})
	for _, f := range policies {
		w.add(f.Path, "policy.yaml", f)
		if f.guarded() {
			w.add(f.guardPath(), "unreviewed.yaml", f)
		}
	}
	first := p.Clients[0].Packages[0]
	w.addGo(path.Join(first.Output, "generate.go"), "generate.go.tmpl",
		map[string]string{"Package": first.API.Package, "Command": p.Command})
	for _, c := range p.Clients {
		for _, pkg := range c.Packages {
			t := newFirstTest(pkg.API, path.Join(p.Module, pkg.Output))
			w.addGo(path.Join(pkg.Output, pkg.API.Package+"_test.go"), "client_test.go.tmpl", t)
		}
	}
	// Reviewers read RESILIENCE.md in pull requests, so it is not marked as generated.
	const attributes = "*.gen.go text eol=lf linguist-generated\nRESILIENCE.md text eol=lf\n"
	w.files = append(w.files, File{".gitattributes", []byte(attributes), true})
	if p.CI {
		w.add(workflowPath(p.Folder), "workflow.yml", map[string]string{
			"Folder": p.Folder, "Command": p.Command,
			"GoMod": path.Join(p.ModFolder, "go.mod"), "GoSum": path.Join(p.ModFolder, "go.sum"),
		})
	}
	return w.files, w.err
}

// An entry is a client with the value of its key policy.
type entry struct {
	Client
	Policies string
}

func entries(p Project, policies []*policyFile) []entry {
	var list []entry
	for _, c := range p.Clients {
		e := entry{c, scalar(c.Policy)}
		for _, f := range policies {
			if f.Path == c.Policy && f.guarded() {
				e.Policies = "[" + scalar(f.guardPath()) + ", " + scalar(f.Path) + "]"
			}
		}
		list = append(list, e)
	}
	return list
}

// workflowPath returns the path of the workflow, which is below the root of the repository, from a
// folder of it.
func workflowPath(folder string) string {
	const workflow = ".github/workflows/resgen.yml"
	up := ""
	for ; folder != "."; folder = path.Dir(folder) {
		up += "../"
	}
	return up + workflow
}

// A writer collects files. After an error it does nothing.
type writer struct {
	files []File
	err   error
}

// add adds the file that a template of templates/init gives for data.
func (w *writer) add(path, name string, data any) {
	if w.err != nil {
		return
	}
	var text bytes.Buffer
	if w.err = parsed.ExecuteTemplate(&text, name, data); w.err == nil {
		w.files = append(w.files, File{Path: path, Data: text.Bytes()})
	}
}

// addGo adds a Go file, formatted.
func (w *writer) addGo(path, name string, data any) {
	w.add(path, name, data)
	if w.err != nil {
		return
	}
	last := &w.files[len(w.files)-1]
	if last.Data, w.err = format.Source(last.Data); w.err != nil {
		w.err = fmt.Errorf("%s: %w", path, w.err)
	}
}

var parsed = template.Must(template.New("init").Delims("[[", "]]").Option("missingkey=error").
	Funcs(template.FuncMap{"scalar": scalar}).ParseFS(templates.Init, "init/*"))
