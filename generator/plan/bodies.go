package plan

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/spec"
)

// baseMedia returns a media type in lower case without its parameters.
func baseMedia(media string) string {
	base, _, _ := strings.Cut(media, ";")
	return strings.ToLower(strings.TrimSpace(base))
}

// isJSON reports whether a media type is JSON: application/json, text/json, or one with the suffix +json (RFC 6839).
func isJSON(media string) bool {
	base := baseMedia(media)
	return base == "application/json" || base == "text/json" || strings.HasSuffix(base, "+json") || strings.HasPrefix(base, "application/json+")
}

// isText reports whether a media type is text that has no structure of its own for us; XML is.
func isText(media string) bool {
	base := baseMedia(media)
	return strings.HasPrefix(base, "text/") && base != "text/event-stream" || base == "application/xml" || strings.HasSuffix(base, "+xml") ||
		base == "application/yaml" || base == "application/x-yaml" || base == "application/javascript" || base == "application/graphql"
}

func isXML(media string) bool { return mediaSuffix(media) == "XML" }

// format returns how a request body of a media type is encoded.
func format(c *spec.Content) string {
	base := baseMedia(c.Media)
	switch {
	case c.Schema != nil && isBinary(c.Schema.Target()) && !strings.HasPrefix(base, "multipart/"):
		return "binary"
	case isJSON(c.Media), base == "*/*" && c.Schema != nil:
		return "json"
	case isForm(base) && c.Schema != nil && !hasMembers(c.Schema.Target()):
		return "binary" // only the caller knows how that becomes a form
	case base == "application/x-www-form-urlencoded":
		return "form"
	case isForm(base):
		return "multipart"
	case isText(c.Media):
		return "text"
	}
	return "binary"
}

// isForm reports whether a media type has named members. Its base is that of [baseMedia].
func isForm(base string) bool {
	return base == "application/x-www-form-urlencoded" || strings.HasPrefix(base, "multipart/")
}

// hasMembers reports whether a value of s can be an object.
func hasMembers(s *spec.Schema) bool { return len(s.Types) == 0 || slices.Contains(s.Types, "object") }

// requestContents returns the media types that become methods, JSON first. A media type is left out if it is a range beside others (nobody can send
// application/*+json), or if the same bytes would go out under another label.
func requestContents(b *spec.Body) []*spec.Content {
	if b == nil {
		return nil
	}
	list := slices.Clone(b.Contents)
	slices.SortStableFunc(list, func(x, y *spec.Content) int { return rank(x) - rank(y) })
	var out []*spec.Content
	for _, c := range list {
		if len(out) > 0 && strings.Contains(c.Media, "*") || slices.ContainsFunc(out, func(d *spec.Content) bool { return sameBytes(c, d) }) {
			continue
		}
		out = append(out, c)
	}
	return out
}

// rank orders media types: plain JSON, other JSON, all others, ranges.
func rank(c *spec.Content) int {
	switch base := baseMedia(c.Media); {
	case base == "application/json":
		return 0
	case strings.Contains(base, "*"):
		return 3
	case isJSON(c.Media):
		return 1
	}
	return 2
}

// sameBytes reports whether two media types of one body are encoded alike.
func sameBytes(c, d *spec.Content) bool {
	f := format(c)
	switch {
	case f != format(d):
		return false
	case f == "json" || f == "form" || isXML(c.Media) && isXML(d.Media):
		return c.Schema.SameAs(d.Schema)
	}
	return baseMedia(c.Media) == baseMedia(d.Media)
}

// mediaWords are the names of well-known media types in the names of methods.
var mediaWords = map[string]string{
	"application/json": "JSON", "application/x-www-form-urlencoded": "Form", "multipart/form-data": "Multipart", "application/octet-stream": "Binary",
	"text/plain": "Text", "application/xml": "XML", "text/xml": "XML", "text/csv": "CSV", "application/pdf": "PDF",
	"application/json-patch+json": "JSONPatch", "application/merge-patch+json": "MergePatch",
}

// mediaSuffix is what the name of a method says about its request media type.
func mediaSuffix(media string) string {
	base := baseMedia(media)
	if word := mediaWords[base]; word != "" {
		return word
	}
	if strings.HasPrefix(base, "multipart/") {
		return joined(base)
	}
	_, subtype, _ := strings.Cut(base, "/")
	return joined(subtype)
}

// markBodies notes what request bodies and answers are made of, and which of them are multipart, before any type is built.
func (p *planner) markBodies() {
	for _, o := range p.ops {
		for _, a := range o.Responses {
			for _, c := range a.Contents {
				p.received.add(c.Schema)
			}
		}
		if o.Body == nil {
			continue
		}
		for _, c := range o.Body.Contents {
			p.sent.add(c.Schema)
			if c.Schema != nil && format(c) == "multipart" {
				p.multipart[c.Schema], p.multipart[c.Schema.Target()] = true, true
			}
		}
	}
}

// requestBody plans the body of an operation. A struct is passed as a pointer, so that nil can mean none.
func (p *planner) requestBody(op *operation) {
	c, b := op.content, op.api.Body
	if c == nil {
		return
	}
	b.Media, b.Format, b.Required, b.Description = c.Media, api.Format(format(c)), op.spec.Body.Required, op.spec.Body.Description
	if strings.Contains(b.Media, "*") {
		b.Media = concrete(string(b.Format))
	}
	var base *api.Type
	switch b.Format {
	case "text":
		base = kind(api.String)
	case "binary":
		base = kind(api.Reader)
	default:
		base = p.typeOf(c.Schema)
		if c.Schema == nil && b.Format != "json" {
			base = of(api.Map, kind(api.Any))
		}
	}
	p.fields = append(p.fields, wrapped{at: &b.Type, base: base, required: b.Required, nullable: c.Schema != nil && p.nullable(c.Schema) && b.Format == "json"})
	for _, e := range c.Encodings {
		b.Parts = append(b.Parts, api.Part{Name: e.Name, Media: e.Media, Style: api.Style(e.Style), Explode: e.Explode})
	}
}

// concrete is the media type that is sent where the document has a range.
func concrete(format string) string {
	switch format {
	case "json":
		return "application/json"
	case "text":
		return "text/plain"
	}
	return "application/octet-stream"
}
