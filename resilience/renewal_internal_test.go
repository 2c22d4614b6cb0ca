package resilience

import (
	"context"
	"testing"
	"time"
)

// The monotonic clock stops while the machine sleeps, so expiries have no reading of it.
func TestRenewal_ExpiresOnTheWallClock(t *testing.T) {
	r := &Renewal[int]{
		Early: time.Minute,
		Fetch: func(context.Context) (int, time.Time, error) { return 1, time.Now().Add(time.Hour), nil },
		Rest:  func(error, int) time.Duration { return time.Minute },
	}
	if _, _, err := r.Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]time.Time{"until": r.held.until, "due": r.held.due, "now": wallClock()} {
		if at != at.Round(0) || at.IsZero() {
			t.Errorf("%s is %s", name, at)
		}
	}
}

// A call with more than a second stops waiting for a sign-in before its deadline.
func TestWaitUntil(t *testing.T) {
	now := time.Now()
	for left, want := range map[time.Duration]time.Duration{
		0: 0, -time.Second: 0, time.Second: 0,
		time.Second + 10: time.Second + 10 - (time.Second+10)/10,
		2 * time.Second:  1800 * time.Millisecond, 2500 * time.Millisecond: 2250 * time.Millisecond,
		10 * time.Second: 9750 * time.Millisecond,
	} {
		got := waitUntil(now, left)
		if want == 0 && !got.IsZero() || want != 0 && got.Sub(now) != want {
			t.Errorf("%s left: got %s, want %s", left, got.Sub(now), want)
		}
	}
}
