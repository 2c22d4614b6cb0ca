package crossmark

// This file signs requests with the session and tells which answers say that it is over.

import (
	"mime"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/wire"
)

// newCredential returns what signs requests: the session cookie, exactly one of it, kept for an
// hour from sign-in and opened once for all who wait.
func newCredential(c Config, base *url.URL, s *signIn) *auth.Token {
	e := examiner{base: base, denied: map[string]denial{}}
	return auth.New(auth.Mechanism[struct{}, string]{
		Account: c.account(),
		Fetch:   s.fetch,
		Place:   auth.Place,
		Expired: e.expired,
		Final:   final,
		Margin:  -1, // the hour is the client's own measure, not the server's
		Timeout: signInTimeout,
		Rest:    refusalRest,
	})
}

// An examiner tells what answers say about the session. A 401 and a redirect to the login page say
// that it is over and that nothing was done. A page where JSON is due may be the login page, or
// anything else after the work was done. A 403 may be either an ended session or a missing
// permission: it is taken for the former until the same operation is refused to another session as
// well. The word "authentication" in a body says nothing: it stands in ordinary data.
type examiner struct {
	base *url.URL

	mu     sync.Mutex
	denied map[string]denial // by operation
}

// A denial is a 403 of an operation.
type denial struct {
	session string // that was refused first
	at      time.Time
	sure    bool // another session was refused as well: it is a missing permission
}

// denialLife is how long a missing permission is believed in.
const denialLife = 15 * time.Minute

func (e *examiner) expired(a *resilience.Rejection) resilience.Expiry {
	switch {
	case operationOf(a) == logoutOperation: // ends the session, and is answered so
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

// strayPage reports whether a page came where data is due. Of an answer that was read as it should
// be there is no body here; only where no body is due at all is the content type all there is to go
// by.
func strayPage(a *resilience.Rejection) bool {
	if len(a.Body) > 0 {
		return wire.LooksLikeHTML(a.Body) || isPage(a.Header) && a.Body[0] != '{' && a.Body[0] != '['
	}
	return isPage(a.Header) && operationOf(a) == deleteOperation
}

// Operations that are special: one answers something that nobody reads, but no page; the other ends
// the session.
const (
	deleteOperation = "deleteScheduledMplanEvent"
	logoutOperation = "logout"
)

func isPage(h http.Header) bool {
	media, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return media == "text/html"
}

// forbidden tells what a 403 says.
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

// allowed forgets that an operation was refused.
func (e *examiner) allowed(a *resilience.Rejection) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.denied) > 0 {
		delete(e.denied, operationOf(a))
	}
}

// operationOf names the operation of a request; the names are those of the document, so there are
// few.
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
