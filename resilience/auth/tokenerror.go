package auth

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/internal/redact"
)

// A Reason classifies why a token endpoint returned no token.
type Reason string

// The reasons.
const (
	Refused     Reason = "refused"     // an error response; see Status and Code
	Unreachable Reason = "unreachable" // no complete response
	TimedOut    Reason = "timed out"   // no complete response in time
	Page        Reason = "page"        // an HTML page instead of JSON
	NotJSON     Reason = "not json"    // another body that is not JSON
	Empty       Reason = "empty"       // an empty body
	TooLarge    Reason = "too large"   // a body over 1 MiB
	NoToken     Reason = "no token"    // JSON without access_token
	Lifeless    Reason = "lifeless"    // an expired token: expires_in is 0, negative or not a number
	OtherType   Reason = "other type"  // a token that is not a bearer token
	Insecure    Reason = "insecure"    // nothing was sent, because the URL is plain http
)

// A TokenError reports why no token was returned. Its text contains nothing that was sent, and only
// known error codes of what was received.
type TokenError struct {
	Endpoint   string // the token endpoint's host
	Reason     Reason
	Status     int           // 0: no response
	Code       string        // error code of RFC 6749, section 5.2, for example invalid_grant; empty: none
	Attempts   int           // number of requests sent
	RetryAfter time.Duration // delay that the server asks for; 0: none

	cause error
}

// codes maps the error codes of RFC 6749 to what to do about them.
var codes = map[string]string{
	"access_denied":  "the account's owner has to allow this application again",
	"invalid_client": "check the client id and the client secret, which may have been rotated",
	"invalid_grant": "the refresh token is revoked, expired or that of another application; authorize " +
		"the application again",
	"invalid_request":         "a parameter is missing or malformed",
	"invalid_scope":           "the application may not use this scope",
	"server_error":            "try again later",
	"temporarily_unavailable": "try again later",
	"unauthorized_client":     "this client may not use this grant",
	"unsupported_grant_type":  "this endpoint does not know this grant",
}

// plainCode returns code if it is known or empty, otherwise unknownCode. A server may send anything
// there, including a secret it received.
func plainCode(code string) string {
	if _, known := codes[code]; known || code == "" {
		return code
	}
	return unknownCode
}

const unknownCode = "unknown code"

// Error returns the reason and what to do about it in one line.
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
		return "no response: " + e.cause.Error()
	case TimedOut:
		return "no response in time"
	case Page:
		return fmt.Sprintf("status %d with an HTML page; check its URL and any proxy in between", e.Status)
	case NotJSON:
		return fmt.Sprintf("status %d with a body that is not JSON", e.Status)
	case Empty:
		return fmt.Sprintf("status %d with an empty body", e.Status)
	case TooLarge:
		return fmt.Sprintf("status %d with more than 1 MiB", e.Status)
	case NoToken:
		return fmt.Sprintf("status %d without access_token", e.Status)
	case OtherType:
		return fmt.Sprintf("status %d with a token that is not a bearer token (token_type)", e.Status)
	case Insecure:
		return e.cause.Error()
	}
	return fmt.Sprintf("status %d with an expired token (expires_in)", e.Status)
}

// Unwrap returns the network error, or nil.
func (e *TokenError) Unwrap() error { return e.cause }

// Temporary reports whether a retry may succeed.
func (e *TokenError) Temporary() bool {
	switch e.Reason {
	case Unreachable, TimedOut:
		return true
	case Refused:
		return e.Code == "server_error" || e.Code == "temporarily_unavailable" ||
			e.Status == 408 || e.Status == 429 || e.Status >= 500 && (e.Code == "" || e.Code == unknownCode)
	}
	return false
}

// Is reports whether target is the state of the sign-in: [resilience.ErrSignInUnavailable] if the
// service does not respond as it should, otherwise [resilience.ErrCredentialRefused].
func (e *TokenError) Is(target error) bool {
	switch target {
	case resilience.ErrSignInUnavailable:
		return e.outage()
	case resilience.ErrCredentialRefused:
		return !e.outage()
	}
	return false
}

// outage reports whether the service is at fault.
func (e *TokenError) outage() bool {
	switch e.Reason {
	case Page, NotJSON, Empty, TooLarge:
		return true
	case Refused:
		return e.Temporary() || e.Status/100 == 3 // a redirect says nothing about the credential
	}
	return e.Temporary()
}

// Final reports whether err is a [*TokenError] for which a retry cannot succeed.
func Final(err error) bool {
	var e *TokenError
	return errors.As(err, &e) && !e.Temporary()
}

// broken returns the error of a request without a complete response. Errors of net/http may quote
// what the server sent, which may repeat the request, and the URL of a proxy with its password.
func (e *Endpoint) broken(ctx context.Context, err error, form url.Values) *TokenError {
	var timeout net.Error
	if ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return &TokenError{Endpoint: e.host(), Reason: TimedOut, cause: context.DeadlineExceeded}
	}
	return &TokenError{Endpoint: e.host(), Reason: Unreachable, cause: redact.Error(err, e.sent(form))}
}

// sent returns what a request sends, in all forms in which a server may repeat it, the longest
// first.
func (e *Endpoint) sent(form url.Values) []string {
	id, secret := url.QueryEscape(e.ClientID), url.QueryEscape(e.ClientSecret.Reveal())
	list := []string{e.ClientSecret.Reveal(), secret, base64.StdEncoding.EncodeToString([]byte(id + ":" + secret))}
	for name, values := range form {
		for _, v := range values {
			if name != "grant_type" && name != "client_id" {
				list = append(list, v, url.QueryEscape(v))
			}
		}
	}
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
}
