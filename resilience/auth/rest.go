package auth

// This file decides what a failed fetch means and how long no other follows.

import (
	"errors"
	"math/rand/v2"
	"time"

	"github.com/resgen/resgen/resilience"
)

const (
	firstRest   = time.Second
	mostRest    = time.Minute
	longestRest = 24 * time.Hour // a longer delay is taken for a mistake of the service
)

// judge returns an error of a fetch with the state of the sign-in.
func (c *Credential[K, S]) judge(err error) error {
	switch {
	case err == nil || stateOf(err) != nil:
		return err
	case c.m.Final(err) || refusedCall(err):
		return &resilience.CredentialError{State: resilience.ErrCredentialRefused, Err: err}
	}
	return &resilience.CredentialError{State: resilience.ErrSignInUnavailable, RetryAfter: delayOf(err), Err: err}
}

// rest returns how long nothing is fetched after a failed fetch. What a person has done is noticed
// at once, because it costs no request as long as a person is needed.
func (c *Credential[K, S]) rest(err error, failures int) time.Duration {
	var shared *sharedFailure
	if errors.As(err, &shared) {
		return shared.rest
	}
	switch stateOf(err) {
	case resilience.ErrCredentialRefused:
		return max(c.m.Rest, min(delayOf(err), longestRest))
	case resilience.ErrSignInRequired, resilience.ErrBlocked:
		return 0
	}
	return max(pauseAfter(failures, rand.Float64()), min(delayOf(err), longestRest))
}

// pauseAfter returns the pause after a number of failures in a row: it doubles from a second to a
// minute and is shortened by up to half, so that accounts do not stay in step. random must be in
// [0, 1).
func pauseAfter(failures int, random float64) time.Duration {
	d := mostRest
	if n := failures - 1; n < 6 {
		d = firstRest << max(n, 0)
	}
	return d - time.Duration(random*float64(d/2))
}

// stateOf returns the state of the sign-in that an error has, or nil.
func stateOf(err error) error {
	for _, state := range []error{
		resilience.ErrBlocked, resilience.ErrSignInRequired,
		resilience.ErrCredentialRefused, resilience.ErrSignInUnavailable,
	} {
		if errors.Is(err, state) {
			return state
		}
	}
	return nil
}

// refusedCall reports whether a call of a generated client failed for good, if the credential made
// one.
func refusedCall(err error) bool {
	var e *resilience.Error
	return errors.As(err, &e) && e.Kind == resilience.KindAPI && e.Status/100 == 4 && e.Status != 401 && e.Status != 408
}

// delayOf returns how long an error says that nothing should be sent, or 0.
func delayOf(err error) time.Duration {
	var c *resilience.CredentialError
	var t *TokenError
	var e *resilience.Error
	switch {
	case errors.As(err, &c) && c.RetryAfter > 0:
		return c.RetryAfter
	case errors.As(err, &t):
		return t.RetryAfter
	case errors.As(err, &e):
		return e.RetryAfter
	}
	return 0
}
