package media

import (
	"mime"
	"strings"
)

// Base returns a media type in lower case and without parameters. It returns "" for "".
func Base(contentType string) string {
	if contentType == "application/json" {
		return contentType // by far the most common one
	}
	for i := range len(contentType) {
		if c := contentType[i]; c <= ' ' || c == ';' || 'A' <= c && c <= 'Z' || c > '~' {
			name, _, _ := strings.Cut(contentType, ";")
			return strings.ToLower(strings.TrimSpace(name))
		}
	}
	return contentType // most are in this form already
}

// Param returns a parameter of a media type, such as the charset of "text/plain; charset=utf-8", or
// "" if the media type does not have it or cannot be parsed. The name must be in lower case.
func Param(contentType, name string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return params[name]
}

// IsJSON reports whether a media type is JSON: application/json, text/json, or a type with the
// suffix +json (RFC 6839, section 3.1). The spelling application/json+name, which some documents
// use by mistake, counts as JSON too.
func IsJSON(contentType string) bool {
	base := Base(contentType)
	return base == "application/json" || base == "text/json" ||
		strings.HasSuffix(base, "+json") || strings.HasPrefix(base, "application/json+")
}

// IsXML reports whether a media type is XML: application/xml, text/xml, or a type with the suffix
// +xml (RFC 7303).
func IsXML(contentType string) bool {
	base := Base(contentType)
	return base == "application/xml" || base == "text/xml" || strings.HasSuffix(base, "+xml")
}

// IsText reports whether a media type is text for people or other programs, without a structure
// that this module reads. XML and YAML count, JSON and streams do not.
func IsText(contentType string) bool {
	base := Base(contentType)
	switch base {
	case "application/yaml", "application/x-yaml", "application/javascript", "application/graphql":
		return true
	}
	return strings.HasPrefix(base, "text/") && base != "text/json" && base != "text/event-stream" || IsXML(base)
}

// IsEvents reports whether a media type is that of server-sent events.
func IsEvents(contentType string) bool { return Base(contentType) == "text/event-stream" }

// IsSequence reports whether a media type is a JSON text sequence (RFC 7464), or has the suffix
// +json-seq (RFC 8091).
func IsSequence(contentType string) bool {
	base := Base(contentType)
	return base == "application/json-seq" || strings.HasSuffix(base, "+json-seq")
}

// IsLines reports whether a media type is a sequence of JSON values: one per line, or a JSON text
// sequence.
func IsLines(contentType string) bool {
	switch Base(contentType) {
	case "application/jsonl", "application/x-jsonl", "application/jsonlines", "application/x-jsonlines",
		"application/json-lines", "application/ndjson", "application/x-ndjson":
		return true
	}
	return IsSequence(contentType)
}

// IsRange reports whether a media type is a range such as text/* or */*. The empty string, which
// declares nothing, is not a range.
func IsRange(contentType string) bool {
	base := Base(contentType)
	return base == "*" || strings.HasSuffix(base, "/*")
}

// A Fit says how well a received media type fits a declared one. A larger value fits better.
type Fit int

// The fits, from none to the best.
const (
	None   Fit = iota // the types have nothing in common
	Any               // everything is declared: */*, or no media type
	Family            // declared as a range of types, such as text/*
	Kind              // both are JSON, under different names
	Same              // the same type
)

// Match returns how well a received media type fits a declared one. Parameters are ignored.
func Match(declared, received string) Fit {
	want, have := Base(declared), Base(received)
	family, isRange := strings.CutSuffix(want, "/*")
	switch {
	case want == "" || want == "*/*" || want == "*":
		return Any
	case want == have:
		return Same
	case isRange && strings.HasPrefix(have, family+"/"):
		return Family
	case IsJSON(want) && IsJSON(have):
		return Kind
	}
	return None
}
