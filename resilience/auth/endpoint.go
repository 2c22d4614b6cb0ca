package auth

// This file requests tokens from OAuth 2.0 token endpoints. See tokenresponse.go for the responses
// and tokenerror.go for the errors.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/internal/advice"
	"github.com/resgen/resgen/resilience/internal/confidential"
)

// An Endpoint is an OAuth 2.0 token endpoint (RFC 6749, section 3.2) and the client's credentials.
// URL must be set.
type Endpoint struct {
	URL          string
	ClientID     string
	ClientSecret Secret `json:"-"`
	UserAgent    string // empty: Go's default

	ClientAuth ClientAuth // how client id and secret are sent; empty: SecretPost
	AllowHTTP  bool       // send secrets over plain http to hosts other than this one

	// Transport sends the requests. If it is nil, a transport is used that takes proxies from the
	// environment and keeps no connections open.
	Transport http.RoundTripper `json:"-"`

	Timeout  time.Duration // limit for one request including its response; 0: 8 s
	Attempts int           // maximum number of requests for a token; 0: 4
	// wait before the second request, doubled for each further one and randomly shortened by up to
	// half; 0: 500 ms
	Backoff time.Duration
}

// A ClientAuth is how the client id and secret are sent to a token endpoint (RFC 6749, section
// 2.3.1).
type ClientAuth string

// The ways to send them. Without a secret, the client id is sent in the form.
const (
	SecretPost  ClientAuth = "client_secret_post"  // in the form
	SecretBasic ClientAuth = "client_secret_basic" // in the header Authorization
)

const (
	defaultRequestTimeout = 8 * time.Second
	defaultAttempts       = 4
	defaultBackoff        = 500 * time.Millisecond
	// for a token: below the 30 s attempt timeout of a call, so that the call returns the reason
	defaultTokenTimeout = 25 * time.Second

	mostTokenBytes = 1 << 20
	longestLife    = 10 * 365 * 24 * time.Hour // a longer life counts as no expiry
)

// Issued is what a token endpoint issued.
type Issued struct {
	AccessToken  Secret
	Expiry       time.Time // zero: not specified
	RefreshToken Secret    // replaces the one that was sent; empty: that one stays valid
}

// Token requests an access token like [Endpoint.Request] and returns nothing else.
func (e *Endpoint) Token(ctx context.Context, grant url.Values) (token string, expiry time.Time, err error) {
	got, err := e.Request(ctx, grant)
	return got.AccessToken.Reveal(), got.Expiry, err
}

// Request requests an access token. The grant holds grant_type and its parameters; the client id
// and secret are added.
//
// A request is retried after a broken connection, a timeout, 408, 429, a 5xx without an error code
// of RFC 6749, and the codes server_error and temporarily_unavailable, as long as ctx leaves time
// for it, but not if ctx is that of a probe; see [resilience.IsProbe]. All errors are
// [*TokenError].
func (e *Endpoint) Request(ctx context.Context, grant url.Values) (Issued, error) {
	most := orDefault(e.Attempts, defaultAttempts)
	if resilience.IsProbe(ctx) {
		most = 1
	}
	for attempt := 1; ; attempt++ {
		got, failure := e.ask(ctx, grant)
		if failure == nil {
			return got, nil
		}
		failure.Attempts = attempt
		if !failure.Temporary() || attempt >= most || !pause(ctx, e.wait(attempt, failure.RetryAfter)) {
			return Issued{}, failure
		}
	}
}

func orDefault[T int | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}

// wait returns the delay after a failed request: the server's Retry-After or an exponential
// backoff.
func (e *Endpoint) wait(attempt int, retryAfter time.Duration) time.Duration {
	d := orDefault(e.Backoff, defaultBackoff) << min(attempt-1, 10)
	return max(retryAfter, d/2+rand.N(d/2+1))
}

// pause sleeps for d. It returns false at once if ctx ends earlier.
func pause(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= d {
		return false
	}
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// ask sends one request.
func (e *Endpoint) ask(ctx context.Context, grant url.Values) (Issued, *TokenError) {
	if err := e.Check(); err != nil {
		return Issued{}, &TokenError{Endpoint: e.host(), Reason: Insecure, cause: err}
	}
	ctx, cancel := context.WithTimeout(ctx, orDefault(e.Timeout, defaultRequestTimeout))
	defer cancel()
	begun := time.Now()
	form := e.form(grant)
	resp, err := e.send(ctx, form)
	if err != nil {
		return Issued{}, e.broken(ctx, err, form)
	}
	body, err := readAll(ctx, resp)
	if err != nil {
		return Issued{}, e.broken(ctx, err, form)
	}
	a := tokenResponse{status: resp.StatusCode, body: body}
	a.retryAfter, _ = advice.RetryAfter(resp.Header, time.Now())
	got, life, failure := a.issued()
	if failure != nil {
		failure.Endpoint = e.host()
		return Issued{}, failure
	}
	if life > 0 {
		got.Expiry = begun.Add(life).Round(0)
	}
	return got, nil
}

// Check returns an error if the endpoint's secrets would be sent over plain http to another host.
func (e *Endpoint) Check() error {
	if u, err := url.Parse(e.URL); err == nil && !e.AllowHTTP && !confidential.URL(u) {
		return errors.New(
			"the URL of the token endpoint is plain http, which shows secrets to others; use https, or set AllowHTTP",
		)
	}
	return nil
}

// Confidential reports whether secrets may be sent to a URL: only over https, to this machine, or
// to a name below test, which exists in tests only.
func Confidential(u *url.URL) bool { return confidential.URL(u) }

// readAll reads the body, up to a byte more than the limit, until ctx ends.
func readAll(ctx context.Context, resp *http.Response) ([]byte, error) {
	defer func() { _ = resp.Body.Close() }()
	defer context.AfterFunc(ctx, func() { _ = resp.Body.Close() })()
	return io.ReadAll(io.LimitReader(resp.Body, mostTokenBytes+1))
}

// basic reports whether the client id and secret are sent in the header Authorization.
func (e *Endpoint) basic() bool { return e.ClientAuth == SecretBasic && !e.ClientSecret.IsZero() }

// form returns the body of the request.
func (e *Endpoint) form(grant url.Values) url.Values {
	form := url.Values{}
	maps.Copy(form, grant)
	if e.basic() {
		return form
	}
	form.Set("client_id", e.ClientID)
	if !e.ClientSecret.IsZero() {
		form.Set("client_secret", e.ClientSecret.Reveal())
	}
	return form
}

// send sends the request. Redirects are not followed because the body contains secrets.
func (e *Endpoint) send(ctx context.Context, form url.Values) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, errors.New("its URL is not usable")
	}
	if e.basic() {
		r.SetBasicAuth(url.QueryEscape(e.ClientID), url.QueryEscape(e.ClientSecret.Reveal()))
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	if e.UserAgent != "" {
		r.Header.Set("User-Agent", e.UserAgent)
	}
	transport := e.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DisableKeepAlives:   true,
			TLSHandshakeTimeout: 5 * time.Second,
		}
	}
	resp, err := resilience.Bounded(transport).RoundTrip(r)
	if resp == nil && err == nil {
		err = errors.New("the round tripper returned neither a response nor an error")
	}
	return resp, err
}

// host returns the endpoint's host for error texts, without path, query and user.
func (e Endpoint) host() string {
	if u, err := url.Parse(e.URL); err == nil && u.Host != "" {
		return u.Host
	}
	return "the token endpoint"
}

// Format prints the endpoint's host and nothing else for any verb.
func (e Endpoint) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "token endpoint %s", e.host()) }
