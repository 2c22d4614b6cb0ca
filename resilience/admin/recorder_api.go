package admin

// This file has the counts of one API: of its operations and accounts, and its history.

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience"
)

// Latencies are those of two periods: the present one and the one before it. They cover the last
// 7.5 to 15 minutes.
const periodSteps = historyLength / 2

// An apiRecord has the counts of an API.
type apiRecord struct {
	name     string
	step     atomic.Int64 // number of the present step
	accounts accountRecords

	mu         sync.Mutex
	operations map[string]*operationRecord
	history    history
}

// An operationRecord counts the calls of an operation and their attempts.
type operationRecord struct {
	api                     *apiRecord
	calls, failed, degraded atomic.Uint64
	attempts                atomic.Uint64 // without those of opened and reused connections
	opened, reused          atomic.Uint64 // attempts by their connections
	elapsed                 atomic.Int64
	periods                 [2]latencies // by period modulo 2
}

// operation returns the counts of an operation.
func (a *apiRecord) operation(id string) *operationRecord {
	a.mu.Lock()
	defer a.mu.Unlock()
	o := a.operations[id]
	if o == nil {
		o = &operationRecord{api: a}
		a.operations[id] = o
	}
	return o
}

// attempt counts an attempt.
func (o *operationRecord) attempt(a *resilience.Attempt) {
	switch {
	case a.Reused:
		o.reused.Add(1)
	case a.Writes > 0:
		o.opened.Add(1)
	default:
		o.attempts.Add(1)
	}
}

// call counts a call that ended in a step.
func (o *operationRecord) call(e *resilience.Event, step int64) {
	if step > o.api.step.Load() {
		o.api.advance(step)
	}
	o.calls.Add(1)
	o.elapsed.Add(int64(e.Elapsed))
	o.periods[step/periodSteps%2].add(e.Elapsed)
	account := o.api.accounts.of(e.Account, step)
	account.calls.Add(1)
	switch {
	case e.Degraded:
		o.degraded.Add(1)
		account.degraded.Add(1)
	case e.Err != nil:
		o.failed.Add(1)
		account.failed.Add(1)
	}
}

// totals returns the counts since recording began.
func (o *operationRecord) totals() totals {
	t := totals{
		calls: o.calls.Load(), failed: o.failed.Load(), degraded: o.degraded.Load(), opened: o.opened.Load(),
		reused: o.reused.Load(), elapsed: time.Duration(o.elapsed.Load()),
	}
	t.attempts = o.attempts.Load() + t.opened + t.reused
	return t
}

// latencies returns the latencies of both periods.
func (o *operationRecord) latencies() (d distribution) {
	d.add(&o.periods[0])
	d.add(&o.periods[1])
	return d
}

// advance begins a step, unless it has begun already.
func (a *apiRecord) advance(step int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.begin(step)
}

// begin is advance. The lock must be held.
func (a *apiRecord) begin(step int64) {
	before := a.step.Load()
	if step <= before {
		return
	}
	a.history.mark(step, a.totals())
	now := step / periodSteps
	for period := max(before/periodSteps, now-2) + 1; period <= now; period++ {
		for _, o := range a.operations {
			o.periods[period%2].clear()
		}
	}
	a.step.Store(step)
}

// totals returns the sum over all operations. The lock must be held.
func (a *apiRecord) totals() (t totals) {
	for _, o := range a.operations {
		t = t.plus(o.totals())
	}
	return t
}
