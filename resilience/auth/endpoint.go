package auth

// This file requests tokens from OAuth 2.0 token endpoints. See tokenerror.go for the errors.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience"
)

// An Endpoint is an OAuth 2.0 token endpoint (RFC 6749, section 3.2) and the client's credentials.
// URL must be set.
type Endpoint struct {
	URL          string
	ClientID     string
	ClientSecret Secret `json:"-"`
	UserAgent    string // empty: Go's default

	// Transport sends the requests. If it is nil, a transport is used that takes proxies from the
	// environment and keeps no connections open.
	Transport http.RoundTripper `json:"-"`

	Timeout  time.Duration // limit for one request including its response; 0: 8 s
	Attempts int           // maximum number of requests for a token; 0: 4
	// wait before the second request, doubled for each further one and randomly shortened by up to
	// half; 0: 500 ms
	Backoff time.Duration
}

const (
	defaultRequestTimeout = 8 * time.Second
	defaultAttempts       = 4
	defaultBackoff        = 500 * time.Millisecond
	// for a token: below the 30 s attempt timeout of a call, so that the call returns the reason
	defaultTokenTimeout = 25 * time.Second

	mostTokenBytes = 1 << 20
	longestLife    = 10 * 365 * 24 * time.Hour // a longer life counts as no expiry
)

// Token requests an access token. The grant holds grant_type and its parameters; the client id and
// secret are added.
//
// A request is retried after a broken connection, a timeout, 429, a 5xx without an error code of
// RFC 6749, and the codes server_error and temporarily_unavailable, as long as ctx leaves time for
// it. All errors are [*TokenError]. A zero expiry means that the server did not specify one.
func (e *Endpoint) Token(ctx context.Context, grant url.Values) (token string, expiry time.Time, err error) {
	for attempt := 1; ; attempt++ {
		var failure *TokenError
		token, expiry, failure = e.ask(ctx, grant)
		if failure == nil {
			return token, expiry, nil
		}
		failure.Attempts = attempt
		if !failure.Temporary() || attempt >= orDefault(e.Attempts, defaultAttempts) ||
			!pause(ctx, e.wait(attempt, failure.RetryAfter)) {
			return "", time.Time{}, failure
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
func (e *Endpoint) ask(ctx context.Context, grant url.Values) (string, time.Time, *TokenError) {
	ctx, cancel := context.WithTimeout(ctx, orDefault(e.Timeout, defaultRequestTimeout))
	defer cancel()
	begun := time.Now()
	resp, err := e.send(ctx, grant)
	if err != nil {
		return "", time.Time{}, e.broken(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostTokenBytes+1))
	if err != nil {
		return "", time.Time{}, e.broken(ctx, err)
	}
	a := tokenResponse{status: resp.StatusCode, retryAfter: resp.Header.Get("Retry-After"), body: body}
	token, life, failure := a.token()
	if failure != nil {
		failure.Endpoint = e.host()
		return "", time.Time{}, failure
	}
	if life == 0 {
		return token, time.Time{}, nil
	}
	return token, begun.Add(life), nil
}

// send sends the request. Redirects are not followed because the body contains secrets.
func (e *Endpoint) send(ctx context.Context, grant url.Values) (*http.Response, error) {
	form := url.Values{}
	for name, values := range grant {
		form[name] = values
	}
	form.Set("client_id", e.ClientID)
	if !e.ClientSecret.IsZero() {
		form.Set("client_secret", e.ClientSecret.Reveal())
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.URL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, errors.New("its URL is not usable")
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
	resp, err := resilience.RefuseUpgrades(transport).RoundTrip(r)
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

// A tokenResponse is what a token endpoint sent.
type tokenResponse struct {
	status     int
	retryAfter string
	body       []byte
}

// tokenBody is the JSON of RFC 6749, sections 5.1 and 5.2.
type tokenBody struct {
	AccessToken string          `json:"access_token"`
	ExpiresIn   json.RawMessage `json:"expires_in"`
	Error       string          `json:"error"`
}

// token parses the response. A life of 0 means that the server did not specify one.
func (a tokenResponse) token() (token string, life time.Duration, failure *TokenError) {
	var r tokenBody
	body := bytes.TrimSpace(a.body)
	err := json.Unmarshal(body, &r)
	if a.status != http.StatusOK || err == nil && r.Error != "" {
		return "", 0, a.refusal(r.Error)
	}
	switch {
	case len(a.body) > mostTokenBytes:
		return "", 0, &TokenError{Reason: TooLarge, Status: a.status}
	case len(body) == 0:
		return "", 0, &TokenError{Reason: Empty, Status: a.status}
	case err != nil && body[0] == '<':
		return "", 0, &TokenError{Reason: Page, Status: a.status}
	case err != nil:
		return "", 0, &TokenError{Reason: NotJSON, Status: a.status}
	case r.AccessToken == "":
		return "", 0, &TokenError{Reason: NoToken, Status: a.status}
	}
	life, ok := lifetime(r.ExpiresIn)
	if !ok {
		return "", 0, &TokenError{Reason: Lifeless, Status: a.status}
	}
	return r.AccessToken, life, nil
}

// refusal returns the error of a response with an error code.
func (a tokenResponse) refusal(code string) *TokenError {
	failure := &TokenError{Reason: Refused, Status: a.status, Code: plainCode(code)}
	if seconds, err := strconv.Atoi(a.retryAfter); err == nil && seconds > 0 && seconds < 3600 {
		failure.RetryAfter = time.Duration(seconds) * time.Second
	}
	return failure
}

// lifetime parses expires_in: a number of seconds or its text. It returns false if the token is
// unusable, that is if the value is 0, negative or not a number.
func lifetime(raw json.RawMessage) (time.Duration, bool) {
	text := strings.Trim(string(raw), `"`)
	if text == "" || text == "null" {
		return 0, true
	}
	seconds, err := strconv.ParseFloat(text, 64)
	switch {
	case seconds >= longestLife.Seconds():
		return 0, true // also 1e400
	case err != nil || !(seconds > 0):
		return 0, false
	}
	return time.Duration(seconds * float64(time.Second)), true
}

// Format prints the endpoint's host and nothing else for any verb.
func (e Endpoint) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "token endpoint %s", e.host()) }
