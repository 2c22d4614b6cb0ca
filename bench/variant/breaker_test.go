package variant

import (
	"testing"
	"time"
)

// probe is a breaker with a window of a second, at least 4 outcomes, a cool-down of a second and 2
// successes to close.
type probe struct {
	t *testing.T
	b *breaker
}

func newProbe(t *testing.T) probe {
	s := Settings{FailureRate: 0.5, MinCalls: 4, Window: time.Second, CoolDown: time.Second, Successes: 2}
	return probe{t, newBreaker(s)}
}

func (p probe) at(ms int) time.Time { return p.b.epoch.Add(time.Duration(ms) * time.Millisecond) }

// expect checks whether the breaker allows a request, and returns its generation.
func (p probe) expect(ms int, want bool) uint64 {
	p.t.Helper()
	generation, ok := p.b.allow(p.at(ms))
	if ok != want {
		p.t.Fatalf("at %d ms: allowed %v, want %v", ms, ok, want)
	}
	return generation
}

// record makes requests with the given outcomes.
func (p probe) record(ms int, outcomes ...bool) {
	p.t.Helper()
	for _, ok := range outcomes {
		p.b.record(p.expect(ms, true), p.at(ms), ok, 0.5)
	}
}

func TestBreaker_OpensAtTheRate(t *testing.T) {
	p := newProbe(t)
	p.record(0, true, true, true, false, false)
	p.expect(1, true) // 2 of 5
	p.record(1, false)
	p.expect(2, false) // 3 of 6
}

func TestBreaker_NeedsEnoughOutcomes(t *testing.T) {
	p := newProbe(t)
	p.record(0, false, false, false)
	p.record(0, false)
	p.expect(0, false)
}

func TestBreaker_ForgetsOldOutcomes(t *testing.T) {
	p := newProbe(t)
	p.record(50, false, false, false)
	p.record(1050, false)
	p.expect(1050, true)
}

func TestBreaker_KeepsRecentOutcomes(t *testing.T) {
	p := newProbe(t)
	p.record(50, false, false, false)
	p.record(950, false)
	p.expect(950, false)
}

func TestBreaker_ClosesAfterProbes(t *testing.T) {
	p := newProbe(t)
	p.record(0, false, false, false, false)
	p.expect(999, false)
	first, second := p.expect(1000, true), p.expect(1000, true)
	p.expect(1000, false) // no third probe
	p.b.record(first, p.at(1001), true, 0.5)
	p.expect(1001, false)
	p.b.record(second, p.at(1002), true, 0.5)
	p.record(1003, true, true, true, true, true)
}

func TestBreaker_OpensAgainAfterAFailedProbe(t *testing.T) {
	p := newProbe(t)
	p.record(0, false, false, false, false)
	p.record(1000, true, false)
	p.expect(1999, false)
	p.expect(2000, true)
}

func TestBreaker_IgnoresLateOutcomes(t *testing.T) {
	p := newProbe(t)
	late := p.expect(0, true)
	p.record(0, false, false, false, false)
	p.b.record(late, p.at(1001), true, 0.5)
	p.b.record(late, p.at(1001), true, 0.5)
	p.expect(1001, true)
	p.expect(1001, true)
	p.expect(1001, false) // still half-open
}

func TestBreaker_VariesTheCoolDown(t *testing.T) {
	for _, c := range []struct {
		random  float64
		shut    int
		permits int
	}{{0, 899, 900}, {0.5, 999, 1000}, {0.75, 1049, 1050}} {
		p := newProbe(t)
		p.b.spread = 0.1
		p.b.trip(p.at(0), c.random)
		p.expect(c.shut, false)
		p.expect(c.permits, true)
	}
}

func TestBucket(t *testing.T) {
	b := newBucket(10)
	steps := []struct {
		put, take float64
		ok        bool
	}{
		{0, 6, true}, {0, 5, false}, {0, 4, true}, {0, 1, false}, {3, 3, true}, {50, 10, true}, {0, 0.5, false},
	}
	for i, s := range steps {
		b.put(s.put)
		if ok := b.take(s.take); ok != s.ok {
			t.Errorf("step %d: take %g: got %v, want %v", i, s.take, ok, s.ok)
		}
	}
	var none *bucket
	none.put(1)
	if !none.take(1e9) {
		t.Error("a nil bucket wants to be paid")
	}
}

func TestDoubled(t *testing.T) {
	for _, c := range []struct {
		n      int
		random float64
		want   time.Duration
	}{
		{1, 0, 50 * time.Millisecond}, {1, 0.5, 100 * time.Millisecond}, {2, 0.5, 200 * time.Millisecond},
		{3, 0.75, 500 * time.Millisecond},
	} {
		if got := doubled(100*time.Millisecond, c.n, c.random); got != c.want {
			t.Errorf("doubled(100ms, %d, %g): got %s, want %s", c.n, c.random, got, c.want)
		}
	}
}
