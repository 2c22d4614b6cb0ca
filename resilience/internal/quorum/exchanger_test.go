package quorum

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/policy"
)

// shaky is a store with a latency and an error.
type shaky struct {
	Memory
	mu        sync.Mutex
	latency   time.Duration
	deaf      bool // ignores its context
	err       error
	exchanges []time.Duration // since the store was made
	swaps     int
	begin     time.Time
}

func newShaky() *shaky {
	begin := time.Now()
	s := &shaky{begin: begin}
	s.Clock = func() time.Duration { return 1_800_000_000*time.Second + time.Since(begin) }
	return s
}

// arrive waits for the latency.
func (s *shaky) arrive(ctx context.Context) error {
	s.mu.Lock()
	latency, deaf, err := s.latency, s.deaf, s.err
	s.mu.Unlock()
	if latency == 0 {
		return err
	}
	timer := time.NewTimer(latency)
	defer timer.Stop()
	if deaf {
		<-timer.C
		return err
	}
	select {
	case <-timer.C:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *shaky) Exchange(ctx context.Context, ballots []fleet.Ballot) ([]fleet.Count, error) {
	s.mu.Lock()
	s.exchanges = append(s.exchanges, time.Since(s.begin))
	s.mu.Unlock()
	if err := s.arrive(ctx); err != nil {
		return nil, err
	}
	return s.Memory.Exchange(ctx, ballots)
}

func (s *shaky) Swap(ctx context.Context, c fleet.Change) (fleet.Count, bool, error) {
	s.mu.Lock()
	s.swaps++
	s.mu.Unlock()
	if err := s.arrive(ctx); err != nil {
		return fleet.Count{}, false, err
	}
	return s.Memory.Swap(ctx, c)
}

func (s *shaky) set(latency time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latency, s.err = latency, err
}

// counts returns the number of exchanges and swaps so far.
func (s *shaky) counts() (exchanges, swaps int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.exchanges), s.swaps
}

// A worker is a process with one circuit.
type worker struct {
	*breaker.Breaker
	*Exchanger
	news []error
}

// start starts a process, which ends with the test.
func start(t *testing.T, s fleet.Circuits, name string) *worker {
	w := &worker{Breaker: breaker.New("api host", "", policy.Breaker{
		FailureRate: 0.5, MinCalls: 4, Window: 10 * time.Second, Consecutive: -1,
		Open: 30 * time.Second, MaxOpen: time.Hour, Growth: 2, Jitter: -1, Probes: 1, Successes: 2,
	})}
	w.Exchanger = New(Settings{
		Store: s, Process: name, Patience: 20 * time.Millisecond,
		Circuits: func() []*breaker.Breaker { return []*breaker.Breaker{w.Breaker} },
		Changed:  func(err error) { w.news = append(w.news, err) },
	})
	w.Join(w.Fleet())
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.Run()
	}()
	t.Cleanup(func() {
		w.Close()
		<-done
	})
	return w
}

// call makes a call if it is admitted, and reports whether it was.
func (w *worker) call(v breaker.Verdict) bool {
	p, _, ok := w.Acquire("", time.Now(), 5*time.Second)
	if ok {
		p.Record(breaker.Outcome{Verdict: v})
	}
	return ok
}

// state returns the state of the circuit.
func (w *worker) state() breaker.State { return w.Snapshot(time.Now()).State }

// step lets time pass until all goroutines wait.
func step(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// open opens the circuits of workers, and with them the shared one.
func open(t *testing.T, workers ...*worker) {
	t.Helper()
	for range 4 {
		for _, w := range workers {
			w.call(breaker.Failure)
		}
	}
	step(time.Second)
	for _, w := range workers {
		if w.state() != breaker.Open {
			t.Fatalf("the state is %s", w.state())
		}
	}
}

func TestExchanger_OneProbeOfTheFleetPerCoolDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShaky()
		s.set(time.Millisecond, nil)
		var workers []*worker
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			workers = append(workers, start(t, s, name))
		}
		open(t, workers...)
		var sent []time.Duration
		begin := time.Now()
		for time.Since(begin) < 30*time.Minute {
			step(50 * time.Millisecond)
			for _, w := range workers {
				if w.call(breaker.Failure) {
					sent = append(sent, (time.Since(begin) + time.Second).Round(time.Second))
				}
			}
		}
		var want []time.Duration
		for _, seconds := range []int{30, 90, 210, 450, 930} { // cool-downs of 30, 60, 120, 240, 480, 960
			want = append(want, time.Duration(seconds)*time.Second)
		}
		if !slices.Equal(sent, want) {
			t.Errorf("probes at %v, want %v", sent, want)
		}
	})
}

func TestExchanger_ClosesForAllWithinASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShaky()
		a, b, c := start(t, s, "a"), start(t, s, "b"), start(t, s, "c")
		open(t, a, b)
		step(time.Second)
		if c.state() != breaker.Open {
			t.Error("a process without failures does not follow")
		}
		step(29 * time.Second)
		for range 2 {
			if !a.call(breaker.Success) {
				t.Fatal("no probe")
			}
		}
		if b.state() == breaker.Closed {
			t.Fatal("another process knows it at once")
		}
		step(time.Second)
		if a.state() != breaker.Closed || b.state() != breaker.Closed || c.state() != breaker.Closed {
			t.Errorf("%s %s %s", a.state(), b.state(), c.state())
		}
	})
}

func TestExchanger_AsksSeldomWhenNothingChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShaky()
		a := start(t, s, "a")
		for range 6000 {
			a.call(breaker.Success)
			time.Sleep(10 * time.Millisecond)
		}
		if exchanges, swaps := s.counts(); exchanges < 50 || exchanges > 62 || swaps != 0 {
			t.Errorf("%d exchanges and %d swaps in a minute", exchanges, swaps)
		}
	})
}

func TestExchanger_AsksSoonWhenSomethingChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShaky()
		a := start(t, s, "a")
		a.call(breaker.Success)
		step(500 * time.Millisecond)
		before, _ := s.counts()
		step(400 * time.Millisecond)
		if now, _ := s.counts(); now != before {
			t.Errorf("%d exchanges without a reason", now-before)
		}
		a.call(breaker.Failure) // others may know more
		step(time.Millisecond)
		if now, _ := s.counts(); now != before+1 {
			t.Errorf("%d exchanges after a failure", now-before)
		}
		for range 50 {
			a.call(breaker.Success)
			a.call(breaker.Success)
			a.call(breaker.Failure)
			step(2 * time.Millisecond)
		}
		if now, _ := s.counts(); now > before+3 {
			t.Errorf("%d exchanges for 51 failures in 100 ms", now-before)
		}
	})
}

func TestExchanger_StoreGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShaky()
		a, b := start(t, s, "a"), start(t, s, "b")
		open(t, a, b)
		gone := errors.New("gone")
		s.set(0, gone)
		step(30 * time.Second)
		if !a.call(breaker.Success) || !b.call(breaker.Success) {
			t.Error("a process has no probe of its own")
		}
		if !a.call(breaker.Success) || a.state() != breaker.Closed {
			t.Error("a process does not close its own circuit")
		}
		if len(a.news) != 1 || !errors.Is(a.news[0], gone) {
			t.Errorf("reported: %v", a.news)
		}
		s.set(0, nil)
		step(2 * time.Second)
		if a.state() != breaker.Closed || b.state() != breaker.Closed {
			t.Errorf("%s %s after the store is back", a.state(), b.state())
		}
		if len(a.news) != 2 || a.news[1] != nil {
			t.Errorf("reported: %v", a.news)
		}
	})
}

// A store that takes half a second costs a probe no more than the patience.
func TestExchanger_SlowStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShaky()
		a, b := start(t, s, "a"), start(t, s, "b")
		open(t, a, b)
		s.set(500*time.Millisecond, nil)
		step(30 * time.Second)
		begin := time.Now()
		if a.call(breaker.Success) || time.Since(begin) != 20*time.Millisecond {
			t.Errorf("the first call waited %s", time.Since(begin))
		}
		begin = time.Now()
		if a.call(breaker.Success) || time.Since(begin) != 0 {
			t.Errorf("the second call waited %s", time.Since(begin))
		}
		step(500 * time.Millisecond)
		if !a.call(breaker.Success) {
			t.Error("the place that came late is not used")
		}
	})
}

// A store that is silent, even though its context ended, is gone.
func TestExchanger_SilentStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShaky()
		a, b := start(t, s, "a"), start(t, s, "b")
		open(t, a, b)
		s.mu.Lock()
		s.latency, s.deaf = 3*time.Minute, true
		s.mu.Unlock()
		step(30 * time.Second)
		if !a.call(breaker.Success) {
			t.Error("no probe of its own")
		}
		step(10 * time.Minute)
		if exchanges, _ := s.counts(); exchanges > 100 {
			t.Errorf("%d exchanges were begun", exchanges)
		}
		a.Close()
		b.Close()
		step(4 * time.Minute) // for the requests on their way
	})
}

func TestExchanger_UnknownState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShaky()
		if _, ok, _ := s.Swap(t.Context(), fleet.Change{Circuit: "api host", New: `{"v":2}`}); !ok {
			t.Fatal("not swapped")
		}
		a := start(t, s, "a")
		for range 4 {
			a.call(breaker.Failure)
		}
		step(30 * time.Second)
		if !a.call(breaker.Success) || len(a.news) != 1 || a.news[0] == nil {
			t.Errorf("reported: %v", a.news)
		}
	})
}
