package gate

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/policy"
)

// tested returns the guards of an operation with a quota of one permit per second.
func tested(s *Store, p *policy.Policy) *Guards {
	g := s.Get(Key{API: "a", Host: "h", Account: "x"})
	return &Guards{
		Gates: []*Gate{g}, Circuit: g.Circuit("", &p.Breaker), Limits: []Quota{{Bucket: g.Bucket("b", &p.Rate)}},
		MaxWait: p.Rate.Wait(nil),
		Places:  []*limit.Bulkhead{g.Bulkhead("", &p.Bulkhead)}, Budget: g.RetryBudget("", &p.Retry.Budget),
	}
}

func full() *policy.Policy {
	p := policy.Default()
	p.Rate.PerSecond, p.Rate.Burst = 1, 3
	p.Bulkhead.Max, p.Bulkhead.MaxWait = 1, time.Second
	p.Breaker.Consecutive = 2
	return &p
}

func TestKey_String(t *testing.T) {
	for key, want := range map[Key]string{
		{API: "a", Host: "h"}:                   "a h",
		{API: "a", Host: "h", Account: "x"}:     "a h x",
		{API: "a", Host: "h", Application: "p"}: "a h application p",
	} {
		if got := key.String(); got != want {
			t.Errorf("%+v is %q, want %q", key, got, want)
		}
	}
}

func TestAdmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := full()
		g := tested(NewStore(func(breaker.Transition) {}), p)
		tokens := func() int { return int(g.Limits[0].Bucket.Snapshot().Tokens + 0.5) }
		enter := func() (*Admission, *Denial) {
			a := &Admission{}
			return a, a.Enter(t.Context(), g, p, WaitLimit{}, time.Now())
		}
		before := tokens()
		first, d := enter()
		if d != nil || !first.At.Equal(time.Now()) || tokens() != before-1 {
			t.Fatalf("first: denial %+v, %d tokens of %d", d, tokens(), before)
		}
		if _, d := enter(); d == nil || d.Fault != fault.Bulkhead || d.Wait != time.Second {
			t.Fatalf("full bulkhead: %+v", d)
		}
		first.Leave(breaker.Outcome{Verdict: breaker.Failure}, false)
		if got := g.Places[0].Snapshot().InUse; got != 0 {
			t.Errorf("%d places in use, want 0", got)
		}
		second, d := enter()
		if d != nil {
			t.Fatalf("second: %+v", d)
		}
		second.Leave(breaker.Outcome{Verdict: breaker.Failure}, true)
		second.Leave(breaker.Outcome{Verdict: breaker.Success}, true)
		if _, d := enter(); d == nil || d.Fault != fault.Circuit || d.Wait <= 0 {
			t.Errorf("after two failures: %+v, want an open circuit", d)
		}
	})
}

func TestAdmission_Waits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := full()
		p.Rate.Burst = 1
		g := tested(NewStore(func(breaker.Transition) {}), p)
		g.Limits[0].Bucket.Throttled(time.Hour)
		var a Admission
		if d := a.Enter(
			t.Context(), g, p, WaitLimit{}, time.Now(),
		); d == nil || d.Fault != fault.RateLimited || d.Wait <= 0 {
			t.Errorf("held bucket: %+v", d)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		g.MaxWait = 2 * time.Hour
		if d := a.Enter(ctx, g, p, WaitLimit{}, time.Now()); d == nil || d.Fault != fault.Canceled ||
			!errors.Is(d.Err, context.Canceled) {
			t.Errorf("canceled: %+v", d)
		}
		soon := WaitLimit{SendBy: time.Now().Add(time.Second)}
		if d := a.Enter(t.Context(), g, p, soon, time.Now()); d == nil || d.Fault != fault.RateLimited {
			t.Errorf("a page that expires: %+v", d)
		}
		if g.Places[0].Snapshot().InUse != 0 {
			t.Error("a denied attempt holds a place")
		}
	})
}

func TestGate_Snapshot(t *testing.T) {
	g := New(Key{API: "a", Host: "h"}, func(breaker.Transition) {})
	p := full()
	g.Circuit("z", &p.Breaker)
	g.Circuit("", &p.Breaker)
	g.Bucket("m", &p.Rate)
	g.Bucket("k", &p.Rate)
	s := g.Snapshot(time.Now())
	if len(s.Circuits) != 2 || s.Circuits[0].Key != "a h" || s.Circuits[1].Key != "a h z" {
		t.Errorf("circuits: %+v", s.Circuits)
	}
	if len(s.Buckets) != 2 || s.Buckets[0].Key != "a h k" || s.Buckets[1].Key != "a h m" {
		t.Errorf("buckets: %+v", s.Buckets)
	}
	if len(g.Circuits()) != 2 {
		t.Errorf("%d circuits, want 2", len(g.Circuits()))
	}
	g.Bulkhead("", &p.Bulkhead)
	g.RetryBudget("", &p.Retry.Budget)
	p = full()
	p.Bulkhead.Max, p.Retry.Budget.Tokens = 7, 70
	g.Bulkhead("o", &p.Bulkhead)
	g.RetryBudget("o", &p.Retry.Budget)
	s = g.Snapshot(time.Now())
	if len(s.Bulkheads) != 2 || s.Bulkheads[0].Max != 1 || s.Bulkheads[1].Max != 7 || s.Bulkheads[1].Key != "a h o" {
		t.Errorf("bulkheads: %+v", s.Bulkheads)
	}
	if len(s.Budgets) != 2 || s.Budgets[0].Size != 500 || s.Budgets[1].Size != 70 || s.Budgets[1].Key != "a h o" {
		t.Errorf("budgets: %+v", s.Budgets)
	}
	g.Bulkhead("", &p.Bulkhead)
	g.RetryBudget("", &p.Retry.Budget)
	if s = g.Snapshot(time.Now()); s.Bulkheads[0].Max != 7 || s.Budgets[0].Size != 70 {
		t.Errorf("after an update: %+v %+v", s.Bulkheads, s.Budgets)
	}
}

func TestStore(t *testing.T) {
	s := NewStore(func(breaker.Transition) {})
	busy := &Guards{Gates: []*Gate{s.Get(Key{API: "busy"})}}
	if !busy.Retain(1) {
		t.Fatal("a new gate is removed")
	}
	p := full()
	name := func(i int) string { return string(rune('a' + i)) }
	for i := range mostGates - 1 {
		g := s.Get(Key{API: "idle", Account: name(i)})
		g.used.Store(int64(i + 2))
		if i%2 == 0 { // holds something
			_, _ = g.Bucket("b", &p.Rate).Take(t.Context(), limit.Ask{})
		}
	}
	if len(s.All()) != mostGates || s.Get(Key{API: "busy"}) != busy.Gates[0] {
		t.Fatalf("%d gates", len(s.All()))
	}
	used, unused := s.gates[Key{API: "idle", Account: name(0)}], s.gates[Key{API: "idle", Account: name(1)}]
	late := s.gates[Key{API: "idle", Account: name(1023)}]
	last := s.gates[Key{API: "idle", Account: name(1025)}]
	s.Get(Key{API: "new"})
	if n := len(s.All()); n != mostGates-mostGates/8+1 {
		t.Errorf("%d gates after one too many", n)
	}
	for _, tt := range []struct {
		gate *Gate
		want bool
	}{{used, false}, {unused, true}, {late, true}, {last, false}, {busy.Gates[0], false}} {
		g := &Guards{Gates: []*Gate{busy.Gates[0], tt.gate}}
		if got := g.Dropped(); got != tt.want {
			t.Errorf("%s: removed %v, want %v", tt.gate.Key, got, tt.want)
		}
		if got := g.Retain(3); got == tt.want {
			t.Errorf("%s: retained %v", tt.gate.Key, got)
		} else if got {
			g.Release()
		}
	}
	busy.Release()
	if n := busy.Gates[0].users.Load(); n != 0 {
		t.Errorf("%d users, want 0", n)
	}
}

// Gates that hold something are never removed, and a store that is full of them does not look
// through all of them each time.
func TestStore_MayExceedItsSize(t *testing.T) {
	s := NewStore(func(breaker.Transition) {})
	p := full()
	first := s.Get(Key{API: "a"})
	for i := range mostGates + 100 {
		_, _ = s.Get(Key{API: "a", Account: string(rune('a' + i))}).Bucket("b", &p.Rate).Take(t.Context(), limit.Ask{})
	}
	first.used.Store(1)
	if n := len(s.All()); n != mostGates+100 {
		t.Errorf("%d gates, want all but the empty one: %d", n, mostGates+100)
	}
	if want := mostGates - 1 + (mostGates-1)/8; s.sweep != want {
		t.Errorf("next at %d, want %d", s.sweep, want)
	}
}

func TestGuards_Throttled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Key{API: "a"}, func(breaker.Transition) {})
		p := full()
		own, shared := Quota{
			Bucket: g.Bucket("own", &p.Rate),
		}, Quota{Bucket: g.Bucket("shared", &p.Rate), Application: true}
		held := func(q Quota) bool { return q.Bucket.Snapshot().Held > 0 }
		(&Guards{Limits: []Quota{own, shared}}).Throttled("x", time.Minute)
		if !held(own) || held(shared) {
			t.Errorf("one account: own held %v, shared held %v", held(own), held(shared))
		}
		(&Guards{Limits: []Quota{shared}}).Throttled("x", time.Minute)
		if !held(shared) {
			t.Error("an account without a quota: the shared one must be held")
		}
	})
}
