// This file makes servers of what Swagger 2.0 says about hosts. Entry: [loader.hosts].
package spec

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// hosts makes servers of schemes, host and basePath. https comes first: credentials do not travel
// in the clear by default.
func (l *loader) hosts() []*Server {
	if t := l.root.Get("x-ms-parameterized-host"); text(t, "hostTemplate") != "" {
		return []*Server{l.parameterized(t)}
	}
	host := text(l.root, "host")
	if host == "" {
		base := text(l.root, "basePath")
		if base == "" {
			base = "/"
		}
		return []*Server{{URL: base, Pos: l.root.Pos}}
	}
	return l.reached(host, texts(l.root.Get("schemes")))
}

// reached returns a server for each scheme by which a host is reached with HTTP; without any it is
// https.
func (l *loader) reached(host string, schemes []string) []*Server {
	schemes = slices.DeleteFunc(slices.Clone(schemes), func(s string) bool { return s != "http" && s != "https" })
	if len(schemes) == 0 {
		schemes = []string{"https"}
	}
	slices.SortStableFunc(schemes, func(a, b string) int { return strings.Compare(b, a) })
	var out []*Server
	for _, s := range schemes {
		out = append(out, &Server{URL: s + "://" + host + l.basePath(), Pos: l.hostPos()})
	}
	return out
}

// basePath is what stands between the host and the paths, without a slash at its end.
func (l *loader) basePath() string { return strings.TrimSuffix(text(l.root, "basePath"), "/") }

func (l *loader) hostPos() diag.Position {
	if host := l.root.Get("host"); host != nil {
		return host.Pos
	}
	return l.root.Pos
}

// ownSchemes returns the server of an operation that asks for https where the document's first
// server has http; nil for all others. An operation that asks for http under a server with https
// stays there: credentials do not travel in the clear because of one line.
func (l *loader) ownSchemes(schemes []string) []*Server {
	if host := text(l.root, "host"); host != "" && slices.Contains(schemes, "https") &&
		strings.HasPrefix(l.doc.Servers[0].URL, "http://") {
		return l.reached(host, []string{"https"})
	}
	return nil
}

// parameterized reads the host with variables that AutoRest knows: hostTemplate, and parameters
// that fill it. Such a host is reached by https.
func (l *loader) parameterized(n *tree.Node) *Server {
	url := text(n, "hostTemplate")
	if truth(n, "useSchemePrefix", true) {
		url = "https://" + url
	}
	s := &Server{URL: url + l.basePath(), Pos: n.Pos}
	for _, item := range items(n.Get("parameters")) {
		p, _ := l.deref(item)
		if name := text(p, "name"); slices.Contains(names(url), name) {
			s.Variables = append(s.Variables, Variable{
				Name: name, Default: text(p, "default"), Enum: texts(p.Get("enum")),
			})
		}
	}
	return s
}
