package paging

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/resgen/resgen/resilience/internal/redact"
)

// SameOrigin reports whether two URLs have the same scheme, host and port. Credentials must not be
// sent to another origin; another scheme is another origin.
func SameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && a.Hostname() == b.Hostname() && port(a) == port(b)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// Target returns the path and query of a URL. It is the token of a page that a link leads to.
func Target(u *url.URL) string { return u.EscapedPath() + "?" + u.RawQuery }

// errTarget does not quote the token.
var errTarget = errors.New("the token is not the path and query of a page; start without a cursor")

// ParseTarget parses what [Target] returned.
func ParseTarget(target string) (*url.URL, error) {
	path, query, _ := strings.Cut(target, "?")
	plain, err := url.PathUnescape(path)
	if err != nil {
		return nil, errTarget
	}
	return &url.URL{Path: plain, RawPath: path, RawQuery: query}, nil
}

// originOf returns scheme, host and port for the text of an error.
func originOf(u *url.URL) string { return u.Scheme + "://" + redact.Printable(u.Host) }

// nextLink returns the target of the first Link header with the relation next (RFC 8288), or "".
func nextLink(h http.Header) string {
	for _, value := range h.Values("Link") {
		for value != "" {
			var target, params string
			target, params, value = cutLink(value)
			if target != "" && isNext(params) {
				return target
			}
		}
	}
	return ""
}

// cutLink splits the value of a Link header after its first link. Commas and semicolons within
// quotes and angle brackets do not separate.
func cutLink(value string) (target, params, rest string) {
	start := strings.IndexByte(value, '<')
	if start < 0 {
		return "", "", ""
	}
	end := strings.IndexByte(value[start:], '>')
	if end < 0 {
		return "", "", ""
	}
	target, value = strings.TrimSpace(value[start+1:start+end]), value[start+end+1:]
	i := unquoted(value, ',')
	return target, value[:i], strings.TrimPrefix(value[i:], ",")
}

// unquoted returns the index of the first separator outside quotes, or len(s).
func unquoted(s string, separator byte) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case !quoted && s[i] == separator:
			return i
		}
	}
	return len(s)
}

// isNext reports whether the parameters of a link have the relation next. Only the first rel counts
// (RFC 8288, section 3.3), and a link with an anchor is about another page.
func isNext(params string) bool {
	next, related := false, false
	for params != "" {
		i := unquoted(params, ';')
		name, value, _ := strings.Cut(params[:i], "=")
		params = strings.TrimPrefix(params[i:], ";")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "anchor":
			return false
		case "rel":
			for word := range strings.FieldsSeq(value) {
				next = next || !related && strings.EqualFold(word, "next")
			}
			related = true
		}
	}
	return next
}
