package auth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// A Reason is why a token endpoint gave no token.
type Reason string

// The reasons.
const (
	Refused     Reason = "refused"     // it said no: see Status and Code
	Unreachable Reason = "unreachable" // no whole answer came
	TimedOut    Reason = "timed out"   // no whole answer came in time
	Page        Reason = "page"        // it answered a page for people where JSON is due
	NotJSON     Reason = "not json"    // it answered something else where JSON is due
	Empty       Reason = "empty"       // it answered nothing
	TooLarge    Reason = "too large"   // it answered more than 1 MiB
	NoToken     Reason = "no token"    // its JSON has no access_token
	Lifeless    Reason = "lifeless"    // its token has expired already: expires_in is 0, negative or no number
)

// A TokenError is why no token came. Its text holds nothing that was sent, and of what came only
// codes that it knows.
type TokenError struct {
	Endpoint   string // host of the token endpoint
	Reason     Reason
	Status     int           // 0: no answer came
	Code       string        // error code of RFC 6749, section 5.2, of a refusal: invalid_grant; empty: none was given
	Attempts   int           // requests sent
	RetryAfter time.Duration // what the server asked for; 0: nothing

	cause error
}

// codes are the error codes of RFC 6749 and what to do about each.
var codes = map[string]string{
	"access_denied":           "the account's owner has to allow this application again",
	"invalid_client":          "check the client id and the client secret; has the secret been rotated?",
	"invalid_grant":           "the refresh token is revoked, expired or another application's; authorise the application again",
	"invalid_request":         "a parameter is missing or malformed",
	"invalid_scope":           "the application may not use this scope",
	"server_error":            "try again later",
	"temporarily_unavailable": "try again later",
	"unauthorized_client":     "this client may not use this grant",
	"unsupported_grant_type":  "this endpoint does not know this grant",
}

// plainCode passes the codes that are known. Servers may write anything there, a secret they were
// sent included.
func plainCode(code string) string {
	if _, known := codes[code]; known || code == "" {
		return code
	}
	return "unknown code"
}

// Error tells in one line what happened and what to do.
func (e *TokenError) Error() string {
	var b strings.Builder
	b.WriteString("no token from " + e.Endpoint + ": " + e.what())
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " after %d attempts", e.Attempts)
	}
	if cure := codes[e.Code]; cure != "" {
		b.WriteString("; " + cure)
	}
	return b.String()
}

func (e *TokenError) what() string {
	switch e.Reason {
	case Refused:
		return strings.TrimSpace(fmt.Sprintf("status %d %s", e.Status, e.Code))
	case Unreachable:
		return "no answer: " + e.cause.Error()
	case TimedOut:
		return "no answer in time"
	case Page:
		return fmt.Sprintf("status %d with an HTML page; is its URL right, and does no proxy sit before it?", e.Status)
	case NotJSON:
		return fmt.Sprintf("status %d with something that is no JSON", e.Status)
	case Empty:
		return fmt.Sprintf("status %d with an empty body", e.Status)
	case TooLarge:
		return fmt.Sprintf("status %d with more than 1 MiB", e.Status)
	case NoToken:
		return fmt.Sprintf("status %d without access_token", e.Status)
	}
	return fmt.Sprintf("status %d with a token that has expired already (expires_in)", e.Status)
}

// Unwrap returns what the network said, or nil.
func (e *TokenError) Unwrap() error { return e.cause }

// Temporary reports whether asking again may help.
func (e *TokenError) Temporary() bool {
	switch e.Reason {
	case Unreachable, TimedOut:
		return true
	case Refused:
		return e.Code == "server_error" || e.Code == "temporarily_unavailable" ||
			e.Status == 429 || e.Status >= 500 && e.Code == ""
	}
	return false
}

// Final reports whether an error is a [*TokenError] that asking again does not change.
func Final(err error) bool {
	var e *TokenError
	return errors.As(err, &e) && !e.Temporary()
}

// broken is the failure of a request that got no whole answer.
func (e *Endpoint) broken(ctx context.Context, err error) *TokenError {
	var timeout net.Error
	if ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return &TokenError{Endpoint: e.host(), Reason: TimedOut, cause: context.DeadlineExceeded}
	}
	return &TokenError{Endpoint: e.host(), Reason: Unreachable, cause: err}
}
