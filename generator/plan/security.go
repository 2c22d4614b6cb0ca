package plan

// This file plans the credentials of operations: the requirements of the document, and those that
// policies add or replace.

import (
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// security plans the requirements of operations. Schemes that policies create are added to those of
// the document.
type security struct {
	document []*spec.Scheme
	created  []api.Scheme
	found    *diag.List
}

// of returns the requirements of an operation. The auth of its policy creates one if the document
// declares none, and replaces those of the document if it names another scheme.
func (s *security) of(op *operation) []api.Requirement {
	declared, auth := requirements(op.spec.Security), op.layer.Policy.Auth
	switch {
	case auth.Kind == "none":
		return nil
	case auth.Kind == "" && auth.Scheme == "" && auth.Header == "":
		return declared
	case requires(declared, auth.Scheme):
		return declared
	}
	name, ok := s.scheme(op, auth)
	if !ok {
		return declared
	}
	use := api.SchemeUse{Scheme: name}
	if auth.Scope != "" {
		use.Scopes = []string{auth.Scope}
	}
	return []api.Requirement{{use}}
}

// requires reports whether one of the alternatives has the scheme; with an empty name, any scheme.
func requires(list []api.Requirement, name string) bool {
	return slices.ContainsFunc(list, func(r api.Requirement) bool {
		return slices.ContainsFunc(r, func(u api.SchemeUse) bool { return name == "" || u.Scheme == name })
	})
}

// scheme returns the name of the scheme that a policy requires. If the document does not have it,
// it is created: an API key in the given header, or a bearer token.
func (s *security) scheme(op *operation, auth policy.Auth) (name string, ok bool) {
	known := slices.IndexFunc(s.document, func(d *spec.Scheme) bool {
		if auth.Scheme != "" {
			return d.Name == auth.Scheme
		}
		return auth.Header != "" && d.Kind == "apiKey" && d.In == "header" &&
			strings.EqualFold(d.Parameter, auth.Header)
	})
	switch {
	case known >= 0:
		return s.document[known].Name, true
	case auth.Header != "":
		return s.create(api.Scheme{
			Name: auth.Scheme, Kind: api.SchemeAPIKey, In: api.InHeader, Parameter: auth.Header,
		}, auth.Header), true
	case auth.Scheme != "":
		cure := "add auth.header: the request header of the token"
		if len(s.document) > 0 {
			cure = "use " + s.names() + ", or " + cure
		}
		s.report(op, "auth.scheme", "the document has no security scheme "+strconv.Quote(auth.Scheme), cure)
		return "", false
	case len(s.document) > 1:
		s.report(op, "auth.kind", "the document has several security schemes", "add auth.scheme: "+s.names())
		return "", false
	case len(s.document) == 1:
		return s.document[0].Name, true
	}
	return s.create(api.Scheme{Kind: api.SchemeHTTP, HTTPScheme: "bearer"}, "bearer"), true
}

// create adds a scheme, unless it was added before, and returns its name. A scheme without a name,
// or with that of another, gets the other name.
func (s *security) create(scheme api.Scheme, other string) string {
	for _, name := range []string{scheme.Name, other} {
		scheme.Name = name
		i := slices.IndexFunc(s.created, func(c api.Scheme) bool { return c.Name == name })
		switch {
		case name == "":
		case i < 0:
			s.created = append(s.created, scheme)
			return name
		case s.created[i].Parameter == scheme.Parameter:
			return name
		}
	}
	return other
}

// names lists the schemes of the document.
func (s *security) names() string {
	var names []string
	for _, d := range s.document {
		names = append(names, d.Name)
	}
	return strings.Join(names, " or ")
}

// report adds an error at the place of a policy key, once for all operations with that key.
func (s *security) report(op *operation, key, what, cure string) {
	at := op.layer.Sources[key].Pos
	if slices.ContainsFunc(*s.found, func(d diag.Diagnostic) bool { return d.Code == "auth" && d.Pos == at }) {
		return
	}
	s.found.Add(diag.Diagnostic{
		Pos: at, Code: "auth", Subject: "operation " + op.spec.Name() + ": " + key, What: what, Cure: cure,
	})
}

// schemes returns the schemes that at least one operation requires.
func (s *security) schemes(ops []*api.Operation) []api.Scheme {
	used := map[string]bool{}
	for _, op := range ops {
		for _, r := range op.Security {
			for _, u := range r {
				used[u.Scheme] = true
			}
		}
	}
	var list []api.Scheme
	for _, d := range s.document {
		if used[d.Name] {
			list = append(list, api.Scheme{
				Name: d.Name, Kind: api.SchemeKind(d.Kind), In: api.In(d.In), Parameter: d.Parameter,
				HTTPScheme: d.HTTPScheme, Scopes: d.Scopes, Description: d.Description, Pos: d.Pos,
			})
		}
	}
	for _, c := range s.created {
		if used[c.Name] {
			list = append(list, c)
		}
	}
	return list
}

// requirements returns the requirements of a document.
func requirements(list []spec.Requirement) []api.Requirement {
	var out []api.Requirement
	for _, r := range list {
		uses := api.Requirement{}
		for _, u := range r {
			uses = append(uses, api.SchemeUse{Scheme: u.Scheme, Scopes: u.Scopes})
		}
		out = append(out, uses)
	}
	return out
}
