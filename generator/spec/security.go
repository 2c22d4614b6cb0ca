package spec

import (
	"slices"
	"strconv"
	"strings"

	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/tree"
)

// schemes reads security schemes. The type basic of Swagger 2.0 is http basic.
func (l *loader) schemes(n *tree.Node) {
	for _, p := range node.Pairs(n) {
		v, _ := l.deref(p.Value)
		if v == nil || node.IsExtension(p.Key) {
			continue
		}
		s := &Scheme{
			Name: p.Key, Kind: node.Text(v, "type"), In: node.Text(v, "in"), Parameter: node.Text(v, "name"),
			HTTPScheme:  strings.ToLower(node.Text(v, "scheme")),
			Description: node.Text(v, "description"), Pos: p.KeyPos,
		}
		switch s.Kind {
		case "basic":
			s.Kind, s.HTTPScheme = "http", "basic"
		case "apiKey", "http", "oauth2", "openIdConnect", "mutualTLS":
		default:
			continue
		}
		s.Scopes = scopes(v)
		l.doc.Schemes = append(l.doc.Schemes, s)
	}
}

// scopes returns the scopes of all flows of an oauth2 scheme, each once.
func scopes(n *tree.Node) []string {
	var out []string
	add := func(n *tree.Node) {
		for _, s := range node.Pairs(n) {
			if !node.IsExtension(s.Key) && !slices.Contains(out, s.Key) {
				out = append(out, s.Key)
			}
		}
	}
	add(n.Get("scopes"))
	for _, flow := range node.Pairs(n.Get("flows")) {
		add(flow.Value.Get("scopes"))
	}
	return out
}

// security reads requirements. Unknown schemes are reported and dropped.
func (l *loader) security(n *tree.Node) []Requirement {
	var out []Requirement
	for _, item := range node.Items(n) {
		r := Requirement{}
		for _, use := range node.Pairs(item) {
			if !slices.ContainsFunc(l.doc.Schemes, func(s *Scheme) bool { return s.Name == use.Key }) {
				if l.schemeNode(use.Key) != nil {
					continue // its type is unknown, which the checker reports
				}
				l.warnOnce(
					use.KeyPos, "security", "security requirement "+strconv.Quote(use.Key), "there is no such scheme",
					"define it under securitySchemes",
				)
				continue
			}
			r = append(r, SchemeUse{Scheme: use.Key, Scopes: node.Texts(use.Value)})
		}
		if len(r) > 0 || len(item.Pairs) == 0 {
			out = append(out, r)
		}
	}
	return out
}

// schemeNode returns the node of a security scheme, or nil.
func (l *loader) schemeNode(name string) *tree.Node {
	if l.doc.Version.IsSwagger() {
		return l.root.Get("securityDefinitions").Get(name)
	}
	return l.root.Get("components").Get("securitySchemes").Get(name)
}
