package edr

// This file signs requests: with the bearer token of the auth credential, and with cookies.

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// Timeouts in addition to those of the policy.
const (
	// limit for a token: below the attempt timeout of 30 s, so that the error of the token request
	// reaches the caller
	fetchTimeout = 28 * time.Second
	saveTimeout  = 10 * time.Second
	closeTimeout = 10 * time.Second
)

// doubt is how long pages in place of responses are held against the server and not against a new
// token. It ends because the token may expire while the server sends pages.
const doubt = 10 * time.Minute

// credential returns the credential for calls. Its key is the number of the sign-in, so that
// rejections of an earlier sign-in's token do not affect a new one.
func (c *Client) credential() *auth.Credential[uint64, string] {
	return auth.New(auth.Mechanism[uint64, string]{
		Account: c.config.account(),
		Key:     func(*http.Request, resilience.Scheme) (uint64, error) { return c.session.key(), nil },
		Fetch:   c.session.fetch,
		Place:   auth.Place,
		Expired: c.expired,
		Final:   final,
		Timeout: fetchTimeout,
		Doubt:   doubt,
	})
}

// byCookies is the credential of requests that [Client.browse] signs with cookies. It is separate
// from the renewing credential, whose placed secret identifies the token of a rejected request.
type byCookies string

// Account returns the account.
func (b byCookies) Account() string { return string(b) }

// Sign does nothing.
func (byCookies) Sign(context.Context, *http.Request, resilience.Scheme) error { return nil }

// expired classifies a response. A 401 and a redirect to the sign-in are sent before any work. A
// page or other text in place of JSON may be sent after it, like any other redirect. The event list
// responds with 404 to some expired sessions. A page of the bot protection is not an expiry,
// because a new token would not help. A page for a new token is a broken response: see doubt.
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

// leadsToLogin reports whether a redirect leads to the login host, or to the login page if all
// hosts are the same.
func (u urls) leadsToLogin(from *url.URL, location string) bool {
	to, err := from.Parse(location)
	if err != nil || !strings.EqualFold(to.Host, u.login.Host) {
		return false
	}
	return !strings.EqualFold(u.login.Host, u.events.Host) ||
		strings.HasPrefix(to.Path, strings.TrimSuffix(u.login.Path, "/")+"/login")
}

// A jarKey is the context key of the cookies.
type jarKey struct{}

// withCookies returns a context whose calls use a separate jar, for a sign-in in progress.
func withCookies(ctx context.Context, c *cookies) context.Context {
	return context.WithValue(ctx, jarKey{}, c)
}

// browse is a middleware that handles cookies like a browser and sets Origin and Referer. The
// runtime also keeps cookies but cannot save them; its Cookie header is replaced, so that no cookie
// is sent twice.
func (c *Client) browse(next http.RoundTripper) http.RoundTripper {
	return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		jar, ok := r.Context().Value(jarKey{}).(*cookies)
		if !ok {
			jar = c.session.jar(r.Context())
		}
		jar.place(r)
		c.refer(r)
		for name, values := range c.config.Headers {
			r.Header[http.CanonicalHeaderKey(name)] = values
		}
		resp, err := next.RoundTrip(r)
		if resp != nil {
			jar.take(r.URL, resp.Cookies())
		}
		return resp, err
	})
}

// origins holds, by operation, the page whose URL working clients send in Origin and Referer.
// Whether the server checks them is unknown.
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
