package plan

// This file follows member paths through types, as the runtime follows them through values.

import (
	"slices"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/memberpath"
)

// maxDepth is the number of names in paths that are listed.
const maxDepth = 3

// memberAt returns the type at a path below t. Types that keep their JSON have every member, of
// unknown type. The empty path selects t itself.
func memberAt(d api.Declarations, t *api.Type, path string) (*api.Type, bool) {
	if path == "" {
		return t, true
	}
	p, err := memberpath.Parse(path)
	if err != nil {
		return nil, false
	}
	return memberpath.Follow(p, t, func(t *api.Type, name string) (*api.Type, bool) { return member(d, t, name) })
}

// member returns the type of a member of an object or of an element of a list.
func member(d api.Declarations, t *api.Type, name string) (*api.Type, bool) {
	t = d.Bare(t)
	if t == nil {
		return nil, false
	}
	switch t.Kind {
	case api.Any, api.Raw:
		return api.Of(api.Any, nil), true
	case api.Map:
		return t.Elem, true
	case api.Slice:
		_, ok := memberpath.Index(name)
		return t.Elem, ok
	case api.NamedType:
		return declaredMember(d[t.Name], name)
	}
	return nil, false
}

func declaredMember(n *api.Named, name string) (*api.Type, bool) {
	if n == nil {
		return nil, false
	}
	if i := slices.IndexFunc(n.Fields, func(f *api.Field) bool { return f.Name == name }); i >= 0 {
		return n.Fields[i].Type, true
	}
	return api.Of(api.Any, nil), n.Shape == api.Union
}

// paths lists the paths of the members of a type in document order, at most depth names long.
func paths(d api.Declarations, t *api.Type, depth int) []string {
	if t = d.Bare(t); depth == 0 || t == nil || t.Kind != api.NamedType || d[t.Name] == nil {
		return nil
	}
	var list []string
	for _, f := range d[t.Name].Fields {
		list = append(list, f.Name)
		for _, rest := range paths(d, f.Type, depth-1) {
			list = append(list, f.Name+"."+rest)
		}
	}
	return list
}

// responsePaths lists the paths of the members of JSON success responses.
func responsePaths(d api.Declarations, a *api.Operation) []string {
	var list []string
	for _, o := range a.Success {
		if o.Decode == api.DecodeJSON {
			list = append(list, paths(d, o.Type, maxDepth)...)
		}
	}
	return list
}

// requestPaths lists the parameters and the paths of the members of a JSON request body.
func requestPaths(d api.Declarations, a *api.Operation) []string {
	var list []string
	for _, q := range a.AllParams() {
		list = append(list, q.Name)
	}
	if a.Body != nil && a.Body.Format == api.FormatJSON {
		list = append(list, paths(d, a.Body.Type, maxDepth)...)
	}
	return list
}

// hasRequestMember reports whether a request has a parameter of a name or a member of a JSON body
// at a path.
func hasRequestMember(d api.Declarations, a *api.Operation, name string) bool {
	isParam := func(q *api.Param) bool { return q.Name == name }
	if slices.ContainsFunc(a.AllParams(), isParam) {
		return true
	}
	if a.Body == nil || a.Body.Format != api.FormatJSON {
		return false
	}
	t, ok := memberAt(d, a.Body.Type, name)
	return ok && t != nil
}

// responseMember returns the type at a path of a JSON success response.
func responseMember(d api.Declarations, a *api.Operation, path string) (*api.Type, bool) {
	for _, o := range a.Success {
		if o.Decode != api.DecodeJSON {
			continue
		}
		if t, ok := memberAt(d, o.Type, path); ok {
			return t, true
		}
	}
	return nil, false
}

// itemsAt returns the element type of the list at a path of a success response, where the empty
// path is the response itself. It is nil if the response has none.
func itemsAt(d api.Declarations, a *api.Operation, path string) *api.Type {
	t, ok := responseMember(d, a, path)
	if t = d.Bare(t); !ok || t == nil || t.Kind != api.Slice {
		return nil
	}
	return t.Elem
}
