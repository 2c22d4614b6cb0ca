package redact

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const longToken = 24 // the length in bytes from which a run of characters may be a token

// shortestSecret is the length in bytes from which the value of a credential is replaced in texts.
const shortestSecret = 8

// replacement is written in place of a secret.
const replacement = "[redacted]"

// Text returns text without the queries and user names of URLs, without the values of headers that
// hold credentials, and without the given secrets. Secrets shorter than 8 bytes are not replaced,
// because they may be ordinary words. Characters that are not printable are escaped; see [Line].
func Text(text string, secrets []string) string { return Line(withoutSecrets(text, secrets)) }

func withoutSecrets(text string, secrets []string) string {
	text = Secrets(text, secrets)
	return cleanHeaders(cleanQueries(cleanURLs(text)))
}

// Line returns text on one line that shows all of its characters: control and format characters,
// line separators and bytes that are not UTF-8 are escaped as in Go source. Otherwise a server
// could write lines into a log, or change the order in which a text is displayed.
func Line(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return !printable(r) }) < 0 {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch _, n := utf8.DecodeRuneInString(text[i:]); {
		case printable(r):
			b.WriteRune(r)
		case r == utf8.RuneError:
			for _, c := range []byte(text[i : i+n]) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return b.String()
}

func printable(r rune) bool { return unicode.IsPrint(r) && r != utf8.RuneError }

// Secrets returns text without the given secrets.
func Secrets(text string, secrets []string) string {
	for _, s := range secrets {
		if len(s) >= shortestSecret {
			text = strings.ReplaceAll(text, s, replacement)
		}
	}
	return text
}

// Sensitive reports whether a header, cookie or parameter of this name holds a secret. Names are
// the only hint there is.
func Sensitive(name string) bool {
	name = lower(name)
	switch name {
	case "sid", "key", "otp":
		return true
	}
	return strings.HasSuffix(name, "auth") || containsAny(name,
		"authoris", "authoriz", "authentic", "auth-", "auth_", "cookie", "token", "secret", "passw",
		"apikey", "api-key", "api_key", "accesskey", "access-key", "access_key", "privatekey", "private-key",
		"private_key", "session", "signature", "credential", "bearer", "jwt")
}

// URL returns a URL without user name, query and fragment. A URL that cannot be
// parsed is replaced as a whole.
func URL(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return replacement
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	return u.String()
}

// isWords reports whether a code is words with ., _ or - between them, such as the name of an
// exception. They may be longer than a token.
func isWords(code string) bool {
	words := strings.FieldsFunc(code, func(r rune) bool { return r == '.' || r == '_' || r == '-' })
	size := len(words) - 1 // of what is between them
	for _, w := range words {
		if past(w, 0, isLetter) < len(w) {
			return false
		}
		size += len(w)
	}
	return len(words) > 0 && size == len(code)
}

// Code returns the code of a failure that a server wrote, as far as it may be shown.
func Code(code string, secrets []string, most int) string {
	if len(code) <= most && isWords(code) {
		return Secrets(code, secrets)
	}
	return Excerpt(code, secrets, most)
}

// Printable returns s without the bytes that are not printable ASCII. Spaces are removed too.
func Printable(s string) string {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return Printable(s[:i] + s[i+1:])
		}
	}
	return s
}

const (
	snippetLength = 1 << 10 // the longest [Snippet], in bytes
	excess        = 8       // how many times as much text is examined for an excerpt
)

// Snippet returns the readable beginning of a response body on one line, at most 1 KiB: without
// markup, without secrets, and without any run of characters long enough to be a token. It helps to
// recognize the HTML page of a proxy or a sign-in.
func Snippet(body []byte, secrets []string) string {
	text := string(body[:min(len(body), excess*snippetLength)])
	return Excerpt(withoutMarkup(text), secrets, snippetLength)
}

// Excerpt returns the beginning of a text that a server wrote, at most the given number of bytes,
// on one line, without secrets and without any run of characters long enough to be a token.
func Excerpt(text string, secrets []string, most int) string {
	text = withoutSecrets(text[:min(len(text), excess*most)], secrets)
	text = cleanLong(cleanNamed(text))
	space := func(r rune) bool { return r == ' ' || !printable(r) }
	text = strings.Join(strings.FieldsFunc(text, space), " ")
	return strings.ToValidUTF8(text[:min(len(text), most)], "")
}
