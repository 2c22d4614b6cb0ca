package crossmark

// This file signs requests with the session and detects its expiry in responses.

import (
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/media"
)

// newCredential returns the credential: exactly one session cookie, used for an hour after sign-in
// and fetched once for all waiting calls.
func newCredential(c Config, base *url.URL, s *signIn) *auth.Token {
	e := examiner{base: base, denied: map[string]denial{}}
	return auth.New(auth.Mechanism[struct{}, string]{
		Account: c.account(),
		Fetch:   s.fetch,
		Place:   auth.Place,
		Expired: e.expired,
		Final:   final,
		Margin:  -1, // the hour is the client's choice, not the server's
		Timeout: signInTimeout,
		Rest:    refusalRest,
		Share: auth.Sharing[struct{}]{
			Store:    c.SecretStore,
			Name:     func(struct{}) string { return c.account() + "/session-" + auth.Fingerprint(base.String()) },
			Identity: auth.Fingerprint(c.UserID, c.Password.Reveal()),
		},
	})
}

// An examiner detects expired sessions. A 401 and a redirect to the login page mean that the
// session has expired and the request was not applied. A page in place of JSON may be the login
// page, or any page after the work was done. A 403 means either an expired session or a missing
// permission; it is treated as the former until the same operation is refused in another session as
// well. The word "authentication" in a body means nothing because it occurs in ordinary data.
type examiner struct {
	base *url.URL

	mu     sync.Mutex
	denied map[string]denial // by operation
}

// A denial is a 403 of an operation.
type denial struct {
	session string // the session that was refused first
	at      time.Time
	sure    bool // another session was refused as well: a missing permission
}

// denialLife is how long a missing permission is remembered.
const denialLife = 15 * time.Minute

func (e *examiner) expired(a *resilience.Rejection) resilience.Expiry {
	switch {
	case operationOf(a) == logoutOperation: // ends the session, and 403 is a normal response to it
	case a.Status == http.StatusUnauthorized, a.Status/100 == 3 && e.redirectsToLogin(a):
		return resilience.Expired
	case a.Status == http.StatusForbidden:
		return e.forbidden(a)
	case a.Status/100 == 2 && strayPage(a):
		return resilience.ExpiredInDoubt
	case a.Status/100 == 2:
		e.allowed(a)
	}
	return resilience.NotExpired
}

func (e *examiner) redirectsToLogin(a *resilience.Rejection) bool {
	next, err := a.Request.URL.Parse(a.Header.Get("Location"))
	return err == nil && a.Header.Get("Location") != "" && leadsToLogin(e.base, next)
}

// strayPage reports whether a page was received in place of data. The body is available only for
// responses that could not be read as expected; for operations without a body only the content type
// is known.
func strayPage(a *resilience.Rejection) bool {
	if len(a.Body) > 0 {
		return media.HTMLBody("application/json", a.Header.Get("Content-Type"), a.Body)
	}
	return isHTML(a.Header) && operationOf(a) == deleteOperation
}

// Operations with special rules: one has a response that is never read but is not a page; the other
// ends the session.
const (
	deleteOperation = "deleteScheduledMplanEvent"
	logoutOperation = "logout"
)

// isHTML reports whether a response is labeled as HTML.
func isHTML(h http.Header) bool {
	return media.Base(h.Get("Content-Type")) == "text/html"
}

// forbidden classifies a 403.
func (e *examiner) forbidden(a *resilience.Rejection) resilience.Expiry {
	e.mu.Lock()
	defer e.mu.Unlock()
	operation, session := operationOf(a), sessionOf(a.Request)
	d, known := e.denied[operation]
	switch {
	case !known || time.Since(d.at) >= denialLife:
		e.denied[operation] = denial{session: session, at: time.Now()}
	case d.sure || d.session != session:
		e.denied[operation] = denial{session: session, at: time.Now(), sure: true}
		return resilience.NotExpired
	}
	return resilience.ExpiredInDoubt
}

// allowed removes the denial of an operation.
func (e *examiner) allowed(a *resilience.Rejection) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.denied) > 0 {
		delete(e.denied, operationOf(a))
	}
}

// operationOf returns the operation of a request. The set is bounded by the document.
func operationOf(a *resilience.Rejection) string {
	info, ok := resilience.OperationFrom(a.Request.Context())
	if !ok {
		return ""
	}
	return info.Operation.ID
}

func sessionOf(r *http.Request) string {
	if c, err := r.Cookie(sessionCookie); err == nil {
		return c.Value
	}
	return ""
}
