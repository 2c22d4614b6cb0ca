package edr

import (
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"
)

func mustURL(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return u
}

// answer sets cookies.
func (c *cookies) answer(from string, lines ...string) {
	c.take(mustURL(from), (&http.Response{Header: http.Header{"Set-Cookie": lines}}).Cookies())
}

// sent returns the Cookie header of a request.
func (c *cookies) sent(to string) string {
	r := &http.Request{URL: mustURL(to), Header: http.Header{"Cookie": {"from=elsewhere"}}}
	c.place(r)
	return r.Header.Get("Cookie")
}

// A saved and restored jar sends the same cookies.
func TestCookies_SaveAndRestore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCookies(nil)
		c.answer(
			"https://login.edr.test/login?secret=1",
			"a=1; Domain=edr.test; Path=/",
			"b=2",
			"c=3; Path=/api; Max-Age=60",
			"gone=1; Max-Age=0",
			"odd=%7B%22x%22%3A1%7D",
		)
		c.answer(
			"https://portal.edr.test/EventManagement/api/authenticate",
			"d=4",
			"e=5; Path=/EventManagement; Expires="+time.Now().Add(time.Hour).UTC().Format(http.TimeFormat),
		)
		c.answer(
			"https://login.edr.test/login",
			"b=7; Path=/",
			"f=8; Domain=.edr.test; Path=/",
			"a=9; Domain=edr.test; Path=/",
			"f=; Domain=edr.test; Path=/; Max-Age=0",
		)
		for _, wait := range []time.Duration{0, 61 * time.Second, time.Hour} {
			time.Sleep(wait)
			saved, _ := c.save()
			back := newCookies(saved)
			for _, to := range []string{
				"https://login.edr.test/login", "https://login.edr.test/api/x",
				"https://portal.edr.test/EventManagement/api/y", "https://portal.edr.test/", "https://else.test/",
			} {
				if got, want := back.sent(to), c.sent(to); got != want {
					t.Errorf("after %s, %s: %q, want %q", wait, to, got, want)
				}
			}
			for _, s := range saved {
				if mustURL(s.URL).RawQuery != "" {
					t.Errorf("a query is saved: %s", s.URL)
				}
			}
			c = back
		}
	})
}

func TestCookies_Sends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCookies(nil)
		c.answer(
			"https://login.edr.test/login",
			"a=1; Domain=edr.test; Path=/",
			"b=2; Path=/",
			"c=3; Path=/api; Max-Age=60",
		)
		for to, want := range map[string]string{
			"https://login.edr.test/": "a=1; b=2", "https://login.edr.test/api/x": "c=3; a=1; b=2",
			"https://portal.edr.test/x": "a=1", "https://else.test/": "",
		} {
			if got := c.sent(to); got != want {
				t.Errorf("%s: %q, want %q", to, got, want)
			}
		}
		if saved, changes := c.save(); len(saved) != 3 || changes != 3 {
			t.Errorf("%d saved after %d changes", len(saved), changes)
		}
		time.Sleep(61 * time.Second)
		if saved, _ := c.save(); len(saved) != 2 || c.sent("https://login.edr.test/api/x") != "a=1; b=2" {
			t.Errorf("%d saved, %q sent", len(saved), c.sent("https://login.edr.test/api/x"))
		}
		c.answer("https://login.edr.test/login", "b=; Path=/; Max-Age=-1", "a=2; Domain=edr.test; Path=/")
		saved, _ := c.save()
		if len(saved) != 1 || c.sent("https://login.edr.test/") != "a=2" {
			t.Errorf("%+v", saved)
		}
		if odd := newCookies([]savedCookie{
			{URL: "https://a.test/", Set: "no cookie"}, {URL: ":", Set: "a=1"}, {URL: "https://a.test/", Set: "a=1"},
		}); odd.sent("https://a.test/") != "a=1" {
			t.Errorf("%q", odd.sent("https://a.test/"))
		}
	})
}
