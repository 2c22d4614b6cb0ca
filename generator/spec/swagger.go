package spec

// This file reads what differs in Swagger 2.0, and converts it to OpenAPI 3.

import (
	"cmp"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/spec/grammar"
	"github.com/resgen/resgen/generator/spec/internal/node"
	"github.com/resgen/resgen/resilience/media"
	"github.com/resgen/resgen/resilience/tree"
)

// swagger reads a document of version 2.0.
func (l *loader) swagger() {
	l.named(l.root.Get("definitions"))
	l.doc.Servers = l.hosts()
	l.schemes(l.root.Get("securityDefinitions"))
	l.paths(l.operation2)
}

func (l *loader) operation2(o *Operation, item, n *tree.Node) {
	all := l.mergeParams(l.paramList(item.Get("parameters"), l.param2), l.paramList(n.Get("parameters"), l.param2))
	var form []*Param
	var body *Param
	for _, p := range all {
		switch p.In {
		case "body":
			body = p
		case "formData":
			form = append(form, p)
		default:
			o.Params = append(o.Params, p)
		}
	}
	consumes := l.inherited(n, "consumes")
	switch {
	case body != nil:
		o.Body = l.body2(body, consumes)
		if form != nil {
			l.warn(
				form[0].Pos, "body-and-form", "operation "+o.Name(), "has both a body and form fields",
				"keep one; the form fields are left out",
			)
		}
	case form != nil:
		o.Body = formBody(form, consumes)
	}
	o.Servers = l.ownSchemes(node.Texts(n.Get("schemes")))
	produces := l.inherited(n, "produces")
	o.Responses = l.responseList2(n.Get("responses"), produces)
}

// inherited returns the media types of an operation: its own list, or that of the document, or
// JSON.
func (l *loader) inherited(op *tree.Node, key string) []string {
	n := op.Get(key)
	if n == nil {
		n = l.root.Get(key)
	}
	if list := node.Texts(n); len(list) > 0 {
		return list
	}
	return []string{"application/json"}
}

// collectionFormats maps collection formats to style and explode. The default is csv.
var collectionFormats = map[string]struct {
	style   string
	explode bool
}{
	"": {"form", false}, "csv": {"form", false}, "multi": {"form", true},
	"ssv": {"spaceDelimited", false}, "tsv": {"tabDelimited", false}, "pipes": {"pipeDelimited", false},
}

// param2 reads a parameter. Unless it is a body, it is its own schema.
func (l *loader) param2(n *tree.Node) *Param {
	p := l.paramHead(n)
	switch {
	case p == nil:
		return nil
	case p.In == "body":
		if p.Schema = l.schema(n.Get("schema")); p.Schema == nil {
			p.Schema = &Schema{Pos: p.Pos, Node: n}
		}
		return p
	case n.Get("schema") != nil && n.Get("type") == nil: // as in OpenAPI 3
		p.Schema = l.schema(n.Get("schema"))
		l.warn(
			n.Get("schema").Pos, "parameter-schema", "parameter "+p.Name,
			"has a schema, which Swagger 2.0 allows only in bodies", "put type and format next to its name",
		)
	default:
		p.Schema = l.schema(n)
	}
	l.collection(p, n)
	return p
}

// collection sets style and explode from the collection format.
func (l *loader) collection(p *Param, n *tree.Node) {
	word := node.Text(n, "collectionFormat")
	f, ok := collectionFormats[word]
	if !ok {
		f = collectionFormats[""]
	}
	p.Style, p.Explode, p.Inner = f.style, f.explode, innerDelimiters(n)
	if p.In == "path" || p.In == "header" {
		if p.Style == "form" {
			p.Style = "simple"
		}
		p.Explode = false
	}
}

// delimiters maps collection formats to the characters between values.
var delimiters = map[string]string{"ssv": " ", "tsv": "\t", "pipes": "|"}

// innerDelimiters returns the delimiters of the lists within a list, outermost first.
func innerDelimiters(n *tree.Node) string {
	var all strings.Builder
	for n = n.Get("items"); node.Text(n, "type") == "array"; n = n.Get("items") {
		all.WriteString(cmp.Or(delimiters[node.Text(n, "collectionFormat")], ","))
	}
	return all.String()
}

func (l *loader) body2(p *Param, consumes []string) *Body {
	b := &Body{Description: p.Description, Required: p.Required, Component: p.Component, Arg: p.Name, Pos: p.Pos}
	for _, mediaType := range consumes {
		b.Contents = append(b.Contents, &Content{Media: mediaType, Schema: p.Schema, Pos: p.Pos})
	}
	return b
}

// formMedia lists the media types of forms.
var formMedia = []string{"multipart/form-data", "application/x-www-form-urlencoded"}

// formBody returns a body whose schema is an object of the form fields.
func formBody(fields []*Param, consumes []string) *Body {
	s := &Schema{Pos: fields[0].Pos, Types: []string{"object"}}
	b := &Body{Pos: fields[0].Pos}
	var encodings []Encoding
	file := false
	for _, p := range fields {
		s.Properties = append(s.Properties, &Property{Name: p.Name, Pos: p.Pos, Schema: p.Schema})
		if p.Required {
			s.Required = append(s.Required, p.Name)
			b.Required = true
		}
		if slices.Equal(p.Schema.Types, []string{"array"}) {
			encodings = append(encodings, Encoding{
				Name: p.Name, Style: p.Style, Explode: p.Explode, Inner: p.Inner,
			})
		}
		file = file || p.Schema.Format == "binary"
	}
	for _, mediaType := range formMediaOf(consumes, file) {
		b.Contents = append(b.Contents, &Content{Media: mediaType, Schema: s, Encodings: encodings, Pos: b.Pos})
	}
	return b
}

// formMediaOf returns the media types of forms in consumes. Files require multipart.
func formMediaOf(consumes []string, file bool) []string {
	var out []string
	for _, mediaType := range consumes {
		if base := media.Base(mediaType); slices.Contains(formMedia, base) && (!file || base == formMedia[0]) {
			out = append(out, mediaType)
		}
	}
	switch {
	case out != nil:
		return out
	case file:
		return formMedia[:1]
	}
	return formMedia[1:]
}

// responseList2 reads responses. It ignores examples, because their keys are often not media types.
func (l *loader) responseList2(n *tree.Node, produces []string) []*Response {
	var out []*Response
	for _, r := range l.responseList(n, l.response2) {
		if binary := len(produces) > 0 && !slices.ContainsFunc(produces, notBinary); binary {
			l.binaryResponse2(r, produces)
			out = append(out, r)
			continue
		}
		if len(r.Contents) == 1 {
			bare := *r.Contents[0]
			r.Contents = nil
			for _, mediaType := range producesOf(produces, bare.Schema) {
				c := bare
				c.Media = mediaType
				r.Contents = append(r.Contents, &c)
			}
		}
		out = append(out, r)
	}
	return out
}

// notBinary reports whether bodies of a media type are text or values, or may be.
func notBinary(mediaType string) bool {
	base := media.Base(mediaType)
	family, _, _ := strings.Cut(base, "/")
	return media.IsJSON(base) || media.IsText(base) || media.IsEvents(base) || media.IsLines(base) ||
		media.IsRange(base) && !slices.Contains(binaryFamilies, family) ||
		slices.Contains(formMedia, base) || family == "multipart" || base == ""
}

// binaryFamilies lists the families of media types that have no text.
var binaryFamilies = []string{"image", "audio", "video", "font"}

// binaryResponse2 sets the contents of a response of an operation that produces nothing but binary
// media types. A 200 is such a file whether it has a schema or not. A schema describes the JSON
// that servers send nevertheless, mostly with failures.
func (l *loader) binaryResponse2(r *Response, produces []string) {
	var schema *Schema
	if len(r.Contents) == 1 {
		schema = r.Contents[0].Schema
	}
	r.Contents = nil
	isFile := schema != nil && schema.Ref == nil && slices.Equal(schema.Types, []string{"string"})
	if r.Status == "200" || schema != nil {
		for _, mediaType := range produces {
			c := &Content{Media: mediaType, Pos: r.Pos}
			if isFile {
				c.Schema = schema
			}
			r.Contents = append(r.Contents, c)
		}
	}
	if schema != nil && !isFile {
		r.Contents = append(r.Contents, &Content{Media: "application/json", Schema: schema, Unasked: true, Pos: r.Pos})
	}
}

// producesOf returns the media types of a response. A file in an operation that produces only JSON
// is application/octet-stream.
func producesOf(produces []string, s *Schema) []string {
	if s != nil && s.Format == "binary" && slices.Equal(produces, []string{"application/json"}) {
		return []string{"application/octet-stream"}
	}
	return produces
}

// response2 reads a response. The media type of its content is empty, because it depends on the
// operation.
func (l *loader) response2(n *tree.Node) *Response {
	r := l.responseHead(n)
	switch schema := n.Get("schema"); {
	case schema != nil:
		r.Contents = []*Content{{Schema: l.schema(schema), Pos: schema.Pos}}
	case grammar.LooksLikeSchema(n):
		l.warn(n.Pos, "wrong-section", "response", "want a response, got a schema", "put it under schema:")
		r.Contents = []*Content{{Schema: l.schema(n), Pos: n.Pos}}
	}
	return r
}
