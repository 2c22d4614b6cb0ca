package edr

// This file has the errors of the package and tells what a failed call means: a block, a page, a
// wrong code.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/resgen/resgen/resilience"
)

// The errors that a caller can act on, for errors.Is. Most come with the [*resilience.Error] of the
// call, for errors.As.
var (
	// ErrBlocked tells that the bot protection stopped the account. Nothing is sent any more, by
	// this process or a later one of the same store, until a person has signed in with a browser
	// and [Client.ClearBlock] was called.
	ErrBlocked = errors.New(
		"blocked by the bot protection; a person has to sign in with a browser, after that call ClearBlock",
	)

	// ErrSignInNeeded tells that there is no session, or that the server has ended it.
	ErrSignInNeeded = errors.New("no session; sign in with RequestCode and Complete")

	// ErrPasswordRefused tells that the server refused the user name or the password.
	ErrPasswordRefused = errors.New(
		"the user name or the password was refused; check both before another try, which counts towards a lock",
	)

	// ErrCodeFormat tells that a code is not 6 digits. Nothing was sent.
	ErrCodeFormat = errors.New("a code has 6 digits; it was not sent")

	// ErrNoCodeRequested tells that there is no sign-in to complete.
	ErrNoCodeRequested = errors.New("no code was requested; call RequestCode first")

	// ErrWrongCode tells that the server refused the code. [Client.Complete] may be called with
	// another one; each try counts.
	ErrWrongCode = errors.New("the code was refused; give the newest one, or request another with RequestCode")

	// ErrIncomplete tells that the server took the steps of the sign-in and gave no token.
	ErrIncomplete = errors.New(
		"the sign-in is not complete, or the server has changed it; sign in with a browser to see what it asks for",
	)

	// ErrTokenFormat tells that the token did not come as it should: as a cookie of percent-encoded
	// JSON. It is an [ErrIncomplete] as well.
	ErrTokenFormat = fmt.Errorf("the cookie auth-token holds no JSON with a token: %w", ErrIncomplete)

	// ErrBusy tells that a sign-in of this client is under way. Nothing was sent.
	ErrBusy = errors.New("a sign-in is under way; wait for it to end")

	// ErrNotFound tells that there is no such event, or that the account may not see it.
	ErrNotFound = errors.New("no such event, or the account may not see it")
)

// Words that the bot protection's answers hold.
var challengeWords = [][]byte{[]byte("captcha"), []byte("challenge"), []byte("perimeterx")}

// challenge reports whether a body is one of the bot protection.
func challenge(body []byte) bool { return containsAny(bytes.ToLower(body), challengeWords) }

// challengeInJSON is challenge for an answer of the API: there the word challenge may stand for the
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

// blocked reports whether an answer of the Event Management application or the portal is one of the
// bot protection. A 403 alone is a missing right there.
func blocked(f *resilience.Error) bool {
	return challenge(f.Body) && (f.Status >= 400 || !jsonLike(f.Body))
}

// blockedAtLogin is blocked for the login host, where a 403 needs no words.
func blockedAtLogin(f *resilience.Error) bool { return f.Status == http.StatusForbidden || blocked(f) }

// jsonLike reports whether a body is JSON as far as can be told: nothing, an object or a list that
// may have been cut, or a whole value.
func jsonLike(body []byte) bool {
	head := bytes.TrimLeft(body, " \t\r\n")
	return len(head) == 0 || head[0] == '{' || head[0] == '[' || json.Valid(head)
}

// clean returns a failure without its text if that holds something secret: the beginning of a page
// stands there, and a page may show what was sent. Of what it wraps the errors of this package
// stay.
func (c *Client) clean(err error, more ...string) error {
	f := asFailure(err)
	if f == nil ||
		!holds(
			err.Error(),
			append(more, c.config.Username, c.config.Password, c.config.CredentialID, c.config.BotToken),
		) {
		return err
	}
	var bare error = &resilience.Error{
		API: f.API, Operation: f.Operation, Kind: f.Kind, Status: f.Status, RequestID: f.RequestID, Attempts: f.Attempts, RetryAfter: f.RetryAfter,
		Elapsed: f.Elapsed, Stopped: f.Stopped, MayHaveApplied: f.MayHaveApplied, Body: f.Body,
	}
	for _, known := range []error{ErrBlocked, ErrSignInNeeded, ErrTokenFormat, ErrIncomplete} {
		if errors.Is(err, known) {
			return because(known, bare)
		}
	}
	return bare
}

// leastSecret is the length below which a text is too common to be looked for, in bytes.
const leastSecret = 4

func holds(text string, secrets []string) bool {
	for _, s := range secrets {
		if len(s) >= leastSecret && strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// asFailure returns the failure of a call, or nil.
func asFailure(err error) *resilience.Error {
	var f *resilience.Error
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// because returns an error that is both a sentinel and what it came of.
func because(sentinel, cause error) error {
	if cause == nil {
		return sentinel
	}
	return fmt.Errorf("%w: %w", sentinel, cause)
}
