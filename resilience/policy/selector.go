package policy

import "strings"

// A Selector names operations: by operationId, or by method and path as the document has them. A *
// in it matches any run of characters, including slashes, and makes it a glob. The zero Selector
// matches nothing.
type Selector struct {
	Method string // of the form METHOD /path; empty for an operationId
	Path   string
	ID     string // an operationId; empty for METHOD /path
}

// NewSelector parses "METHOD /path", "* /path" or an operationId. What it returns for other text is
// what is wrong, and the cure.
func NewSelector(text string) (s Selector, what, cure string) {
	method, path, two := strings.Cut(text, " ")
	path = strings.TrimLeft(path, " ")
	switch {
	case strings.TrimSpace(text) == "":
		return s, "is empty", "write METHOD /path or an operationId"
	case !two && strings.HasPrefix(text, "/"):
		return s, "has no method", "write GET " + text + " or the like"
	case !two:
		return Selector{ID: text}, "", ""
	case !strings.HasPrefix(path, "/") || !isToken(method):
		return s, "is neither METHOD /path nor an operationId", `write it like "GET /items"`
	case method != strings.ToUpper(method):
		return s, "has its method in lower case", "write " + strings.ToUpper(method) + " " + path
	}
	return Selector{Method: method, Path: path}, "", ""
}

// String returns the selector as NewSelector reads it.
func (s Selector) String() string {
	if s.ID != "" {
		return s.ID
	}
	return s.Method + " " + s.Path
}

// IsGlob reports whether the selector may match more than one operation.
func (s Selector) IsGlob() bool { return strings.Contains(s.Method+s.Path+s.ID, "*") }

// Matches reports whether the selector names the operation.
func (s Selector) Matches(id, method, path string) bool {
	if s.ID != "" {
		return MatchGlob(s.ID, id)
	}
	return s.Method != "" && MatchGlob(s.Method, method) && MatchGlob(s.Path, path)
}

// MatchGlob reports whether pattern matches all of name. A * matches any run of characters, also an
// empty one; any other character matches itself.
func MatchGlob(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(name) < len(first)+len(last) || !strings.HasPrefix(name, first) || !strings.HasSuffix(name, last) {
		return false
	}
	name = name[len(first) : len(name)-len(last)]
	for _, p := range parts[1 : len(parts)-1] {
		at := strings.Index(name, p)
		if at < 0 {
			return false
		}
		name = name[at+len(p):]
	}
	return true
}
