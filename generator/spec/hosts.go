package spec

// This file converts the hosts of Swagger 2.0 to servers. The entry point is [loader.hosts].

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/tree"
)

// hosts returns servers for schemes, host and basePath. https comes first, so that credentials are
// not sent in clear text by default.
func (l *loader) hosts() []*Server {
	if t := l.root.Get("x-ms-parameterized-host"); node.Text(t, "hostTemplate") != "" {
		return []*Server{l.parameterized(t)}
	}
	host := node.Text(l.root, "host")
	if host == "" {
		base := node.Text(l.root, "basePath")
		if base == "" {
			base = "/"
		}
		return []*Server{{URL: base, Pos: l.root.Pos}}
	}
	return l.serversOf(host, node.Texts(l.root.Get("schemes")))
}

// serversOf returns a server for each of http and https among the schemes, or for https if they
// have neither.
func (l *loader) serversOf(host string, schemes []string) []*Server {
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

// basePath returns the path of the host without a slash at its end.
func (l *loader) basePath() string { return strings.TrimSuffix(node.Text(l.root, "basePath"), "/") }

func (l *loader) hostPos() diag.Position {
	if host := l.root.Get("host"); host != nil {
		return host.Pos
	}
	return l.root.Pos
}

// ownSchemes returns an https server for an operation that lists https while the first server of
// the document is http, and nil for all others. An operation that lists http stays on an https
// server, so that one line cannot make credentials travel in clear text.
func (l *loader) ownSchemes(schemes []string) []*Server {
	if host := node.Text(l.root, "host"); host != "" && slices.Contains(schemes, "https") &&
		strings.HasPrefix(l.doc.Servers[0].URL, "http://") {
		return l.serversOf(host, []string{"https"})
	}
	return nil
}

// parameterized reads AutoRest's host with variables: hostTemplate and its parameters. The scheme
// is https.
func (l *loader) parameterized(n *tree.Node) *Server {
	url := node.Text(n, "hostTemplate")
	if node.Bool(n, "useSchemePrefix", true) {
		url = "https://" + url
	}
	s := &Server{URL: url + l.basePath(), Pos: n.Pos}
	for _, item := range node.Items(n.Get("parameters")) {
		p, _ := l.deref(item)
		if name := node.Text(p, "name"); slices.Contains(names(url), name) {
			s.Variables = append(s.Variables, Variable{
				Name: name, Default: node.Text(p, "default"), Enum: node.Texts(p.Get("enum")),
			})
		}
	}
	return s
}
