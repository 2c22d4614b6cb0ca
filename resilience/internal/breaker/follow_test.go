package breaker

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/policy"
)

// join makes a breaker a member whose store the test plays.
func join(b *Breaker) {
	b.Join(Fleet{ID: "p", Wake: func() {}, Lead: func(*Breaker, Proposal) {}})
}

// openText is the text of a shared circuit that is open for 30 s from a time of the store on.
func openText(at time.Duration) string {
	r := revision{number: 1, machine: machine{state: Open, generation: 1, until: at + 30*time.Second}}
	return r.text(0)
}

// Watchers are called when a circuit follows that of the fleet, and counts of accounts begin again.
func TestBreaker_Adopt(t *testing.T) {
	b := New("api host", "", plain(nil))
	join(b)
	var seen []Transition
	b.Subscribe(func(n Transition) { seen = append(seen, n) })
	record := func(account string, v Verdict) {
		p, _, ok := b.Acquire(account, time.Now(), time.Second)
		if !ok {
			t.Fatal("rejected")
		}
		p.Record(Outcome{Verdict: v})
	}
	record("x", Success)
	record("y", Failure)
	if len(b.accounts.of) == 0 {
		t.Fatal("nothing is counted for accounts")
	}
	if err := b.Adopt(fleet.Count{Now: time.Hour, State: openText(time.Hour)}, time.Now()); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || seen[0].From != Closed || seen[0].To != Open || seen[0].Reason != "fleet" ||
		seen[0].CoolDown < 29*time.Second || seen[0].CoolDown > 30*time.Second {
		t.Errorf("watchers saw %+v", seen)
	}
	if len(b.accounts.of) != 0 {
		t.Errorf("%d accounts are still counted", len(b.accounts.of))
	}
	if err := b.Adopt(fleet.Count{Now: time.Hour, State: "?"}, time.Now()); err == nil {
		t.Error("a text that cannot be read is adopted")
	}
	if s := b.Snapshot(time.Now()); s.Fleet.Shared || s.Fleet.Follows || s.State != Open {
		t.Errorf("after that: %+v", s)
	}
}

// A proposal is made once at a time, and not without the store.
func TestBreaker_Pending(t *testing.T) {
	b := New("api host", "", plain(nil))
	join(b)
	now := time.Now()
	if err := b.Adopt(fleet.Count{Now: time.Hour, State: openText(time.Hour)}, now); err != nil {
		t.Fatal(err)
	}
	if _, ok := b.Pending(now); ok {
		t.Error("there is a proposal without a reason")
	}
	b.Reset(b.Key())
	b.Detach()
	if _, ok := b.Pending(now); ok {
		t.Error("there is a proposal without a store")
	}
	if err := b.Adopt(fleet.Count{Now: time.Hour, State: openText(time.Hour)}, now); err != nil {
		t.Fatal(err)
	}
	p, ok := b.Pending(now)
	if !ok || p.Old != openText(time.Hour) {
		t.Fatalf("got %+v, %v", p, ok)
	}
	if _, ok := b.Pending(now); ok {
		t.Error("there are two proposals at a time")
	}
	var seen []State
	b.Subscribe(func(n Transition) { seen = append(seen, n.To) })
	b.Settle(p, fleet.Count{Now: time.Hour, State: p.New}, true, nil, now)
	if _, ok := b.Pending(now); ok {
		t.Error("what was accepted is proposed again")
	}
	if s := b.Snapshot(now); s.State != Closed || s.Fleet.Follows {
		t.Errorf("got %+v", s)
	}
	later := revision{number: 9, machine: machine{state: Open, generation: 9, until: 2 * time.Hour}}
	b.Settle(Proposal{}, fleet.Count{Now: time.Hour, State: later.text(0)}, false, nil, now)
	if len(seen) != 1 || seen[0] != Open {
		t.Errorf("watchers saw %v", seen)
	}
}

// The cool-downs after failed probes of a fleet are spread, so that fleets do not probe in step.
func TestBreaker_JittersTheCoolDownsOfAFleet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := map[time.Duration]bool{}
		for range 20 {
			b, begin := New("api host", "", plain(func(b *policy.Breaker) { b.Jitter = 0.5 })), time.Now()
			b.Join(Fleet{ID: "p", Wake: func() {}, Lead: func(b *Breaker, p Proposal) {
				b.Settle(p, fleet.Count{Now: time.Hour + time.Since(begin), State: p.New}, true, nil, time.Now())
			}})
			if err := b.Adopt(fleet.Count{Now: time.Hour, State: openText(time.Hour)}, begin); err != nil {
				t.Fatal(err)
			}
			time.Sleep(30 * time.Second)
			failAll(b, "a")
			wait, rejected := b.Peek("a", time.Now())
			if !rejected || wait < 30*time.Second || wait > 90*time.Second { // the second one: 60 s ± 50 %
				t.Errorf("rejected %v for %v", rejected, wait)
			}
			seen[wait] = true
		}
		if len(seen) != 20 {
			t.Errorf("%d different cool-downs of 20: %v", len(seen), seen)
		}
	})
}
