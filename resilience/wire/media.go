package wire

import (
	"bytes"
	"strings"
)

// MediaType returns a media type in lower case and without its parameters.
func MediaType(contentType string) string {
	name, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(name))
}

// IsJSON tells whether a media type is JSON or has the suffix +json.
func IsJSON(contentType string) bool {
	m := MediaType(contentType)
	return m == "application/json" || m == "text/json" || strings.HasSuffix(m, "+json")
}

// MatchMedia tells how well a content type that was received fits one that is declared:
// 4 the same, 3 both JSON of some kind, 2 declared as type/*, 1 declared as */* or not at all, 0 not.
func MatchMedia(declared, got string) int {
	want, have := MediaType(declared), MediaType(got)
	kind, isRange := strings.CutSuffix(want, "/*")
	switch {
	case want == "" || want == "*/*" || want == "*":
		return 1
	case want == have:
		return 4
	case isRange && strings.HasPrefix(have, kind+"/"):
		return 2
	case IsJSON(want) && IsJSON(have):
		return 3
	}
	return 0
}

// htmlStarts are beginnings, in lower case, that no JSON and hardly any declared XML has.
var htmlStarts = []string{"<!doctype html", "<html", "<head", "<body", "<title", "<h1", "<script", "<center", "<!--"}

// LooksLikeHTML tells whether a body is a page for people, such as the error page of a proxy, whatever its content type says.
// It looks at the first bytes only.
func LooksLikeHTML(body []byte) bool {
	head := trimStart(body)
	if len(head) == 0 || head[0] != '<' {
		return false
	}
	head = bytes.ToLower(head[:min(len(head), 512)])
	for _, start := range htmlStarts {
		if bytes.HasPrefix(head, []byte(start)) {
			return true
		}
	}
	return bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<html"))
}

// trimStart drops a byte order mark and leading space.
func trimStart(data []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
}
