package spec

// This file reads paths: operations, and whether their parameters match the path. The entry
// point is [loader.paths].

import (
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/pathtemplate"
	"github.com/resgen/resgen/resilience/tree"
)

// methods lists the keys of a path item that are operations. QUERY is in OpenAPI 3.2.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}

// paths calls read for every operation of the document. x-ms-paths holds paths that differ only in
// their query.
func (l *loader) paths(read func(o *Operation, item, n *tree.Node)) {
	for _, key := range []string{"paths", "x-ms-paths"} {
		list, _ := l.deref(l.root.Get(key))
		l.pathItems(list, read)
	}
}

func (l *loader) pathItems(list *tree.Node, read func(o *Operation, item, n *tree.Node)) {
	for _, p := range node.Pairs(list) {
		if node.IsExtension(p.Key) {
			continue
		}
		if !strings.HasPrefix(p.Key, "/") {
			l.warn(p.KeyPos, "path", "path "+strconv.Quote(p.Key), "does not start with a slash", "")
		}
		item, _ := l.deref(p.Value)
		for _, m := range node.Pairs(item) {
			if isMethod(item, m.Key) && m.Value.Kind == tree.Mapping {
				l.operation(p, item, m, read)
			}
		}
		for _, m := range node.Pairs(item.Get("additionalOperations")) {
			l.operation(p, item, m, read)
		}
	}
}

// isMethod reports whether a key of a path item is an operation. A method in capitals counts as
// one, and the checker reports it.
func isMethod(item *tree.Node, key string) bool {
	lower := strings.ToLower(key)
	return slices.Contains(methods, lower) && (lower == key || item.Get(lower) == nil)
}

// operation reads what all versions have in common and leaves the rest to read.
func (l *loader) operation(path tree.Pair, item *tree.Node, m tree.Pair, read func(o *Operation, item, n *tree.Node)) {
	n := m.Value
	template, _ := pathtemplate.Parse(path.Key) // the checker reports malformed braces
	o := &Operation{
		ID: node.Text(n, "operationId"), Method: strings.ToUpper(m.Key), Path: path.Key, Template: template,
		Summary: node.Text(n, "summary"), Description: node.Text(n, "description"),
		Tags: node.Texts(n.Get("tags")), Deprecated: node.Bool(n, "deprecated", false),
		Pos: m.KeyPos, IDPos: m.KeyPos, Node: n, PathNode: item,
	}
	if o.ID != "" {
		o.IDPos = n.Get("operationId").Pos
	}
	security := n.Get("security")
	if security == nil {
		security = l.root.Get("security")
	}
	o.Security = l.security(security)
	l.unread = false
	read(o, item, n)
	l.pathParams(o, path.KeyPos)
	l.doc.Operations = append(l.doc.Operations, o)
}

// pathParams compares the path parameters with the template: each {name} gets a parameter, others
// are dropped. The path is at pos.
func (l *loader) pathParams(o *Operation, pos diag.Position) {
	inQuery(o)
	l.places(o, pos)
	names := placed(o.Places)
	missing := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return o.param("path", name) >= 0 })
	meant := map[string]bool{}
	o.Params = slices.DeleteFunc(o.Params, func(p *Param) bool {
		unknown := p.In == "path" && !slices.Contains(names, p.Name)
		if unknown {
			cure := "delete the parameter, or correct its name"
			if s := diag.Suggest(p.Name, missing); s != "" {
				cure, meant[s] = "did you mean {"+s+"}?", true
			}
			l.warn(
				p.Node.Get("name").Pos, "path-parameter", "operation "+o.Name(), "the path has no {"+p.Name+"}", cure,
			)
		}
		return unknown
	})
	for _, name := range names {
		if slices.Contains(missing, name) {
			if !meant[name] && !l.unread {
				what := "path parameter {" + name + "} is not declared, assuming string"
				l.warn(o.Pos, "path-parameter", "operation "+o.Name(), what, "add it to parameters")
			}
			o.Params = append(o.Params, &Param{
				Name: name, In: "path", Required: true, Style: "simple", Pos: o.Pos,
				Schema: &Schema{Pos: o.Pos, Types: []string{"string"}},
			})
		}
	}
}

// inQuery turns query parameters that the query of a path names, as in /a?x={x}, into path
// parameters.
func inQuery(o *Operation) {
	path, query, _ := strings.Cut(o.Path, "?")
	for _, name := range names(query) {
		for i, p := range o.Params {
			if p.In == "query" && p.Name == name && !slices.Contains(names(path), name) {
				placed := *p
				placed.In, placed.Style, placed.Explode, placed.Required = "path", "simple", false, true
				o.Params[i] = &placed
			}
		}
	}
}

// names returns the names in the braces of a text, each once. Malformed braces are text; the
// checker reports those of paths.
func names(text string) []string {
	t, _ := pathtemplate.Parse(text)
	return t.Names()
}
