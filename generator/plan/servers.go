package plan

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
)

// servers plans the base URLs: the document's, the first of them called default, then those of operations.
func (p *planner) servers() {
	for i, s := range p.doc.Servers {
		if i == 0 {
			p.addServer(s, "default")
		} else {
			p.addServer(s, serverName(s))
		}
	}
	for _, o := range p.ops {
		for _, s := range o.Servers {
			if p.serverOf(s) == nil {
				p.addServer(s, serverName(s))
			}
		}
	}
}

// addServer adds a server under a name of its own. A name that is taken gets the URL's path, then a number, behind it.
func (p *planner) addServer(s *spec.Server, name string) {
	taken := newScope(nil)
	for _, other := range p.api.Servers {
		taken.taken[other.Name] = owner{what: "server"}
	}
	if u, err := url.Parse(s.URL); err == nil && taken.has(name) && u.Path != "" && s.Name == "" {
		name += u.Path
	}
	a := api.Server{Name: taken.claim(name, owner{what: "server"}, ""), URL: s.URL, Description: s.Description}
	for _, v := range s.Variables {
		a.Variables = append(a.Variables, api.Variable{Name: v.Name, Default: v.Default, Enum: v.Enum})
	}
	slices.SortFunc(a.Variables, func(x, y api.Variable) int { return cmp.Compare(x.Name, y.Name) })
	p.api.Servers = append(p.api.Servers, a)
}

// serverName is the name that the document gives a server, else its host.
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

// serverOf returns the planned server with the URL of s.
func (p *planner) serverOf(s *spec.Server) *api.Server {
	for i := range p.api.Servers {
		if p.api.Servers[i].URL == s.URL {
			return &p.api.Servers[i]
		}
	}
	return nil
}

// operationServer returns the name of an operation's own server, "" if it has none but the default.
func (p *planner) operationServer(o *spec.Operation) string {
	if len(o.Servers) == 0 {
		return ""
	}
	name := p.serverOf(o.Servers[0]).Name
	if name == "default" {
		return ""
	}
	return name
}

// schemes plans the security schemes that some operation requires.
func (p *planner) schemes() {
	for _, s := range p.doc.Schemes {
		if !p.requires(s.Name) {
			continue
		}
		p.api.Schemes = append(p.api.Schemes, api.Scheme{
			Name: s.Name, Kind: api.SchemeKind(s.Kind), In: api.In(s.In), Parameter: s.Parameter, HTTPScheme: s.HTTPScheme, Scopes: s.Scopes, Description: s.Description,
		})
	}
}

func (p *planner) requires(scheme string) bool {
	for _, o := range p.ops {
		for _, r := range o.Security {
			if slices.ContainsFunc(r, func(u spec.SchemeUse) bool { return u.Scheme == scheme }) {
				return true
			}
		}
	}
	return false
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
