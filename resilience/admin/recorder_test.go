package admin

import (
	"fmt"
	"testing"

	"github.com/resgen/resgen/resilience"
)

func failedCall(id string, attempts int, kind resilience.Kind) resilience.Event {
	e := &resilience.Error{
		API: "shop", Operation: "op", Kind: kind, RequestID: id, Attempts: make([]resilience.Attempt, attempts),
	}
	return resilience.Event{
		Kind: resilience.EventCall, API: "shop", Operation: &resilience.Operation{ID: "op"}, Account: "a", Err: e,
	}
}

func TestRecorder_KeepsTheLastFailures(t *testing.T) {
	var r recorder
	for i := range 130 {
		r.observe(failedCall(fmt.Sprint(i), 1, resilience.KindTransport))
	}
	list := latest(r.failures)
	if len(list) != 50 || list[0].err.RequestID != "129" || list[49].err.RequestID != "80" {
		t.Errorf("got %d from %s to %s, want 50 from 129 to 80", len(list), list[0].err.RequestID,
			list[len(list)-1].err.RequestID)
	}
	if len(r.failures) > 2*mostRecords {
		t.Errorf("%d failures are held", len(r.failures))
	}
}

// What is kept of a failure does not hold the body of the response, and the caller's error does.
func TestRecorder_KeepsNoBodies(t *testing.T) {
	var r recorder
	for _, change := range []func(*resilience.Error){
		func(e *resilience.Error) { e.Body = []byte("secret") },
		func(e *resilience.Error) { e.Detail = &struct{ Token string }{"secret"} },
		func(e *resilience.Error) { e.Items = []resilience.FailedItem{{Message: "secret"}} },
	} {
		e := failedCall("1", 1, resilience.KindAPI)
		e.Err.Code, e.Err.Message = "Gone", "no such item"
		change(e.Err)
		r.observe(e)
		kept := r.failures[len(r.failures)-1].err
		if kept.Body != nil || kept.Detail != nil || kept.Items != nil || kept.Error() != e.Err.Error() {
			t.Errorf("kept %+v", kept)
		}
		if e.Err.Body == nil && e.Err.Detail == nil && e.Err.Items == nil {
			t.Error("the error of the caller was changed")
		}
	}
}

func TestRecorder_CountsEqualFailuresWithoutAttempts(t *testing.T) {
	var r recorder
	for range 3 {
		r.observe(failedCall("", 0, resilience.KindCircuitOpen))
	}
	r.observe(failedCall("", 0, resilience.KindRateLimited))
	r.observe(failedCall("1", 1, resilience.KindTransport))
	r.observe(failedCall("1", 1, resilience.KindTransport))
	other := failedCall("", 0, resilience.KindCircuitOpen)
	other.Account = "b"
	r.observe(failedCall("", 0, resilience.KindCircuitOpen))
	r.observe(other)
	var counts []int
	for _, f := range r.failures {
		counts = append(counts, f.count)
	}
	if fmt.Sprint(counts) != "[3 1 1 1 1 1]" {
		t.Errorf("got %v", counts)
	}
}

func TestRecorder_CountsCalls(t *testing.T) {
	var r recorder
	event := func(change func(*resilience.Event)) {
		e := resilience.Event{
			Kind: resilience.EventCall, API: "shop", Operation: &resilience.Operation{ID: "op"}, Elapsed: 8000,
		}
		change(&e)
		r.observe(e)
	}
	attempt := func(a resilience.Attempt) {
		event(func(e *resilience.Event) { e.Kind, e.Attempt = resilience.EventAttempt, a })
	}
	event(func(*resilience.Event) {})
	event(func(e *resilience.Event) { e.Err = &resilience.Error{} })
	event(func(e *resilience.Event) { e.Degraded, e.Cause = true, &resilience.Error{} })
	attempt(resilience.Attempt{Writes: 1})
	attempt(resilience.Attempt{Writes: 1, Reused: true})
	attempt(resilience.Attempt{})
	a := r.api("shop")
	for name, c := range map[string]*callRecord{"API": &a.all, "operation": a.operations["op"]} {
		if c.calls != 3 || c.failed != 1 || c.degraded != 1 || c.attempts != 3 || c.opened != 1 || c.reused != 1 {
			t.Errorf("%s: got %+v", name, c)
		}
	}
	var calls, failed, degraded uint32
	for _, s := range a.history {
		calls, failed, degraded = calls+s.calls, failed+s.failed, degraded+s.degraded
	}
	if calls != 3 || failed != 1 || degraded != 1 || len(r.failures) != 2 {
		t.Errorf("history has %d, %d, %d; %d failures", calls, failed, degraded, len(r.failures))
	}
}
