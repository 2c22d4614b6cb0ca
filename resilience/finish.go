package resilience

import (
	"errors"
	"fmt"
	"time"

	"github.com/failsafe-go/failsafe-go"
)

func as[T error](err error, target *T) bool { return errors.As(err, target) }

// hedged reports whether copies of slow attempts may be sent in this call.
func (k *call) hedged() bool {
	return k.limit > 1 && k.route.loop != k.route.caller.runtime.loops.retry && k.repeatable()
}

// turn returns what failsafe's executor runs: the first outcome if there is one, then attempts.
func (k *call) turn(first *outcome) func(failsafe.Execution[*outcome]) (*outcome, error) {
	hedged := k.hedged()
	return func(e failsafe.Execution[*outcome]) (*outcome, error) {
		if first != nil {
			o := first
			first = nil
			return o, nil
		}
		if hedged {
			return k.hedge(e), nil
		}
		return k.try(k.ctx, false), nil
	}
}

// hedge makes an attempt on a goroutine of the executor's: a copy pays the budget first, and a panic is carried to the caller's goroutine.
// The runtime waits for it though the call may not.
func (k *call) hedge(e failsafe.Execution[*outcome]) (o *outcome) {
	runtime := k.route.caller.runtime
	runtime.inFlight.Add(1)
	defer runtime.leave()
	defer func() {
		if p := recover(); p != nil {
			o = &outcome{call: k, fault: faultPanic, panicked: p, stop: StopFinal}
		}
	}()
	if !e.IsHedge() {
		return k.try(e.Context(), false)
	}
	if _, ok := k.route.budget.Spend(false); !ok {
		return &outcome{call: k, skipped: true}
	}
	return k.try(e.Context(), true)
}

// settle finishes the books of the call: an outcome that the gate refused after real attempts gives way to the last real one.
func (k *call) settle(o *outcome) {
	if o.stop == "" {
		o.stop = StopFinal
	}
	if p := k.ledger.partial; p != nil && o.real() && !o.ok() && o.fault != faultCanceled && !o.fault.ofItems() {
		stop := o.stop // asking again for some items failed: what is known of the others stands
		*o = *p
		o.stop, o.again = stop, false
	}
	last := k.ledger.lastReal()
	if o.real() || o.fault == faultCanceled || last == nil {
		return
	}
	stop, wait := StopLimit, o.retryAfter
	switch o.fault {
	case faultCircuit:
		stop = StopCircuit
	case faultClosed:
		stop = StopClosed
	}
	*o = *last
	o.stop, o.again, o.retryAfter = stop, false, max(wait, last.retryAfter)
}

// failure is the error of an outcome.
func (k *call) failure(o *outcome, elapsed time.Duration) *Error {
	attempts, applied, open := k.ledger.sum()
	e := &Error{
		API: k.route.caller.api.Name, Operation: k.route.op.ID, Kind: o.kind, Status: o.status, RequestID: requestID(o.header),
		Attempts: attempts, RetryAfter: o.retryAfter, MayHaveApplied: applied || open, Elapsed: elapsed, Stopped: o.stop,
		Body: o.body, Detail: o.detail, Items: o.items, note: o.note, cause: o.err,
	}
	return e
}

// reason says in a word or two why an attempt failed.
func (o *outcome) reason() string {
	switch {
	case o.fault != faultNone:
		return faultNames[o.fault]
	case o.failed:
		return fmt.Sprintf("status %d", o.status)
	}
	return ""
}

// inform fills the caller's Info.
func (k *call) inform(o *outcome, elapsed time.Duration) {
	info := k.set.info
	if info == nil {
		return
	}
	attempts, _, _ := k.ledger.sum()
	*info = Info{
		Status: o.status, Header: o.header, RequestID: requestID(o.header), Attempts: attempts, Elapsed: elapsed,
		Degraded: o.degraded, Age: o.age,
	}
	if limits := k.route.limits; len(limits) > 0 {
		info.Quota = BucketSnapshot(limits[0].bucket.Snapshot())
	}
}
