package edr

// This file keeps cookies as a browser does, and can write them down and read them back.

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"
)

// A savedCookie is a cookie as it came, with what its meaning depends on.
type savedCookie struct {
	URL     string    `json:"url"` // of the request whose answer set it, without a query
	Set     string    `json:"set"` // the Set-Cookie header
	Expires time.Time `json:"expires,omitzero"`
}

// cookieID is what makes two cookies the same (RFC 6265, section 5.3).
type cookieID struct{ name, domain, path string }

// A cookies is a cookie jar that can be saved. net/http's own jar decides which cookies a request
// takes; it cannot be listed, so what was set is kept beside it.
type cookies struct {
	mu     sync.Mutex
	jar    *cookiejar.Jar
	order  []cookieID // oldest first
	kept   map[cookieID]savedCookie
	change int // counts what changed
}

// newCookies returns a jar with saved cookies. Those that cannot be read are left out: the server
// will ask for a sign-in.
func newCookies(saved []savedCookie) *cookies {
	jar, _ := cookiejar.New(nil) // it has no way to fail without options
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

// take keeps the cookies of an answer.
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

// set keeps one cookie, also one that has expired, which takes the place of the one before: save
// leaves it out. The lock is held.
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

// place puts the cookies of a request on it, in place of all that it has.
func (c *cookies) place(r *http.Request) {
	r.Header.Del("Cookie")
	for _, cookie := range c.jar.Cookies(r.URL) {
		r.AddCookie(cookie)
	}
}

// save returns the cookies that have not expired, oldest first, and the number of changes until
// now.
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
