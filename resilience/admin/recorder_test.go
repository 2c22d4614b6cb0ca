package admin

import (
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
)

// begin is when recording begins in tests.
var begin = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// called returns the event of a call of an account that ended some time after begin.
func called(op *resilience.Operation, account string, after time.Duration) resilience.Event {
	return resilience.Event{
		Kind: resilience.EventCall, API: "shop", Operation: op, Account: account, Elapsed: 8 * time.Millisecond,
		At: begin.Add(after),
	}
}

func TestRecorder_CountsCalls(t *testing.T) {
	r := recorder{since: begin}
	op, other := &resilience.Operation{ID: "op"}, &resilience.Operation{ID: "other"}
	r.observe(called(op, "a", 0))
	e := called(op, "a", 0)
	e.Err = &resilience.Error{}
	r.observe(e)
	e = called(op, "b", 0)
	e.Degraded, e.Cause = true, &resilience.Error{}
	r.observe(e)
	for _, a := range []resilience.Attempt{{Writes: 1}, {Writes: 1, Reused: true}, {Writes: 1, Reused: true}, {}} {
		r.observe(resilience.Event{Kind: resilience.EventAttempt, API: "shop", Operation: op, Attempt: a})
	}
	r.observe(called(other, "a", 0))
	a := r.api("shop")
	want := totals{
		calls: 3, failed: 1, degraded: 1, attempts: 4, opened: 1, reused: 2, elapsed: 24 * time.Millisecond,
	}
	if got := a.operations["op"].totals(); got != want {
		t.Errorf("operation: got %+v, want %+v", got, want)
	}
	if got := a.totals(); got.calls != 4 || got.failed != 1 || got.elapsed != 32*time.Millisecond {
		t.Errorf("API: got %+v", got)
	}
	for name, want := range map[string][3]uint64{"a": {3, 1, 0}, "b": {1, 0, 1}} {
		c := a.accounts.find(name)
		if got := [3]uint64{c.calls.Load(), c.failed.Load(), c.degraded.Load()}; got != want {
			t.Errorf("account %s: got %v, want %v", name, got, want)
		}
	}
	if n := len(r.failures.unsent); n != 2 {
		t.Errorf("%d failures, want 2", n)
	}
}

// An operation of two APIs is counted for the API of the call.
func TestRecorder_SharedOperation(t *testing.T) {
	r := recorder{since: begin}
	op := &resilience.Operation{ID: "op"}
	for _, name := range []string{"shop", "store", "store", "shop", "store"} {
		e := called(op, "a", 0)
		e.API = name
		r.observe(e)
	}
	for name, want := range map[string]uint64{"shop": 2, "store": 3} {
		if got := r.api(name).totals().calls; got != want {
			t.Errorf("%s: got %d calls, want %d", name, got, want)
		}
	}
}

// Operations that a program makes while it runs are counted by name and not kept.
func TestRecorder_ManyOperations(t *testing.T) {
	r := recorder{since: begin}
	for range mostCached + 10 {
		r.observe(called(&resilience.Operation{ID: "op"}, "a", 0))
	}
	kept := 0
	r.known.Range(func(any, any) bool { kept++; return true })
	if got := r.api("shop").totals().calls; got != mostCached+10 || kept != mostCached {
		t.Errorf("counted %d calls, kept %d operations, want %d", got, kept, mostCached)
	}
}

func TestRecorder_TakesNoMemoryPerCall(t *testing.T) {
	r := recorder{since: begin}
	op := &resilience.Operation{ID: "op"}
	call := called(op, "a", 0)
	attempt := resilience.Event{Kind: resilience.EventAttempt, API: "shop", Operation: op}
	if n := testing.AllocsPerRun(100, func() {
		r.observe(attempt)
		r.observe(call)
	}); n != 0 {
		t.Errorf("a call takes %g allocations, want 0", n)
	}
}

// The step of an event does not depend on the clock being changed meanwhile.
func TestRecorder_Step(t *testing.T) {
	r := recorder{since: begin}
	for after, want := range map[time.Duration]int64{0: 0, 14 * time.Second: 0, 15 * time.Second: 1, time.Hour: 240} {
		if got := r.step(begin.Add(after)) - stepOf(begin); got != want {
			t.Errorf("after %s: step %d, want %d", after, got, want)
		}
	}
}

// Viewers are notified at once of changes of circuits and failed sign-ins.
func TestRecorder_Changed(t *testing.T) {
	changes := 0
	r := recorder{since: begin, changed: func() { changes++ }}
	op := &resilience.Operation{ID: "op"}
	e := called(op, "a", 0)
	r.observe(e)
	e.Err = &resilience.Error{Kind: resilience.KindAPI}
	r.observe(e)
	if changes != 0 {
		t.Errorf("%d changes, want none", changes)
	}
	e.Err = &resilience.Error{Kind: resilience.KindCredential}
	r.observe(e)
	r.observe(resilience.Event{Kind: resilience.EventTransition, Transition: &resilience.Transition{Circuit: "c"}})
	if changes != 2 || len(r.transitions) != 1 {
		t.Errorf("%d changes and %d transitions, want 2 and 1", changes, len(r.transitions))
	}
}

func TestLast(t *testing.T) {
	var list []int
	for i := range 130 {
		list = last(append(list, i))
		if len(list) >= 2*mostRecords {
			t.Fatalf("%d records are kept", len(list))
		}
	}
	if l := latest(list); len(l) != mostRecords || l[0] != 129 || l[49] != 80 {
		t.Errorf("got %v", l)
	}
	if l := latest([]int{1, 2}); len(l) != 2 || l[0] != 2 {
		t.Errorf("got %v", l)
	}
}
