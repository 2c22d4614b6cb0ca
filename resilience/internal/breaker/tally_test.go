package breaker

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestTally(t *testing.T) {
	const window = 10 * time.Second
	var c tally
	for at := range 25 {
		c.add(tickOf(window, time.Duration(at)*time.Second), Outcome{Verdict: Failure}, at%3 == 0)
		if at%2 == 0 {
			c.add(tickOf(window, time.Duration(at)*time.Second), Outcome{Verdict: Success}, at%4 == 0)
		}
	}
	for _, tt := range []struct {
		now                 time.Duration
		successes, failures int32
		slow                int32
	}{
		{24 * time.Second, 5, 10, 7},
		{24999 * time.Millisecond, 5, 10, 7},
		{25 * time.Second, 5, 9, 6},
		{26 * time.Second, 4, 8, 5},
		{33 * time.Second, 1, 1, 2},
		{34 * time.Second, 0, 0, 0},
		{1000 * time.Second, 0, 0, 0},
	} {
		want := totals{successes: tt.successes, failures: tt.failures, slow: tt.slow}
		if got := c.sum(tickOf(window, tt.now)); got != want {
			t.Errorf("at %v: %+v, want %+v", tt.now, got, want)
		}
	}
	var none tally
	none.add(tickOf(0, time.Second), Outcome{Verdict: Failure}, true) // a tally without a window keeps nothing
	if got := none.sum(tickOf(0, 2*time.Second)); got != (totals{}) {
		t.Errorf("%+v in no window", got)
	}
}

// Outcomes of several tenths may come in any order, and the counts are those of all tenths.
func TestTally_AnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var c tally
		tick := int64(20)
		for range 100 {
			tick = max(1, tick+r.Int64N(5)-1)
			o := Outcome{Verdict: Verdict(1 + r.IntN(2)), RetryAfter: time.Duration(r.IntN(9))}
			c.add(tick, o, r.IntN(2) == 0)
			if c.newest.tick != tick {
				t.Fatalf("the sum of the window that ends at %d is not kept", tick)
			}
			for ask := tick - 3; ask < tick+12; ask++ {
				var want totals
				for _, s := range c.slots {
					if s.tick > ask-10 {
						want.successes, want.failures = want.successes+s.successes, want.failures+s.failures
						want.slow, want.retryAfter = want.slow+s.slow, max(want.retryAfter, s.retryAfter)
					}
				}
				if got := c.sum(ask); got != want {
					t.Fatalf("at %d, after an outcome at %d: %+v, want %+v", ask, tick, got, want)
				}
			}
		}
	}
}

// The longest wait that a failure asks for counts, and none of a success.
func TestTally_RetryAfter(t *testing.T) {
	var c tally
	for _, o := range []Outcome{
		{Verdict: Failure, RetryAfter: 3}, {Verdict: Failure, RetryAfter: 5}, {Verdict: Failure, RetryAfter: 4},
		{Verdict: Success, RetryAfter: 9},
	} {
		c.add(7, o, o.RetryAfter == 5)
	}
	want := totals{successes: 1, failures: 3, slow: 1, retryAfter: 5}
	if got := c.sum(7); got != want || c.sum(16) != want || c.sum(17) != (totals{}) {
		t.Errorf("got %+v, then %+v and %+v", got, c.sum(16), c.sum(17))
	}
}
