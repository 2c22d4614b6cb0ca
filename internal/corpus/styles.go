package main

// This file writes parameters in the styles of OpenAPI, from the tables of the OpenAPI
// Specification ("Style Values", "Style Examples") and of RFC 6570, section 3.2. It shares no code
// with the runtime.

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A shape is how a document says that a value is written.
type shape struct {
	style    string
	explode  bool
	reserved bool // allowReserved
	json     bool // the value is one JSON text
	in       string
	greedy   bool // slashes of a path parameter are kept
}

// shapeOf returns the shape of a parameter, with the defaults of its location. Parameters of
// Swagger 2.0 have a collectionFormat instead of a style.
func shapeOf(p *openapi3.Parameter, collection string, converted bool) shape {
	s := shape{style: p.Style, in: p.In, reserved: p.AllowReserved}
	for media := range p.Content {
		s.json = strings.Contains(media, "json")
	}
	if s.style == "" {
		s.style = map[string]string{"path": "simple", "header": "simple"}[p.In]
	}
	if s.style == "" {
		s.style = "form"
	}
	s.explode = s.style == "form"
	if p.Explode != nil {
		s.explode = *p.Explode
	}
	if converted {
		s.collected(collection)
	}
	return s
}

// collected sets the style of a collectionFormat of Swagger 2.0.
func (s *shape) collected(format string) {
	s.explode = format == "multi"
	if s.in == "path" || s.in == "header" {
		s.style, s.explode = "simple", false
	} else {
		s.style = "form"
	}
	switch format {
	case "ssv":
		s.style = "spaceDelimited"
	case "pipes":
		s.style = "pipeDelimited"
	case "tsv":
		s.style = "tabDelimited"
	}
}

// escape escapes a text for the location. RFC 6570, section 1.5: all but unreserved characters.
func (s shape) escape(text string) string {
	switch {
	case s.in == "header":
		return text
	case s.in == "cookie":
		return escapeBut(text, "!#$%&'()*+/:<=>?@[]^`{|}") // cookie-octet of RFC 6265, section 4.1.1
	case s.in == "form":
		return url.QueryEscape(text)
	case s.in == "query" && s.reserved:
		return escapeTriplets(text)
	case s.greedy:
		return escapeBut(text, "/")
	}
	return escapeBut(text, "")
}

// escapeBut escapes all but unreserved characters and those of keep.
func escapeBut(text, keep string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune(keep, r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.ReplaceAll(url.QueryEscape(string(r)), "+", "%20"))
		}
	}
	return b.String()
}

// escapeTriplets keeps reserved characters and triplets, as RFC 6570 does for {+var}, except those
// that OpenAPI says cannot be in a value of a query as they are: [ ] # & and +.
func escapeTriplets(text string) string {
	var b strings.Builder
	for text != "" {
		if _, err := url.PathUnescape(text[:min(3, len(text))]); text[0] == '%' && err == nil {
			b.WriteString(text[:3])
			text = text[3:]
			continue
		}
		n := strings.IndexByte(text[1:], '%') + 1
		if n == 0 {
			n = len(text)
		}
		b.WriteString(escapeBut(text[:n], ":/?@!$'()*,;="))
		text = text[n:]
	}
	return b.String()
}

// scalarText returns a string, number or boolean as text; ok is false for other values.
func scalarText(v any) (text string, ok bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return string(raw(v)), true
	}
	return "", false
}

// plainText returns a value as JSON without the escapes for HTML.
func plainText(v any) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// members returns the names and texts of the items of a list or members of an object, sorted by
// name. It fails for nested values, which have no form in any style.
func members(v any) (names, texts []string, ok bool) {
	add := func(name string, item any) bool {
		text, good := scalarText(item)
		names, texts = append(names, name), append(texts, text)
		return good
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if !add("", item) {
				return nil, nil, false
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if !add(name, v[name]) {
				return nil, nil, false
			}
		}
	default:
		return nil, nil, false
	}
	return names, texts, true
}

// expand returns the pieces of a parameter: the pairs of a query, form or cookie, or one text in
// other locations. It fails if the specification does not say how a value is written.
func (s shape) expand(name string, v any) (pieces []string, ok bool) {
	if s.json {
		v = plainText(v)
	}
	named := s.in == "query" || s.in == "cookie" || s.in == "form"
	if text, ok := scalarText(v); ok {
		value := s.escape(text)
		switch {
		case named:
			value = s.escape(name) + "=" + value
		case s.style == "label":
			value = "." + value
		case s.style == "matrix" && value == "":
			value = ";" + s.escape(name)
		case s.style == "matrix":
			value = ";" + s.escape(name) + "=" + value
		}
		return []string{value}, true
	}
	names, texts, ok := members(v)
	_, isObject := v.(map[string]any)
	if !ok || isObject && strings.HasSuffix(s.style, "Delimited") && s.explode || len(texts) == 0 && !named {
		return nil, false
	}
	if named {
		return s.pairs(name, isObject, names, texts)
	}
	return []string{s.single(name, isObject, names, texts)}, true
}

// pairs writes a list or object as name=value pairs.
func (s shape) pairs(name string, isObject bool, names, texts []string) (pieces []string, ok bool) {
	if s.style == "deepObject" {
		for i := range names {
			pieces = append(pieces, s.escape(name+"["+names[i]+"]")+"="+s.escape(texts[i]))
		}
		return pieces, isObject
	}
	if s.explode {
		for i := range names {
			key := name
			if isObject {
				key = names[i]
			}
			pieces = append(pieces, s.escape(key)+"="+s.escape(texts[i]))
		}
		return pieces, true
	}
	comma := map[string]string{"spaceDelimited": "%20", "pipeDelimited": "%7C", "tabDelimited": "%09"}[s.style]
	if comma == "" {
		comma = ","
	}
	return []string{s.escape(name) + "=" + s.join(comma, comma, isObject, names, texts)}, len(texts) > 0
}

// single writes a list or object of a path or header.
func (s shape) single(name string, isObject bool, names, texts []string) string {
	equals := ","
	if s.explode {
		equals = "="
	}
	switch {
	case s.style == "label" && s.explode:
		return "." + s.join(".", equals, isObject, names, texts)
	case s.style == "label":
		return "." + s.join(",", equals, isObject, names, texts)
	case s.style == "matrix" && s.explode && isObject:
		return ";" + s.join(";", equals, isObject, names, texts)
	case s.style == "matrix" && s.explode:
		return ";" + s.escape(name) + "=" + s.join(";"+s.escape(name)+"=", equals, isObject, names, texts)
	case s.style == "matrix":
		return ";" + s.escape(name) + "=" + s.join(",", equals, isObject, names, texts)
	}
	return s.join(",", equals, isObject, names, texts)
}

// join joins texts by a separator, those of an object after their names.
func (s shape) join(separator, equals string, isObject bool, names, texts []string) string {
	list := make([]string, len(texts))
	for i := range texts {
		list[i] = s.escape(texts[i])
		if isObject {
			list[i] = s.escape(names[i]) + equals + list[i]
		}
	}
	return strings.Join(list, separator)
}
