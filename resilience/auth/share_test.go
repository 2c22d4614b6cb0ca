package auth_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

func TestSharing_OneFetchForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 8, nil)
		f.service.set(func(s *service) { s.delay = 300 * time.Millisecond })
		begun := time.Now()
		wantResults(t, "at first", f.all(5, token(t)), "token-1", 40)
		f.wantFetches(t, "at first", 1)
		if d := time.Since(begun); d > 600*time.Millisecond {
			t.Errorf("a process waited %s for a fetch of 300 ms", d)
		}
		for n := range 3 { // a minute before each expiry, in all processes at once
			time.Sleep(time.Hour - 59*time.Second)
			f.all(5, token(t))
			time.Sleep(31 * time.Second) // those that used the old token look again
			wantResults(t, "after the expiry", f.all(5, token(t)), fmt.Sprintf("token-%d", n+2), 40)
			f.wantFetches(t, "after the expiry", n+2)
		}
	})
}

// After a token has expired in all processes, all wait for the one that fetches.
func TestSharing_ExpiredInAllAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 8, nil)
		f.service.set(func(s *service) { s.delay = 20 * time.Second })
		f.all(1, token(t))
		time.Sleep(2 * time.Hour)
		wantResults(t, "a slow fetch", f.all(5, token(t)), "token-2", 40)
		f.wantFetches(t, "a slow fetch", 2)
	})
}

// While a token is renewed, processes use the old one, also one that has just started.
func TestSharing_TheOldOneMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 8, nil)
		f.all(1, token(t))
		f.service.set(func(s *service) { s.delay = 20 * time.Second })
		time.Sleep(time.Hour - 50*time.Second)
		begun := time.Now()
		wantResults(t, "during the renewal", f.all(5, token(t)), "token-1", 40)
		late := f.member(t, nil)
		if got := token(t)(late); got != "token-1" {
			t.Errorf("a process that starts has %s, want the old token", got)
		}
		if d := time.Since(begun); d > 300*time.Millisecond {
			t.Errorf("processes waited %s", d)
		}
		time.Sleep(30 * time.Second)
		wantResults(t, "after the renewal", f.all(5, token(t)), "token-2", 40)
		f.wantFetches(t, "after the renewal", 2)
	})
}

// The life of a token is counted by the store, from when it was fetched.
func TestSharing_ALateProcessRenewsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 1, nil)
		f.all(1, token(t))
		time.Sleep(50 * time.Minute)
		late := f.member(t, nil)
		for _, step := range []struct {
			wait time.Duration
			want string
		}{{0, "token-1"}, {8 * time.Minute, "token-1"}, {70 * time.Second, "token-2"}} {
			time.Sleep(step.wait)
			if got := token(t)(late); got != step.want {
				t.Errorf("%s after %s more, want %s", got, step.wait, step.want)
			}
		}
	})
}

func TestSharing_ARejectedTokenIsReplacedOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 8, nil)
		f.service.set(func(s *service) { s.delay = 300 * time.Millisecond })
		for n := 1; n < 4; n++ {
			old, next := fmt.Sprintf("token-%d", n), fmt.Sprintf("token-%d", n+1)
			wantResults(t, "before", f.all(5, token(t)), old, 40)
			f.all(1, func(c *auth.Token) string { return fmt.Sprint(c.Examine(rejection(t, old, 200))) })
			wantResults(t, "the rejection", f.all(5, renewal(t, old)), "true <nil>", 40)
			wantResults(t, "after", f.all(5, token(t)), next, 40)
			f.wantFetches(t, "after", n+1)
			time.Sleep(time.Second)
		}
	})
}

// A process that starts after a rejection does not use the token that was rejected.
func TestSharing_RejectedForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 1, nil)
		f.all(1, token(t))
		f.service.set(func(s *service) { s.err = errors.New("down") })
		f.all(1, renewal(t, "token-1"))
		f.service.set(func(s *service) { s.err = nil })
		time.Sleep(2 * time.Second)
		if got := token(t)(f.member(t, nil)); got != "token-3" {
			t.Errorf("%s, want a token that was not rejected", got)
		}
	})
}

// A server that rejects every token causes one more fetch in each pause, whichever process asks.
func TestSharing_AServerThatRejectsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 8, nil)
		f.all(1, token(t))
		wantResults(t, "the first rejection", f.all(1, renewal(t, "token-1")), "true <nil>", 8)
		for range 5 {
			wantResults(t, "the second rejection", f.all(3, renewal(t, "token-2")), "false <nil>", 24)
			late := f.member(t, nil)
			if got := token(t)(late) + " " + renewal(t, "token-2")(late); got != "token-2 false <nil>" {
				t.Errorf("a process that starts: %s", got)
			}
			if late.SignIn().State != resilience.CircuitClosed {
				t.Error("the sign-in counts as failed")
			}
			f.wantFetches(t, "within the pause", 2)
			time.Sleep(5 * time.Second)
		}
		time.Sleep(31 * time.Second)
		wantResults(t, "after the pause", f.all(3, renewal(t, "token-2")), "true <nil>", 24)
		f.wantFetches(t, "after the pause", 3)
	})
}

// While the service is down, the whole fleet sends one request in each rest.
func TestSharing_OneProbeForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 8, nil)
		f.service.set(func(s *service) { s.err, s.delay = errors.New("down"), 10*time.Millisecond })
		seen := f.all(5, token(t))
		for text := range seen {
			if text != "down" && text != "in another process: down" {
				t.Errorf("the error is %q", text)
			}
		}
		f.wantFetches(t, "at first", 1)
		end := time.Now().Add(5 * time.Minute)
		for time.Now().Before(end) {
			f.all(1, token(t))
			time.Sleep(100 * time.Millisecond)
		}
		// rests of at least 0.5, 1, 2, 4, 8, 16, 30, 30 ... s
		if n := f.service.fetches(); n < 9 || n > 7+9 {
			t.Errorf("%d fetches in 5 minutes, want as many as one process sends", n)
		}
		if f.service.probes != f.service.n-1 {
			t.Errorf("%d of %d fetches were single requests, want all but the first", f.service.probes, f.service.n)
		}
		f.service.set(func(s *service) { s.err = nil })
		n := f.service.fetches()
		time.Sleep(time.Minute)
		wantResults(t, "afterwards", f.all(5, token(t)), fmt.Sprintf("token-%d", n+1), 40)
		f.wantFetches(t, "afterwards", n+1)
		if f.members[0].SignIn().State != resilience.CircuitClosed {
			t.Error("the sign-in still counts as failed")
		}
	})
}

// The error of a rest has its state and the time that is left.
func TestSharing_ErrorsOfOthers(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		state error
		wait  time.Duration // after 2 s
	}{
		{
			"an outage", state(resilience.ErrSignInUnavailable, 10*time.Second), resilience.ErrSignInUnavailable,
			8 * time.Second,
		},
		{"a refusal", state(resilience.ErrCredentialRefused, 0), resilience.ErrCredentialRefused, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFleet(t, 2, nil)
				f.service.set(func(s *service) { s.err = c.err })
				token(t)(f.members[0])
				time.Sleep(2 * time.Second)
				_, err := f.members[1].Secret(t.Context(), struct{}{})
				var failure *resilience.CredentialError
				if !errors.As(err, &failure) || failure.State != c.state || failure.RetryAfter != c.wait {
					t.Errorf("%#v, want state %v after %s", failure, c.state, c.wait)
				}
				if !strings.Contains(err.Error(), "in another process: says the service") {
					t.Errorf("the error is %q", err)
				}
				f.wantFetches(t, "in both", 1)
			})
		})
	}
}

// After a refusal, a process with other secrets signs in at once, and the others use its token.
func TestSharing_ACorrectedSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 4, nil)
		f.service.set(func(s *service) { s.err = state(resilience.ErrCredentialRefused, 0) })
		f.all(3, token(t))
		f.wantFetches(t, "with the same secret", 1)
		f.service.set(func(s *service) { s.err = nil })
		corrected := f.member(t, func(m *auth.Mechanism[struct{}, string]) { m.Share.Identity = "corrected" })
		if got := token(t)(corrected); got != "token-2" {
			t.Errorf("%s, want a token at once", got)
		}
		if f.service.probes != 0 {
			t.Error("a refusal of another secret makes this a probe")
		}
		time.Sleep(31 * time.Second)
		wantResults(t, "the others", f.all(3, token(t)), "token-2", 12)
		f.wantFetches(t, "the others", 2)
	})
}

// What a person must do is not shared: each process notices at once what the person has done.
func TestSharing_APersonsConcern(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 2, nil)
		f.service.set(func(s *service) { s.err = state(resilience.ErrSignInRequired, 0) })
		wantResults(t, "before", f.all(1, token(t)), "says the service", 2)
		f.service.set(func(s *service) { s.err = nil })
		wantResults(t, "after", f.all(1, token(t)), "token-3", 2)
	})
}

// Without a store or a name, nothing is shared.
func TestSharing_Off(t *testing.T) {
	for name, change := range map[string]func(*auth.Mechanism[struct{}, string]){
		"no store": func(m *auth.Mechanism[struct{}, string]) { m.Share.Store = nil },
		"no names": func(m *auth.Mechanism[struct{}, string]) { m.Share.Name = nil },
		"an empty name": func(m *auth.Mechanism[struct{}, string]) {
			m.Share.Name = func(struct{}) string { return "" }
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFleet(t, 3, change)
				f.all(2, token(t))
				f.wantFetches(t, name, 3)
				if f.store.locks != 0 {
					t.Error("the store is used")
				}
			})
		})
	}
}
