package gate

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/policy"
)

// tested returns the guards of an operation with a quota of one permit per second.
func tested(s *Store, p *policy.Policy) *Guards {
	g := s.Get(Key{API: "a", Host: "h", Account: "x"})
	return &Guards{
		Gate: g, Circuit: g.Circuit("", p.Breaker), Limits: []Quota{{Bucket: g.Bucket("b", p.Rate)}},
		MaxWait: p.Rate.Wait(nil),
		Places:  g.Bulkhead(p.Bulkhead), Budget: g.RetryBudget(p.Retry.Budget),
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
		first.Leave(breaker.Failure, false)
		if got := g.Places.Snapshot().InUse; got != 0 {
			t.Errorf("%d places in use, want 0", got)
		}
		second, d := enter()
		if d != nil {
			t.Fatalf("second: %+v", d)
		}
		second.Leave(breaker.Failure, true)
		second.Leave(breaker.Success, true)
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
		if g.Places.Snapshot().InUse != 0 {
			t.Error("a denied attempt holds a place")
		}
	})
}

func TestGate_Snapshot(t *testing.T) {
	g := New(Key{API: "a", Host: "h"}, func(breaker.Transition) {})
	p := full()
	g.Circuit("z", p.Breaker)
	g.Circuit("", p.Breaker)
	g.Bucket("m", p.Rate)
	g.Bucket("k", p.Rate)
	s := g.Snapshot(time.Now())
	if len(s.Circuits) != 2 || s.Circuits[0].Key != "a h" || s.Circuits[1].Key != "a h z" {
		t.Errorf("circuits: %+v", s.Circuits)
	}
	if len(s.Buckets) != 2 || s.Buckets[0].Key != "a h k" || s.Buckets[1].Key != "a h m" {
		t.Errorf("buckets: %+v", s.Buckets)
	}
	if g.Find("a h z") == nil || g.Find("a h y") != nil {
		t.Error("Find returns the wrong circuit")
	}
	g.Bulkhead(p.Bulkhead)
	g.RetryBudget(p.Retry.Budget)
	p.Bulkhead.Max, p.Retry.Budget.Tokens = 7, 70
	g.Bulkhead(p.Bulkhead)
	g.RetryBudget(p.Retry.Budget)
	if s = g.Snapshot(time.Now()); s.Bulkhead.Max != 7 || s.Budget.Size != 70 {
		t.Errorf("after an update: %+v %+v", s.Bulkhead, s.Budget)
	}
}

func TestStore(t *testing.T) {
	s := NewStore(func(breaker.Transition) {})
	busy := s.Get(Key{API: "busy"})
	(&Guards{Gate: busy}).Retain(1)
	for i := range mostGates - 1 {
		g := s.Get(Key{API: "idle", Account: string(rune('a' + i))})
		g.used.Store(int64(i + 2))
	}
	old := s.Get(Key{API: "idle", Account: "a"})
	if len(s.All()) != mostGates || s.Get(Key{API: "busy"}) != busy {
		t.Fatalf("%d gates", len(s.All()))
	}
	s.Get(Key{API: "new"})
	if n := len(s.All()); n != mostGates-mostGates/8+1 {
		t.Errorf("%d gates after one too many", n)
	}
	if !(&Guards{Gate: old}).Dropped() || (&Guards{Gate: busy}).Dropped() {
		t.Error("the gate that was idle longest must be dropped, and no gate in use")
	}
	if !(&Guards{Gate: busy, Shared: old}).Dropped() {
		t.Error("a dropped shared gate must be noticed")
	}
	(&Guards{Gate: busy}).Release()
	if busy.users.Load() != 0 {
		t.Errorf("%d users, want 0", busy.users.Load())
	}
}

func TestGuards_Throttled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(Key{API: "a"}, func(breaker.Transition) {})
		p := full()
		own, shared := Quota{
			Bucket: g.Bucket("own", p.Rate),
		}, Quota{Bucket: g.Bucket("shared", p.Rate), Application: true}
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
