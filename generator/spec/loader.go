package spec

import (
	"context"
	"strings"

	"github.com/resgen/resgen/generator/spec/grammar"
	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// A loader reads one document. It keeps what references can name by node, so that each is read
// once.
type loader struct {
	ctx   context.Context
	opts  Options
	place place
	name  string // of the main file
	files map[string]*tree.Node
	// files that cannot be read, and whether the reference that is being followed may name one
	unreadable map[string]*unreadable
	tentative  bool
	indexes    map[string]*index // by file, made on first use
	hops       int               // depth of references in the pointer being followed
	found      diag.List
	once       map[diag.Diagnostic]bool // findings of warnOnce

	overlays map[string]bool // names of the overlays; references in them are relative to the document

	doc  *Document
	root *tree.Node
	// a parameter of the current operation could not be read, which is reported
	unread     bool
	components map[*tree.Node]string // keys of the component schemas
	schemas    map[*tree.Node]*Schema
	params     map[*tree.Node]*Param
}

func newLoader(ctx context.Context, o Options) *loader {
	l := &loader{
		ctx: ctx, opts: o,
		once:       map[diag.Diagnostic]bool{},
		overlays:   map[string]bool{},
		files:      map[string]*tree.Node{},
		unreadable: map[string]*unreadable{},
		indexes:    map[string]*index{},
		components: map[*tree.Node]string{},
		schemas:    map[*tree.Node]*Schema{},
		params:     map[*tree.Node]*Param{},
	}
	l.place, l.name = locate(o)
	return l
}

// document reads the main file and everything that it refers to. It returns nil if that is not an
// OpenAPI document.
func (l *loader) document() *Document {
	root, ok := l.main()
	if !ok {
		return nil
	}
	l.root = root
	whole := !l.found.HasErrors()
	l.applyOverlays()
	l.doc = &Document{File: l.name, Root: l.root, Files: l.files}
	info := l.root.Get("info")
	l.doc.Title, l.doc.APIVersion, l.doc.Description = node.Text(info, "title"), node.Text(info, "version"), node.Text(
		info, "description",
	)
	for _, tag := range node.Items(l.root.Get("tags")) {
		l.doc.Tags = append(l.doc.Tags, Tag{node.Text(tag, "name"), node.Text(tag, "description"), tag})
	}
	switch version := l.version(); {
	case version == "":
		return nil
	case version.IsSwagger():
		l.doc.Version = version
		l.swagger()
	default:
		l.doc.Version = version
		l.openapi()
	}
	for _, s := range l.schemas {
		s.shorten()
	}
	if whole {
		l.check()
	}
	return l.doc
}

// supported is the cure for a document of another version or format.
const supported = "Swagger 2.0 and OpenAPI 3.0 to 3.2 can be read"

// version returns the version of the format. It reports an error and returns "" if the version is
// unknown.
func (l *loader) version() Version {
	if l.root.Kind != tree.Mapping {
		l.fail(l.root.Pos, "not-openapi", "", "is not an OpenAPI document: want a mapping, got "+l.root.Describe(), "")
		return ""
	}
	if v := l.root.Get("openapi"); v != nil {
		if v.Text == "3" || strings.HasPrefix(v.Text, "3.") {
			return Version(v.Text)
		}
		l.fail(v.Pos, "version", "", "OpenAPI "+v.Text+" is unknown", supported)
		return ""
	}
	if v := l.root.Get("swagger"); v != nil {
		if v.Text == "2.0" || v.Text == "2" {
			return "2.0"
		}
		l.fail(v.Pos, "version", "", "Swagger "+v.Text+" is unknown", supported)
		return ""
	}
	l.otherFormat()
	return ""
}

// otherFormat reports a document in another format.
func (l *loader) otherFormat() {
	for _, other := range []struct{ key, name string }{
		{"swaggerVersion", "Swagger"}, {"asyncapi", "AsyncAPI"}, {"arazzo", "Arazzo"}, {"overlay", "OpenAPI Overlay"},
	} {
		if v := l.root.Get(other.key); v != nil {
			l.fail(v.Pos, "version", "", "this is "+other.name+" "+v.Text, supported)
			return
		}
	}
	l.fail(l.root.Pos, "not-openapi", "", "is not an OpenAPI document: it has neither openapi nor swagger", "")
}

func (l *loader) fail(pos diag.Position, code, subject, what, cure string) {
	l.found.Add(diag.Diagnostic{Pos: pos, Code: code, Subject: subject, What: what, Cure: cure})
}

func (l *loader) warn(pos diag.Position, code, subject, what, cure string) {
	l.found.Add(diag.Diagnostic{Pos: pos, Severity: diag.Warning, Code: code, Subject: subject, What: what, Cure: cure})
}

// check adds what does not fit the grammar to the findings, except at positions that have a
// finding.
func (l *loader) check() {
	if l.root == nil || l.doc == nil || l.doc.Version == "" {
		return
	}
	found := grammar.Check(grammar.Document{Root: l.root, Edition: l.doc.Version.edition(), Foreign: l.foreign})
	known := map[diag.Position]bool{}
	for _, d := range l.found {
		if d.Code != "path-parameter" { // the path may be malformed as well
			known[d.Pos] = true
		}
	}
	for _, d := range found {
		if !known[d.Pos] {
			l.found = append(l.found, d)
		}
	}
}

// foreign returns the node that a reference leads to, and its name, if the node is in another file
// that was read.
func (l *loader) foreign(ref *tree.Node) (*tree.Node, string) {
	name, _, _ := strings.Cut(ref.Text, "#")
	file := l.fileOf(ref.Pos.File, name)
	if file == l.name || l.files[file] == nil {
		return nil, ""
	}
	t := l.resolve(ref, leavingOut)
	return t.node, lastSegment(t.pointer)
}
