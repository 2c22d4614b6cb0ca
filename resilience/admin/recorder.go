package admin

import (
	"errors"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience"
)

// mostRecords is how many transitions and errors are kept.
const mostRecords = 50

// A recorder counts what the observer of a runtime sees. It is safe for concurrent use.
type recorder struct {
	since time.Time
	apis  sync.Map // name → *apiRecord

	mu          sync.Mutex
	transitions []resilience.Transition // oldest first
	failures    []failure               // oldest first
	changed     func()                  // called after each transition and each failed sign-in
}

// An apiRecord has the counts of an API.
type apiRecord struct {
	mu         sync.Mutex
	all        callRecord
	history    history
	operations map[string]*callRecord
}

// A callRecord counts calls and their attempts.
type callRecord struct {
	calls, failed, degraded uint64
	attempts                uint64
	opened, reused          uint64 // connections of attempts
	latencies               latencies
}

// A failure is a call that failed, or several that failed without sending anything.
type failure struct {
	first, last time.Time
	account     string
	count       int
	degraded    bool
	err         *resilience.Error
}

// observe counts an event.
func (r *recorder) observe(e resilience.Event) {
	switch e.Kind {
	case resilience.EventAttempt:
		r.api(e.API).attempt(e)
	case resilience.EventCall:
		now := time.Now()
		r.api(e.API).call(e, now)
		if err := failureOf(e); err != nil {
			r.fail(failure{
				first: now, last: now, account: e.Account, count: 1, degraded: e.Degraded, err: withoutBody(err),
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

// withoutBody returns an error without what it holds of the response body, which may be large and
// contain secrets. The text of the error stays the same.
func withoutBody(err *resilience.Error) *resilience.Error {
	if err.Body == nil && err.Detail == nil && err.Items == nil {
		return err
	}
	kept := *err
	kept.Body, kept.Detail, kept.Items = nil, nil, nil
	return &kept
}

// api returns the counts of an API.
func (r *recorder) api(name string) *apiRecord {
	if v, ok := r.apis.Load(name); ok {
		return v.(*apiRecord)
	}
	v, _ := r.apis.LoadOrStore(name, &apiRecord{operations: map[string]*callRecord{}})
	return v.(*apiRecord)
}

// operation returns the counts of an operation. The lock must be held.
func (a *apiRecord) operation(id string) *callRecord {
	c := a.operations[id]
	if c == nil {
		c = &callRecord{}
		a.operations[id] = c
	}
	return c
}

// attempt counts an attempt.
func (a *apiRecord) attempt(e resilience.Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all.attempt(e.Attempt)
	a.operation(e.Operation.ID).attempt(e.Attempt)
}

func (c *callRecord) attempt(a resilience.Attempt) {
	c.attempts++
	switch {
	case a.Reused:
		c.reused++
	case a.Writes > 0:
		c.opened++
	}
}

// call counts a call that ended.
func (a *apiRecord) call(e resilience.Event, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all.call(e)
	a.operation(e.Operation.ID).call(e)
	s := a.history.at(now)
	s.calls++
	s.elapsed += e.Elapsed
	switch {
	case e.Degraded:
		s.degraded++
	case e.Err != nil:
		s.failed++
	}
}

func (c *callRecord) call(e resilience.Event) {
	c.calls++
	c.latencies.add(e.Elapsed)
	switch {
	case e.Degraded:
		c.degraded++
	case e.Err != nil:
		c.failed++
	}
}

// transition keeps a transition.
func (r *recorder) transition(t resilience.Transition) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.transitions = last(append(r.transitions, t))
}

// fail keeps a failure. One that sent nothing is counted with an equal one before it.
func (r *recorder) fail(f failure) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.failures); n > 0 && r.failures[n-1].joins(f) {
		before := &r.failures[n-1]
		f.first, f.count = before.first, before.count+1
		*before = f
		return
	}
	r.failures = last(append(r.failures, f))
}

// joins reports whether two failures are shown as one.
func (f failure) joins(other failure) bool {
	a, b := f.err, other.err
	return len(a.Attempts) == 0 && len(b.Attempts) == 0 && a.API == b.API && a.Operation == b.Operation &&
		a.Kind == b.Kind && f.account == other.account && f.degraded == other.degraded && sameState(a, b)
}

// sameState reports whether two errors have the same state of a sign-in.
func sameState(a, b error) bool {
	for _, state := range []error{
		resilience.ErrSignInUnavailable, resilience.ErrCredentialRefused, resilience.ErrSignInRequired,
		resilience.ErrBlocked,
	} {
		if errors.Is(a, state) != errors.Is(b, state) {
			return false
		}
	}
	return true
}

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
