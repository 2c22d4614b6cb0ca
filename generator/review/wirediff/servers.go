package wirediff

// This file compares servers, security schemes and what operations require of them.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
)

// servers compares the servers with the same name.
func (c *comparison) servers() {
	for i := range c.old.Servers {
		s := &c.old.Servers[i]
		at := Difference{Subject: "server " + s.Name, Old: s.Pos, New: c.new.whole()}
		if t := serverOf(c.new.API, s.Name); t != nil {
			c.server(at.at(s.Pos, t.Pos), s, t)
		} else {
			c.add(at.with("server-removed", Breaking, "", "was removed"))
		}
	}
	for i := range c.new.Servers {
		if t := &c.new.Servers[i]; serverOf(c.old.API, t.Name) == nil {
			at := Difference{Subject: "server " + t.Name, Old: c.old.whole(), New: t.Pos}
			c.add(at.with("server-added", Addition, "", "was added"))
		}
	}
}

func serverOf(a *api.API, name string) *api.Server {
	i := slices.IndexFunc(a.Servers, func(s api.Server) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &a.Servers[i]
}

// server compares two versions of a server.
func (c *comparison) server(at Difference, old, new *api.Server) {
	if old.URL != new.URL {
		c.add(at.with("server-url", Breaking, "", "has another URL: "+old.URL+" → "+new.URL))
	}
	for _, v := range old.Variables {
		place := "variable " + v.Name
		i := slices.IndexFunc(new.Variables, func(w api.Variable) bool { return w.Name == v.Name })
		if i < 0 {
			c.add(at.with("server-variable", Breaking, place, "was removed"))
			continue
		}
		w := new.Variables[i]
		if v.Default != w.Default {
			c.add(at.with("server-variable", Breaking, place, "has another default: "+v.Default+" → "+w.Default))
		}
		at.Place = place
		c.enumerations(at, emptyIsNil(v.Enum), emptyIsNil(w.Enum))
	}
	for _, w := range new.Variables {
		if !slices.ContainsFunc(old.Variables, func(v api.Variable) bool { return w.Name == v.Name }) {
			c.add(at.with("server-variable", Addition, "variable "+w.Name, "was added"))
		}
	}
}

func emptyIsNil(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return list
}

// ownServer compares the servers of two versions of an operation that do not have the same name.
func (c *comparison) ownServer(at Difference, old, new *exchange) {
	was, is := ownServerOf(c.old.API, old), ownServerOf(c.new.API, new)
	if was == nil || is == nil || was.Name == is.Name || was.URL == is.URL {
		return
	}
	c.add(at.with("operation-server", Breaking, "", "is sent to another server: "+was.URL+" → "+is.URL))
}

// ownServerOf returns the server of an operation.
func ownServerOf(a *api.API, e *exchange) *api.Server {
	if e.Server == "" {
		return serverOf(a, "default")
	}
	return serverOf(a, e.Server)
}

// schemes compares the security schemes with the same name, and finds those with another name.
// Schemes that no operation requires are not compared.
func (c *comparison) schemes() {
	c.renamed = map[string]string{}
	for _, s := range c.old.Schemes {
		at := Difference{Subject: "security scheme " + s.Name, Old: s.Pos}
		if i := slices.IndexFunc(c.new.Schemes, func(t api.Scheme) bool { return t.Name == s.Name }); i >= 0 {
			c.scheme(at.at(s.Pos, c.new.Schemes[i].Pos), s, c.new.Schemes[i])
			continue
		}
		i := slices.IndexFunc(c.new.Schemes, func(t api.Scheme) bool {
			return definition(s) == definition(t) && !slices.ContainsFunc(c.old.Schemes, func(o api.Scheme) bool {
				return o.Name == t.Name
			})
		})
		if i >= 0 {
			t := c.new.Schemes[i]
			c.renamed[s.Name] = t.Name
			what := "is named " + t.Name + " now, also for WithCredential"
			c.add(at.at(s.Pos, t.Pos).with("scheme-renamed", Breaking, "", what))
		}
	}
}

// definition describes how a credential is sent.
func definition(s api.Scheme) string {
	switch s.Kind {
	case api.SchemeAPIKey:
		return fmt.Sprintf("%s %s", s.In, s.Parameter)
	case api.SchemeHTTP:
		return "HTTP " + strings.ToLower(s.HTTPScheme)
	}
	return string(s.Kind)
}

// scheme compares two versions of a security scheme.
func (c *comparison) scheme(at Difference, old, new api.Scheme) {
	if was, is := definition(old), definition(new); was != is {
		c.add(at.with("scheme-changed", Breaking, "", "is sent in another way: "+was+" → "+is))
	}
}

// security compares the credentials that an operation requires.
func (c *comparison) security(at Difference, old, new *exchange) {
	olds, news := c.requirements(old.Operation), new.Security
	for _, r := range olds {
		if len(news) > 0 && !slices.ContainsFunc(news, func(s api.Requirement) bool { return satisfies(r, s) }) {
			c.add(at.with("security-removed", Breaking, "", "does not accept "+credential(r)+" any more"))
		}
	}
	anonymous := func(s api.Requirement) bool { return len(s) == 0 }
	if len(olds) == 0 && len(news) > 0 && !slices.ContainsFunc(news, anonymous) {
		c.add(at.with("security-added", Breaking, "", "requires a credential now: "+credential(news[0])))
		return
	}
	for _, s := range news {
		same := func(r api.Requirement) bool { return satisfies(r, s) && satisfies(s, r) }
		if len(olds) > 0 && !slices.ContainsFunc(olds, same) {
			c.add(at.with("security-added", Addition, "", "accepts "+credential(s)+" now"))
		}
	}
	if len(olds) > 0 && len(news) == 0 {
		c.add(at.with("security-removed", Addition, "", "requires no credential any more"))
	}
}

// requirements returns what an old operation requires, with the new names of schemes.
func (c *comparison) requirements(op *api.Operation) []api.Requirement {
	var list []api.Requirement
	for _, r := range op.Security {
		r = slices.Clone(r)
		for i := range r {
			if name := c.renamed[r[i].Scheme]; name != "" {
				r[i].Scheme = name
			}
		}
		list = append(list, r)
	}
	return list
}

// satisfies reports whether credentials for have are enough for need.
func satisfies(have, need api.Requirement) bool {
	return !slices.ContainsFunc(need, func(n api.SchemeUse) bool {
		return !slices.ContainsFunc(have, func(h api.SchemeUse) bool {
			return h.Scheme == n.Scheme && len(without(n.Scopes, h.Scopes)) == 0
		})
	})
}

// credential describes a requirement: "key", "oauth (read, write) with key" or "no credential".
func credential(r api.Requirement) string {
	if len(r) == 0 {
		return "requests without a credential"
	}
	var parts []string
	for _, u := range r {
		text := u.Scheme
		if len(u.Scopes) > 0 {
			text += " (" + strings.Join(u.Scopes, ", ") + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " with ")
}
