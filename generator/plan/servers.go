package plan

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/spec"
)

// servers returns the base URLs: those of the document, of which the first is the default, then
// those of operations.
func servers(document []*spec.Server, ops []*spec.Operation) []api.Server {
	var list []api.Server
	for i, s := range document {
		name := "default"
		if i > 0 {
			name = serverName(s)
		}
		list = append(list, newServer(s, name, list))
	}
	for _, o := range ops {
		for _, s := range o.Servers {
			if serverAt(s.URL, list) == nil {
				list = append(list, newServer(s, serverName(s), list))
			}
		}
	}
	return list
}

// newServer returns a server. If the name is taken by one of the others, the path of the URL
// becomes part of it, and then a number.
func newServer(s *spec.Server, name string, others []api.Server) api.Server {
	var used []string
	for _, other := range others {
		used = append(used, other.Name)
	}
	taken := naming.NewScope(nil, used...)
	if u, err := url.Parse(s.URL); err == nil && taken.Has(name) && u.Path != "" && s.Name == "" {
		name += u.Path
	}
	a := api.Server{
		Name: taken.Claim(name, naming.Owner{What: "server"}, ""), URL: s.URL, Description: s.Description,
	}
	for _, v := range s.Variables {
		a.Variables = append(a.Variables, api.Variable{Name: v.Name, Default: v.Default, Enum: v.Enum})
	}
	slices.SortFunc(a.Variables, func(x, y api.Variable) int { return cmp.Compare(x.Name, y.Name) })
	return a
}

// serverName returns the name in the document, or else the host.
func serverName(s *spec.Server) string {
	if s.Name != "" {
		return s.Name
	}
	_, rest, ok := strings.Cut(s.URL, "://")
	if !ok {
		rest = s.URL
	}
	host, _, _ := strings.Cut(rest, "/")
	return cmp.Or(host, strings.Trim(s.URL, "/"), "root")
}

// serverAt returns the server with a URL, nil if there is none.
func serverAt(url string, list []api.Server) *api.Server {
	i := slices.IndexFunc(list, func(s api.Server) bool { return s.URL == url })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// operationServer returns the name of an operation's own server, empty for the default server.
func operationServer(o *spec.Operation, list []api.Server) string {
	if len(o.Servers) == 0 {
		return ""
	}
	if s := serverAt(o.Servers[0].URL, list); s.Name != "default" {
		return s.Name
	}
	return ""
}

// schemes returns the security schemes that at least one operation requires.
func schemes(document []*spec.Scheme, ops []*spec.Operation) []api.Scheme {
	var list []api.Scheme
	for _, s := range document {
		requires := func(o *spec.Operation) bool { return requiresScheme(o, s.Name) }
		if !slices.ContainsFunc(ops, requires) {
			continue
		}
		list = append(list, api.Scheme{
			Name: s.Name, Kind: api.SchemeKind(s.Kind), In: api.In(s.In), Parameter: s.Parameter,
			HTTPScheme: s.HTTPScheme, Scopes: s.Scopes, Description: s.Description,
		})
	}
	return list
}

func requiresScheme(o *spec.Operation, scheme string) bool {
	return slices.ContainsFunc(o.Security, func(r spec.Requirement) bool {
		return slices.ContainsFunc(r, func(u spec.SchemeUse) bool { return u.Scheme == scheme })
	})
}

func security(list []spec.Requirement) []api.Requirement {
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
