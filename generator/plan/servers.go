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
	taken := naming.NewScope(nil)
	for i, s := range document {
		name := "default"
		if i > 0 {
			name = serverName(s)
		}
		list = append(list, newServer(s, name, taken))
	}
	for _, o := range ops {
		for _, s := range o.Servers {
			if serverLike(s, list) == nil {
				list = append(list, newServer(s, serverName(s), taken))
			}
		}
	}
	return list
}

// newServer returns a server. If the name is taken, the path of the URL becomes part of it, and
// then a number.
func newServer(s *spec.Server, name string, taken *naming.Scope) api.Server {
	if u, err := url.Parse(s.URL); err == nil && taken.Has(name) && u.Path != "" && s.Name == "" {
		name += u.Path
	}
	return api.Server{
		Name: taken.Claim(name, naming.Owner{What: "server"}, ""), URL: s.URL, Description: s.Description,
		Variables: variables(s), Pos: s.Pos,
	}
}

// variables returns the variables of a server, sorted.
func variables(s *spec.Server) []api.Variable {
	var list []api.Variable
	for _, v := range s.Variables {
		list = append(list, api.Variable{Name: v.Name, Default: v.Default, Enum: v.Enum})
	}
	slices.SortFunc(list, func(x, y api.Variable) int { return cmp.Compare(x.Name, y.Name) })
	return list
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

// serverLike returns the server with the URL and the variables of s, nil if there is none. A server
// that defines no variables is like any with its URL.
func serverLike(s *spec.Server, list []api.Server) *api.Server {
	equal := func(x, y api.Variable) bool {
		return x.Name == y.Name && x.Default == y.Default && slices.Equal(x.Enum, y.Enum)
	}
	i := slices.IndexFunc(list, func(a api.Server) bool {
		return a.URL == s.URL && (len(s.Variables) == 0 || slices.EqualFunc(a.Variables, variables(s), equal))
	})
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
	if s := serverLike(o.Servers[0], list); s.Name != "default" {
		return s.Name
	}
	return ""
}
