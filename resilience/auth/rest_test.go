package auth_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// state returns an error with a state.
func state(of error, wait time.Duration) error {
	return &resilience.CredentialError{State: of, RetryAfter: wait, Err: errors.New("says the service")}
}

// What an error of a fetch means, and the shortest and the longest rest that follows it.
func TestCredential_RestByError(t *testing.T) {
	call := func(k resilience.Kind, status int, wait time.Duration) error {
		return fmt.Errorf("token: %w", &resilience.Error{Kind: k, Status: status, RetryAfter: wait})
	}
	const second, pause = time.Second, 30 * time.Second
	for _, c := range []struct {
		name        string
		err         error
		state       error
		least, most time.Duration
	}{
		{"unknown", errors.New("odd"), resilience.ErrSignInUnavailable, second / 2, second},
		{"unavailable", state(resilience.ErrSignInUnavailable, 0), resilience.ErrSignInUnavailable, second / 2, second},
		{
			"unavailable for 90 min", state(resilience.ErrSignInUnavailable, 90*time.Minute),
			resilience.ErrSignInUnavailable, 90 * time.Minute, 90 * time.Minute,
		},
		{
			"unavailable for 10 ms", state(resilience.ErrSignInUnavailable, 10*time.Millisecond),
			resilience.ErrSignInUnavailable, second / 2, second,
		},
		{
			"unavailable for a year", state(resilience.ErrSignInUnavailable, 8760*time.Hour),
			resilience.ErrSignInUnavailable, 24 * time.Hour, 24 * time.Hour,
		},
		{"refused", state(resilience.ErrCredentialRefused, 0), resilience.ErrCredentialRefused, pause, pause},
		{
			"refused for a minute", state(resilience.ErrCredentialRefused, time.Minute),
			resilience.ErrCredentialRefused, time.Minute, time.Minute,
		},
		{
			"refused for a year", state(resilience.ErrCredentialRefused, 8760*time.Hour),
			resilience.ErrCredentialRefused, 24 * time.Hour, 24 * time.Hour,
		},
		{"sign-in required", state(resilience.ErrSignInRequired, time.Hour), resilience.ErrSignInRequired, 0, 0},
		{"blocked", state(resilience.ErrBlocked, time.Hour), resilience.ErrBlocked, 0, 0},
		{"a call with 503", call(resilience.KindAPI, 503, 0), resilience.ErrSignInUnavailable, second / 2, second},
		{
			"a call with 503 and Retry-After", call(resilience.KindAPI, 503, time.Minute),
			resilience.ErrSignInUnavailable, time.Minute, time.Minute,
		},
		{
			"a call with an open circuit", call(resilience.KindCircuitOpen, 0, 2*time.Minute),
			resilience.ErrSignInUnavailable, 2 * time.Minute, 2 * time.Minute,
		},
		{"a call with 400", call(resilience.KindAPI, 400, 0), resilience.ErrCredentialRefused, pause, pause},
		{"a call with 499", call(resilience.KindAPI, 499, 0), resilience.ErrCredentialRefused, pause, pause},
		{"a call with 401", call(resilience.KindAPI, 401, 0), resilience.ErrSignInUnavailable, second / 2, second},
		{"a call with 408", call(resilience.KindAPI, 408, 0), resilience.ErrSignInUnavailable, second / 2, second},
		{"a call with 399", call(resilience.KindAPI, 399, 0), resilience.ErrSignInUnavailable, second / 2, second},
		{
			"a throttled call", call(resilience.KindThrottled, 429, 0), resilience.ErrSignInUnavailable,
			second / 2, second,
		},
		{
			"a token endpoint", &auth.TokenError{Reason: auth.Unreachable, RetryAfter: 3 * time.Second},
			resilience.ErrSignInUnavailable, 3 * time.Second, 3 * time.Second,
		},
		{
			"a token endpoint that refuses", &auth.TokenError{Reason: auth.Refused, Status: 400, Code: "invalid_grant"},
			resilience.ErrCredentialRefused, pause, pause,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &source{err: c.err}
				token := auth.TokenSource(s.fetch)
				_, err := token.Secret(t.Context(), struct{}{})
				rests := token.SignIn().RetryAfter
				var got *resilience.CredentialError
				if !errors.Is(err, c.state) || !errors.Is(err, c.err) || !errors.As(err, &got) || got.State != c.state {
					t.Fatalf("the error is %v, want state %v", err, c.state)
				}
				if rests < c.least || rests > c.most {
					t.Errorf("it rests for %s, want %s to %s", rests, c.least, c.most)
				}
				want := rests
				switch c.state {
				case resilience.ErrCredentialRefused:
					want = 0
				case resilience.ErrSignInRequired, resilience.ErrBlocked:
					want = time.Hour
				}
				if got.RetryAfter != want {
					t.Errorf("the error says %s, want %s", got.RetryAfter, want)
				}
				if rests > 0 {
					time.Sleep(rests - 1)
					if _, err := token.Secret(t.Context(), struct{}{}); !errors.Is(err, c.err) || s.n != 1 {
						t.Errorf("just before its end: %v after %d fetches", err, s.n)
					}
					time.Sleep(time.Nanosecond)
				}
				if _, err := token.Secret(t.Context(), struct{}{}); !errors.Is(err, c.err) || s.n != 2 {
					t.Errorf("at its end: %v after %d fetches", err, s.n)
				}
			})
		})
	}
}

// Pauses double from a second to a minute, each shortened by up to half. A success ends the row.
func TestCredential_PausesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 20 { // pauses are random
			s := &source{err: errors.New("down"), life: time.Minute}
			token := auth.TokenSource(s.fetch)
			for i, most := range []int{1, 2, 4, 8, 16, 32, 60, 60, 60} {
				longest := time.Duration(most) * time.Second
				_, _ = token.Secret(t.Context(), struct{}{})
				c := token.SignIn()
				if c.RetryAfter < longest/2 || c.RetryAfter > longest || c.State != resilience.CircuitOpen ||
					c.Consecutive != i+1 || s.n != i+1 || c.Since != time.Now().Round(0) {
					t.Fatalf("after %d fetches, %d failed: %+v, want a pause up to %s", s.n, i+1, c, longest)
				}
				time.Sleep(c.RetryAfter)
			}
			if c := token.SignIn(); c.State != resilience.CircuitHalfOpen || c.Since != time.Now().Round(0) {
				t.Errorf("after a pause: %+v", c)
			}
			s.err = nil
			if _, err := token.Secret(t.Context(), struct{}{}); err != nil {
				t.Fatal(err)
			}
			if c := token.SignIn(); c.State != resilience.CircuitClosed || c.Consecutive != 0 || c.Since.IsZero() {
				t.Errorf("after a success: %+v", c)
			}
			s.err = errors.New("down again")
			time.Sleep(time.Minute)
			_, _ = token.Secret(t.Context(), struct{}{})
			if c := token.SignIn(); c.RetryAfter > time.Second || c.Consecutive != 1 {
				t.Errorf("after the next failure: %+v", c)
			}
		}
	})
}

// The state of a credential with several secrets is that of the worst one.
func TestCredential_SignInOfSeveralSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		waits := map[string]time.Duration{}
		c := auth.New(auth.Mechanism[string, string]{
			Account: "shop", Place: auth.Place,
			Fetch: func(_ context.Context, key string) (string, time.Time, error) {
				if wait := waits[key]; wait > 0 {
					return "", time.Time{}, state(resilience.ErrSignInUnavailable, wait)
				}
				return key, time.Time{}, nil
			},
		})
		get := func(key string) { _, _ = c.Secret(t.Context(), key) }
		check := func(when string, want resilience.CircuitState, wait time.Duration) {
			t.Helper()
			got := c.SignIn()
			if got.Key != "shop sign-in" || got.State != want || got.RetryAfter != wait {
				t.Errorf("%s: %+v, want %s for %s", when, got, want, wait)
			}
		}
		check("unused", resilience.CircuitClosed, 0)
		if got := c.SignIn(); !got.Since.IsZero() {
			t.Errorf("unused: %+v", got)
		}
		get("good")
		if got := c.SignIn(); got.State != resilience.CircuitClosed || !got.Since.IsZero() {
			t.Errorf("never failed: %+v", got)
		}
		waits["a"], waits["b"] = time.Hour, 2*time.Hour
		get("a")
		check("one rests", resilience.CircuitOpen, time.Hour)
		get("b")
		check("two rest", resilience.CircuitOpen, 2*time.Hour)
		time.Sleep(90 * time.Minute)
		check("one is due", resilience.CircuitOpen, 30*time.Minute)
		time.Sleep(30 * time.Minute)
		check("both are due", resilience.CircuitHalfOpen, 0)
		delete(waits, "b")
		get("b")
		check("one works again", resilience.CircuitHalfOpen, 0)
		delete(waits, "a")
		time.Sleep(time.Second)
		get("a")
		check("both work again", resilience.CircuitClosed, 0)
		if got := c.SignIn(); got.Since != time.Now().Round(0) {
			t.Errorf("it works since %s, want now", got.Since)
		}
	})
}
