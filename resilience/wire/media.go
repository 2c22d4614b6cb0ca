package wire

import "github.com/resgen/resgen/resilience/media"

// MediaType returns a media type in lower case and without its parameters.
func MediaType(contentType string) string { return media.Base(contentType) }

// IsJSON reports whether a media type is JSON: application/json, text/json, or a type with the
// suffix +json.
func IsJSON(contentType string) bool { return media.IsJSON(contentType) }

// MatchMedia returns how well a received media type fits a declared one: 4 for the same type, 3 if
// both are JSON, 2 for a declared range such as text/*, 1 for */* or no declared type, 0 otherwise.
func MatchMedia(declared, got string) int { return int(media.Match(declared, got)) }

// LooksLikeHTML reports whether a body starts like an HTML page, such as the error page of a proxy.
// It looks at the first bytes only and ignores the Content-Type.
func LooksLikeHTML(body []byte) bool { return media.LooksLikeHTML(body) }
