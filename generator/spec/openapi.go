package spec

// This file reads OpenAPI 3: operations and their parts. Paths are in paths.go; what differs in
// Swagger 2.0 is in swagger.go.

import (
	"cmp"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/spec/grammar"
	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/media"
	"github.com/resgen/resgen/resilience/tree"
)

// openapi reads a document of version 3.
func (l *loader) openapi() {
	components := l.root.Get("components")
	l.named(components.Get("schemas"))
	l.doc.Servers = l.servers(l.root.Get("servers"))
	if l.doc.Servers == nil {
		l.doc.Servers = []*Server{{URL: "/", Pos: l.root.Pos}}
	}
	l.schemes(components.Get("securitySchemes"))
	l.paths(l.operation3)
}

func (l *loader) operation3(o *Operation, item, n *tree.Node) {
	o.Servers = l.servers(n.Get("servers"))
	if o.Servers == nil {
		o.Servers = l.servers(item.Get("servers"))
	}
	o.Params = l.mergeParams(l.paramList(item.Get("parameters"), l.param3), l.paramList(n.Get("parameters"), l.param3))
	o.Body = l.body(n)
	o.Responses = l.responseList(n.Get("responses"), l.response3)
	o.Params = slices.DeleteFunc(o.Params, func(p *Param) bool { return p.In == "header" && !ownHeader(o, p) })
	l.wholeQuery(o)
	for i, p := range o.Params {
		if p.In == "header" && strings.EqualFold(p.Name, "authorization") && p.Required &&
			slices.ContainsFunc(o.Security, l.authorizes) {
			optional := *p
			optional.Required = false // the credential sets it
			o.Params[i] = &optional
		}
	}
}

// paramList reads parameters. Duplicates are reported and dropped.
func (l *loader) paramList(n *tree.Node, read func(*tree.Node) *Param) []*Param {
	var out []*Param
	for _, item := range node.Items(n) {
		target, component := l.deref(item)
		if target == nil {
			l.unread = true
			continue
		}
		p, ok := l.params[target]
		if !ok {
			if p = read(target); p != nil {
				p.Component = component
			}
			l.params[target] = p
		}
		switch {
		case p == nil:
			l.unread = true
		case slices.ContainsFunc(out, p.same):
			l.warn(item.Pos, "duplicate-parameter", "parameter "+p.Name, "is declared twice in "+p.In, "keep one")
		default:
			out = append(out, p)
		}
	}
	return out
}

// same reports whether both are the same parameter, by name and location. Names of headers are
// compared without case.
func (p *Param) same(q *Param) bool {
	return p.In == q.In && (p.Name == q.Name || p.In == "header" && strings.EqualFold(p.Name, q.Name))
}

// mergeParams merges the parameters of a path with those of an operation, which take precedence.
func (l *loader) mergeParams(path, own []*Param) []*Param {
	var out []*Param
	for _, p := range path {
		if i := slices.IndexFunc(own, p.same); i >= 0 {
			out = append(out, own[i])
		} else {
			out = append(out, p)
		}
	}
	for _, p := range own {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// wholeQuery reports a parameter that is the whole query if it is not the only one in the query.
func (l *loader) wholeQuery(o *Operation) {
	whole, others := 0, 0
	for _, p := range o.Params {
		switch p.In {
		case "querystring":
			whole++
		case "query":
			others++
		}
	}
	if whole > 1 || whole > 0 && others > 0 {
		l.warn(
			o.Pos, "duplicate-parameter", "operation "+o.Name(),
			"has other parameters in the query next to one that is the whole query, sending all of them",
			"keep one, or write in: query",
		)
	}
}

// ownHeader reports whether a header parameter is set by callers. OpenAPI 3 ignores parameters
// named Accept, Content-Type and Authorization, because media types and security schemes describe
// them. Some servers require them nevertheless, so a required one is kept if nothing else sets it.
func ownHeader(o *Operation, p *Param) bool {
	switch strings.ToLower(p.Name) {
	case "accept":
		return p.Required && !slices.ContainsFunc(o.Responses, func(r *Response) bool { return r.Contents != nil })
	case "content-type":
		return p.Required && o.Body == nil
	}
	return true
}

// authorizes reports whether a requirement has a scheme that sets the Authorization header.
func (l *loader) authorizes(r Requirement) bool {
	return slices.ContainsFunc(l.doc.Schemes, func(s *Scheme) bool {
		return slices.ContainsFunc(r, func(u SchemeUse) bool { return u.Scheme == s.Name }) && s.Kind != "mutualTLS" &&
			(s.Kind != "apiKey" || s.In == "header" && strings.EqualFold(s.Parameter, "authorization"))
	})
}

// param3 reads a parameter. It returns nil if n is not one.
func (l *loader) param3(n *tree.Node) *Param {
	p := l.paramHead(n)
	if p == nil {
		return nil
	}
	if content := l.contents(n.Get("content")); len(content) > 0 {
		p.Media, p.Schema, p.Encodings = content[0].Media, content[0].Schema, content[0].Encodings
	} else if p.In == "querystring" {
		p.Media, p.Schema = "application/x-www-form-urlencoded", l.schema(n.Get("schema")) // the checker reports it
	} else {
		p.Schema = l.schema(n.Get("schema"))
		l.style(p, n)
	}
	if p.Schema == nil {
		p.Schema = &Schema{Pos: p.Pos, Node: n}
	}
	return p
}

// paramHead reads what parameters of all versions have. It returns nil if n is not a parameter.
func (l *loader) paramHead(n *tree.Node) *Param {
	p := &Param{
		Name: node.Text(n, "name"), In: node.Text(n, "in"), Description: node.Text(n, "description"),
		Required: node.Bool(n, "required", false), Deprecated: node.Bool(n, "deprecated", false),
		AllowReserved: node.Bool(n, "allowReserved", false), AllowEmpty: node.Bool(n, "allowEmptyValue", false),
		Pos: n.Pos, Node: n,
	}
	_, known := grammar.Styles[p.In]
	known = known || p.In == "querystring" && l.doc.Version.edition() == grammar.V32
	switch {
	case p.Name == "", !known && (!l.doc.Version.IsSwagger() || p.In != "body" && p.In != "formData"):
		return nil
	case p.In == "path":
		p.Required = true
	}
	return p
}

// style reads style and explode, and fills in their defaults.
func (l *loader) style(p *Param, n *tree.Node) {
	allowed := grammar.Styles[p.In]
	p.Style = node.Text(n, "style")
	if !slices.Contains(allowed, p.Style) {
		p.Style = allowed[0]
	}
	if p.Style == "cookie" { // in OpenAPI 3.2, form without percent-encoding
		p.Style, p.AllowReserved = "form", true
	}
	p.Explode = node.Bool(n, "explode", p.Style == "form" || p.Style == "deepObject")
}

// body reads the request body of an operation.
func (l *loader) body(op *tree.Node) *Body {
	n, component := l.deref(op.Get("requestBody"))
	if n == nil {
		return nil
	}
	return &Body{
		Description: node.Text(n, "description"), Required: node.Bool(n, "required", false),
		Contents:  l.contents(n.Get("content")),
		Component: component, Arg: node.Text(op, "x-codegen-request-body-name"), Pos: n.Pos,
	}
}

// contents reads the media types of a body or a response.
func (l *loader) contents(n *tree.Node) []*Content {
	n, _ = l.deref(n)
	var out []*Content
	for _, p := range node.Pairs(n) {
		if node.IsExtension(p.Key) {
			continue
		}
		about, _ := l.deref(p.Value)
		c := &Content{Media: p.Key, Schema: l.schema(about.Get("schema")), Pos: p.KeyPos}
		if item := about.Get("itemSchema"); item != nil {
			c.Item = l.item(c.Media, item)
		}
		for _, e := range node.Pairs(about.Get("encoding")) {
			c.Encodings = append(c.Encodings, l.encoding(e.Key, e.Value, p.Key))
		}
		out = append(out, c)
	}
	return out
}

// encoding reads how a member of a form is sent. If the document states one of style, explode and
// allowReserved, the member is written like a parameter of a query. They apply to
// application/x-www-form-urlencoded, and since OpenAPI 3.1 to multipart/form-data.
func (l *loader) encoding(name string, n *tree.Node, mediaType string) Encoding {
	e := Encoding{Name: name, Media: node.Text(n, "contentType"), Explode: true}
	stated := n.Get("style") != nil || n.Get("explode") != nil || n.Get("allowReserved") != nil
	switch base := media.Base(mediaType); {
	case !stated:
		return e
	case base == "multipart/form-data" && l.doc.Version.HasJSONSchema(), base == "application/x-www-form-urlencoded":
		e.Style = cmp.Or(node.Text(n, "style"), "form")
		e.Explode = node.Bool(n, "explode", e.Style == "form")
		e.AllowReserved = node.Bool(n, "allowReserved", false)
	}
	return e
}

// responseList reads the responses of an operation.
func (l *loader) responseList(n *tree.Node, read func(*tree.Node) *Response) []*Response {
	n, _ = l.deref(n)
	var out []*Response
	for _, p := range node.Pairs(n) {
		if node.IsExtension(p.Key) {
			continue
		}
		if !grammar.IsStatus(p.Key) {
			continue // the checker reports it
		}
		target, component := l.deref(p.Value)
		if target == nil {
			target = p.Value
		}
		r := read(target)
		r.Component, r.Status = component, strings.ToUpper(p.Key)
		if p.Key == "default" {
			r.Status = p.Key
		}
		out = append(out, r)
	}
	return out
}

func (l *loader) response3(n *tree.Node) *Response {
	r := l.responseHead(n)
	r.Contents = l.contents(n.Get("content"))
	if r.Contents == nil && grammar.LooksLikeSchema(n) {
		l.warn(
			n.Pos, "wrong-section", "response", "want a response, got a schema",
			"put it under content: application/json: schema:",
		)
		r.Contents = []*Content{{Media: "application/json", Schema: l.schema(n), Pos: n.Pos}}
	}
	return r
}

func (l *loader) responseHead(n *tree.Node) *Response {
	r := &Response{Description: node.Text(n, "description"), Pos: n.Pos, Node: n}
	for _, h := range node.Pairs(n.Get("headers")) {
		r.Headers = append(r.Headers, h.Key)
	}
	return r
}

// servers reads a list of servers. It returns nil for an empty list.
func (l *loader) servers(n *tree.Node) []*Server {
	var out []*Server
	for _, item := range node.Items(n) {
		s := &Server{
			Name: node.Text(item, "name"), URL: node.Text(item, "url"), Description: node.Text(item, "description"),
			Pos: item.Pos,
		}
		if s.Name == "" {
			s.Name = node.Text(item, "x-go-name")
		}
		for _, v := range node.Pairs(item.Get("variables")) {
			s.Variables = append(s.Variables, Variable{
				Name: v.Key, Default: node.Text(v.Value, "default"), Enum: node.Texts(v.Value.Get("enum")),
			})
		}
		out = append(out, s)
	}
	return out
}

// warnOnce adds a warning that several operations may share.
func (l *loader) warnOnce(pos diag.Position, code, subject, what, cure string) {
	d := diag.Diagnostic{Pos: pos, Severity: diag.Warning, Code: code, Subject: subject, What: what, Cure: cure}
	if !l.once[d] {
		l.once[d] = true
		l.found = append(l.found, d)
	}
}
