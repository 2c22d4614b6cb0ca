package auth_test

// This file tests which process of a fleet fetches, and how long the others wait for it.

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/auth"
)

// The lock of a process that died ends after a few seconds, and no wait is longer than a fetch may
// take.
func TestSharing_AProcessThatDied(t *testing.T) {
	for _, c := range []struct {
		lease, least, most time.Duration
		want               string
	}{
		{5 * time.Second, 5 * time.Second, 6 * time.Second, "token-1"},
		{time.Hour, 9 * time.Second, 10 * time.Second, "the sign-in of another process did not end in time"},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFleet(t, 3, func(m *auth.Mechanism[struct{}, string]) { m.Timeout = 10 * time.Second })
			if held, err := f.store.Lock(t.Context(), shared, "dead", c.lease); !held || err != nil {
				t.Fatal(held, err)
			}
			begun := time.Now()
			wantResults(t, "waiting", f.all(2, token(t)), c.want, 6)
			if d := time.Since(begun); d < c.least || d > c.most {
				t.Errorf("waited %s, want %s to %s", d, c.least, c.most)
			}
		})
	}
}

// Processes that wait ask rarely.
func TestSharing_PollsRarely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 2, nil)
		f.service.set(func(s *service) { s.delay = 10 * time.Second })
		f.all(1, token(t))
		// 10 s of at least 100 ms, the first ones shorter, and the extensions of the lease
		if f.store.locks < 40 || f.store.locks > 120 {
			t.Errorf("%d attempts to lock in 10 s", f.store.locks)
		}
	})
}

// A credential that is closed while it fetches says nothing about the service.
func TestSharing_ClosedDuringAFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 2, nil)
		f.service.set(func(s *service) { s.delay = 10 * time.Second })
		go token(t)(f.members[0])
		time.Sleep(time.Second)
		f.service.set(func(s *service) { s.delay = 0 })
		_ = f.members[0].Close()
		synctest.Wait()
		begun := time.Now()
		if got := token(t)(f.members[1]); got != "token-2" || time.Since(begun) != 0 {
			t.Errorf("%s after %s, want a fetch at once", got, time.Since(begun))
		}
	})
}

// A process that was stopped for longer than its lease uses what another one has fetched.
func TestSharing_AProcessThatWasStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, 1, nil)
		other := f.member(t, nil)
		f.service.set(func(s *service) { s.delay = 10 * time.Second })
		got := make(chan string)
		go func() { got <- token(t)(f.members[0]) }()
		time.Sleep(time.Second)
		f.service.set(func(s *service) { s.delay = 0 })
		f.store.SecretStore = &lockless{f.store.SecretStore} // as if the lease had ended
		if other := token(t)(other); other != "token-2" {
			t.Errorf("%s, want token-2", other)
		}
		if first := <-got; first != "token-2" {
			t.Errorf("the process that was stopped uses %s, want what the others use", first)
		}
	})
}

// lockless grants every lock.
type lockless struct{ auth.SecretStore }

func (*lockless) Lock(context.Context, string, string, time.Duration) (bool, error) { return true, nil }
