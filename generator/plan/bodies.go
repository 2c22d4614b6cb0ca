package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/plan/typing"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/media"
)

const formMedia = "application/x-www-form-urlencoded"

// format returns the encoding of a request body.
func format(c *spec.Content) api.Format {
	base := media.Base(c.Media)
	switch {
	case c.Schema != nil && typing.IsBinary(c.Schema.Target()) && !strings.HasPrefix(base, "multipart/"):
		return api.FormatBinary
	case media.IsJSON(c.Media), base == "*/*" && c.Schema != nil:
		return api.FormatJSON
	case isForm(base) && c.Schema != nil && !canBeObject(c.Schema.Target()):
		return api.FormatBinary // only the caller knows how to write the value as a form
	case base == formMedia:
		return api.FormatForm
	case isForm(base):
		return api.FormatMultipart
	case media.IsText(c.Media):
		return api.FormatText
	}
	return api.FormatBinary
}

// isForm reports whether a base media type has named members.
func isForm(base string) bool { return base == formMedia || strings.HasPrefix(base, "multipart/") }

// canBeObject reports whether a value of s can be an object.
func canBeObject(s *spec.Schema) bool { return len(s.Types) == 0 || slices.Contains(s.Types, "object") }

// requestContents returns the media types that become methods, JSON first, and those that callers
// can send with an option: text formats, such as XML, and other kinds of multipart. It leaves out
// ranges, such as application/*+json, if there is any other media type, and media types that would
// send the same bytes as another.
func requestContents(b *spec.Body) (methods []*spec.Content, others []string) {
	if b == nil {
		return nil, nil
	}
	list := slices.Clone(b.Contents)
	slices.SortStableFunc(list, func(x, y *spec.Content) int { return rank(x) - rank(y) })
	for _, c := range list {
		sent := func(d *spec.Content) bool { return sameBytes(c, d) }
		if len(methods) > 0 && strings.Contains(c.Media, "*") || slices.ContainsFunc(methods, sent) {
			continue
		}
		if slices.ContainsFunc(methods, func(d *spec.Content) bool { return replaceable(c, d) }) {
			others = append(others, c.Media)
			continue
		}
		methods = append(methods, c)
	}
	return methods, others
}

// replaceable reports whether a media type needs no method because of another: a text, which any
// caller can write, or one more kind of multipart.
func replaceable(c, other *spec.Content) bool {
	switch format(c) {
	case api.FormatText:
		return true
	case api.FormatMultipart:
		return format(other) == api.FormatMultipart && c.Schema.SameAs(other.Schema)
	}
	return false
}

// rank orders media types: plain JSON, other JSON, all others, ranges.
func rank(c *spec.Content) int {
	switch base := media.Base(c.Media); {
	case base == "application/json":
		return 0
	case strings.Contains(base, "*"):
		return 3
	case media.IsJSON(c.Media):
		return 1
	}
	return 2
}

// sameBytes reports whether two media types of a body have the same encoding.
func sameBytes(c, d *spec.Content) bool {
	bothXML := mediaSuffix(c.Media) == "XML" && mediaSuffix(d.Media) == "XML"
	switch f := format(c); {
	case f != format(d):
		return false
	case f == api.FormatJSON || f == api.FormatForm || bothXML:
		return c.Schema.SameAs(d.Schema)
	}
	return media.Base(c.Media) == media.Base(d.Media)
}

// mediaWords are the words for well-known media types in the names of methods.
var mediaWords = map[string]string{
	"application/json": "JSON", formMedia: "Form", "multipart/form-data": "Multipart",
	"application/octet-stream": "Binary", "text/plain": "Text", "application/xml": "XML", "text/xml": "XML",
	"text/csv": "CSV", "application/pdf": "PDF", "application/json-patch+json": "JSONPatch",
	"application/merge-patch+json": "MergePatch",
}

// mediaSuffix returns what the name of a method has at its end for a request media type.
func mediaSuffix(mediaType string) string {
	base := media.Base(mediaType)
	if word := mediaWords[base]; word != "" {
		return word
	}
	if strings.HasPrefix(base, "multipart/") {
		return naming.Suffix(base)
	}
	_, subtype, _ := strings.Cut(base, "/")
	return naming.Suffix(subtype)
}

// planBody plans the request body. An optional struct is passed as a pointer; nil sends no body.
func planBody(op *operation, types *typing.Types) {
	c, b := op.content, op.api.Body
	if c == nil {
		return
	}
	b.Media, b.Format, b.Pos = c.Media, format(c), c.Pos
	b.Required, b.Description = op.spec.Body.Required, op.spec.Body.Description
	if strings.Contains(b.Media, "*") && b.Format != api.FormatBinary {
		b.Media = concreteMedia(b.Format)
	}
	b.Nullable = b.Format == api.FormatJSON && types.Nullable(c.Schema)
	types.Argument(&b.Type, bodyType(c, b.Format, types), b.Required, b.Nullable)
	b.Nullable = b.Nullable || b.Format == api.FormatJSON && typing.IsAnything(c.Schema)
	b.Parts = parts(c.Encodings)
	if b.Format == api.FormatMultipart {
		b.Parts = withSchemaMedia(b.Parts, types.Parts(c.Schema))
	}
	if note := bodyNote(b.Format, c); note != "" {
		op.api.Notes = append(op.api.Notes, note)
	}
}

// parts returns how the members of a form are encoded.
func parts(list []spec.Encoding) []api.Part {
	var out []api.Part
	for _, e := range list {
		out = append(out, api.Part{
			Name: e.Name, Media: e.Media, Style: api.Style(e.Style), Explode: e.Explode, Reserved: e.AllowReserved,
			Inner: e.Inner,
		})
	}
	return out
}

// withSchemaMedia adds what the schemas of members say about their parts. The encoding of the body
// precedes it.
func withSchemaMedia(parts []api.Part, fields []*api.Field) []api.Part {
	at := make(map[string]int, len(parts))
	for i, p := range parts {
		at[p.Name] = i
	}
	for _, f := range fields {
		i, known := at[f.Name]
		switch {
		case f.Media == "" && !f.Base64:
		case !known:
			parts = append(parts, api.Part{Name: f.Name, Media: f.Media, Base64: f.Base64})
		case parts[i].Style == "":
			parts[i].Media, parts[i].Base64 = cmp.Or(parts[i].Media, f.Media), f.Base64
		}
	}
	return parts
}

// bodyNote returns a sentence about what callers pass as a body whose type does not say it.
func bodyNote(f api.Format, c *spec.Content) string {
	isOpen := c.Schema == nil || typing.IsAnything(c.Schema)
	switch {
	case f == api.FormatMultipart && isOpen:
		return "The body is a struct or a map, each member of which becomes a part: a wire.File, bytes or an " +
			"io.Reader a file, a scalar a text, any other value JSON."
	case f == api.FormatForm && isOpen:
		return "The body is a struct or a map, each member of which becomes a field of the form."
	case f == api.FormatBinary && strings.Contains(c.Media, "*"):
		return "The media type of the body is one of " + c.Media + ": pass a wire.File with a ContentType, or set " +
			"the header Content-Type."
	}
	return ""
}

// bodyType returns the type of a request body that must not be absent.
func bodyType(c *spec.Content, f api.Format, types *typing.Types) *api.Type {
	switch {
	case f == api.FormatText:
		return api.Of(api.String, nil)
	case f == api.FormatBinary:
		return api.Of(api.Reader, nil)
	case c.Schema == nil && f != api.FormatJSON:
		return api.Of(api.Map, api.Of(api.Any, nil))
	}
	return types.Of(c.Schema)
}

// concreteMedia returns the media type that is sent if the document states a range.
func concreteMedia(f api.Format) string {
	switch f {
	case api.FormatJSON:
		return "application/json"
	case api.FormatMultipart:
		return "multipart/form-data"
	}
	return "text/plain"
}
