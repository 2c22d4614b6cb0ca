package edr

// This file defines the errors of the package and classifies failed calls: a block, a page, a wrong
// code.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/resgen/resgen/resilience"
)

// Errors that a caller can handle with errors.Is. Most wrap the [*resilience.Error] of the call,
// for errors.As.
var (
	// ErrBlocked means that the bot protection has stopped the account. Neither this process nor a
	// later one with the same store sends anything until a person has signed in with a browser and
	// [Client.ClearBlock] was called. It matches [resilience.ErrBlocked] as well.
	ErrBlocked = signInState(
		resilience.ErrBlocked, "blocked by the bot protection; sign in with a browser, then call ClearBlock",
	)

	// ErrSignInNeeded means that the client has no session, or that the server has ended it. It
	// matches [resilience.ErrSignInRequired] as well.
	ErrSignInNeeded = signInState(resilience.ErrSignInRequired, "no session; sign in with RequestCode and Complete")

	// ErrPasswordRefused means that the server refused the user name or the password. It matches
	// [resilience.ErrCredentialRefused] as well.
	ErrPasswordRefused = signInState(
		resilience.ErrCredentialRefused,
		"the user name or the password was refused; check both, because further attempts may lock the account",
	)

	// ErrCodeFormat means that a code does not have 6 digits. Nothing was sent.
	ErrCodeFormat = errors.New("a code must have 6 digits; nothing was sent")

	// ErrNoCodeRequested means that no sign-in waits for a code.
	ErrNoCodeRequested = errors.New("no code was requested; call RequestCode first")

	// ErrWrongCode means that the server refused the code. [Client.Complete] can be called with
	// another one; each attempt counts.
	ErrWrongCode = errors.New("the code was refused; use the latest one, or request another with RequestCode")

	// ErrIncomplete means that the server accepted the steps of the sign-in but issued no token.
	ErrIncomplete = errors.New("the sign-in is incomplete; sign in with a browser to see what the server requires")

	// ErrTokenFormat means that the token cookie does not contain percent-encoded JSON. It matches
	// [ErrIncomplete] as well.
	ErrTokenFormat = fmt.Errorf("the cookie auth-token does not contain JSON with a token: %w", ErrIncomplete)

	// ErrBusy means that this client is already signing in. Nothing was sent.
	ErrBusy = errors.New("another sign-in is in progress; wait for it to end")

	// ErrNotFound means that the event does not exist or is not visible to the account.
	ErrNotFound = errors.New("no such event, or it is not visible to the account")
)

// signInState returns an error that is a state of the sign-in.
func signInState(of error, text string) error {
	return &resilience.CredentialError{State: of, Err: errors.New(text)}
}

// Words in responses of the bot protection.
var challengeWords = [][]byte{[]byte("captcha"), []byte("challenge"), []byte("perimeterx")}

// challenge reports whether a body comes from the bot protection.
func challenge(body []byte) bool { return containsAny(bytes.ToLower(body), challengeWords) }

// challengeInJSON is like challenge for JSON responses, in which the word challenge may mean the
// second factor.
func challengeInJSON(v any) bool {
	data, err := json.Marshal(v)
	return err == nil && containsAny(bytes.ToLower(data), [][]byte{challengeWords[0], challengeWords[2]})
}

func containsAny(text []byte, words [][]byte) bool {
	for _, w := range words {
		if bytes.Contains(text, w) {
			return true
		}
	}
	return false
}

// blocked reports whether a response of the Event Management application or the portal comes from
// the bot protection. There, a 403 alone means a missing permission.
func blocked(f *resilience.Error) bool {
	return challenge(f.Body) && (f.Status >= 400 || !jsonLike(f.Body))
}

// blockedAtLogin is like blocked for the login host, where any 403 is a block.
func blockedAtLogin(f *resilience.Error) bool { return f.Status == http.StatusForbidden || blocked(f) }

// jsonLike reports whether a body appears to be JSON: empty, an object or array that may be
// truncated, or a complete value.
func jsonLike(body []byte) bool {
	head := bytes.TrimLeft(body, " \t\r\n")
	return len(head) == 0 || head[0] == '{' || head[0] == '[' || json.Valid(head)
}

// clean removes the text of a failure that contains a secret: it may quote the beginning of a page,
// and a page may show what was sent. Wrapped errors of this package are kept.
func (c *Client) clean(err error, more ...string) error {
	f := asFailure(err)
	if f == nil ||
		!containsSecret(
			err.Error(),
			append(more, c.config.Username, c.config.Password.Reveal(), c.config.CredentialID.Reveal(),
				c.config.BotToken.Reveal()),
		) {
		return err
	}
	var bare error = &resilience.Error{
		API: f.API, Operation: f.Operation, Kind: f.Kind, Status: f.Status, RequestID: f.RequestID,
		Attempts: f.Attempts, RetryAfter: f.RetryAfter,
		Elapsed: f.Elapsed, Stopped: f.Stopped, MayHaveApplied: f.MayHaveApplied, Body: f.Body,
	}
	for _, known := range []error{ErrBlocked, ErrSignInNeeded, ErrTokenFormat, ErrIncomplete} {
		if errors.Is(err, known) {
			return withCause(known, bare)
		}
	}
	return bare
}

// leastSecret is the minimum length in bytes of a secret to search for; shorter texts are too
// common.
const leastSecret = 4

func containsSecret(text string, secrets []string) bool {
	for _, s := range secrets {
		if len(s) >= leastSecret && strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// asFailure returns the [*resilience.Error] in err, or nil.
func asFailure(err error) *resilience.Error {
	var f *resilience.Error
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// withCause returns an error that matches both the sentinel and its cause.
func withCause(sentinel, cause error) error {
	if cause == nil {
		return sentinel
	}
	return fmt.Errorf("%w: %w", sentinel, cause)
}
