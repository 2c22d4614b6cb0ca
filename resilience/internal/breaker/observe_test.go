package breaker

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// observed is a breaker that rejects nothing.
func observed(b *policy.Breaker) { b.Mode = policy.ModeObserve }

// sent makes a call that must pass and returns the circuit that would have rejected it, and the
// wait until it would not.
func sent(t *testing.T, b *Breaker, account string, v Verdict) (string, time.Duration) {
	t.Helper()
	if wait, rejected := b.Peek(account, time.Now()); rejected || wait != 0 {
		t.Fatalf("Peek reports %s, %v", wait, rejected)
	}
	p, wait, ok := b.Acquire(account, time.Now(), 5*time.Second)
	if !ok || wait != 0 {
		t.Fatalf("rejected for %s", wait)
	}
	o := p.Observed()
	p.Record(Outcome{Verdict: v})
	if o == nil {
		return "", 0
	}
	return o.Circuit, o.Wait
}

func TestBreaker_Observed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New("api host", "", plain(observed))
		for range 4 {
			if circuit, _ := sent(t, b, "a", Failure); circuit != "" {
				t.Fatalf("%s would reject a call while it is closed", circuit)
			}
		}
		for range 3 {
			if circuit, wait := sent(t, b, "a", Success); circuit != "api host" || wait != 30*time.Second {
				t.Fatalf("open: %q would reject it for %s", circuit, wait)
			}
		}
		s := b.Snapshot(time.Now())
		if s.State != Open || s.Observed != 3 || s.RetryAfter != 30*time.Second || !s.Transitions[0].Observed {
			t.Errorf("open: %+v", s)
		}
		time.Sleep(30 * time.Second)
		probe, _, _ := b.Acquire("a", time.Now(), 5*time.Second)
		if circuit, wait := sent(t, b, "a", Failure); circuit != "api host" || wait != time.Second {
			t.Errorf("half-open with a probe: %q would reject it for %s", circuit, wait)
		}
		probe.Record(Outcome{Verdict: Success})
		if circuit, _ := sent(t, b, "a", Success); circuit != "" {
			t.Errorf("half-open: %q would reject a probe", circuit)
		}
		if s := b.Snapshot(time.Now()); s.State != Closed || s.Observed != 4 {
			t.Errorf("recovered: %+v", s)
		}
	})
}

// The circuit of an account is observed too, and counts by itself.
func TestBreaker_ObservedAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New("api host", "", plain(observed))
		sent(t, b, "b", Success)
		for range 4 {
			sent(t, b, "a", Failure)
		}
		if circuit, wait := sent(t, b, "a", Failure); circuit != "api host a" || wait != 30*time.Second {
			t.Errorf("%q would reject it for %s", circuit, wait)
		}
		if circuit, _ := sent(t, b, "b", Success); circuit != "" {
			t.Errorf("%q would reject a call of another account", circuit)
		}
		if own, shared := b.Accounts(time.Now())[0], b.Snapshot(time.Now()); own.Observed != 1 || shared.Observed != 0 {
			t.Errorf("%d of the account, %d of the shared circuit", own.Observed, shared.Observed)
		}
	})
}

// An operator who forces a circuit to be open means it.
func TestBreaker_ObservedAndForcedOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New("api host", "", plain(observed))
		sent(t, b, "b", Success)
		for range 4 {
			sent(t, b, "a", Failure)
		}
		rejected := func(account string) bool {
			_, peek := b.Peek(account, time.Now())
			_, _, ok := b.Acquire(account, time.Now(), time.Second)
			if peek == ok {
				t.Errorf("Peek and Acquire differ")
			}
			return peek
		}
		b.ForceOpen("api host a")
		if !rejected("a") || rejected("b") {
			t.Error("the circuit of an account that is forced open rejects its calls alone")
		}
		b.ForceOpen("api host")
		if !rejected("a") || !rejected("b") {
			t.Error("the shared circuit that is forced open rejects all calls")
		}
		if s := b.Snapshot(time.Now()); s.Observed != 0 {
			t.Errorf("%d observed", s.Observed)
		}
	})
}

// A mode may change while the circuit is open.
func TestBreaker_ModeUpdated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New("api host", "", plain(nil))
		for range 4 {
			passCall(t, b, Failure)
		}
		if _, rejected := b.Peek("", time.Now()); !rejected {
			t.Fatal("not open")
		}
		b.Update(plain(observed))
		if circuit, _ := sent(t, b, "", Failure); circuit != "api host" {
			t.Errorf("got %q", circuit)
		}
		b.Update(plain(nil))
		if _, rejected := b.Peek("", time.Now()); !rejected {
			t.Error("enforced, but lets calls pass")
		}
	})
}

// Slow calls are counted and shown.
func TestBreaker_SlowCallsInSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New("api host", "", plain(func(b *policy.Breaker) {
			b.SlowCall = policy.SlowCall{After: time.Second, Rate: 1}
		}))
		for _, took := range []time.Duration{0, time.Second, time.Second + 1, time.Minute} {
			p, _, _ := b.Acquire("", time.Now(), time.Hour)
			time.Sleep(took)
			p.Record(Outcome{Verdict: Success})
			if s := b.Snapshot(time.Now()); s.Successes == 3 && s.Slow != 1 {
				t.Errorf("%d of three slow, want one", s.Slow)
			}
		}
		for waited, slow := range map[time.Duration]int{time.Second: 2, time.Second - 1: 3} {
			b = New("api host", "", plain(func(b *policy.Breaker) {
				b.SlowCall = policy.SlowCall{After: time.Second, Rate: 1}
			}))
			for range 3 {
				p, _, _ := b.Acquire("", time.Now(), time.Hour)
				time.Sleep(2 * time.Second)
				p.Record(Outcome{Verdict: Success, Waited: waited})
			}
			if s := b.Snapshot(time.Now()); s.Slow != 3*(slow-2) {
				t.Errorf("after waits of %s %d are slow", waited, s.Slow)
			}
		}
		b.Update(plain(func(b *policy.Breaker) { b.Window = time.Hour }))
		if s := b.Snapshot(time.Now()); s.Slow != 0 {
			t.Errorf("%d slow in a new window", s.Slow)
		}
	})
}
