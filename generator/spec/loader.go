package spec

import (
	"context"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// A loader reads one document. It keeps what references can name by node, so that each is read
// once.
type loader struct {
	ctx     context.Context
	opts    Options
	place   place
	name    string // of the main file
	files   map[string]*tree.Node
	indexes map[string]*index // by file, made on first use
	hops    int               // depth of references in the pointer being followed
	found   diag.List

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
		overlays:   map[string]bool{},
		files:      map[string]*tree.Node{},
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
	l.doc.Title, l.doc.APIVersion, l.doc.Description = text(info, "title"), text(info, "version"), text(
		info, "description",
	)
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
	if whole {
		l.check()
	}
	return l.doc
}

// version returns the version of the format. It reports an error and returns "" if the version is
// unknown.
func (l *loader) version() Version {
	if l.root.Kind != tree.Mapping {
		l.fail(l.root.Pos, "not-openapi", "", "is no OpenAPI document: want a mapping, got "+l.root.Describe(), "")
		return ""
	}
	if v := l.root.Get("openapi"); v != nil {
		if v.Text == "3" || strings.HasPrefix(v.Text, "3.") {
			return Version(v.Text)
		}
		l.fail(v.Pos, "version", "", "OpenAPI "+v.Text+" is unknown", "2.0, 3.0 and 3.1 can be read")
		return ""
	}
	if v := l.root.Get("swagger"); v != nil {
		if v.Text == "2.0" || v.Text == "2" {
			return "2.0"
		}
		l.fail(v.Pos, "version", "", "Swagger "+v.Text+" is unknown", "2.0, 3.0 and 3.1 can be read")
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
			l.fail(v.Pos, "version", "", "this is "+other.name+" "+v.Text, "OpenAPI 2.0, 3.0 and 3.1 can be read")
			return
		}
	}
	l.fail(l.root.Pos, "not-openapi", "", "is no OpenAPI document: it has neither openapi nor swagger", "")
}

func (l *loader) fail(pos diag.Position, code, subject, what, cure string) {
	l.found.Add(diag.Diagnostic{Pos: pos, Code: code, Subject: subject, What: what, Cure: cure})
}

func (l *loader) warn(pos diag.Position, code, subject, what, cure string) {
	l.found.Add(diag.Diagnostic{Pos: pos, Severity: diag.Warning, Code: code, Subject: subject, What: what, Cure: cure})
}

// text returns the scalar under key as text, or "".
func text(n *tree.Node, key string) string {
	v := n.Get(key)
	if v == nil || v.Kind == tree.Null || v.Kind == tree.Mapping || v.Kind == tree.Sequence {
		return ""
	}
	return v.Text
}

// truth returns the boolean under key, or fallback.
func truth(n *tree.Node, key string, fallback bool) bool {
	v := n.Get(key)
	switch {
	case v == nil || v.Text != "true" && v.Text != "false":
		return fallback
	}
	return v.Text == "true"
}

// pairs returns the entries of a mapping, or nil.
func pairs(n *tree.Node) []tree.Pair {
	if n == nil {
		return nil
	}
	return n.Pairs
}

// items returns the values of a list, or nil.
func items(n *tree.Node) []*tree.Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// texts returns the scalars of a list as text. A scalar counts as a list of one.
func texts(n *tree.Node) []string {
	if n != nil && n.Kind == tree.String {
		return []string{n.Text}
	}
	var out []string
	for _, item := range items(n) {
		if item.Kind != tree.Mapping && item.Kind != tree.Sequence && item.Kind != tree.Null {
			out = append(out, item.Text)
		}
	}
	return out
}

// isExtension reports whether a key is an extension.
func isExtension(key string) bool {
	return strings.HasPrefix(key, "x-") || strings.HasPrefix(key, "X-")
}

func quote(s string) string { return strconv.Quote(s) }
