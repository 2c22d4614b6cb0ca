package redact

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// patterns says what the functions of scan.go do.
var patterns = []struct {
	name    string
	pattern *regexp.Regexp
	with    func(string) string // what a match becomes; nil: template
	text    string              // template of the replacement
	scan    func(string) string
}{
	{"URLs", regexp.MustCompile(`[a-zA-Z][a-zA-Z0-9+.-]*://[^\s"'<>]+`), URL, "", cleanURLs},
	{"queries", regexp.MustCompile(`(/[^\s"'<>?]*)\?[^\s"'<>]+`), nil, "$1", cleanQueries},
	{"headers", regexp.MustCompile(`(?i)\b((?:proxy-)?authorization|set-cookie|cookie|` +
		`x-[a-z-]*(?:token|key|secret)[a-z-]*)(["']?\s*[:=]\s*).*`), nil, "$1$2[redacted]", cleanHeaders},
	{"named", regexp.MustCompile(`(?i)([a-z0-9_-]*(?:token|secret|password|passwd|api_?key|signature|` +
		`credential|bearer)[a-z0-9_-]*)(["']?\s*[:=]\s*["']?|\s+)[^\s"'<>&,;]+`), nil, "$1$2[redacted]", cleanNamed},
	{"long", regexp.MustCompile(`[A-Za-z0-9+/_=.~-]{24,}`), nil, "[redacted]", cleanLong},
}

var (
	hiddenPattern = regexp.MustCompile(`(?is)<(script|style)\b.*?(</(script|style)>|$)`)
	tagPattern    = regexp.MustCompile(`(?s)<[^>]*(>|$)`)
	codePattern   = regexp.MustCompile(`^[A-Za-z]+([._-][A-Za-z]+)*$`)
	namePattern   = regexp.MustCompile(`(?i)authori[sz]|authentic|auth$|auth[-_]|cookie|token|secret|passw|` +
		`(api|access|private)[-_]?key|session|signature|credential|bearer|jwt|^(sid|key|otp)$`)
)

// compare reports where a text is treated otherwise than by the patterns. Two letters outside of
// ASCII, which regular expressions take for k and s, are not letters of names.
func compare(t *testing.T, text string) {
	t.Helper()
	if strings.ContainsAny(text, "\u212a\u017f") {
		return
	}
	for _, p := range patterns {
		want := p.pattern.ReplaceAllString(text, p.text)
		if p.with != nil {
			want = p.pattern.ReplaceAllStringFunc(text, p.with)
		}
		if got := p.scan(text); got != want {
			t.Errorf("%s of %q: %q, want %q", p.name, text, got, want)
		}
	}
	want := tagPattern.ReplaceAllString(hiddenPattern.ReplaceAllString(text, " "), " ")
	if got := withoutMarkup(text); got != want {
		t.Errorf("%q without markup: %q, want %q", text, got, want)
	}
	if got := isWords(text); got != codePattern.MatchString(text) {
		t.Errorf("%q consists of words: %v", text, got)
	}
	if got := Sensitive(text); got != namePattern.MatchString(text) {
		t.Errorf("%q is sensitive: %v", text, got)
	}
}

// pieces are what the patterns look at.
var pieces = strings.Split("://|:|/|?|=|\"|'|<|>|&|,|;| |\n|\t|\r|\v|.|-|_|+|~|%|1|a|Z|é|\xff|http|x-|X-|auth|Auth_|"+
	"authoris|authentic|Proxy-|proxy-authorization|Authorization|set-cookie|Cookie|token|key|"+
	"SECRET|passwd|password|api|api_key|"+
	"APIkey|access|private|session|signature|credential|bearer|jwt|sid|otp|"+
	"<script|<Script>|</script>|<style>|</STYLE>|"+
	"abcdefghijkl|0123456789ab|=value|: value|words", "|")

func TestScan(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		var b strings.Builder
		for range 1 + random.IntN(8) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		compare(t, b.String())
	}
	for _, p := range pieces {
		compare(t, p)
	}
}

func FuzzScan(f *testing.F) {
	f.Add("GET https://u:p@host/a?b=c Authorization: Basic abc\nx-api-key=1 \"token\" : 'abc' <script>a</style><b>")
	f.Fuzz(compare)
}
