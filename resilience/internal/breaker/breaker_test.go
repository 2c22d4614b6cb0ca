package breaker

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// pass makes a call that must pass and records its verdict.
func passCall(t *testing.T, c *Breaker, v Verdict) {
	t.Helper()
	p, wait, ok := c.Acquire("", time.Now(), 5*time.Second)
	if !ok || wait != 0 {
		t.Fatalf("refused for %v", wait)
	}
	p.Record(Outcome{Verdict: v})
}

// trip opens a circuit of plain(nil).
func trip(t *testing.T, c *Breaker) {
	t.Helper()
	for range 4 {
		passCall(t, c, Failure)
	}
}

func TestBreaker_OpensAndRecoversByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New("api host", "", plain(nil))
		if wait, refused := c.Peek("", time.Now()); refused || wait != 0 {
			t.Fatalf("a new circuit refuses for %v", wait)
		}
		trip(t, c)
		if wait, refused := c.Peek("", time.Now()); !refused || wait != 30*time.Second {
			t.Errorf("peek %v %v, want 30s", wait, refused)
		}
		if p, wait, ok := c.Acquire("", time.Now(), time.Second); ok || wait != 30*time.Second || p.breaker != nil {
			t.Errorf("acquire %v %v, want 30s", wait, ok)
		}
		time.Sleep(30 * time.Second)
		if wait, refused := c.Peek("", time.Now()); refused || wait != 0 {
			t.Errorf("peek %v %v after the cool-down", wait, refused)
		}
		passCall(t, c, Success)
		passCall(t, c, Success)
		if s := c.Snapshot(time.Now()); s.State != Closed {
			t.Errorf("%+v", s)
		}
	})
}

func TestBreaker_Peek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New("", "", plain(nil))
		trip(t, c)
		time.Sleep(30 * time.Second)
		for range 3 {
			if _, refused := c.Peek("", time.Now()); refused {
				t.Fatal("refused with no probe under way")
			}
		}
		p, _, ok := c.Acquire("", time.Now(), 7*time.Second)
		if wait, refused := c.Peek("", time.Now()); !ok || !refused || wait != time.Second {
			t.Errorf("peek %v %v with a probe under way", wait, refused)
		}
		p.Record(Outcome{Verdict: Ignored})
		if _, refused := c.Peek("", time.Now()); refused {
			t.Error("refused with no probe under way any more")
		}
	})
}

func TestBreaker_ThousandCallersAtHalfOpen(t *testing.T) {
	for _, probes := range []int{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			c := New("", "", plain(func(b *policy.Breaker) { b.Probes, b.Successes = probes, 3 }))
			trip(t, c)
			time.Sleep(30 * time.Second)
			var passed atomic.Int64
			var callers sync.WaitGroup
			for range 1000 {
				callers.Go(func() {
					p, _, ok := c.Acquire("", time.Now(), time.Minute)
					if ok {
						passed.Add(1)
						time.Sleep(time.Second)
						p.Record(Outcome{Verdict: Success})
					}
				})
			}
			callers.Wait()
			if passed.Load() != int64(probes) {
				t.Errorf("%d probes, want %d", passed.Load(), probes)
			}
		})
	}
}

func TestBreaker_LostAndPanickingProbes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New("", "", plain(nil))
		trip(t, c)
		time.Sleep(30 * time.Second)
		c.Acquire("", time.Now(), 10*time.Second) // never reported
		time.Sleep(10 * time.Second)
		func() {
			defer func() { recover() }()
			p, _, _ := c.Acquire("", time.Now(), 10*time.Second)
			defer p.Record(Outcome{Verdict: Failure})
			panic("a decoder")
		}()
		if wait, refused := c.Peek("", time.Now()); !refused || wait != time.Minute {
			t.Errorf("after a panic: %v %v, want the second cool-down", wait, refused)
		}
	})
}

func TestBreaker_DefaultLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New("", "", plain(nil))
		trip(t, c)
		time.Sleep(30 * time.Second)
		c.Acquire("", time.Now(), 0)
		time.Sleep(time.Minute - time.Nanosecond)
		if _, refused := c.Peek("", time.Now()); !refused {
			t.Error("the place is free before the minute is over")
		}
		time.Sleep(time.Nanosecond)
		if _, refused := c.Peek("", time.Now()); refused {
			t.Error("the place is not free after a minute")
		}
	})
}

func TestPermit_CountsOnce(t *testing.T) {
	c := New("", "", plain(nil))
	p, _, _ := c.Acquire("", time.Now(), time.Second)
	for range 10 {
		p.Record(Outcome{Verdict: Failure})
	}
	if s := c.Snapshot(time.Now()); s.Failures != 1 || s.Consecutive != 1 || s.State != Closed {
		t.Errorf("%+v", s)
	}
	var zero Permit
	zero.Record(Outcome{Verdict: Failure}) // does nothing
}

func TestBreaker_SwitchedOff(t *testing.T) {
	c := New("", "", plain(func(b *policy.Breaker) { b.Enabled = policy.Off }))
	for range 100 {
		passCall(t, c, Failure)
	}
	c.Update(plain(nil))
	trip(t, c)
	c.Update(plain(func(b *policy.Breaker) { b.Enabled = policy.Off }))
	if _, refused := c.Peek("", time.Now()); refused {
		t.Error("refused though it is switched off")
	}
	passCall(t, c, Failure)
	c.Update(plain(nil))
	if _, refused := c.Peek("", time.Now()); !refused {
		t.Error("the cool-down is forgotten")
	}
}

func TestBreaker_RetuneKeepsState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New("", "", plain(func(b *policy.Breaker) { b.Consecutive = 6 }))
		passCall(t, c, Failure)
		passCall(t, c, Failure)
		passCall(t, c, Failure)
		c.Update(plain(func(b *policy.Breaker) { b.MinCalls = 5 }))
		if s := c.Snapshot(time.Now()); s.Failures != 3 || s.Consecutive != 3 {
			t.Errorf("what was counted is lost: %+v", s)
		}
		c.Update(plain(func(b *policy.Breaker) { b.Window = time.Minute }))
		if s := c.Snapshot(time.Now()); s.Failures != 0 || s.Consecutive != 3 {
			t.Errorf("another window starts its counts again, the run stays: %+v", s)
		}
		trip(t, c)
		c.Update(plain(func(b *policy.Breaker) { b.Open = time.Hour }))
		if wait, refused := c.Peek("", time.Now()); !refused || wait != 30*time.Second {
			t.Errorf("the cool-down that runs is another: %v %v", wait, refused)
		}
	})
}

func TestBreaker_JittersItsCoolDowns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := map[time.Duration]bool{}
		for range 50 {
			c := New("", "", plain(func(b *policy.Breaker) { b.Jitter = 0.1 }))
			trip(t, c)
			wait, _ := c.Peek("", time.Now())
			if wait < 27*time.Second || wait > 33*time.Second {
				t.Errorf("%v is not 30s ± 10 %%", wait)
			}
			seen[wait] = true
		}
		if len(seen) < 40 {
			t.Errorf("only %d different cool-downs of 50", len(seen))
		}
	})
}

func TestBreaker_Snapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		c := New("the key", "", plain(nil))
		passCall(t, c, Success)
		passCall(t, c, Failure)
		want := Snapshot{Key: "the key", State: Closed, Since: begin, Successes: 1, Failures: 1, Consecutive: 1}
		if got := c.Snapshot(time.Now()); !reflect.DeepEqual(got, want) {
			t.Errorf("closed: %+v\nwant    %+v", got, want)
		}
		time.Sleep(time.Second)
		passCall(t, c, Failure)
		passCall(t, c, Failure)
		opened := begin.Add(time.Second)
		time.Sleep(10 * time.Second)
		want = Snapshot{
			Key: "the key", State: Open, Since: opened, RetryAfter: 20 * time.Second,
			Transitions: []Transition{{Key: "the key", From: Closed, To: Open, Reason: "failure rate", At: opened,
				CoolDown: 30 * time.Second}},
		}
		if got := c.Snapshot(time.Now()); !reflect.DeepEqual(got, want) {
			t.Errorf("open: %+v\nwant  %+v", got, want)
		}
		time.Sleep(25 * time.Second)
		want.State, want.Since, want.RetryAfter = HalfOpen, opened.Add(30*time.Second), 0
		if got := c.Snapshot(time.Now()); !reflect.DeepEqual(got, want) {
			t.Errorf("due: %+v\nwant %+v", got, want)
		}
		passCall(t, c, Success)
		c.Acquire("", time.Now(), 9*time.Second)
		asked := begin.Add(36 * time.Second)
		want.Since, want.RetryAfter, want.Probes, want.Won = asked, time.Second, 1, 1
		want.Transitions = append(want.Transitions,
			Transition{Key: "the key", From: Open, To: HalfOpen, Reason: "cool-down over", At: asked})
		if got := c.Snapshot(time.Now()); !reflect.DeepEqual(got, want) {
			t.Errorf("half-open: %+v\nwant       %+v", got, want)
		}
	})
}

func TestBreaker_RemembersItsLastTransitions(t *testing.T) {
	c := New("", "", plain(nil))
	for range 40 {
		c.ForceOpen(c.record.key)
		c.ForceOpen(c.record.key) // no change
		c.Reset(c.record.key)
		c.Reset(c.record.key)
	}
	s := c.Snapshot(time.Now())
	if len(s.Transitions) != 50 || s.Transitions[49].To != Closed || s.Transitions[0].To != Open &&
		s.Transitions[0].To != ForcedOpen {
		t.Errorf("%d transitions, the last %+v", len(s.Transitions), s.Transitions[len(s.Transitions)-1])
	}
}

func TestBreaker_ForcedStates(t *testing.T) {
	c := New("", "", plain(nil))
	c.ForceOpen(c.record.key)
	if _, refused := c.Peek("", time.Now()); !refused {
		t.Error("forced open, but lets calls pass")
	}
	c.ForceClosed(c.record.key)
	for range 20 {
		passCall(t, c, Failure)
	}
	if got := c.Snapshot(time.Now()).State; got != ForcedClosed {
		t.Error(got)
	}
	c.Reset(c.record.key)
	trip(t, c)
	if got := c.Snapshot(time.Now()).State; got != Open {
		t.Error(got)
	}
}

func TestBreaker_ReportsTransitionsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New("k", "", plain(nil))
		var seen []string
		cancel := c.Subscribe(func(n Transition) {
			seen = append(seen, fmt.Sprintf("%s>%s", n.From, n.To))
			if got := c.Snapshot(time.Now()); got.Key != n.Key {
				t.Errorf("%+v of %+v", n, got)
			}
			if n.To == Open {
				c.Reset(c.record.key) // from within
			}
		})
		other := 0
		c.Subscribe(func(Transition) { other++ })
		trip(t, c)
		cancel()
		cancel()
		trip(t, c)
		if want := []string{"closed>open", "open>closed"}; !reflect.DeepEqual(seen, want) {
			t.Errorf("%v, want %v", seen, want)
		}
		if other != 3 {
			t.Errorf("the other watcher saw %d changes, want 3", other)
		}
	})
}

func TestBreaker_ConcurrentTransitionsAreReportedInTurn(t *testing.T) {
	c := New("", "", plain(nil))
	var last State = Closed
	var reported, busy atomic.Int64
	c.Subscribe(func(n Transition) {
		if busy.Add(1) != 1 {
			t.Error("two at a time")
		}
		if n.From != last {
			t.Errorf("from %s after %s", n.From, last)
		}
		last = n.To
		reported.Add(1)
		busy.Add(-1)
	})
	var workers sync.WaitGroup
	for i := range 8 {
		workers.Go(func() {
			for range 200 {
				if i%2 == 0 {
					c.ForceOpen(c.record.key)
				} else {
					c.Reset(c.record.key)
				}
			}
		})
	}
	workers.Wait()
	c.Reset(c.record.key)
	c.ForceClosed(c.record.key) // its notification comes after all earlier ones
	if last != ForcedClosed || reported.Load() == 0 {
		t.Errorf("last reported %s, %d in all", last, reported.Load())
	}
}

func TestBreaker_PanickingWatcher(t *testing.T) {
	c := New("", "", plain(nil))
	count := 0
	c.Subscribe(func(n Transition) {
		count++
		if count == 1 {
			panic("a watcher")
		}
	})
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is swallowed")
			}
		}()
		c.ForceOpen(c.record.key)
	}()
	c.Reset(c.record.key)
	if count != 2 {
		t.Errorf("%d changes reported, want 2", count)
	}
}

// 49.5 % of failures do not open a circuit at 50 %.
func TestBreaker_RateIsExact(t *testing.T) {
	c := New("", "", plain(func(b *policy.Breaker) { b.MinCalls = 200 }))
	for i := range 200 {
		v := Success
		if i%2 == 0 && i > 0 {
			v = Failure
		}
		passCall(t, c, v)
	}
	if s := c.Snapshot(time.Now()); s.State != Closed || s.Failures != 99 || s.Successes != 101 {
		t.Errorf("%+v", s)
	}
}
