package cookies

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

// mostCookies is the number of cookies that a jar takes; further ones are ignored. RFC 6265,
// section 6.1, asks for 50 for each domain.
const mostCookies = 300

// A Jar keeps cookies. It is a cookie jar of net/http that knows whether it has any. It is safe for
// concurrent use.
type Jar struct {
	jar    *cookiejar.Jar
	filled func() // called after cookies were added

	mu      sync.Mutex
	expires map[id]time.Time // zero: with the session
}

// An id identifies a cookie (RFC 6265, section 5.3).
type id struct{ name, domain, path string }

// New returns an empty jar.
func New() *Jar { return newJar(func() {}) }

func newJar(filled func()) *Jar {
	jar, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // it cannot fail
	return &Jar{jar: jar, filled: filled, expires: map[id]time.Time{}}
}

// Cookies implements [http.CookieJar].
func (j *Jar) Cookies(u *url.URL) []*http.Cookie { return j.jar.Cookies(u) }

// SetCookies implements [http.CookieJar].
func (j *Jar) SetCookies(u *url.URL, list []*http.Cookie) {
	now := time.Now()
	for _, c := range list {
		j.set(u, c, now)
	}
	j.filled()
}

// set stores one cookie, and notes until when, if the jar accepts it.
func (j *Jar) set(u *url.URL, c *http.Cookie, now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	key, until := idOf(u, c), c.Expires
	if c.MaxAge > 0 {
		until = now.Add(time.Duration(c.MaxAge) * time.Second)
	}
	gone := c.MaxAge < 0 || over(until, now)
	if _, known := j.expires[key]; !known && !gone && len(j.expires) >= mostCookies {
		if j.dropExpired(now); len(j.expires) >= mostCookies {
			return
		}
	}
	j.jar.SetCookies(u, []*http.Cookie{c})
	switch {
	case gone:
		delete(j.expires, key)
	case j.has(u, key):
		j.expires[key] = until
	}
}

// over reports whether a cookie has expired.
func over(until, now time.Time) bool { return !until.IsZero() && !until.After(now) }

// dropExpired forgets the cookies that have expired. The lock must be held.
func (j *Jar) dropExpired(now time.Time) {
	for key, until := range j.expires {
		if over(until, now) {
			delete(j.expires, key)
		}
	}
}

// has reports whether a cookie that was set by a URL is in the jar.
func (j *Jar) has(u *url.URL, key id) bool {
	for _, c := range j.jar.Cookies(&url.URL{Scheme: "https", Host: u.Host, Path: key.path}) {
		if c.Name == key.name {
			return true
		}
	}
	return false
}

// Live reports whether the jar has a cookie that has not expired.
func (j *Jar) Live(now time.Time) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.dropExpired(now)
	return len(j.expires) > 0
}

// idOf returns the identity of a cookie that a response to a URL sets.
func idOf(u *url.URL, c *http.Cookie) id {
	key := id{c.Name, strings.ToLower(strings.TrimPrefix(c.Domain, ".")), c.Path}
	if key.domain == "" {
		key.domain = "host " + strings.ToLower(u.Host)
	}
	if !strings.HasPrefix(key.path, "/") {
		key.path = path.Dir("/" + strings.TrimPrefix(u.Path, "/"))
	}
	return key
}
