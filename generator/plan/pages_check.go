package plan

import (
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// A mismatch is a key of a pagination that does not fit the document.
type mismatch struct{ key, what, cure string }

// mismatches returns the keys of a pagination that do not fit an operation.
func mismatches(d api.Declarations, a *api.Operation, rule policy.Pagination) []mismatch {
	list := requestMismatches(d, a, rule)
	list = append(list, responseMismatches(d, a, rule)...)
	style := func(what, cure string) { list = append(list, mismatch{"pagination.style", what, cure}) }
	switch s := api.PageStyle(rule.Style); {
	case s == api.PagesToken && rule.Request == "" && rule.Response == "":
		style("a token needs a source and a target", "set pagination.request and pagination.response")
	case (s == api.PagesOffset || s == api.PagesPage) && rule.Request == "":
		style("no parameter selects the page", "set pagination.request")
	case s == api.PagesOffset && itemsAt(d, a, rule.Items) == nil && (rule.Size == "" || rule.Response == ""):
		style("the length of a page is not known", "set pagination.items, or pagination.size and pagination.response")
	}
	return list
}

// requestMismatches returns the keys that name parameters or members that the request does not
// have.
func requestMismatches(d api.Declarations, a *api.Operation, rule policy.Pagination) []mismatch {
	var list []mismatch
	check := func(key, name string) {
		if name != "" && !hasRequestMember(d, a, name) {
			list = append(list, mismatch{
				"pagination." + key, "the request has no parameter " + name + " and no such member of a JSON body",
				suggest(name, requestPaths(d, a)),
			})
		}
	}
	check("request", rule.Request)
	check("size", rule.Size)
	for _, pair := range rule.With {
		name, _, _ := strings.Cut(pair, "=")
		check("with", name)
	}
	return list
}

// responseMismatches returns the keys that name members that the response does not have or that
// have the wrong type.
func responseMismatches(d api.Declarations, a *api.Operation, rule policy.Pagination) []mismatch {
	var list []mismatch
	check := func(key, path string, wrongType func(*api.Type) string) {
		if path == "" {
			return
		}
		t, ok := responseMember(d, a, path)
		if !ok {
			cure := suggest(path, responsePaths(d, a))
			list = append(list, mismatch{"pagination." + key, "no response has a member " + path, cure})
		} else if what := wrongType(t); what != "" {
			list = append(list, mismatch{"pagination." + key, path + " is " + what, ""})
		}
	}
	check("response", rule.Response, func(t *api.Type) string { return wrongNext(d, t, api.PageStyle(rule.Style)) })
	check("items", rule.Items, func(t *api.Type) string { return wrongItems(d, t) })
	return list
}

func suggest(name string, names []string) string {
	if s := diag.Suggest(name, names); s != "" {
		return "did you mean " + s + "?"
	}
	return ""
}

// wrongNext returns why a member of the type cannot announce the next page, nothing if it can.
func wrongNext(d api.Declarations, t *api.Type, style api.PageStyle) string {
	t = d.Bare(t)
	switch {
	case t == nil || t.Kind == api.Any || t.Kind == api.Raw || t.Kind == api.Scalar:
		return ""
	case style == api.PagesPage && t.Kind != api.Bool:
		return "not a bool that is true while pages follow"
	case t.Kind == api.Slice || t.Kind == api.Map || t.Kind == api.Bytes:
		return "not a string or number"
	case t.Kind == api.NamedType && d[t.Name] != nil && d[t.Name].Shape == api.Struct:
		return "an object, not a string or number"
	}
	return ""
}

// wrongItems returns why a member of the type cannot hold the items, nothing if it can.
func wrongItems(d api.Declarations, t *api.Type) string {
	t = d.Bare(t)
	if t == nil || t.Kind == api.Any || t.Kind == api.Raw || t.Kind == api.Slice {
		return ""
	}
	return "not a list"
}
