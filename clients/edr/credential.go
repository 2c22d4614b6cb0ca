package edr

// This file signs requests: the bearer token by the one mechanism of package auth, the cookies for
// all requests alike.

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// Timeouts beside those of the policy.
const (
	// of a token: below the 30 s of an attempt, so that a call whose token does not come says why
	fetchTimeout = 28 * time.Second
	saveTimeout  = 10 * time.Second
	closeTimeout = 10 * time.Second
)

// credential returns what puts the token on calls. A sign-in has a secret of its own: its number is
// the key, so that nothing that was said about the token of an earlier one is held against it.
func (c *Client) credential() *auth.Credential[uint64, string] {
	return auth.New(auth.Mechanism[uint64, string]{
		Account: c.config.account(),
		Key:     func(*http.Request, resilience.Scheme) (uint64, error) { return c.session.key(), nil },
		Fetch:   c.session.fetch,
		Place:   auth.Place,
		Expired: c.expired,
		Final:   final,
		Timeout: fetchTimeout,
	})
}

// byCookies stands for the cookies, which are on the request already, see [Client.browse]. It is no
// part of the credential that renews: what that one places tells which token a rejected request
// carried.
type byCookies string

// Account names the account.
func (b byCookies) Account() string { return string(b) }

// Sign has nothing to add.
func (byCookies) Sign(context.Context, *http.Request, resilience.Scheme) error { return nil }

// expired tells what an answer says about the session. A 401 and a redirect to the sign-in come
// before any work; a page or another text where JSON is due may come after it, like any other
// redirect. The list of events answers 404 to some sessions that are over. A page of the bot
// protection is no expiry: a new token would not cure it.
func (c *Client) expired(a *resilience.Rejection) resilience.Expiry {
	switch {
	case a.Status == http.StatusUnauthorized:
		return resilience.Expired
	case a.Status/100 == 3 && a.Header.Get("Location") != "":
		if c.urls.leadsToLogin(a.Request.URL, a.Header.Get("Location")) {
			return resilience.Expired
		}
		return resilience.ExpiredInDoubt
	case a.Status == http.StatusNotFound && strings.HasSuffix(a.Request.URL.Path, "/browse-data"):
		return resilience.ExpiredInDoubt
	case a.Status/100 == 2 && !jsonLike(a.Body) && !challenge(a.Body):
		return resilience.ExpiredInDoubt
	}
	return resilience.NotExpired
}

// leadsToLogin reports whether a redirect leads to the login host, or where all hosts are one, to
// the login page.
func (u urls) leadsToLogin(from *url.URL, location string) bool {
	to, err := from.Parse(location)
	if err != nil || !strings.EqualFold(to.Host, u.login.Host) {
		return false
	}
	return !strings.EqualFold(u.login.Host, u.events.Host) ||
		strings.HasPrefix(to.Path, strings.TrimSuffix(u.login.Path, "/")+"/login")
}

// A jarKey is the key of a context's cookies.
type jarKey struct{}

// withCookies makes calls use a jar of their own: those of a sign-in under way.
func withCookies(ctx context.Context, c *cookies) context.Context {
	return context.WithValue(ctx, jarKey{}, c)
}

// browse is the middleware that does what a browser does with cookies, and tells where a request
// comes from. The runtime keeps cookies too, but cannot save them; what it puts on a request is
// replaced, so that no cookie is sent twice.
func (c *Client) browse(next http.RoundTripper) http.RoundTripper {
	return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		jar, ok := r.Context().Value(jarKey{}).(*cookies)
		if !ok {
			jar = c.session.jar(r.Context())
		}
		jar.place(r)
		c.refer(r)
		resp, err := next.RoundTrip(r)
		if resp != nil {
			jar.take(r.URL, resp.Cookies())
			unmask(r, resp)
		}
		return resp, err
	})
}

// origins are the headers that working clients send beside cookies, by operation: where the page is
// that the request comes from. Nobody knows whether the server looks at them.
var origins = map[string]struct {
	origin  func(urls) *url.URL // nil: no Origin
	base    func(urls) *url.URL
	referer string
}{
	"submitPassword":              {loginHost, loginHost, "/login"},
	"registerPageAccess":          {nil, portalHost, "/rl_portal/"},
	"authenticateEventManagement": {nil, eventsHost, "/"},
	"getEdrReport":                {nil, eventsHost, "/browse-event"},
	"browseEventData":             {portalHost, eventsHost, "/browse-event"},
	"getDailyScheduleReport":      {nil, eventsHost, "/daily-scheduled-report"},
	"updateClubEvent":             {nil, eventsHost, "/club-details"},
}

func loginHost(u urls) *url.URL  { return u.login }
func portalHost(u urls) *url.URL { return u.portal }
func eventsHost(u urls) *url.URL { return u.events }

// refer sets Origin and Referer.
func (c *Client) refer(r *http.Request) {
	info, ok := resilience.OperationFrom(r.Context())
	if !ok {
		return
	}
	o, ok := origins[info.Operation.ID]
	if !ok {
		return
	}
	if o.origin != nil {
		u := o.origin(c.urls)
		r.Header.Set("Origin", u.Scheme+"://"+u.Host)
	}
	r.Header.Set("Referer", strings.TrimSuffix(o.base(c.urls).String(), "/")+o.referer)
}
