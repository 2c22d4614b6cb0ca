// This file follows paths through the types of a plan as the runtime follows them through values: see wire.Find.
package plan

import (
	"strings"

	"github.com/resgen/resgen/generator/api"
)

// bare takes pointers, nullables and the names of other types away.
func (g graph) bare(t *api.Type) *api.Type {
	for t != nil {
		t = g.under(t)
		if t.Kind != api.Pointer && t.Kind != api.Nullable {
			return t
		}
		t = t.Elem
	}
	return nil
}

// member follows a path from a type. What keeps its JSON has every member, of no known type. The empty path is the type itself.
func (g graph) member(t *api.Type, path string) (*api.Type, bool) {
	if path == "" {
		return t, true
	}
	t = g.bare(t)
	for end := len(path); t != nil && end > 0; end = strings.LastIndexByte(path[:end], '.') {
		if m, ok := g.memberOf(t, path[:end]); ok {
			if found, ok := g.member(m, strings.TrimPrefix(path[end:], ".")); ok {
				return found, true
			}
		}
	}
	return nil, false
}

// memberOf returns the type of a member of a bare type.
func (g graph) memberOf(t *api.Type, name string) (*api.Type, bool) {
	switch t.Kind {
	case api.Any, api.Raw:
		return kind(api.Any), true
	case api.Map:
		return t.Elem, true
	case api.NamedType:
		n := g.named[t.Name]
		if n == nil {
			return nil, false
		}
		for _, f := range n.Fields {
			if f.Name == name {
				return f.Type, true
			}
		}
		return kind(api.Any), n.Shape == api.Union
	}
	return nil, false
}

// deepest is how many names a path has that is looked for or proposed.
const deepest = 3

// paths lists the paths of the members of a type, at most deep names long, in the order of the document.
func (g graph) paths(t *api.Type, deep int) []string {
	if t = g.bare(t); deep == 0 || t == nil || t.Kind != api.NamedType || g.named[t.Name] == nil {
		return nil
	}
	var list []string
	for _, f := range g.named[t.Name].Fields {
		list = append(list, f.Name)
		for _, rest := range g.paths(f.Type, deep-1) {
			list = append(list, f.Name+"."+rest)
		}
	}
	return list
}

// answerPaths lists the paths of the members of an operation's success answers.
func (g graph) answerPaths(a *api.Operation) []string {
	var list []string
	for _, o := range a.Success {
		if o.Decode == "json" {
			list = append(list, g.paths(o.Type, deepest)...)
		}
	}
	return list
}

// requestPaths lists the parameters of an operation and the paths of the members of its JSON body.
func (g graph) requestPaths(a *api.Operation) []string {
	var list []string
	for _, q := range a.PathParams {
		list = append(list, q.Name)
	}
	for _, q := range a.Params {
		list = append(list, q.Name)
	}
	if a.Body != nil && a.Body.Format == "json" {
		list = append(list, g.paths(a.Body.Type, deepest)...)
	}
	return list
}

// noAnswer says what keeps a member from telling the next page, or nothing.
func (g graph) noAnswer(t *api.Type, style string) string {
	t = g.bare(t)
	switch {
	case t == nil || t.Kind == api.Any || t.Kind == api.Raw || t.Kind == api.Scalar:
		return ""
	case style == "page" && t.Kind != api.Bool:
		return "no bool, and has to be true while pages follow"
	case t.Kind == api.Slice || t.Kind == api.Map || t.Kind == api.Bytes:
		return "no text or number"
	case t.Kind == api.NamedType && g.named[t.Name] != nil && g.named[t.Name].Shape == api.Struct:
		return "an object, no text or number"
	}
	return ""
}

// noList says what keeps a member from holding items, or nothing.
func (g graph) noList(t *api.Type) string {
	t = g.bare(t)
	switch {
	case t == nil || t.Kind == api.Any || t.Kind == api.Raw || t.Kind == api.Slice:
		return ""
	}
	return "no list"
}
