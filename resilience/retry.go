// This file decides after each attempt whether another follows and when, and keeps the call's books.

package resilience

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/internal/redact"
)

// An outcome is what came of an attempt, whole: nothing of it is still to be read.
type outcome struct {
	call    *call
	attempt Attempt

	fault   fault
	status  int
	failed  bool // an answer came, and it is a failure
	header  http.Header
	body    []byte // of a failure, at most keptBody bytes
	value   any    // of a success, or of one with failed items
	items   []FailedItem
	refused bool   // all items were refused before anything was done
	detail  any    // of a failure
	err     error  // scrubbed
	note    string // for the error's text

	decision
	retryAfter time.Duration // what the server, a circuit or a limit asked for
	expiry     Expiry        // the worst that the answer says about a credential
	rejected   []rejected    // the credentials that it rejects
	secrets    []string      // what the request was signed with: never in a text
	throttled  bool          // an answer that is no 429 says that there were too many requests
	turned     bool          // the gate did not let it through
	skipped    bool          // a hedge that was not sent
	panicked   any           // what a hedge panicked with

	again   bool
	wait    time.Duration
	stop    Stop
	failure *Error
	stream  *Stream

	degraded bool          // a fallback answered
	age      time.Duration // of a kept answer
}

// real reports whether the attempt got past the gate: its outcome is one of the server or the network.
func (o *outcome) real() bool { return !o.turned && !o.skipped }

// ok reports whether the attempt succeeded.
func (o *outcome) ok() bool { return o.fault == faultNone && !o.failed }

// A ledger is what a call knows of its attempts. Hedges write to it side by side.
type ledger struct {
	mu       sync.Mutex
	first    [1]Attempt // so that the usual call needs no slice of its own
	attempts []Attempt
	number   int // of the last attempt that began
	ended    int
	counted  int // attempts that count against the limit
	applied  bool
	last     *outcome // the last real one
	partial  *outcome // the last one with a value, of which some items failed

	// The loop alone uses these.
	paid    float64 // what the repeat under way has cost
	onces   [faultCount]bool
	status  map[int]bool // statuses that were repeated once
	renewed bool
	wait    time.Duration // before the next attempt
}

func (l *ledger) init() { l.attempts = l.first[:0] }

// begin numbers an attempt.
func (l *ledger) begin() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.number++
	return l.number
}

// enter books an outcome.
func (l *ledger) enter(o *outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended++
	if !o.real() {
		return
	}
	l.attempts = append(l.attempts, o.attempt)
	l.applied = l.applied || o.applied
	if o.fault != faultCanceled { // a hedge that lost says nothing
		l.last = o
	}
	if o.fault.ofItems() {
		l.partial = o
	}
}

// sum returns a copy of what is booked. open tells that an attempt is still under way: a hedge whose call was given up.
func (l *ledger) sum() (attempts []Attempt, applied, open bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Attempt(nil), l.attempts...), l.applied, l.number > l.ended
}

// lastReal returns the last outcome of the server or the network, or nil.
func (l *ledger) lastReal() *outcome {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// next reports whether another attempt follows. If so, it has paid for it and set the wait; if not, it has noted why.
func (k *call) next(o *outcome) bool {
	if o.again || o.stop != "" {
		return o.again // settled before
	}
	k.account(o)
	k.ledger.wait = 0
	if k.renew(o) {
		o.again = true
		return true
	}
	k.ledger.counted++
	if o.stop = k.hindrance(o); o.stop != "" {
		return false
	}
	o.again = true
	k.ledger.wait = o.wait
	k.tellRepeat(o)
	return true
}

// account gives the budget what the attempt has earned: a little for a success at once, its price for a repeat that succeeded or was not sent.
func (k *call) account(o *outcome) {
	l := &k.ledger
	switch {
	case l.paid > 0 && (o.ok() || !o.real()):
		k.route.budget.Refund(l.paid)
	case o.ok() && l.counted == 0:
		k.route.budget.Earn()
	}
	l.paid = 0
}

// hindrance returns why no further attempt follows, or nothing, having set the wait and paid for it. The order matters: the budget pays last.
func (k *call) hindrance(o *outcome) Stop {
	switch {
	case o.ok(), o.repeat == never, o.repeat == once && k.repeatedOnce(o):
		return StopFinal
	case k.request.oneShot():
		return StopBody
	case k.ledger.counted >= k.limit:
		return StopAttempts
	case k.route.caller.shut():
		return StopClosed
	}
	if wait, open := k.route.circuit.peek(time.Now()); open {
		o.retryAfter = max(o.retryAfter, wait)
		return StopCircuit
	}
	retry := &k.route.policy.Retry
	if retry.MaxRetryAfter > 0 && o.retryAfter > retry.MaxRetryAfter {
		return StopRetryAfter
	}
	o.wait = 0
	if o.decision.wait != waitNone {
		o.wait = retryDelay(*retry, o.decision.wait, k.ledger.counted, o.retryAfter, rand.Float64())
	}
	if left, ok := k.left(); ok && o.wait >= left {
		o.retryAfter = o.wait
		return StopDeadline
	}
	if !k.set.sendBy.IsZero() && o.wait >= time.Until(k.set.sendBy) {
		o.retryAfter = o.wait
		return StopPage
	}
	if o.decision.wait == waitNone {
		return "" // free: the connection was stale, or another one is tried
	}
	price, ok := k.route.budget.Spend(o.kind == KindTimeout)
	if !ok {
		return StopBudget
	}
	k.ledger.paid = price
	return ""
}

// repeatedOnce reports whether the call has already repeated an attempt for the reason of this one, and notes that it does now.
func (k *call) repeatedOnce(o *outcome) bool {
	l := &k.ledger
	if o.fault != faultNone {
		was := l.onces[o.fault]
		l.onces[o.fault] = true
		return was
	}
	if l.status == nil {
		l.status = map[int]bool{}
	}
	was := l.status[o.status]
	l.status[o.status] = true
	return was
}

// renew has rejected credentials renewed, once a call, and reports whether the request is to be sent again. That attempt does not
// count: the first was refused at the door. Where the request must not be sent again they are renewed for the calls that follow.
func (k *call) renew(o *outcome) bool {
	if o.expiry == NotExpired || k.ledger.renewed || k.route.caller.shut() {
		return false
	}
	k.ledger.renewed = true
	ctx, cancel := k.bounded()
	defer cancel()
	again := false
	for _, r := range o.rejected {
		ok, err := r.Renew(ctx, r.rejection)
		if err != nil {
			o.note = "the credential cannot be renewed"
			o.err = redact.Error(err, o.secrets)
			return false
		}
		again = again || ok
	}
	return again && k.replayable(o.expiry)
}

// bounded returns the caller's context with the deadline of the call.
func (k *call) bounded() (context.Context, context.CancelFunc) {
	if k.deadline.IsZero() {
		return context.WithCancel(k.ctx)
	}
	return context.WithDeadline(k.ctx, k.deadline)
}

// replayable reports whether the request may be sent again after its credential was renewed. One request on the wire stays one.
func (k *call) replayable(e Expiry) bool {
	return k.limit > 1 && !k.request.oneShot() && (e == Expired || k.repeatable())
}

// loop lets failsafe's executor repeat. With a first outcome, that is the executor's first attempt. Closing the runtime ends its waits; attempts
// of a hedged call would be cut by that too, so there it only keeps the next one from beginning.
func (k *call) loop(first *outcome) *outcome {
	ctx := k.ctx
	if first != nil {
		waits, cancel := context.WithCancel(k.ctx)
		defer cancel()
		defer context.AfterFunc(k.route.caller.runtime.ctx, cancel)()
		ctx = waits
	}
	o, _ := k.route.loop.WithContext(ctx).GetWithExecution(k.turn(first))
	if o != nil && !o.again {
		return o
	}
	return k.abandoned()
}

// abandoned is the outcome of a call whose caller gave up between two attempts, or while hedges were under way. Then the executor returns nothing of use.
func (k *call) abandoned() *outcome {
	o := &outcome{call: k, fault: faultCanceled, err: context.Cause(k.ctx), stop: StopFinal}
	o.decision = decision{kind: kindOfContext(k.ctx.Err())}
	if k.ctx.Err() == nil {
		o.fault, o.kind, o.turned = faultClosed, KindClosed, true
	}
	if k.ledger.paid > 0 {
		k.route.budget.Refund(k.ledger.paid)
		k.ledger.paid = 0
	}
	return o
}

// kindOfContext tells a context that was cancelled from one that ran out of time.
func kindOfContext(err error) Kind {
	if errors.Is(err, context.DeadlineExceeded) {
		return KindTimeout
	}
	return KindCanceled
}

// shut reports whether no attempt may begin any more.
func (c *Caller) shut() bool { return c.closed.Load() || c.runtime.closed.Load() }
