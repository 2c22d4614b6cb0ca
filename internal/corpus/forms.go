package main

// This file compares forms with what the OpenAPI Specification ("Encoding Object") and HTML ("URL-
// encoded form data", RFC 7578 for multipart) say about them.

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A part is one pair of a form or one part of a multipart body.
type part struct {
	name, text string
	media      string // of the document; "" if it states none
	json       bool   // text is JSON, which is compared by value
	file       bool
}

// parts returns the parts of a form; open has the names of members whose form the specification
// leaves open.
func (j *judge) parts(content *openapi3.MediaType, v map[string]any, collections map[string]string, isURL bool) (
	list []part, open map[string]bool,
) {
	open = map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		f := formMember{
			judge: j, name: name, encoding: content.Encoding[name], collection: collections["formData "+name],
		}
		if content.Schema != nil && content.Schema.Value != nil {
			f.schema = memberOf(content.Schema.Value, name)
		}
		pairs, ok := f.parts(v[name], isURL)
		if !ok {
			open[name] = true
			continue
		}
		list = append(list, pairs...)
	}
	return list, open
}

// memberOf returns the schema of a member, also in the parts of allOf; nil if there is none.
func memberOf(s *openapi3.Schema, name string) *openapi3.Schema {
	if ref := s.Properties[name]; ref != nil {
		return ref.Value
	}
	for _, sub := range s.AllOf {
		if found := memberOf(sub.Value, name); found != nil {
			return found
		}
	}
	return nil
}

// A formMember is one member of a form.
type formMember struct {
	judge      *judge
	name       string
	schema     *openapi3.Schema // may be nil
	encoding   *openapi3.Encoding
	collection string // collectionFormat of Swagger 2.0
}

// parts returns the parts of a value.
func (f *formMember) parts(v any, isURL bool) ([]part, bool) {
	media := ""
	if f.encoding != nil {
		media, _, _ = strings.Cut(f.encoding.ContentType, ",")
		if f.encoding.Style != "" || f.encoding.Explode != nil {
			return f.styled(v, isURL)
		}
	}
	list, isList := v.([]any)
	if isList && f.judge.converted && f.collection != "multi" {
		s := shape{in: "form"}
		s.collected(f.collection)
		return f.joined(s, v, isURL)
	}
	if !isList || isURL && strings.Contains(media, "json") {
		list = []any{v}
	}
	var parts []part
	for _, item := range list {
		text, plain := scalarText(item)
		p := part{name: f.name, text: text, media: media}
		switch {
		case item == nil:
			return nil, false
		case !plain || strings.Contains(media, "json"):
			p.json, p.text = true, string(raw(item))
		case isFile(f.schema):
			p.file = !isURL
		}
		parts = append(parts, p)
	}
	return parts, len(parts) > 0
}

// isFile reports whether a member is binary content.
func isFile(s *openapi3.Schema) bool {
	if s != nil && s.Type.Includes("array") && s.Items != nil {
		s = s.Items.Value
	}
	return s != nil && s.Type.Includes("string") && s.Format == "binary"
}

// styled returns the parts of a member with a style.
func (f *formMember) styled(v any, isURL bool) ([]part, bool) {
	if !isURL {
		return nil, false // OpenAPI 3.0 ignores the style, later versions do not
	}
	s := shape{style: f.encoding.Style, in: "form", reserved: f.encoding.AllowReserved}
	if s.style == "" {
		s.style = "form"
	}
	s.explode = s.style == "form"
	if f.encoding.Explode != nil {
		s.explode = *f.encoding.Explode
	}
	return f.joined(s, v, isURL)
}

// joined returns the parts of a member in a shape. Texts in a multipart body are not escaped.
func (f *formMember) joined(s shape, v any, isURL bool) ([]part, bool) {
	pieces, ok := s.expand(f.name, v)
	if m, is := v.(map[string]any); is && len(m) > 1 && !s.explode || !ok {
		return nil, false
	}
	var parts []part
	for _, piece := range pieces {
		name, value, _ := strings.Cut(piece, "=")
		parts = append(parts, part{name: unescapeForm(name), text: unescapeForm(value)})
	}
	return parts, true
}

// differsForm compares a form with its parts.
func (j *judge) differsForm(sent *sentRequest, want []part, open map[string]bool) string {
	media, params, err := mime.ParseMediaType(sent.Header.Get("Content-Type"))
	if err != nil {
		return err.Error()
	}
	var got []part
	if strings.HasPrefix(media, "multipart/") {
		got, err = readParts(sent.Body, params["boundary"])
	} else {
		got, err = readPairs(string(sent.Body))
	}
	if err != nil {
		return err.Error()
	}
	got = slices.DeleteFunc(got, func(p part) bool {
		outer, _, _ := strings.Cut(p.name, "[")
		return open[p.name] || open[outer]
	})
	byName := func(a, b part) int { return strings.Compare(a.name, b.name) }
	slices.SortStableFunc(got, byName)
	slices.SortStableFunc(want, byName)
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got) || i < len(want) && got[i].name > want[i].name:
			return fmt.Sprintf("form: %s is missing", want[i].name)
		case i >= len(want) || got[i].name != want[i].name:
			return fmt.Sprintf("form: %s=%s is new", got[i].name, clip(got[i].text))
		}
		if why := want[i].differs(&got[i]); why != "" {
			return "form: " + want[i].name + ": " + why
		}
	}
	return ""
}

// differs compares one part.
func (p *part) differs(got *part) string {
	switch {
	case p.json:
		return lost(decode([]byte(p.text)), decode([]byte(got.text)), true, "$")
	case p.text != got.text:
		return fmt.Sprintf("got %s, want %s", clip(got.text), clip(p.text))
	case p.file != got.file:
		return fmt.Sprintf("a file: got %t, want %t", got.file, p.file)
	case p.media != "" && got.media != "" && !strings.Contains(p.media, "*") &&
		mediaType(p.media) != mediaType(got.media):
		return fmt.Sprintf("media type: got %s, want %s", got.media, p.media)
	}
	return ""
}

// readPairs reads a form. It refuses bytes that the URL-encoded form does not contain.
func readPairs(body string) ([]part, error) {
	var list []part
	for piece := range strings.SplitSeq(body, "&") {
		if piece == "" {
			continue
		}
		name, value, found := strings.Cut(piece, "=")
		if !found || strings.ContainsAny(piece, " \"<>\\^`{}|\r\n\t#") {
			return nil, fmt.Errorf("form: %s is no pair of a form", clip(piece))
		}
		list = append(list, part{name: unescapeForm(name), text: unescapeForm(value)})
	}
	return list, nil
}

// readParts reads a multipart body.
func readParts(body []byte, boundary string) ([]part, error) {
	var list []part
	for r := multipart.NewReader(bytes.NewReader(body), boundary); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return nil, err
		}
		list = append(list, part{
			name: p.FormName(), text: string(data), media: p.Header.Get("Content-Type"), file: p.FileName() != "",
		})
	}
}

// differsBody compares a body that is not JSON. It returns "" for bodies that it does not know.
func (t *trial) differsBody(sent *sentRequest) string {
	media := mediaType(sent.Header.Get("Content-Type"))
	if t.content == nil {
		if len(sent.Body) > 0 {
			return "body: got " + clip(string(sent.Body)) + ", want none"
		}
		return ""
	}
	if want := t.contentMedia; !strings.Contains(want, "*") && media != mediaType(want) {
		return fmt.Sprintf("media type: got %s, want %s", media, want)
	}
	v := decode(raw(t.content))
	m, isObject := v.(map[string]any)
	isURL := media == "application/x-www-form-urlencoded"
	switch {
	case t.sent != nil:
		if why := lost(decode(t.sent), decode(sent.Body), true, "$"); why != "" {
			return "body: " + why
		}
	case isObject && (isURL || strings.HasPrefix(media, "multipart/")):
		want, open := t.judge.parts(t.contentType, m, t.judge.collections[t.op.Method+" "+t.op.Path], isURL)
		return t.judge.differsForm(sent, want, open)
	default:
		if text, ok := scalarText(v); ok && text != string(sent.Body) {
			return fmt.Sprintf("body: got %s, want %s", clip(string(sent.Body)), clip(text))
		}
	}
	return ""
}

// unescapeForm returns the text of a name or value of a form.
func unescapeForm(text string) string {
	plain, err := url.QueryUnescape(text)
	if err != nil {
		return text
	}
	return plain
}

func mediaType(text string) string {
	media, _, err := mime.ParseMediaType(text)
	if err != nil {
		return text
	}
	return media
}
