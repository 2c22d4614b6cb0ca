package resilience_test

// This file tests pages with links in Link headers and in bodies.

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

var linked = policy.Pagination{Style: "link", Items: "items"}

// linking returns a response with items and Link headers.
func linking(names string, links ...string) faults.Step {
	s := pageOf(names, "")
	for _, l := range links {
		s = s.With("Link", l)
	}
	return s
}

func TestItems_Links(t *testing.T) {
	body := with(linked, func(p *policy.Pagination) { p.Response = "next" })
	first := "/a%20b/items?kind=new&size=2"
	for _, w := range []walkTest{
		{name: "path and query", rule: linked,
			script: []faults.Step{linking("a", `</b%2Fc/items?page=2&q=%20x>; rel="next"`), linking("b")}, want: "ab",
			sent: first + "\n/b%2Fc/items?page=2&q=%20x"},
		{name: "query alone", rule: linked, script: []faults.Step{linking("a", `<?page=2>; rel="next"`),
			linking("b", `<?page=3>;rel=next`), linking("c")}, want: "abc",
			sent: first + "\n/a%20b/items?page=2\n/a%20b/items?page=3"},
		{name: "relative", rule: linked, script: []faults.Step{linking("a", `<more>; rel="next"`), linking("b")},
			want: "ab", sent: first + "\n/a%20b/more"},
		{name: "fragment and whitespace", rule: linked,
			script: []faults.Step{linking("a", ` < /x?y=1#z > ; REL = "NEXT" `), linking("b")}, want: "ab",
			sent: first + "\n/x?y=1"},
		{name: "among others", rule: linked,
			script: []faults.Step{linking("a",
				`</first>; rel="first", </x,y;z?n=1>; title="a, b; rel=\"last\""; rel="prefetch next", </last>; `+
					`rel=last`),
				linking("b")}, want: "ab", sent: first + "\n/x,y;z?n=1"},
		{name: "in a second header", rule: linked, script: []faults.Step{linking("a", `</first>; rel="first"`,
			`</n?m=1>; rel="next"`), linking("b")}, want: "ab", sent: first + "\n/n?m=1"},
		{name: "the first rel counts", rule: linked,
			script: []faults.Step{linking("a", `</n>; rel="last"; rel="next"`)}, want: "a", sent: first},
		{name: "of another page", rule: linked,
			script: []faults.Step{linking("a", `</n>; anchor="/other"; rel="next"`)}, want: "a", sent: first},
		{name: "no next", rule: linked, script: []faults.Step{linking("a", `</n>; rel="nextish", </p>; rel="prev"`)},
			want: "a", sent: first},
		{name: "no link", rule: linked, script: []faults.Step{linking("a", `rel="next"`, `<`, `<x`, ``)}, want: "a",
			sent: first},
		{name: "empty target", rule: linked, script: []faults.Step{linking("a", `<>; rel="next"`)}, want: "a",
			sent: first},
		{name: "in the body", rule: body, script: []faults.Step{pageOf("a", "/b?n=2"), pageOf("b", "")}, want: "ab",
			sent: first + "\n/b?n=2"},
		{name: "the header is ignored if the policy names a member", rule: body,
			script: []faults.Step{linking("a", `</n>; rel="next"`)}, want: "a", sent: first},
		{name: "to itself", rule: body, script: []faults.Step{pageOf("a", "?kind=new&size=2")}, want: "a pages",
			sent: first, note: "read before"},
		{name: "back to the first page", rule: body, script: []faults.Step{pageOf("a", "/b?n=2"),
			pageOf("b", "/a%20b/items?kind=new&size=2")}, want: "ab pages", sent: first + "\n/b?n=2",
			note: "read before"},
		{name: "the same twice", rule: body, script: []faults.Step{pageOf("a", "/b?n=2"), pageOf("b", "?n=2")},
			want: "ab pages", sent: first + "\n/b?n=2", note: "read before"},
		{name: "no URL", rule: body, script: []faults.Step{pageOf("a", "http://[::1/")}, want: "a contract",
			sent: first, note: "the link to the next page is not a URL"},
		{name: "the host alone", rule: body, script: []faults.Step{pageOf("a", "//other.example/x?secret=1")},
			want: "a pages", sent: first,
			note: "to http://other.example, and credentials are not sent to another origin"},
		{name: "another host", rule: body,
			script: []faults.Step{pageOf("a", "https://user:pass@other.example:8443/x?secret=1")}, want: "a pages",
			sent: first, note: "to https://other.example:8443, and credentials are not sent to another origin"},
		{name: "another URL scheme", rule: body, script: []faults.Step{
			pageOf("a", "javascript:alert(1)"),
		}, want: "a pages",
			sent: first, note: "to javascript://, and credentials are not sent to another origin"},
	} {
		t.Run(w.name, w.run)
	}
}

// A different scheme or port is a different origin. A default port may be written or omitted.
func TestItems_LinksOfOrigins(t *testing.T) {
	for _, test := range []struct{ link, want string }{
		{"http://faults.test/x", "ab"}, {"http://faults.test:80/x", "ab"}, {"http://me@faults.test/x", "ab"},
		{"http://faults.test:81/x", "a pages"}, {"https://faults.test/x", "a pages"},
		{"https://faults.test:80/x", "a pages"}, {"http://other.faults.test/x", "a pages"},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := configured(t, faults.Config{Handle: func(r *faults.Request) faults.Step {
				if r.URL.Path == "/x" {
					return pageOf("b", "")
				}
				return pageOf("a", test.link)
			}})
			op := listings(with(linked, func(p *policy.Pagination) { p.Response = "next" }))
			got, failure := collectItems(t, resilience.Items[item](t.Context(), b.client(t, steady(), op), op,
				listArgs("new")))
			if got != test.want || b.URL != "http://faults.test" || b.Count() != strings.Count(test.want, "b")+1 {
				t.Errorf("%s: got %q after %d requests, want %q: %v", test.link, got, b.Count(), test.want, failure)
			}
		})
	}
}

// The error for a refused link contains only its origin.
func TestItems_LinkErrorsHideSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, pageOf("a", "https://user:pass@other.example/path?secret=1"))
		op := listings(with(linked, func(p *policy.Pagination) { p.Response = "next" }))
		_, failure := collectItems(
			t, resilience.Items[item](t.Context(), b.client(t, steady(), op), op, listArgs("new")),
		)
		for _, secret := range []string{"secret", "user", "pass", "/path"} {
			if strings.Contains(failure.Error(), secret) {
				t.Errorf("the error contains %s: %v", secret, failure)
			}
		}
	})
}

// Requests for links have the headers and the credential of the call. A cursor keeps path and
// query.
func TestItems_LinksResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, linking("a", `</x%20y?n=2>; rel="next"`), faults.Status(404), linking("b"))
		op := listings(linked)
		op.Security = []resilience.Requirement{{{Scheme: "key"}}}
		var at resilience.Cursor
		seq := resilience.Items[item](t.Context(), b.client(t, steady(), op, resilience.WithCredential(authEcho{})), op,
			listArgs("new"), resilience.WithCursor(&at))
		first, _ := collectItems(t, seq)
		at = stored(t, at)
		second, _ := collectItems(t, seq)
		if want := "/a%20b/items?kind=new&size=2\n/x%20y?n=2\n/x%20y?n=2"; first+second != "a apib" ||
			b.requests() != want {
			t.Errorf("got %q and %q, sent\n%s", first, second, b.requests())
		}
		for _, r := range b.Records() {
			if r.Header.Get("X-Store") != "north" || r.Header.Get("X-Auth") == "" {
				t.Errorf("headers %v", r.Header)
			}
		}
	})
}

// A forged cursor cannot lead to another origin.
func TestCursor_ForgedLink(t *testing.T) {
	for text, want := range map[string]string{
		// {"o":"list","t":"/%z","p":1}
		"eyJvIjoibGlzdCIsInQiOiIvJXoiLCJwIjoxfQ": "invalid-request",
		// {"o":"list","t":"//other.example/x?y","p":1}
		"eyJvIjoibGlzdCIsInQiOiIvL290aGVyLmV4YW1wbGUveD95IiwicCI6MX0": "//other.example/x?y",
	} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, pageOf("a", ""))
			op := listings(linked)
			var at resilience.Cursor
			if err := at.UnmarshalText([]byte(text)); err != nil {
				t.Fatal(err)
			}
			_, failure := collectItems(t, resilience.Items[item](t.Context(), b.client(t, steady(), op), op,
				wire.Args("s", "x", nil, nil, nil), resilience.WithCursor(&at)))
			got := b.requests()
			if failure != nil {
				got = failure.Kind.String()
			}
			if got != want {
				t.Errorf("%s: got %q, want %q", text, got, want)
			}
		})
	}
}
