package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/wire"
)

func request(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var (
	inHeader = resilience.Scheme{Name: "key", Kind: "apiKey", In: wire.Header, Parameter: "X-Api-Key"}
	inQuery  = resilience.Scheme{Name: "key", Kind: "apiKey", In: wire.Query, Parameter: "api key"}
	inCookie = resilience.Scheme{Name: "key", Kind: "apiKey", In: wire.Cookie, Parameter: "session"}
	bearer   = resilience.Scheme{Name: "bearer", Kind: "http", HTTPScheme: "Bearer"}
	basic    = resilience.Scheme{Name: "basic", Kind: "http", HTTPScheme: "basic"}
)

func TestPlace_ByScheme(t *testing.T) {
	for _, c := range []struct {
		name   string
		scheme resilience.Scheme
		header string
		want   string
	}{
		{"header", inHeader, "X-Api-Key", "s3cret"},
		{"cookie", inCookie, "Cookie", "session=s3cret"},
		{"bearer", bearer, "Authorization", "Bearer s3cret"},
		{"oauth2", resilience.Scheme{Kind: "oauth2"}, "Authorization", "Bearer s3cret"},
		{"openIdConnect", resilience.Scheme{Kind: "openIdConnect"}, "Authorization", "Bearer s3cret"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := request(t, "http://api.test/items?b=2&a=1")
			for range 2 { // placing twice has no further effect
				if err := auth.Place(r, c.scheme, "s3cret"); err != nil {
					t.Fatal(err)
				}
			}
			if got := r.Header.Values(c.header); len(got) != 1 || got[0] != c.want {
				t.Errorf("%s is %q, want %q", c.header, got, c.want)
			}
			if len(r.Header) != 1 || r.URL.RawQuery != "b=2&a=1" {
				t.Errorf("header %v and query %q, want nothing else changed", r.Header, r.URL.RawQuery)
			}
		})
	}
}

func TestPlace_QueryKeepsOtherParameters(t *testing.T) {
	for _, c := range []struct{ before, want string }{
		{"", "api+key=a%26b"},
		{"list=x,y&q=%2f&flag", "list=x,y&q=%2f&flag&api+key=a%26b"},
		{"api+key=old&list=1|2&api%20key=older", "list=1|2&api+key=a%26b"},
		{"bad%zz=1", "bad%zz=1&api+key=a%26b"},
	} {
		r := request(t, "http://api.test/items")
		r.URL.RawQuery = c.before
		for range 2 {
			if err := auth.Place(r, inQuery, "a&b"); err != nil {
				t.Fatal(err)
			}
		}
		if r.URL.RawQuery != c.want || len(r.Header) != 0 {
			t.Errorf("%q became %q with headers %v, want %q", c.before, r.URL.RawQuery, r.Header, c.want)
		}
	}
}

func TestPlaceCookie_ExactlyOne(t *testing.T) {
	r := request(t, "http://api.test/")
	r.Header["Cookie"] = []string{"lang=en; session=old", "session=older; theme=dark"}
	if err := auth.PlaceCookie(r, "session", "new"); err != nil {
		t.Fatal(err)
	}
	if got := r.Header.Values("Cookie"); len(got) != 1 || got[0] != "lang=en; theme=dark; session=new" {
		t.Errorf("cookies are %q, want the others and one session", got)
	}
}

// The other cookies are sent as parameters wrote them: a comma or a space would be quoted by
// net/http, and a second value or a name without a value would be lost.
func TestPlaceCookie_LeavesOthers(t *testing.T) {
	for _, c := range []struct {
		before []string
		want   string
	}{
		{nil, "session=new"},
		{[]string{""}, "session=new"},
		{[]string{"flat=3,4"}, "flat=3,4; session=new"},
		{[]string{"a=x y; b=\"q\"; flag"}, `a=x y; b="q"; flag; session=new`},
		{[]string{"ids=1; ids=2", "sessions=3"}, "ids=1; ids=2; sessions=3; session=new"},
		{[]string{"session=a=b; session ; Session=kept"}, "Session=kept; session=new"},
		{[]string{"x=session=old;y=2;"}, "x=session=old; y=2; session=new"},
	} {
		r := request(t, "http://api.test/")
		r.Header["Cookie"] = c.before
		for range 2 {
			if err := auth.PlaceCookie(r, "session", "new"); err != nil {
				t.Fatal(err)
			}
		}
		if got := r.Header.Values("Cookie"); len(got) != 1 || got[0] != c.want {
			t.Errorf("%q became %q, want %q", c.before, got, c.want)
		}
	}
}

func TestPlace_Refuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		scheme resilience.Scheme
		secret string
		want   string
	}{
		{"empty", inHeader, "", "scheme key: the secret is empty"},
		{"line break", inHeader, "s3cret\n", "line break"},
		{"delete character", bearer, "s3cret\x7f", "control character"},
		{"bad cookie", inCookie, "s3cret;x", "cookie session: its name or value has a byte"},
		{"basic", basic, "s3cret", "use auth.Basic"},
		{
			"digest", resilience.Scheme{Name: "d", Kind: "http", HTTPScheme: "digest"}, "s3cret",
			"implement a Credential",
		},
		{"mutual TLS", resilience.Scheme{Name: "m", Kind: "mutualTLS"}, "s3cret", "client certificate"},
		{"in the path", resilience.Scheme{Name: "p", Kind: "apiKey", In: wire.Path}, "s3cret", `not in "path"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := request(t, "http://api.test/?a=1")
			err := auth.Place(r, c.scheme, c.secret)
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("the error is %v, want one with %q and without the secret", err, c.want)
			}
			if len(r.Header) != 0 || r.URL.RawQuery != "a=1" {
				t.Errorf("the request was changed: %v %q", r.Header, r.URL.RawQuery)
			}
		})
	}
	r := request(t, "http://api.test/")
	if err := auth.Place(r, inHeader, "a\tb"); err != nil {
		t.Errorf("a tab is allowed in a header, got %v", err)
	}
}
