package gate

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/policy"
)

// outcome returns an outcome with a verdict.
func outcome(v breaker.Verdict) breaker.Outcome { return breaker.Outcome{Verdict: v} }

// account is tested with a bulkhead of the account before that of all.
func account(s *Store, p *policy.Policy, own *policy.Bulkhead) *Guards {
	g := tested(s, p)
	g.Account = "x"
	g.Places = append([]*limit.Bulkhead{g.Gates[0].Bulkhead("own", own)}, g.Places...)
	return g
}

// Places of several bulkheads are waited for at most max-wait in all.
func TestAdmission_SeveralBulkheads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := full()
		p.Rate.Enabled = policy.Off
		g := account(NewStore(func(breaker.Transition) {}), p, &policy.Bulkhead{Max: 1})
		g.Limits = nil
		inUse := func() [2]int { return [2]int{g.Places[0].Snapshot().InUse, g.Places[1].Snapshot().InUse} }
		var first Admission
		if d := first.Enter(t.Context(), g, p, WaitLimit{}, time.Now()); d != nil || inUse() != [2]int{1, 1} {
			t.Fatalf("first: %+v, places %v", d, inUse())
		}
		go func() {
			time.Sleep(600 * time.Millisecond)
			g.Places[0].Release() // the account's place becomes free, that of all does not
		}()
		begin := time.Now()
		var second Admission
		d := second.Enter(t.Context(), g, p, WaitLimit{}, begin)
		if d == nil || d.Fault != fault.Bulkhead || d.Wait != time.Second || time.Since(begin) != time.Second {
			t.Errorf("second: %+v after %s, want a full bulkhead after 1s", d, time.Since(begin))
		}
		if inUse() != [2]int{0, 1} {
			t.Errorf("places %v, want those of the first call only", inUse())
		}
	})
}

// What was taken is given back once, in any order in which an attempt may end.
func TestAdmission_GivesBackOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, tt := range []struct {
			name   string
			end    func(a *Admission)
			tokens float64
			counts [2]int // successes, failures
		}{
			{"sent", func(a *Admission) { a.Leave(outcome(breaker.Success), true) }, 2, [2]int{1, 0}},
			{"not sent", func(a *Admission) { a.Leave(outcome(breaker.Failure), false) }, 3, [2]int{0, 1}},
			{"sent, then not", func(a *Admission) {
				a.Leave(outcome(breaker.Success), true)
				a.Leave(outcome(breaker.Failure), false)
			}, 2, [2]int{1, 0}},
			{"not sent, twice", func(a *Admission) {
				a.Leave(outcome(breaker.Success), false)
				a.Leave(outcome(breaker.Success), false)
			}, 3, [2]int{1, 0}},
			{"reported before", func(a *Admission) {
				a.Record(outcome(breaker.Failure))
				a.Leave(outcome(breaker.Success), true)
			}, 2, [2]int{0, 1}},
			{"kept by a stream", func(a *Admission) {
				rest := a.WithoutPermit()
				a.Record(outcome(breaker.Success))
				rest.GiveBack()
				rest.Leave(outcome(breaker.Failure), false)
			}, 2, [2]int{1, 0}},
		} {
			p := full()
			g := tested(NewStore(func(breaker.Transition) {}), p)
			var a Admission
			if d := a.Enter(t.Context(), g, p, WaitLimit{}, time.Now()); d != nil {
				t.Fatal(d)
			}
			tt.end(&a)
			s := g.Circuit.Snapshot(time.Now())
			if got := g.Limits[0].Bucket.Snapshot().Tokens; got != tt.tokens {
				t.Errorf("%s: %v tokens, want %v", tt.name, got, tt.tokens)
			}
			if n := g.Places[0].Snapshot().InUse; n != 0 {
				t.Errorf("%s: %d places in use", tt.name, n)
			}
			if got := [2]int{s.Successes, s.Failures}; got != tt.counts {
				t.Errorf("%s: counted %v, want %v", tt.name, got, tt.counts)
			}
		}
	})
}

// A panic while an attempt is admitted gives back what it has taken.
func TestAdmission_Panic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := full()
		panics := false
		g := tested(NewStore(func(breaker.Transition) {
			if panics {
				panic("an observer")
			}
		}), p)
		for range 2 {
			permit, _, _ := g.Circuit.Acquire("", time.Now(), time.Second)
			permit.Record(outcome(breaker.Failure))
		}
		time.Sleep(time.Hour)
		panics = true
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the panic is swallowed")
				}
			}()
			var a Admission
			a.Enter(t.Context(), g, p, WaitLimit{}, time.Now())
		}()
		if n := g.Places[0].Snapshot().InUse; n != 0 || g.Limits[0].Bucket.Snapshot().Tokens != 3 {
			t.Errorf("%d places in use, %v tokens", n, g.Limits[0].Bucket.Snapshot().Tokens)
		}
	})
}

// An attempt is admitted by the circuit of its account.
func TestAdmission_CircuitOfAnAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := full()
		p.Breaker.Scope = policy.ScopeAccount
		var seen []string
		s := NewStore(func(tr breaker.Transition) { seen = append(seen, tr.Key+" "+string(tr.To)) })
		g := account(s, p, &policy.Bulkhead{})
		for range 2 {
			var a Admission
			if d := a.Enter(t.Context(), g, p, WaitLimit{}, time.Now()); d != nil {
				t.Fatal(d)
			}
			a.Leave(outcome(breaker.Failure), true)
		}
		var a Admission
		if d := a.Enter(t.Context(), g, p, WaitLimit{}, time.Now()); d == nil || d.Fault != fault.Circuit {
			t.Errorf("the account: %+v", d)
		}
		g.Account = "y"
		if d := a.Enter(t.Context(), g, p, WaitLimit{}, time.Now()); d != nil {
			t.Errorf("another account: %+v", d)
		}
		state := g.Gates[0].Snapshot(time.Now())
		if len(state.Accounts) != 1 || state.Accounts[0].Account != "x" || state.Circuits[0].State != breaker.Closed {
			t.Errorf("%+v", state)
		}
		if len(seen) != 1 || seen[0] != "a h x x open" {
			t.Errorf("transitions %q", seen)
		}
	})
}

// A gate is empty only if a new one would do the same.
func TestGate_Empty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, use := range map[string]func(g *Guards){
			"a permit": func(g *Guards) { _, _ = g.Limits[0].Bucket.Take(t.Context(), limit.Ask{}) },
			"a place":  func(g *Guards) { _ = g.Places[0].Acquire(t.Context(), 0, limit.Closed{}) },
			"a retry":  func(g *Guards) { g.Budget.Spend(false) },
			"a failure": func(g *Guards) {
				permit, _, _ := g.Circuit.Acquire("", time.Now(),
					0)
				permit.Record(outcome(breaker.Failure))
			},
		} {
			g := tested(NewStore(func(breaker.Transition) {}), full())
			if !g.Gates[0].empty(time.Now()) {
				t.Errorf("%s: a new gate is not empty", name)
			}
			if use(g); g.Gates[0].empty(time.Now()) {
				t.Errorf("%s: the gate is empty", name)
			}
		}
	})
}

// A part is updated only if its policy differs, also if another copy of the policy is passed.
func TestGate_Updates(t *testing.T) {
	g := New(Key{API: "a"}, func(breaker.Transition) {})
	one, same, other := policy.Bulkhead{Max: 1}, policy.Bulkhead{Max: 1}, policy.Bulkhead{Max: 2}
	for i, step := range []struct {
		p    *policy.Bulkhead
		want int
	}{{&one, 1}, {&other, 2}, {&same, 1}, {&one, 1}, {&other, 2}} {
		if got := g.Bulkhead("", step.p).Snapshot().Max; got != step.want {
			t.Errorf("step %d: max %d, want %d", i, got, step.want)
		}
	}
}

// The gate that was used longest ago is removed first.
func TestStore_RemovesTheLongestIdle(t *testing.T) {
	s := NewStore(func(breaker.Transition) {})
	for i := range mostGates {
		g := &Guards{Gates: []*Gate{s.Get(Key{API: "idle", Account: string(rune('a' + i))})}}
		g.Retain(int64(mostGates - i))
		g.Release()
	}
	first := &Guards{Gates: []*Gate{s.Get(Key{API: "idle", Account: "a"})}}
	last := &Guards{Gates: []*Gate{s.Get(Key{API: "idle", Account: string(rune('a' + mostGates - 1))})}}
	s.Get(Key{API: "new"})
	if first.Dropped() || !last.Dropped() {
		t.Errorf("removed: the one used last %v, the one used first %v", first.Dropped(), last.Dropped())
	}
}

// A circuit that opens while an attempt waits denies it, and what it has taken is given back.
func TestAdmission_CircuitOpensDuringTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := full()
		p.Rate.Burst = 1
		g := tested(NewStore(func(breaker.Transition) {}), p)
		g.MaxWait = time.Minute
		if _, err := g.Limits[0].Bucket.Take(t.Context(), limit.Ask{}); err != nil {
			t.Fatal(err)
		}
		denied := make(chan *Denial, 1)
		go func() {
			var a Admission
			denied <- a.Enter(t.Context(), g, p, WaitLimit{}, time.Now())
		}()
		synctest.Wait()
		for range 2 {
			permit, _, _ := g.Circuit.Acquire("", time.Now(), time.Second)
			permit.Record(outcome(breaker.Failure))
		}
		if d := <-denied; d == nil || d.Fault != fault.Circuit || d.Wait <= 0 {
			t.Errorf("got %+v, want a denial by the circuit", d)
		}
		if tokens, n := g.Limits[0].Bucket.Snapshot().Tokens, g.Places[0].Snapshot().InUse; tokens != 1 || n != 0 {
			t.Errorf("%v permits and %d places in use, want 1 and 0", tokens, n)
		}
	})
}
