package edr

// This file keeps cookies like a browser, and can save and restore them.

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/publicsuffix"
)

// A savedCookie is a received cookie with the context that determines its meaning.
type savedCookie struct {
	URL     string    `json:"url"` // URL of the request whose response set it, without the query
	Set     string    `json:"set"` // value of the Set-Cookie header
	Expires time.Time `json:"expires,omitzero"`
}

// A cookieID identifies a cookie (RFC 6265, section 5.3).
type cookieID struct{ name, domain, path string }

// cookies is a cookie jar that can be saved. The jar of net/http selects the cookies of a request
// but cannot be listed, so the cookies are recorded in addition.
type cookies struct {
	mu     sync.Mutex
	jar    *cookiejar.Jar
	order  []cookieID // oldest first
	kept   map[cookieID]savedCookie
	change int // counts changes
}

// newCookies returns a jar with saved cookies. Unreadable ones are dropped: the server will then
// require a sign-in.
func newCookies(saved []savedCookie) *cookies {
	jar, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // cannot fail
	c := &cookies{jar: jar, kept: map[cookieID]savedCookie{}}
	for _, s := range saved {
		u, err := url.Parse(s.URL)
		if err != nil {
			continue
		}
		cookie, err := http.ParseSetCookie(s.Set)
		if err != nil {
			continue
		}
		cookie.MaxAge, cookie.Expires = 0, s.Expires
		c.set(u, cookie, s.Set)
	}
	c.change = 0
	return c
}

// take stores the cookies of a response.
func (c *cookies) take(u *url.URL, list []*http.Cookie) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, cookie := range list {
		raw := cookie.Raw
		if cookie.MaxAge > 0 {
			cookie.Expires = time.Now().Add(time.Duration(cookie.MaxAge) * time.Second)
		}
		if cookie.MaxAge < 0 {
			cookie.Expires = time.Unix(1, 0)
		}
		cookie.MaxAge = 0
		c.set(u, cookie, raw)
	}
}

// set stores one cookie. An expired one replaces the earlier one and is not saved. The lock must be
// held.
func (c *cookies) set(u *url.URL, cookie *http.Cookie, raw string) {
	c.jar.SetCookies(u, []*http.Cookie{cookie})
	c.change++
	id := cookieID{
		name:   cookie.Name,
		domain: strings.ToLower(strings.TrimPrefix(cookie.Domain, ".")),
		path:   cookie.Path,
	}
	if id.domain == "" {
		id.domain = "host " + strings.ToLower(u.Host)
	}
	if !strings.HasPrefix(id.path, "/") {
		id.path = path.Dir("/" + strings.TrimPrefix(u.Path, "/"))
	}
	if _, known := c.kept[id]; !known {
		c.order = append(c.order, id)
	}
	c.kept[id] = savedCookie{
		URL:     (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(),
		Set:     raw,
		Expires: cookie.Expires,
	}
}

func expired(at time.Time) bool { return !at.IsZero() && !at.After(time.Now()) }

// place sets the cookies of a request and removes all others.
func (c *cookies) place(r *http.Request) {
	r.Header.Del("Cookie")
	for _, cookie := range c.jar.Cookies(r.URL) {
		r.AddCookie(cookie)
	}
}

// save returns the cookies that have not expired, oldest first, and the number of changes so far.
func (c *cookies) save() ([]savedCookie, int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []savedCookie
	order := c.order[:0]
	for _, id := range c.order {
		s, ok := c.kept[id]
		if !ok || expired(s.Expires) {
			delete(c.kept, id)
			continue
		}
		order = append(order, id)
		list = append(list, s)
	}
	c.order = order
	return list, c.change
}

// values returns the values of all cookies.
func (c *cookies) values() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []string
	for _, s := range c.kept {
		pair, _, _ := strings.Cut(s.Set, ";")
		if _, value, ok := strings.Cut(pair, "="); ok {
			list = append(list, value)
		}
	}
	return list
}
