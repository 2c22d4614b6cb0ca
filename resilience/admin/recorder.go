package admin

// This file counts what the observer of a runtime sees: see recorder. Counting a call that
// succeeded takes no lock and allocates nothing.

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience"
)

// A recorder counts what the observer of a runtime sees. It is safe for concurrent use.
type recorder struct {
	since time.Time
	apis  sync.Map // name → *apiRecord

	known  sync.Map     // *resilience.Operation → *operationRecord, so that no names are compared
	cached atomic.Int64 // entries of known

	failures    failures
	mu          sync.Mutex
	transitions []resilience.Transition // oldest first
	changed     func()                  // called after each transition and each failed sign-in
}

// mostCached is how many operations are found without a lock. A program has as many as its clients
// have, unless it makes operations while it runs.
const mostCached = 10_000

// observe counts an event.
func (r *recorder) observe(e resilience.Event) {
	switch e.Kind {
	case resilience.EventAttempt:
		r.operation(&e).attempt(&e.Attempt)
	case resilience.EventCall:
		r.operation(&e).call(&e, r.step(e.At))
		if err := failureOf(e); err != nil {
			r.failures.add(failure{
				first: e.At, last: e.At, account: e.Account, count: 1, degraded: e.Degraded, err: err,
			})
			if err.Kind == resilience.KindCredential {
				r.notify()
			}
		}
	case resilience.EventTransition:
		r.transition(*e.Transition)
		r.notify()
	}
}

// step returns the number of the step of a time. It does not depend on changes of the clock.
func (r *recorder) step(t time.Time) int64 { return stepOf(r.since.Add(t.Sub(r.since))) }

// notify reports that the state has changed.
func (r *recorder) notify() {
	if r.changed != nil {
		r.changed()
	}
}

// failureOf returns the failure of a call, also of one that a fallback answered, or nil.
func failureOf(e resilience.Event) *resilience.Error {
	if e.Degraded {
		return e.Cause
	}
	return e.Err
}

// api returns the counts of an API.
func (r *recorder) api(name string) *apiRecord {
	if v, ok := r.apis.Load(name); ok {
		return v.(*apiRecord)
	}
	v, _ := r.apis.LoadOrStore(name, &apiRecord{name: name, operations: map[string]*operationRecord{}})
	return v.(*apiRecord)
}

// operation returns the counts of the operation of an event.
func (r *recorder) operation(e *resilience.Event) *operationRecord {
	if v, ok := r.known.Load(e.Operation); ok {
		if o := v.(*operationRecord); o.api.name == e.API {
			return o
		}
	}
	o := r.api(e.API).operation(e.Operation.ID)
	if r.cached.Load() < mostCached {
		if _, had := r.known.Swap(e.Operation, o); !had {
			r.cached.Add(1)
		}
	}
	return o
}

// transition keeps a transition.
func (r *recorder) transition(t resilience.Transition) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.transitions = last(append(r.transitions, t))
}

// mostRecords is how many transitions and errors are shown.
const mostRecords = 50

// last returns the last records of a list. The list is copied when it has become twice as long.
func last[T any](list []T) []T {
	if len(list) < 2*mostRecords {
		return list
	}
	return append([]T(nil), list[len(list)-mostRecords:]...)
}

// latest returns up to mostRecords of a list, newest first.
func latest[T any](list []T) []T {
	out := make([]T, 0, mostRecords)
	for i := len(list) - 1; i >= max(0, len(list)-mostRecords); i-- {
		out = append(out, list[i])
	}
	return out
}
