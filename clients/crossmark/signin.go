package crossmark

// This file opens sessions: one request, its redirects, and the meaning of the response.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/clients/internal/pause"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

const (
	sessionCookie = "PHPSESSID"
	sessionAge    = time.Hour // counted from sign-in, like the working client does
	// limit for a sign-in and its retry; less than the attempt timeout of 30 s, so that the error
	// of the sign-in reaches the caller
	signInTimeout = 25 * time.Second
	refusalRest   = 15 * time.Minute // after a refused sign-in: further ones count towards locking the account
	signInPause   = time.Second      // before the retry
	mostHops      = 5                // redirects followed by a sign-in
	mostPage      = 1 << 20          // bytes read of a response
)

// A Reason classifies why a sign-in opened no session.
type Reason string

// The reasons.
const (
	Refused     Reason = "refused"     // 401, the login page again, or JSON without a sign of success
	Unreachable Reason = "unreachable" // no complete response
	TimedOut    Reason = "timed out"   // no complete response in time
	Unavailable Reason = "unavailable" // another unsuccessful status
	// a redirect to another origin, a redirect that repeats the password, or more than five
	// redirects
	Astray    Reason = "astray"
	NoSession Reason = "no session" // a successful sign-in without a session cookie
)

// A SignInError reports why no session was opened. Its text contains nothing that was sent or
// received.
type SignInError struct {
	Reason     Reason
	Status     int           // 0: no response
	RetryAfter time.Duration // delay that the application asks for; 0: none

	cause error
}

// cures maps reasons to what to do about them.
var cures = map[Reason]string{
	Refused: "check the user id and the password; further attempts may lock the account, so none is made for " +
		"15 minutes",
	Unreachable: "no complete response",
	TimedOut:    "no complete response in time",
	Unavailable: "the application cannot sign users in at present",
	Astray:      "it redirected to an unexpected location",
	NoSession:   "it set no session cookie",
}

func (e *SignInError) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("sign-in %s: %s", e.Reason, cures[e.Reason])
	}
	return fmt.Sprintf("sign-in %s: %s (status %d)", e.Reason, cures[e.Reason], e.Status)
}

// Unwrap returns the network error, or nil.
func (e *SignInError) Unwrap() error { return e.cause }

// final reports whether a sign-in error is permanent: each further attempt counts towards locking
// the account.
func final(err error) bool {
	var failure *SignInError
	return errors.As(err, &failure) && failure.Reason == Refused
}

// signIn opens sessions. It runs once at a time.
type signIn struct {
	base      *url.URL
	body      auth.Secret // of the request
	transport http.RoundTripper
	opened    atomic.Bool // whether a session was ever opened
}

// newSignIn prepares the request.
func newSignIn(c Config, base *url.URL) *signIn {
	zone := c.Timezone
	if zone == "" {
		zone = defaultZone
	}
	body, _ := json.Marshal(
		map[string]string{
			"UserType": "MVEntityUser",
			"UserID":   c.UserID,
			"Password": c.Password.Reveal(),
			"Timezone": zone,
		},
	)
	transport := c.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DisableKeepAlives:   true,
			TLSHandshakeTimeout: 5 * time.Second,
		}
	}
	return &signIn{base: base, body: auth.NewSecret(string(body)), transport: resilience.Bounded(transport)}
}

// fetch opens a session with at most two requests. The second is sent only if there was no response
// to the first, and not while sign-ins fail in a row.
func (s *signIn) fetch(ctx context.Context, _ struct{}) (session string, until time.Time, err error) {
	begun := time.Now()
	session, failure := s.open(ctx)
	if failure != nil && failure.Reason == Unreachable && !resilience.IsProbe(ctx) &&
		pause.For(ctx, signInPause) == nil {
		begun = time.Now()
		session, failure = s.open(ctx)
	}
	switch {
	case failure == nil:
		s.opened.Store(true)
		return session, begun.Add(sessionAge), nil
	case failure.Reason == Refused:
		return "", time.Time{}, failure
	}
	return "", time.Time{}, &resilience.CredentialError{
		State: resilience.ErrSignInUnavailable, RetryAfter: failure.RetryAfter, Err: failure,
	}
}

// open sends one sign-in and follows its redirects, which may also set the session.
func (s *signIn) open(ctx context.Context) (string, *SignInError) {
	v := visit{signIn: s, at: s.base.JoinPath("login", "authenticate")}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, v.at.String(), strings.NewReader(s.body.Reveal()))
	if err != nil {
		return "", &SignInError{Reason: Unreachable}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", originOf(s.base))
	for range mostHops + 1 {
		location, failure := v.send(r)
		if failure != nil || location == "" {
			return v.session, failure
		}
		if r, failure = v.follow(ctx, location); failure != nil {
			return "", failure
		}
	}
	return "", &SignInError{Reason: Astray, Status: http.StatusFound}
}

// A visit is a sign-in and its redirects.
type visit struct {
	*signIn
	at      *url.URL
	session string // the latest one set by a response
}

// send sends a request of the visit. It returns the redirect target, or "" at the end of the visit.
func (v *visit) send(r *http.Request) (location string, _ *SignInError) {
	r.Header.Set("Accept", "application/json, text/plain, */*")
	r.Header.Set("Referer", v.base.String()+"/login")
	resp, err := v.transport.RoundTrip(r)
	if resp == nil {
		return "", broken(r.Context(), err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostPage))
	if err != nil {
		return "", broken(r.Context(), err)
	}
	if found := newestSession(resp.Cookies()); found != "" {
		v.session = found
	}
	location = resp.Header.Get("Location")
	if resp.StatusCode/100 == 3 && location != "" {
		return location, v.checkRedirect(resp.StatusCode)
	}
	failure := v.evaluate(resp.StatusCode, body)
	if failure != nil {
		failure.RetryAfter, _ = resilience.RetryAfter(resp.Header, time.Now())
	}
	return "", failure
}

// checkRedirect refuses redirects that would send the password again.
func (v *visit) checkRedirect(status int) *SignInError {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther:
		return nil
	}
	return &SignInError{Reason: Astray, Status: status}
}

// evaluate evaluates the last response of the visit.
func (v *visit) evaluate(status int, body []byte) *SignInError {
	reason, session := verdict(status, body)
	if v.session == "" {
		v.session = session
	}
	switch {
	case reason != "":
		return &SignInError{Reason: reason, Status: status}
	case v.session == "":
		return &SignInError{Reason: NoSession, Status: status}
	}
	return nil
}

// follow returns the request for the next page, signed with the latest session.
func (v *visit) follow(ctx context.Context, location string) (*http.Request, *SignInError) {
	next, err := v.at.Parse(location)
	switch {
	case err != nil || originOf(next) != originOf(v.base):
		return nil, &SignInError{Reason: Astray, Status: http.StatusFound}
	case leadsToLogin(v.base, next):
		return nil, &SignInError{Reason: Refused, Status: http.StatusFound}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, next.String(), nil)
	if err != nil {
		return nil, &SignInError{Reason: Astray, Status: http.StatusFound}
	}
	v.at = next
	if v.session != "" {
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: v.session})
	}
	return r, nil
}

// broken returns the error of a missing response.
func broken(ctx context.Context, cause error) *SignInError {
	reason := Unreachable
	if ctx.Err() != nil {
		reason, cause = TimedOut, ctx.Err()
	}
	return &SignInError{Reason: reason, cause: cause}
}

// newestSession returns the last session that a response sets, or "".
func newestSession(cookies []*http.Cookie) (session string) {
	for _, c := range cookies {
		// PHP writes this to delete a cookie
		if c.Name == sessionCookie && c.MaxAge >= 0 && c.Value != "" && c.Value != "deleted" {
			session = c.Value
		}
	}
	return session
}

// verdict evaluates the last response to a sign-in; an empty reason means success. JSON succeeds
// with redirectUrl, or with success and a sessionId, which replaces a missing cookie; any other
// JSON is a refusal. A body that is not JSON is assumed to be a page of the application; if it is
// not, the first call will detect that the session is invalid.
func verdict(status int, body []byte) (reason Reason, session string) {
	switch {
	case status == http.StatusUnauthorized:
		return Refused, ""
	case status/100 != 2:
		return Unavailable, ""
	}
	var answer struct {
		Success     any    `json:"success"`
		RedirectURL string `json:"redirectUrl"`
		SessionID   string `json:"sessionId"`
	}
	if !json.Valid(body) {
		return "", ""
	}
	switch err := json.Unmarshal(body, &answer); {
	case err == nil && answer.RedirectURL != "":
		return "", ""
	case err == nil && answer.Success == true && answer.SessionID != "":
		return "", answer.SessionID
	}
	return Refused, ""
}

// leadsToLogin reports whether a URL is the login page, according to its path below the base.
func leadsToLogin(base, u *url.URL) bool {
	return strings.Contains(strings.ToLower(strings.TrimPrefix(u.Path, base.Path)), "login")
}
