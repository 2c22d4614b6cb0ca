package resilience_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
)

// requested returns the URL of a request of an API whose server has a variable x, or the error of
// New.
func requested(t testing.TB, server string, x resilience.Variable, value string) (string, error) {
	t.Helper()
	var got string
	op := operation("GET", policy.Safe)
	api := &resilience.API{Name: "items", Defaults: quick(), Operations: []*resilience.Operation{op},
		Servers: []resilience.Server{{Name: "default", URL: server, Variables: map[string]resilience.Variable{"x": x}}}}
	c, err := resilience.NewCaller(api, resilience.WithLogger(quiet), resilience.WithServerVariable("x", value),
		resilience.WithTransport(resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			got = r.URL.String()
			return instant(r)
		})))
	if err != nil {
		return "", err
	}
	_, _ = get(t, c, op)
	return got, c.Close()
}

// A value must not move the URL to another host, port or path.
func TestServerVariable_Places(t *testing.T) {
	const host, whole, port = "https://{x}.a.test/v1", "https://{x}/v1", "https://a.test:{x}/v1"
	const scheme, part = "{x}://a.test/v1", "http{x}://a.test/v1"
	const prefix, segment, path, base = "https://api-{x}.a.test", "https://a.test/{x}/v1", "https://a.test{x}", "{x}/v1"
	plain := resilience.Variable{Default: "d"}
	listed := resilience.Variable{Default: "eu", Enum: []string{"eu", "us.west"}}
	for _, c := range []struct {
		server   string
		variable resilience.Variable
		value    string
		want     string // part of an error if it has no scheme
	}{
		{host, plain, "eu-1", "https://eu-1.a.test/v1/items"},
		{host, plain, strings.Repeat("a", 63), "https://" + strings.Repeat("a", 63) + ".a.test/v1/items"},
		{host, plain, strings.Repeat("a", 64), "is not valid"},
		{host, plain, "evil.test", "x must have letters, digits and hyphens"},
		{host, plain, "evil.test/", "x must have letters, digits and hyphens"},
		{host, plain, "evil.test#", "x must have letters, digits and hyphens"},
		{host, plain, "evil.test?", "x must have letters, digits and hyphens"},
		{host, plain, `evil.test\`, "x must have letters, digits and hyphens"},
		{host, plain, "user@evil", "x must have letters, digits and hyphens"},
		{host, plain, "evil:80", "x must have letters, digits and hyphens"},
		{host, plain, "ev%69l", "x must have letters, digits and hyphens"},
		{host, plain, "a\r\nb", "x must have letters, digits and hyphens"},
		{host, plain, "é", "x must have letters, digits and hyphens"},
		{host, plain, "", "is not valid"},
		{host, plain, "-a", "is not valid"},
		{host, plain, "a-", "is not valid"},
		{host, resilience.Variable{Default: "a.b"}, "a.b", "https://a.b.a.test/v1/items"},
		{prefix, plain, "eu", "https://api-eu.a.test/items"},
		{prefix, plain, "eu.evil", "x must have letters, digits and hyphens"},
		{host, listed, "us.west", "https://us.west.a.test/v1/items"},
		{host, listed, "asia", "x must be one of eu, us.west"},
		{host, listed, "", "x must be one of eu, us.west"},
		{segment, listed, "eu/../x", "x must be one of eu, us.west"},
		{whole, plain, "b.test", "https://b.test/v1/items"},
		{whole, plain, "b.test:8443", "https://b.test:8443/v1/items"},
		{whole, plain, "b.test:99999", "x must be the name of a host"},
		{whole, plain, "b.test:", "x must be the name of a host"},
		{whole, plain, "b.test/x", "x must be the name of a host"},
		{whole, plain, "u@b.test", "x must be the name of a host"},
		{port, plain, "65535", "https://a.test:65535/v1/items"},
		{port, plain, "65536", "x must be the number of a port"},
		{port, plain, "80@evil.test", "x must be the number of a port"},
		{segment, plain, "v 2", "https://a.test/v%202/v1/items"},
		{segment, plain, "a?b#c", "https://a.test/a%3Fb%23c/v1/items"},
		{segment, plain, "%2e%2e", "https://a.test/%252e%252e/v1/items"},
		{segment, plain, "a/b", "x must be a segment of the path"},
		{segment, plain, `a\b`, "x must be a segment of the path"},
		{segment, plain, "..", "x must be a segment of the path"},
		{segment, plain, ".", "x must be a segment of the path"},
		{segment, resilience.Variable{Default: "v1/api"}, "v2/api", "https://a.test/v2/api/v1/items"},
		{segment, resilience.Variable{Default: "v1/api"}, "v2/..", "x must be a segment of the path"},
		{path, resilience.Variable{Default: "/v1"}, "/v2", "https://a.test/v2/items"},
		{path, resilience.Variable{Default: "/v1"}, "/v2/..", "x must be a segment of the path"},
		{scheme, resilience.Variable{Default: "http"}, "https", "https://a.test/v1/items"},
		{scheme, resilience.Variable{Default: "http"}, "https://evil.test", "x must be http or https"},
		{scheme, resilience.Variable{Default: "http"}, "https:", "x must be http or https"},
		{scheme, resilience.Variable{Default: "http"}, "ftp", "want an absolute http or https URL"},
		{part, resilience.Variable{Default: ""}, "s", "https://a.test/v1/items"},
		{part, resilience.Variable{Default: ""}, "s://evil.test", "x must be http or https"},
		{base, resilience.Variable{Default: "https://a.test"}, "https://b.test/c", "https://b.test/c/v1/items"},
		{base, resilience.Variable{Default: "https://a.test"}, "b.test", "want an absolute http or https URL"},
		{"https://{x}.a.test/{x}", plain, "eu", "https://eu.a.test/eu/items"},
		{"https://a.test/{x}/{x}.json", plain, "a b", "https://a.test/a%20b/a%20b.json/items"},
		{"https://{y}.{{x}.a.test}/{", plain, "eu", "the URL cannot be parsed"},
		{"https://{x}.a.test/{x}", plain, "e u", "x must have letters, digits and hyphens"},
	} {
		got, err := requested(t, c.server, c.variable, c.value)
		if strings.HasPrefix(c.want, "https:") {
			if err != nil || got != c.want {
				t.Errorf("%s with %q: got %s, %v; want %s", c.server, c.value, got, err, c.want)
			}
		} else if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %q: got %s, %v; want an error with %s", c.server, c.value, got, err, c.want)
		}
	}
}

// For any value, the request goes to a host under that of the document, and to the path of the
// document with one more segment.
func FuzzServerVariable(f *testing.F) {
	for _, value := range []string{"eu", "evil.test/", "a@b", "a:1", "..", "%2f", "\u3002", "a\r\nb", "#", "a b"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, server := range []string{"https://{x}.a.test/v1", "https://a.test/{x}/v1"} {
			text, err := requested(t, server, resilience.Variable{Default: "d"}, value)
			if err != nil {
				continue
			}
			u, err := url.Parse(text)
			if err != nil || u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
				u.Port() != "" || !strings.HasSuffix(u.Host, "a.test") || strings.Count(u.Host, ".") > 2 ||
				!strings.HasSuffix(u.EscapedPath(), "/v1/items") || strings.Count(u.EscapedPath(), "/") > 3 ||
				strings.Contains(u.Path, "..") && !strings.Contains(value, "..") {
				t.Errorf("%s with %q: %s, %v", server, value, text, err)
			}
		}
	})
}
