package plan

// This file decides which media types of a response become values, and how they are read.

import (
	"slices"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/plan/naming"
	"github.com/resgen/resgen/generator/plan/typing"
	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/media"
)

// bodiesOf returns the bodies of a response: those that the client asks for first. Media types that
// decode to the same Go type are one body, of which the client asks for the first media type.
// Streams of events and JSON lines are left out if there is anything else, because they have a
// method for themselves.
func bodiesOf(contents []*spec.Content, failure bool) []response {
	list := slices.DeleteFunc(slices.Clone(contents), func(c *spec.Content) bool {
		return c.Unasked && slices.Equal(c.Schema.Target().Types, []string{"string"}) // the content of the file
	})
	if slices.ContainsFunc(list, func(c *spec.Content) bool { return !isStreamed(c) }) {
		list = slices.DeleteFunc(list, isStreamed)
	}
	slices.SortStableFunc(list, func(a, b *spec.Content) int { return preference(a) - preference(b) })
	var bodies []response
	for _, c := range list {
		for _, b := range readings(c) {
			bodies = addBody(bodies, b, failure)
		}
	}
	return bodies
}

// isStreamed reports whether a body is a stream of values.
func isStreamed(c *spec.Content) bool { return media.IsEvents(c.Media) || media.IsLines(c.Media) }

// preference orders media types: JSON, then text, then anything.
func preference(c *spec.Content) int {
	decode := readings(c)[0].decode
	switch {
	case c.Unasked:
		return 5
	case media.Base(c.Media) == "application/json":
		return 0
	case decode == api.DecodeJSON && !media.IsRange(c.Media):
		return 1
	case decode == api.DecodeJSON:
		return 2
	case decode == api.DecodeText, decode == api.DecodeString:
		return 3
	}
	return 4
}

// readings returns how a response body of a media type is read. A string under a range of media
// types is text, or JSON if that is the media type of the response.
func readings(c *spec.Content) []response {
	r := response{media: c.Media, schema: c.Schema, unasked: c.Unasked}
	s := c.Schema
	if s != nil {
		s = s.Target()
	}
	text := s != nil && slices.Equal(s.Types, []string{"string"})
	switch {
	case typing.IsBinary(s), isStreamed(c):
		r.decode = api.DecodeStream
	case media.IsJSON(c.Media):
		r.decode = api.DecodeJSON
	case !media.IsRange(c.Media) && media.IsText(c.Media), s == nil && media.Base(c.Media) == "text/*":
		r.decode = api.DecodeText
	case s == nil || !mayBeJSON(c.Media):
		r.decode = api.DecodeStream
	case text:
		asJSON := r
		asJSON.media, asJSON.decode, asJSON.unasked = "application/json", api.DecodeJSON, true
		r.decode = api.DecodeString
		if typing.IsPlainString(s) {
			r.decode = api.DecodeText
		}
		return []response{r, asJSON}
	default:
		r.decode = api.DecodeJSON
	}
	return []response{r}
}

// mayBeJSON reports whether JSON or text is in a range of media types.
func mayBeJSON(mediaType string) bool {
	return slices.Contains([]string{"*", "*/*", "application/*", "text/*"}, media.Base(mediaType))
}

// addBody adds a body to the others of a response. The body of a success with the schema of a JSON
// body in another format, such as XML, has the same content, so it is left out.
func addBody(list []response, b response, failure bool) []response {
	for _, other := range list {
		structured := !failure && b.decode == api.DecodeText && b.schema != nil && !isPlainText(b.schema)
		if other.decode == api.DecodeJSON && (b.decode == api.DecodeJSON || structured) &&
			sameSchema(other.schema, b.schema) {
			return list
		}
	}
	for _, other := range list {
		if sameType(other, b) {
			b.variant = other.variant
			b.unasked = b.unasked || other.decode == api.DecodeJSON
			return append(list, b)
		}
	}
	if len(list) > 0 {
		b.variant = variantName(b.media)
	}
	return append(list, b)
}

// variantName returns what the name of a field has at its end for a media type.
func variantName(mediaType string) string {
	if !media.IsRange(mediaType) {
		return mediaSuffix(mediaType)
	}
	family, _, _ := strings.Cut(media.Base(mediaType), "/")
	return naming.Suffix(strings.ReplaceAll(family, "*", "any"))
}

// sameType reports whether two bodies decode to the same Go type.
func sameType(a, b response) bool {
	typeA, typeB := valueKind(a), valueKind(b)
	return typeA == typeB && (typeA != api.DecodeJSON || sameSchema(a.schema, b.schema))
}

// valueKind returns how a body is read, with one result for all that are a string.
func valueKind(r response) api.Decode {
	switch {
	case r.decode == api.DecodeJSON && isPlainText(r.schema):
		return api.DecodeText
	case r.decode == api.DecodeString:
		return api.DecodeJSON
	}
	return r.decode
}

// isPlainText reports whether the values of a schema are plain strings.
func isPlainText(s *spec.Schema) bool { return s != nil && typing.IsPlainString(s.Target()) }

// sameSchema reports whether two schemas are the same, or inline and written alike.
func sameSchema(a, b *spec.Schema) bool {
	if a.SameAs(b) {
		return true
	}
	if a == nil || b == nil || a.Node == nil || b.Node == nil || a.Pos.File != b.Pos.File {
		return false
	}
	return string(a.Node.JSON()) == string(b.Node.JSON())
}

// ofFailure returns the bodies of a failure, which are never handed to the caller as a stream. The
// client asks only for the first.
func ofFailure(bodies []response) []response {
	for i := range bodies {
		if bodies[i].decode == api.DecodeStream {
			bodies[i].decode = api.DecodeBytes
		}
		bodies[i].unasked = bodies[i].unasked || i > 0
	}
	return bodies
}
