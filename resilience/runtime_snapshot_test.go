package resilience_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// reporting is a credential with a sign-in that a snapshot shows.
type reporting struct {
	*tokenCredential
	name  string
	asked *atomic.Int64 // how often it was asked for its sign-in
}

func (r reporting) Account() string { return r.name }

func (r reporting) SignIn() resilience.CircuitSnapshot {
	r.asked.Add(1)
	return r.tokens.Circuit(r.name + " sign-in")
}

// A snapshot has the sign-ins that failed before, each once, after all else and by account. It asks
// each for its state once.
func TestSnapshot_SignIns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		cred := func(name string) reporting {
			c := reporting{newTokenCredential(0), name, new(atomic.Int64)}
			c.tokens.Rest = func(error, int) time.Duration { return time.Minute }
			return c
		}
		zoe, adam, quiet := cred("zoe"), cred("adam"), cred("quiet")
		for _, c := range []reporting{zoe, adam, zoe, quiet} {
			caller := b.signedBy(t, c, op)
			c.fail.Store(c.name != "quiet")
			_, _ = get(t, caller, op)
		}
		closed := cred("closed")
		closed.fail.Store(true)
		caller := b.signedBy(t, closed, op)
		_, _ = get(t, caller, op)
		_ = caller.Close()
		var got []string
		gates := b.runtime.Snapshot().Gates
		for i, g := range gates {
			if g.API != "" || g.Host != "" {
				if len(got) > 0 {
					t.Errorf("gate %d of %s is after a sign-in", i, g.API)
				}
				continue
			}
			c := g.Circuits[0]
			got = append(got, fmt.Sprintf("%s: %s %s %s, %d", g.Account, c.Key, c.State, c.RetryAfter, len(g.Circuits)))
		}
		want := "adam: adam sign-in open 1m0s, 1; zoe: zoe sign-in open 1m0s, 1"
		if text := strings.Join(got, "; "); text != want {
			t.Errorf("got %s, want %s", text, want)
		}
		for _, c := range []reporting{zoe, adam, quiet} {
			if n := c.asked.Load(); n != 1 {
				t.Errorf("%s was asked %d times", c.name, n)
			}
		}
	})
}
