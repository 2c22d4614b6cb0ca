package cookies

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"
)

// link parses a URL.
func link(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// take stores the cookies of Set-Cookie headers from a URL.
func take(t *testing.T, j *Jar, from string, headers ...string) {
	t.Helper()
	var list []*http.Cookie
	for _, h := range headers {
		c, err := http.ParseSetCookie(h)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	j.SetCookies(link(t, from), list)
}

func TestJar_Live(t *testing.T) {
	at := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	for _, tt := range []struct {
		name    string
		headers func() []string
		wait    time.Duration
		want    bool
	}{
		{"none", func() []string { return nil }, 0, false},
		{"of the session", func() []string { return []string{"a=b"} }, 1000 * time.Hour, true},
		{"max-age", func() []string { return []string{"a=b; Max-Age=60"} }, 59 * time.Second, true},
		{"max-age, over", func() []string { return []string{"a=b; Max-Age=60"} }, time.Minute, false},
		{"expires", func() []string { return []string{"a=b; Expires=" + at(time.Minute)} }, 59 * time.Second, true},
		{"expires, over", func() []string { return []string{"a=b; Expires=" + at(time.Minute)} }, time.Minute, false},
		{"expired at once", func() []string { return []string{"a=b; Expires=" + at(-time.Minute)} }, 0, false},
		{"deleted", func() []string { return []string{"a=b", "a=; Max-Age=0"} }, 0, false},
		{"deleted by time", func() []string { return []string{"a=b", "a=; Expires=" + at(-time.Second)} }, 0, false},
		{"another deleted", func() []string { return []string{"a=b", "c=; Max-Age=0"} }, 0, true},
		{"deleted for another path", func() []string { return []string{"a=b; Path=/x", "a=; Max-Age=0"} }, 0, true},
		{"deleted for the same path", func() []string { return []string{"a=b; Path=/x", "a=; Max-Age=0; Path=/x"} },
			0, false},
		{"deleted for another domain", func() []string { return []string{"a=b; Domain=a.test", "a=; Max-Age=0"} }, 0,
			true},
		{"deleted for the same domain",
			func() []string { return []string{"a=b; Domain=.A.test", "a=; Max-Age=0; Domain=a.test"} }, 0, false},
		{"secure", func() []string { return []string{"a=b; Secure"} }, 0, true},
		{"of a path", func() []string { return []string{"a=b; Path=/deep/er"} }, 0, true},
		{"rejected for its domain", func() []string { return []string{"a=b; Domain=other.test"} }, 0, false},
		{"rejected for a public suffix", func() []string { return []string{"a=b; Domain=test"} }, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := New()
				take(t, j, "http://www.a.test/dir/page", tt.headers()...)
				time.Sleep(tt.wait)
				if got := j.Live(time.Now()); got != tt.want {
					t.Errorf("live %v, want %v: %v", got, tt.want, j.expires)
				}
			})
		})
	}
}

// Cookies without a domain belong to the host that set them.
func TestJar_Hosts(t *testing.T) {
	j := New()
	take(t, j, "http://one.test/", "a=b")
	take(t, j, "http://two.test/", "a=b", "a=; Max-Age=0")
	if !j.Live(time.Now()) {
		t.Error("the cookie of another host was deleted")
	}
	take(t, j, "http://ONE.test/", "a=; Max-Age=0")
	if j.Live(time.Now()) {
		t.Error("the cookie was not deleted")
	}
}

// A cookie for a public suffix would be sent to other customers of a provider.
func TestJar_PublicSuffixes(t *testing.T) {
	j := New()
	take(t, j, "https://one.github.io/", "evil=1; Domain=github.io", "own=1; Domain=one.github.io")
	if got := j.Cookies(link(t, "https://two.github.io/")); len(got) != 0 {
		t.Errorf("sent to another host: %v", got)
	}
	if got := j.Cookies(link(t, "https://one.github.io/")); len(got) != 1 || got[0].Name != "own" {
		t.Errorf("sent to the host itself: %v", got)
	}
}

func TestJar_TakesSoManyCookies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := New()
		const site = "http://a.test/"
		for i := range mostCookies {
			take(t, j, site, fmt.Sprintf("c%d=1; Max-Age=%d", i, 60+i%2*60))
		}
		take(t, j, site, "more=1", "c0=2; Max-Age=60")
		has := func(name, value string) bool {
			for _, c := range j.Cookies(link(t, site)) {
				if c.Name == name && c.Value == value {
					return true
				}
			}
			return false
		}
		if has("more", "1") || !has("c0", "2") || len(j.expires) != mostCookies {
			t.Errorf("%d cookies; one too many %v, one that changes %v", len(j.expires), has("more", "1"), has("c0",
				"2"))
		}
		time.Sleep(time.Minute)
		take(t, j, site, "more=1")
		if !has("more", "1") || len(j.expires) != mostCookies/2+1 {
			t.Errorf("%d cookies after half have expired; another one is taken: %v", len(j.expires), has("more", "1"))
		}
	})
}
