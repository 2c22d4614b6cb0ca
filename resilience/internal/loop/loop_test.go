package loop

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// attempt is an outcome that follows a script.
type attempt struct {
	name string
	next bool
	wait time.Duration
	last bool
}

func (a *attempt) Next() bool          { return a.next }
func (a *attempt) Wait() time.Duration { return a.wait }
func (a *attempt) Last() bool          { return a.last }

func TestExecutor_Run(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		script := []*attempt{{name: "b", next: true, wait: 2 * time.Second}, {name: "c"}}
		var at []time.Duration
		first := &attempt{name: "a", next: true, wait: time.Second}
		o := New().Run(t.Context(), first, func(context.Context, Copy) Outcome {
			at = append(at, time.Since(start))
			a := script[0]
			script = script[1:]
			return a
		})
		if o.(*attempt).name != "c" || !slices.Equal(at, []time.Duration{time.Second, 3 * time.Second}) {
			t.Errorf("got %v after attempts at %v, want c after 1s and 3s", o, at)
		}
	})
}

func TestExecutor_RunUntilTheContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		made := 0
		o := New().Run(ctx, nil, func(context.Context, Copy) Outcome {
			made++
			return &attempt{next: true, wait: time.Hour}
		})
		if made != 1 || o != nil && !o.Next() {
			t.Errorf("%d attempts, outcome %v, want 1 and none that is final", made, o)
		}
	})
}

func TestWithHedges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := WithHedges(time.Second, 1)
		if !e.Hedged() || New().Hedged() {
			t.Error("Hedged is wrong")
		}
		copies := 0
		o := e.Run(t.Context(), nil, func(ctx context.Context, c Copy) Outcome {
			if c.Hedge {
				copies++
				return &attempt{name: "copy", last: true}
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Minute):
			}
			return &attempt{name: "slow"}
		})
		if o.(*attempt).name != "copy" || copies != 1 {
			t.Errorf("got %v with %d copies", o, copies)
		}
		o = e.Run(t.Context(), nil, func(_ context.Context, c Copy) Outcome {
			if c.Hedge {
				return &attempt{name: "copy"}
			}
			time.Sleep(2 * time.Second)
			return &attempt{name: "slow", last: true}
		})
		if o.(*attempt).name != "slow" {
			t.Errorf("a copy that is not the last won: %v", o)
		}
	})
}

// An attempt and its copies have the same round, and the next attempt has a later one.
func TestWithHedges_Rounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var rounds []time.Time
		e := WithHedges(time.Second, 2)
		e.Run(t.Context(), nil, func(_ context.Context, c Copy) Outcome {
			mu.Lock()
			rounds = append(rounds, c.Round)
			n := len(rounds)
			mu.Unlock()
			time.Sleep(time.Minute)
			return &attempt{name: "slow", last: n%3 == 0, next: n < 4, wait: time.Nanosecond}
		})
		if len(rounds) != 6 {
			t.Fatalf("%d attempts and copies, want two rounds of three", len(rounds))
		}
		if a, b := rounds[0], rounds[3]; !rounds[1].Equal(a) || !rounds[2].Equal(a) || !b.After(a) ||
			!rounds[4].Equal(b) || !rounds[5].Equal(b) {
			t.Errorf("rounds: %v", rounds)
		}
	})
}
