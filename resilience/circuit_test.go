package resilience

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
func passCall(t *testing.T, c *circuit, v verdict) {
	t.Helper()
	p, wait, ok := c.acquire(time.Now(), 5*time.Second)
	if !ok || wait != 0 {
		t.Fatalf("refused for %v", wait)
	}
	p.record(v)
}

// trip opens a circuit of plain(nil).
func trip(t *testing.T, c *circuit) {
	t.Helper()
	for range 4 {
		passCall(t, c, verdictFailure)
	}
}

func TestCircuit_OpensAndRecoversByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCircuit("api host", plain(nil))
		if wait, refused := c.peek(time.Now()); refused || wait != 0 {
			t.Fatalf("a new circuit refuses for %v", wait)
		}
		trip(t, c)
		if wait, refused := c.peek(time.Now()); !refused || wait != 30*time.Second {
			t.Errorf("peek %v %v, want 30s", wait, refused)
		}
		if p, wait, ok := c.acquire(time.Now(), time.Second); ok || wait != 30*time.Second || p.circuit != nil {
			t.Errorf("acquire %v %v, want 30s", wait, ok)
		}
		time.Sleep(30 * time.Second)
		if wait, refused := c.peek(time.Now()); refused || wait != 0 {
			t.Errorf("peek %v %v after the cool-down", wait, refused)
		}
		passCall(t, c, verdictSuccess)
		passCall(t, c, verdictSuccess)
		if s := c.snapshot(time.Now()); s.State != CircuitClosed {
			t.Errorf("%+v", s)
		}
	})
}

func TestCircuit_PeekTakesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCircuit("", plain(nil))
		trip(t, c)
		time.Sleep(30 * time.Second)
		for range 3 {
			if _, refused := c.peek(time.Now()); refused {
				t.Fatal("refused with no probe under way")
			}
		}
		p, _, ok := c.acquire(time.Now(), 7*time.Second)
		if wait, refused := c.peek(time.Now()); !ok || !refused || wait != time.Second {
			t.Errorf("peek %v %v with a probe under way", wait, refused)
		}
		p.record(verdictIgnored)
		if _, refused := c.peek(time.Now()); refused {
			t.Error("refused with no probe under way any more")
		}
	})
}

func TestCircuit_ThousandCallersAtHalfOpen(t *testing.T) {
	for _, probes := range []int{1, 3} {
		synctest.Test(t, func(t *testing.T) {
			c := newCircuit("", plain(func(b *policy.Breaker) { b.Probes, b.Successes = probes, 3 }))
			trip(t, c)
			time.Sleep(30 * time.Second)
			var passed atomic.Int64
			var callers sync.WaitGroup
			for range 1000 {
				callers.Go(func() {
					p, _, ok := c.acquire(time.Now(), time.Minute)
					if ok {
						passed.Add(1)
						time.Sleep(time.Second)
						p.record(verdictSuccess)
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

func TestCircuit_LostAndPanickingProbes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCircuit("", plain(nil))
		trip(t, c)
		time.Sleep(30 * time.Second)
		c.acquire(time.Now(), 10*time.Second) // never recorded
		time.Sleep(10 * time.Second)
		func() {
			defer func() { recover() }()
			p, _, _ := c.acquire(time.Now(), 10*time.Second)
			defer p.record(verdictFailure)
			panic("a decoder")
		}()
		if wait, refused := c.peek(time.Now()); !refused || wait != time.Minute {
			t.Errorf("after a panic: %v %v, want the second cool-down", wait, refused)
		}
	})
}

func TestCircuit_LeaseWithoutATimeoutIsAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCircuit("", plain(nil))
		trip(t, c)
		time.Sleep(30 * time.Second)
		c.acquire(time.Now(), 0)
		time.Sleep(time.Minute - time.Nanosecond)
		if _, refused := c.peek(time.Now()); !refused {
			t.Error("the place is free before the minute is over")
		}
		time.Sleep(time.Nanosecond)
		if _, refused := c.peek(time.Now()); refused {
			t.Error("the place is not free after a minute")
		}
	})
}

func TestPermit_CountsOnce(t *testing.T) {
	c := newCircuit("", plain(nil))
	p, _, _ := c.acquire(time.Now(), time.Second)
	for range 10 {
		p.record(verdictFailure)
	}
	if s := c.snapshot(time.Now()); s.Failures != 1 || s.Consecutive != 1 || s.State != CircuitClosed {
		t.Errorf("%+v", s)
	}
	var zero permit
	zero.record(verdictFailure) // does nothing
}

func TestCircuit_SwitchedOff(t *testing.T) {
	c := newCircuit("", plain(func(b *policy.Breaker) { b.Enabled = policy.Off }))
	for range 100 {
		passCall(t, c, verdictFailure)
	}
	c.retune(plain(nil))
	trip(t, c)
	c.retune(plain(func(b *policy.Breaker) { b.Enabled = policy.Off }))
	if _, refused := c.peek(time.Now()); refused {
		t.Error("refused though it is switched off")
	}
	passCall(t, c, verdictFailure)
	c.retune(plain(nil))
	if _, refused := c.peek(time.Now()); !refused {
		t.Error("the cool-down is forgotten")
	}
}

func TestCircuit_RetuneKeepsState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCircuit("", plain(func(b *policy.Breaker) { b.Consecutive = 6 }))
		passCall(t, c, verdictFailure)
		passCall(t, c, verdictFailure)
		passCall(t, c, verdictFailure)
		c.retune(plain(func(b *policy.Breaker) { b.MinCalls = 5 }))
		if s := c.snapshot(time.Now()); s.Failures != 3 || s.Consecutive != 3 {
			t.Errorf("what was counted is lost: %+v", s)
		}
		c.retune(plain(func(b *policy.Breaker) { b.Window = time.Minute }))
		if s := c.snapshot(time.Now()); s.Failures != 0 || s.Consecutive != 3 {
			t.Errorf("another window counts anew, the run stays: %+v", s)
		}
		trip(t, c)
		c.retune(plain(func(b *policy.Breaker) { b.Open = time.Hour }))
		if wait, refused := c.peek(time.Now()); !refused || wait != 30*time.Second {
			t.Errorf("the cool-down that runs is another: %v %v", wait, refused)
		}
	})
}

func TestCircuit_JittersItsCoolDowns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen := map[time.Duration]bool{}
		for range 50 {
			c := newCircuit("", plain(func(b *policy.Breaker) { b.Jitter = 0.1 }))
			trip(t, c)
			wait, _ := c.peek(time.Now())
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

func TestCircuit_Snapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		c := newCircuit("the key", plain(nil))
		passCall(t, c, verdictSuccess)
		passCall(t, c, verdictFailure)
		want := CircuitSnapshot{Key: "the key", State: CircuitClosed, Since: begin, Successes: 1, Failures: 1, Consecutive: 1}
		if got := c.snapshot(time.Now()); !reflect.DeepEqual(got, want) {
			t.Errorf("closed: %+v\nwant    %+v", got, want)
		}
		time.Sleep(time.Second)
		passCall(t, c, verdictFailure)
		passCall(t, c, verdictFailure)
		opened := begin.Add(time.Second)
		time.Sleep(10 * time.Second)
		want = CircuitSnapshot{
			Key: "the key", State: CircuitOpen, Since: opened, RetryAfter: 20 * time.Second,
			Transitions: []Transition{{Circuit: "the key", From: CircuitClosed, To: CircuitOpen, Reason: "failure rate", At: opened, CoolDown: 30 * time.Second}},
		}
		if got := c.snapshot(time.Now()); !reflect.DeepEqual(got, want) {
			t.Errorf("open: %+v\nwant  %+v", got, want)
		}
		time.Sleep(25 * time.Second)
		want.State, want.Since, want.RetryAfter = CircuitHalfOpen, opened.Add(30*time.Second), 0
		if got := c.snapshot(time.Now()); !reflect.DeepEqual(got, want) {
			t.Errorf("due: %+v\nwant %+v", got, want)
		}
		passCall(t, c, verdictSuccess)
		c.acquire(time.Now(), 9*time.Second)
		asked := begin.Add(36 * time.Second)
		want.Since, want.RetryAfter, want.Probes, want.Won = asked, time.Second, 1, 1
		want.Transitions = append(want.Transitions, Transition{Circuit: "the key", From: CircuitOpen, To: CircuitHalfOpen, Reason: "cool-down over", At: asked})
		if got := c.snapshot(time.Now()); !reflect.DeepEqual(got, want) {
			t.Errorf("half-open: %+v\nwant       %+v", got, want)
		}
	})
}

func TestCircuit_RemembersItsLastTransitions(t *testing.T) {
	c := newCircuit("", plain(nil))
	for range 40 {
		c.forceOpen()
		c.forceOpen() // no change
		c.reset()
		c.reset()
	}
	s := c.snapshot(time.Now())
	if len(s.Transitions) != 50 || s.Transitions[49].To != CircuitClosed || s.Transitions[0].To != CircuitOpen && s.Transitions[0].To != CircuitForcedOpen {
		t.Errorf("%d transitions, the last %+v", len(s.Transitions), s.Transitions[len(s.Transitions)-1])
	}
}

func TestCircuit_ForcedStates(t *testing.T) {
	c := newCircuit("", plain(nil))
	c.forceOpen()
	if _, refused := c.peek(time.Now()); !refused {
		t.Error("forced open, but lets calls pass")
	}
	c.forceClosed()
	for range 20 {
		passCall(t, c, verdictFailure)
	}
	if got := c.snapshot(time.Now()).State; got != CircuitForcedClosed {
		t.Error(got)
	}
	c.reset()
	trip(t, c)
	if got := c.snapshot(time.Now()).State; got != CircuitOpen {
		t.Error(got)
	}
}

func TestCircuit_TellsTransitionsInOrderOutsideTheLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCircuit("k", plain(nil))
		var seen []string
		cancel := c.subscribe(func(n Transition) {
			seen = append(seen, fmt.Sprintf("%s>%s", n.From, n.To))
			if got := c.snapshot(time.Now()); got.Key != n.Circuit {
				t.Errorf("%+v of %+v", n, got)
			}
			if n.To == CircuitOpen {
				c.reset() // from within
			}
		})
		other := 0
		c.subscribe(func(Transition) { other++ })
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

func TestCircuit_ConcurrentTransitionsAreToldOneAtATime(t *testing.T) {
	c := newCircuit("", plain(nil))
	var last CircuitState = CircuitClosed
	var told, busy atomic.Int64
	c.subscribe(func(n Transition) {
		if busy.Add(1) != 1 {
			t.Error("two at a time")
		}
		if n.From != last {
			t.Errorf("from %s after %s", n.From, last)
		}
		last = n.To
		told.Add(1)
		busy.Add(-1)
	})
	var workers sync.WaitGroup
	for i := range 8 {
		workers.Go(func() {
			for range 200 {
				if i%2 == 0 {
					c.forceOpen()
				} else {
					c.reset()
				}
			}
		})
	}
	workers.Wait()
	c.reset()
	c.forceClosed() // whoever tells it has told all that was before
	if last != CircuitForcedClosed || told.Load() == 0 {
		t.Errorf("last told %s, %d in all", last, told.Load())
	}
}

func TestCircuit_AWatcherThatPanicsDoesNotSilenceTheOthers(t *testing.T) {
	c := newCircuit("", plain(nil))
	count := 0
	c.subscribe(func(n Transition) {
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
		c.forceOpen()
	}()
	c.reset()
	if count != 2 {
		t.Errorf("%d changes told, want 2", count)
	}
}

// 49.5 % of failures do not open a circuit at 50 %.
func TestCircuit_RateIsExact(t *testing.T) {
	c := newCircuit("", plain(func(b *policy.Breaker) { b.MinCalls = 200 }))
	for i := range 200 {
		v := verdictSuccess
		if i%2 == 0 && i > 0 {
			v = verdictFailure
		}
		passCall(t, c, v)
	}
	if s := c.snapshot(time.Now()); s.State != CircuitClosed || s.Failures != 99 || s.Successes != 101 {
		t.Errorf("%+v", s)
	}
}

func BenchmarkCircuit(b *testing.B) {
	c := newCircuit("", policy.Default().Breaker)
	b.ReportAllocs()
	for b.Loop() {
		p, _, _ := c.acquire(time.Now(), time.Second)
		p.record(verdictSuccess)
	}
}
