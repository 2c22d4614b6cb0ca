// This file follows links to further pages: those of Link headers (RFC 8288), and those in bodies. Of a link only path and query are used, and only if
// it leads to where the request went: a credential never leaves its origin.

package resilience

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/resgen/resgen/resilience/internal/redact"
)

// link returns path and query of the page at hand, or nil if its request is made of arguments.
func (w *walk) link() (*url.URL, error) {
	if w.rule.Style != "link" || w.at.token == "" {
		return nil, nil
	}
	path, query, _ := strings.Cut(w.at.token, "?")
	plain, err := url.PathUnescape(path)
	if err != nil {
		return nil, errCursor
	}
	return &url.URL{Path: plain, RawPath: path, RawQuery: query}, nil
}

// nextLink returns path and query of the link to the next page.
func (w *walk) nextLink(p sheet) (string, *problem) {
	link, bad := w.text(p)
	if w.rule.Response == "" {
		link = nextOf(p.answer.header)
	}
	if bad != nil || link == "" {
		return "", bad
	}
	to, err := p.answer.url.Parse(link)
	if err != nil {
		return "", &problem{kind: KindContract, text: "the link to the next page is no URL"}
	}
	if !sameOrigin(&p.answer.url, to) {
		return "", &problem{kind: KindPages, text: "the link to the next page leads from " + origin(&p.answer.url) + " to " + origin(to) + ", where no credential of this API goes; ask there with a client of its own"}
	}
	w.seen[fingerprint(target(&p.answer.url))] = true // the first page was asked for by its arguments
	return target(to), nil
}

// target returns path and query.
func target(u *url.URL) string { return u.EscapedPath() + "?" + u.RawQuery }

// origin returns scheme, host and port as far as a text may hold them.
func origin(u *url.URL) string { return u.Scheme + "://" + redact.Printable(u.Host) }

// nextOf returns the target of the first link to the next page, "" if there is none.
func nextOf(h http.Header) string {
	for _, value := range h.Values("Link") {
		for value != "" {
			var target, parameters string
			target, parameters, value = cutLink(value)
			if target != "" && isNext(parameters) {
				return target
			}
		}
	}
	return ""
}

// cutLink takes the first link off a header's value: its target, and its parameters as they stand. Commas and semicolons within quotes and
// angle brackets are text.
func cutLink(value string) (target, parameters, rest string) {
	begin := strings.IndexByte(value, '<')
	if begin < 0 {
		return "", "", ""
	}
	end := strings.IndexByte(value[begin:], '>')
	if end < 0 {
		return "", "", ""
	}
	target, value = strings.TrimSpace(value[begin+1:begin+end]), value[begin+end+1:]
	i := unquoted(value, ',')
	return target, value[:i], strings.TrimPrefix(value[i:], ",")
}

// unquoted returns where the first separator outside quotes stands, or the length.
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

// isNext reports whether the parameters of a link say that it leads from this page to the next one. Of several rel the first counts (RFC 8288, section 3.3);
// a link with an anchor is about another page.
func isNext(parameters string) bool {
	next, related := false, false
	for parameters != "" {
		i := unquoted(parameters, ';')
		name, value, _ := strings.Cut(parameters[:i], "=")
		parameters = strings.TrimPrefix(parameters[i:], ";")
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
