package otelresilience

import (
	"net/url"
	"strings"
)

// redacted replaces what may be secret.
const redacted = "REDACTED"

// fullURL returns a URL with user information and every query value redacted, and without a
// fragment. The names of query parameters and their order remain.
func fullURL(u *url.URL) string {
	var b strings.Builder
	b.Grow(len(u.Scheme) + len(u.Host) + len(u.Path) + len(u.RawQuery) + 32)
	if u.Scheme != "" {
		b.WriteString(u.Scheme)
		b.WriteByte(':')
	}
	b.WriteString("//")
	if u.User != nil {
		b.WriteString(redacted)
		if _, ok := u.User.Password(); ok {
			b.WriteString(":" + redacted)
		}
		b.WriteByte('@')
	}
	b.WriteString(u.Host)
	b.WriteString(u.EscapedPath())
	if u.RawQuery != "" {
		b.WriteByte('?')
		redactQuery(&b, u.RawQuery)
	}
	return b.String()
}

// redactQuery writes a query. A parameter without "=" is all value, because it may be a signature.
func redactQuery(b *strings.Builder, query string) {
	for i := 0; i <= len(query); {
		end := len(query)
		if n := strings.IndexAny(query[i:], "&;"); n >= 0 {
			end = i + n
		}
		if name, _, ok := strings.Cut(query[i:end], "="); ok {
			b.WriteString(name)
			b.WriteByte('=')
		}
		if end > i {
			b.WriteString(redacted)
		}
		if end < len(query) {
			b.WriteByte(query[end])
		}
		i = end + 1
	}
}
