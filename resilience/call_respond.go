package resilience

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/resgen/resgen/resilience/internal/advice"
)

// HTTPStatus returns the status with which an HTTP handler should respond if it fails because of
// err: 503 for an open circuit, a full bulkhead, a rate limit of either side and a closed runtime,
// 504 for a timeout, 502 for a missing or wrong response, 499 if the caller canceled, 500 for any
// other error, and 200 for nil. A 4xx response is 502 as well: use [Error.Status] to pass some of
// them on. A failed sign-in is 503 if it is unavailable, if a person has to sign in or if the
// account is blocked, and 502 if the credential is refused or missing: it is the program's, and
// its users cannot correct it.
func HTTPStatus(err error) int {
	if err == nil {
		return http.StatusOK
	}
	switch signInState(err) {
	case ErrSignInUnavailable, ErrSignInRequired, ErrBlocked:
		return http.StatusServiceUnavailable
	case ErrCredentialRefused:
		return http.StatusBadGateway
	}
	var e *Error
	if errors.As(err, &e) && e.Kind != 0 {
		return kinds[e.Kind].status
	}
	switch {
	case errors.Is(err, context.Canceled):
		return kinds[KindCanceled].status
	case errors.Is(err, context.DeadlineExceeded):
		return kinds[KindTimeout].status
	}
	return http.StatusInternalServerError
}

// A problem is a problem document (RFC 9457).
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
}

// problemOf returns what a handler may show its users about err. It contains no text of err.
func problemOf(err error) problem {
	status := HTTPStatus(err)
	p := problem{Type: "about:blank", Title: http.StatusText(status), Status: status}
	var e *Error
	if errors.As(err, &e) && e.Kind.sentinel() != nil {
		p.Type, p.Title, p.Detail = e.Kind.String(), e.Kind.text(), kinds[e.Kind].detail
	}
	if state := signInState(err); state != nil {
		t := signInProblems[state]
		p.Type, p.Title, p.Detail = t.name, state.Error(), t.detail
	}
	if wait := waitOf(err); wait > 0 && p.Detail != "" {
		p.Detail += fmt.Sprintf(" Try again in %d s.", wait)
	}
	return p
}

// waitOf returns how many seconds a caller should wait according to err, or 0.
func waitOf(err error) int64 {
	var e *Error
	if !errors.As(err, &e) || e.RetryAfter <= 0 {
		return 0
	}
	return wholeSeconds(e.RetryAfter)
}

// WriteError responds with the status of [HTTPStatus]. If err says how long to wait, the response
// has a Retry-After header in seconds, rounded up. Caches must not store it. The body is a problem
// document (RFC 9457) with type, title, status and detail, which depend on the kind of err only:
// its text, which may name what users should not see, is not in the response. The type is the name
// of the kind, for example "circuit-open", or "sign-in-unavailable", "credential-refused",
// "sign-in-required" or "blocked". Other errors than those of calls have the type "about:blank". A
// handler that can show a sign-in form tests for [ErrSignInRequired] before it calls WriteError.
func WriteError(w http.ResponseWriter, err error) {
	p := problemOf(err)
	h := w.Header()
	if wait := waitOf(err); wait > 0 {
		h.Set("Retry-After", strconv.FormatInt(wait, 10))
	}
	h.Del("Content-Length") // of the response that the handler wanted to write
	h.Set("Content-Type", "application/problem+json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // it fails only if the caller is gone
}

// RetryAfter returns how long a response asks the client to wait before the next request, and
// whether it says so. It reads Retry-After in seconds or as a date, also with decimals, and the
// headers retry-after-ms and x-ms-retry-after-ms. It is for code that sends requests without a
// generated client, for example to sign in.
func RetryAfter(h http.Header, now time.Time) (time.Duration, bool) { return advice.RetryAfter(h, now) }

// wholeSeconds rounds up, so that no client retries too early.
func wholeSeconds(d time.Duration) int64 { return int64(math.Ceil(d.Seconds())) }
