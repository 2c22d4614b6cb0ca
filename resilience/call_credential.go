package resilience

// This file classifies the errors of credentials. An outage of the sign-in is an outage like that
// of the API itself; a refused credential and a missing sign-in are for the program's operator.

import (
	"errors"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
)

// The states of a sign-in that made a call fail with [KindCredential], for errors.Is.
var (
	// The sign-in service does not respond as it should. The call may succeed later, and a fallback
	// may replace its result.
	ErrSignInUnavailable = errors.New("the sign-in is unavailable")
	// The sign-in service or the server refused the credential.
	ErrCredentialRefused = errors.New("the credential was refused")
	// A person has to sign in.
	ErrSignInRequired = errors.New("sign-in required")
	// The account is blocked until a person intervenes.
	ErrBlocked = errors.New("the account is blocked")
)

// CredentialError is an error of a credential with its state. Functions that fetch tokens may
// return one to say how long nothing should be fetched.
type CredentialError struct {
	State      error         // ErrSignInUnavailable, ErrCredentialRefused, ErrSignInRequired or ErrBlocked
	RetryAfter time.Duration // how long nothing is fetched; 0: unknown
	Err        error
}

// Error returns the text of Err.
func (e *CredentialError) Error() string {
	if e.Err == nil {
		return e.State.Error()
	}
	return e.Err.Error()
}

// Unwrap returns State and Err.
func (e *CredentialError) Unwrap() []error {
	if e.Err == nil {
		return []error{e.State}
	}
	return []error{e.State, e.Err}
}

// resting returns the error of a sign-in that rests. Without another state it is unavailable. A
// refused credential is not accepted later, so its error suggests no wait.
func resting(err error, left time.Duration) error {
	state := stateOf(err)
	if state == nil {
		state = ErrSignInUnavailable
	}
	switch {
	case state == ErrCredentialRefused:
		left = 0
	case left <= 0: // no rest
		left = retryAfterOf(err)
	}
	return &CredentialError{State: state, RetryAfter: left, Err: err}
}

// stateOf returns the state of a sign-in according to an error, or nil if the error does not say.
// The state of a person's concern precedes that of an outage.
func stateOf(err error) error {
	for _, state := range []error{ErrBlocked, ErrSignInRequired, ErrCredentialRefused, ErrSignInUnavailable} {
		if errors.Is(err, state) {
			return state
		}
	}
	return nil
}

// retryAfterOf returns how long the sign-in rests according to an error.
func retryAfterOf(err error) time.Duration {
	var c *CredentialError
	if errors.As(err, &c) {
		return c.RetryAfter
	}
	return 0
}

// signInProblems has the types of problem documents for the states of a sign-in, and their details.
var signInProblems = map[error]struct{ name, detail string }{
	ErrSignInUnavailable: {"sign-in-unavailable", "The sign-in of the service behind this one does not respond."},
	ErrCredentialRefused: {"credential-refused", "The service behind this one does not accept our credential."},
	ErrSignInRequired:    {"sign-in-required", "A person has to sign in to the service behind this one."},
	ErrBlocked:           {"blocked", "Our account is blocked by the service behind this one."},
}

// signInState returns the state of a sign-in if that is why err is an error, otherwise nil.
func signInState(err error) error {
	state := stateOf(err)
	var e *Error
	if state == ErrSignInUnavailable && errors.As(err, &e) && e.Kind != KindCredential {
		return nil // the call ran out of time first
	}
	return state
}

// classified returns an error of a credential with its state, as far as the error shows one: it is
// an outage if the credential made a call that failed because of the service, or if there was no
// connection or no response in time.
func classified(err error) error {
	if stateOf(err) != nil {
		return err
	}
	var e *Error
	switch {
	case errors.As(err, &e) && degradable(e):
		return &CredentialError{State: ErrSignInUnavailable, RetryAfter: e.RetryAfter, Err: err}
	case fault.IsTimeout(err), brokenConnection(err):
		return &CredentialError{State: ErrSignInUnavailable, Err: err}
	}
	return err
}

// brokenConnection reports whether there was no connection, or none to the end of a response.
func brokenConnection(err error) bool {
	switch fault.OfSend(err, fault.Progress{Connected: true, Written: true}) {
	case fault.Dial, fault.DNS, fault.TLS, fault.Reset:
		return true
	}
	return false
}
