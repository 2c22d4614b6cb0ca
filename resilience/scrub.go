package resilience

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
)

// Patterns of what must not stand in the text of an error. They are deliberately broad: a text that lost too much is a nuisance,
// a log that holds a token is an incident.
var (
	urlPattern    = regexp.MustCompile(`[a-zA-Z][a-zA-Z0-9+.-]*://[^\s"'<>]+`)
	queryPattern  = regexp.MustCompile(`(/[^\s"'<>?]*)\?[^\s"'<>]+`)
	headerPattern = regexp.MustCompile(`(?i)\b((?:proxy-)?authorization|set-cookie|cookie|x-[a-z-]*(?:token|key|secret)[a-z-]*)(["']?\s*[:=]\s*).*`)
	namedPattern  = regexp.MustCompile(`(?i)([a-z0-9_-]*(?:token|secret|password|passwd|api_?key|signature|credential|bearer)[a-z0-9_-]*)(["']?\s*[:=]\s*["']?|\s+)[^\s"'<>&,;]+`)
	longPattern   = regexp.MustCompile(`[A-Za-z0-9+/_=.~-]{24,}`)
)

const redacted = "[redacted]"

// redact returns text without queries and user names in URLs, without header values that are credentials, and without the given secrets.
func redact(text string, secrets []string) string {
	for _, s := range secrets {
		if len(s) >= 4 {
			text = strings.ReplaceAll(text, s, redacted)
		}
	}
	text = urlPattern.ReplaceAllStringFunc(text, bareURL)
	text = queryPattern.ReplaceAllString(text, "$1")
	text = headerPattern.ReplaceAllString(text, "$1$2"+redacted)
	return text
}

// bareURL cuts user name, query and fragment off a URL. What cannot be read is dropped whole.
func bareURL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return redacted
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	return u.String()
}

// A scrubbed error has the text of another without its secrets. Of what that one wraps it keeps only the errors that are clean
// themselves, so that errors.Is and errors.As work on them and nothing leaks.
type scrubbed struct {
	text  string
	inner []error
}

func (s *scrubbed) Error() string   { return s.text }
func (s *scrubbed) Unwrap() []error { return s.inner }

// scrub returns err, or if its text or that of anything it wraps holds a secret, an error without it.
func scrub(err error, secrets []string) error {
	if err == nil {
		return nil
	}
	clean, _ := scrubTree(err, secrets)
	return clean
}

// scrubTree also tells whether anything had to change.
func scrubTree(err error, secrets []string) (clean error, changed bool) {
	var inner []error
	for _, e := range unwrapped(err) {
		c, ch := scrubTree(e, secrets)
		inner = append(inner, c)
		changed = changed || ch
	}
	if _, isURL := err.(*url.Error); isURL && len(inner) == 1 {
		return inner[0], true // its text is the method, the URL and that of the error inside
	}
	text := redact(err.Error(), secrets)
	if !changed && text == err.Error() {
		return err, false
	}
	return &scrubbed{text: text, inner: inner}, true
}

// unwrapped returns the errors that err wraps directly.
func unwrapped(err error) []error {
	if e, ok := err.(interface{ Unwrap() []error }); ok {
		return e.Unwrap()
	}
	if e := errors.Unwrap(err); e != nil {
		return []error{e}
	}
	return nil
}

// snippetLength is how much of an answer's text is shown in an error, in bytes.
const snippetLength = 1 << 10

var (
	hiddenElement = regexp.MustCompile(`(?is)<(script|style)\b.*?(</(script|style)>|$)`)
	anyTag        = regexp.MustCompile(`(?s)<[^>]*(>|$)`)
)

// snippet returns the readable beginning of a body for an error's text: without markup, without secrets and without anything long
// enough to be one, on one line. A page that a proxy or a sign-in sent is recognised by its words.
func snippet(body []byte, secrets []string) string {
	text := string(body[:min(len(body), 8*snippetLength)])
	text = hiddenElement.ReplaceAllString(text, " ")
	text = anyTag.ReplaceAllString(text, " ")
	text = redact(text, secrets)
	text = namedPattern.ReplaceAllString(text, "$1$2"+redacted)
	text = longPattern.ReplaceAllString(text, redacted)
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r <= ' ' || r == 0x7f || r == 0xfffd }), " ")
	return strings.ToValidUTF8(text[:min(len(text), snippetLength)], "")
}
