package breaker

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
)

// The first call, and each that comes more than a second after the last, wakes the exchange. The
// last call decides for how long the process counts, also if calls ask with times in any order.
func TestMember_Note(t *testing.T) {
	var m member
	woken := 0
	m.Wake = func() { woken++ }
	if _, ok := m.calledAt(); ok {
		t.Error("a call has asked")
	}
	const s = time.Second
	for i, step := range []struct {
		at, last time.Duration
		woken    int
	}{
		{-s, 0, 1}, {0, 0, 1}, {s, s, 1}, {s / 2, s, 1}, {2*s + 1, 2*s + 1, 2}, {s, 2*s + 1, 2}, {9 * s, 9 * s, 3},
		{9 * s, 9 * s, 3},
	} {
		m.note(step.at)
		if at, ok := m.calledAt(); !ok || at != step.last || woken != step.woken {
			t.Errorf("%d: last call at %v (%v), woken %d times; want %v, %d", i, at, ok, woken, step.last, step.woken)
		}
	}
}

// Of calls that ask at the same time, one wakes the exchange.
func TestMember_NoteAtTheSameTime(t *testing.T) {
	var m member
	var woken atomic.Int64
	m.Wake = func() { woken.Add(1) }
	for round := range 100 {
		var callers sync.WaitGroup
		for i := range 4 {
			callers.Go(func() { m.note(time.Duration(round)*time.Minute + time.Duration(i)) })
		}
		callers.Wait()
		if at, _ := m.calledAt(); at != time.Duration(round)*time.Minute+3 || woken.Load() != int64(round+1) {
			t.Fatalf("round %d: last call at %v, woken %d times", round, at, woken.Load())
		}
	}
}

// Calls that take no lock count for the fleet as well.
func TestBreaker_BallotOfCalmCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New("api host", "", plain(nil))
		woken := 0
		b.Join(Fleet{ID: "p", Wake: func() { woken++ }, Lead: func(*Breaker, Proposal) {}})
		calls := func() time.Duration { return b.Ballot(time.Now()).Calls }
		if calls() != 0 {
			t.Errorf("without a call: %v", calls())
		}
		succeed(b, "a", time.Now())
		if !free(b, "a") || calls() != 10*time.Second || woken != 2 { // once by Join
			t.Fatalf("after a call: %v, woken %d times", calls(), woken)
		}
		time.Sleep(4 * time.Second)
		if calls() != 6*time.Second {
			t.Errorf("4s later: %v", calls())
		}
		b.Peek("a", time.Now())
		if calls() != 10*time.Second || woken != 3 {
			t.Errorf("after a look: %v, woken %d times", calls(), woken)
		}
		time.Sleep(4 * time.Second)
		b.Acquire("a", time.Now(), time.Second)
		if calls() != 10*time.Second || woken != 4 {
			t.Errorf("after the next call: %v, woken %d times", calls(), woken)
		}
		if err := b.Adopt(fleet.Count{Now: time.Hour, State: openText(time.Hour)}, time.Now()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(4 * time.Second)
		if _, rejected := b.Peek("a", time.Now()); !rejected || calls() != 10*time.Second || woken != 5 {
			t.Errorf("after a rejected call: %v, woken %d times", calls(), woken)
		}
	})
}
