package resilience

// This file decides after each attempt whether another one follows, and when. The decision is made
// without side effects in call.planRetry; call.next applies it.

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/redact"
	"github.com/resgen/resgen/resilience/policy"
)

// retryPlan says what follows an attempt. The zero plan is not made yet.
type retryPlan struct {
	again      bool
	free       bool          // the retry budget does not pay for it
	wait       time.Duration // before the next attempt
	stop       Stop          // why no attempt follows
	retryAfter time.Duration // what the error of the call reports; 0: unknown
}

// next reports whether another attempt follows. It makes the plan of the outcome, once.
func (k *call) next(o *outcome) bool {
	if o.plan.again || o.plan.stop != "" {
		return o.plan.again
	}
	l := &k.ledger
	l.settleBudget(k.route.Budget, o)
	l.setWait(0, false)
	if k.ctx.Err() == nil && k.renew(o) {
		o.plan.again = true
		return true
	}
	if o.plan.stop != "" {
		return false
	}
	l.count()
	k.choose(o)
	plan := k.planRetry(o)
	o.retryAfter = plan.retryAfter
	if plan.again && !plan.free {
		price, ok := k.route.Budget.Spend(o.decision.kind == KindTimeout)
		if !ok {
			plan = retryPlan{stop: StopBudget}
		}
		l.paid = price
	}
	o.plan = plan
	if !plan.again {
		return false
	}
	l.noteReason(o)
	l.setWait(plan.wait, !plan.free)
	k.reportRetry(o)
	return true
}

// planRetry decides whether another attempt follows and how long to wait before it.
func (k *call) planRetry(o *outcome) retryPlan {
	if stop := k.stopReason(o); stop != "" {
		return retryPlan{stop: stop, retryAfter: max(k.reported(o), k.closedFor(o))}
	}
	if wait, open := k.route.Open(time.Now()); open {
		return retryPlan{stop: StopCircuit, retryAfter: max(k.reported(o), wait)}
	}
	retry, required := &k.route.policy.Retry, k.required(o)
	if k.tooLong(required) {
		return retryPlan{stop: StopRetryAfter, retryAfter: retry.MaxRetryAfter}
	}
	plan := retryPlan{again: true, free: o.decision.Wait == fault.WaitNone, retryAfter: required}
	if !plan.free {
		plan.wait = fault.Delay(*retry, o.decision.Wait, k.ledger.counted, required, rand.Float64())
	}
	if stop := k.fits(plan.wait); stop != "" {
		return retryPlan{stop: stop, retryAfter: plan.wait}
	}
	return plan
}

// closedFor returns how long the circuit rejects calls after a failure that it counted.
func (k *call) closedFor(o *outcome) time.Duration {
	if o.decision.Verdict != breaker.Failure {
		return 0
	}
	wait, _ := k.route.Open(time.Now())
	return wait
}

// stopReason returns why the outcome itself or the limits of the call allow no further attempt, or
// "" if they do.
func (k *call) stopReason(o *outcome) Stop {
	switch d := &o.decision; {
	case o.ended != "":
		return o.ended
	case o.ok(), d.Retry == fault.Never && !k.limited(o), d.Retry == fault.Once && k.ledger.hasReason(o):
		return StopFinal
	case k.ledger.counted >= k.limit:
		return StopAttempts
	case k.request.oneShot():
		return StopBody
	case k.route.caller.shut():
		return StopClosed
	case o.fault.CutShort():
		return "" // if the context has ended, that is the outcome of the call
	}
	switch err := k.ctx.Err(); {
	case err == nil:
		return ""
	case errors.Is(err, context.DeadlineExceeded):
		return StopDeadline
	}
	return StopFinal
}

// limited reports whether only the limit of attempts or a body that can be read only once prevents
// a retry.
func (k *call) limited(o *outcome) bool {
	if k.limit > 1 && !k.request.oneShot() || !o.real() || !k.classRepeats() {
		return false
	}
	repeatable := o.observed
	repeatable.Repeatable = true
	return fault.Classify(repeatable, &k.route.policy).Retry != fault.Never
}

// repeatable reports whether the request may be sent again after a failure that does not prove that
// it was not run.
func (k *call) repeatable() bool { return k.limit > 1 && !k.request.oneShot() && k.classRepeats() }

// classRepeats reports whether the class of the operation allows that.
func (k *call) classRepeats() bool {
	switch k.route.policy.Idempotency {
	case policy.Safe, policy.Idempotent:
		return true
	case policy.Keyed:
		return k.request.key != ""
	case policy.Conditional:
		return k.request.conditional()
	}
	return false
}

// renew renews rejected credentials, once per call, and reports whether the request is sent again.
// That attempt does not count against the limit, because the server did not run the first one. If
// the request must not be sent again, credentials are renewed for later calls.
func (k *call) renew(o *outcome) bool {
	if o.auth.expiry == NotExpired || k.ledger.renewed || k.route.caller.shut() {
		return false
	}
	k.ledger.renewed = true
	ctx, cancel := k.deadline.context(k.ctx)
	defer cancel()
	ctx = context.WithValue(ctx, waiterKey{}, k.waiter())
	closing := &closingContext{Context: ctx, caller: k.route.caller}
	defer closing.end()
	again := false
	for _, r := range o.auth.rejected {
		ok, err := r.Renew(closing, r.rejection)
		if err != nil && k.route.caller.shut() && ctx.Err() == nil {
			o.plan.stop = StopClosed
			return false
		}
		if err != nil {
			o.failedRenewal(classified(err))
			return false
		}
		again = again || ok
	}
	sendable := k.limit > 1 && !k.request.oneShot() && (o.auth.expiry == Expired || k.repeatable())
	return again && sendable
}

// endsRound reports whether the copies of the attempt are of no use any more: one succeeded, or
// failed in a way that must not be repeated. A failure that may be repeated leaves the others
// alone, as does a copy that was not admitted.
func (o *outcome) endsRound() bool {
	return o.panicked != nil || o.real() && (o.ok() || o.decision.Retry == fault.Never)
}

// waiter returns how a credential may wait for its renewal on behalf of the call.
func (k *call) waiter() waiter {
	left, _ := k.deadline.left()
	return waiter{closing: k.route.caller.runtime.ctx, by: waitUntil(time.Now(), left)}
}

// failedRenewal adds the error of a renewal to the rejection that led to it. If the error says what
// is wrong with the sign-in, that is why the call fails.
func (o *outcome) failedRenewal(err error) {
	o.note = "the credential cannot be renewed"
	o.err = redact.Error(err, o.auth.secrets)
	if stateOf(err) != nil {
		o.decision.kind = KindCredential
		o.retryAfter = max(o.retryAfter, retryAfterOf(err))
	}
}

// canceled returns the outcome of a call that ended between two attempts or while hedges were
// running, because its context ended or the runtime was closed.
func (k *call) canceled() *outcome {
	o := &outcome{call: k, plan: retryPlan{stop: StopFinal}}
	if k.ctx.Err() == nil {
		o.fault, o.decision.kind, o.origin = fault.Closed, KindClosed, fromGate
	} else {
		o.cause = cause{fault: fault.Canceled, err: redact.Error(errorOf(k.ctx), nil)}
		o.decision.kind = kindOfContext(k.ctx.Err())
	}
	k.ledger.refund(k.route.Budget)
	return o
}

// settle prepares the last outcome for the result of the call. If the gate denied the last attempt,
// or a retry for some items failed, an earlier outcome takes its place.
func (k *call) settle(o *outcome) {
	if o.plan.stop == "" {
		o.plan.stop = StopFinal
	}
	if p := k.ledger.partial; p != nil && o.real() && !o.ok() && o.fault != fault.Canceled && !o.fault.OfItems() {
		stop := o.plan.stop // the results of the other items are still valid
		*o = *p
		o.plan = retryPlan{stop: stop}
	}
	last := k.ledger.lastReal()
	if o.fault == fault.Canceled && o.status == 0 && last != nil {
		r := &last.response
		o.response = response{status: r.status, failed: r.failed, header: r.header, body: r.body, detail: r.detail}
	}
	if o.real() || o.fault == fault.Canceled || last == nil {
		return
	}
	stop, wait := cmp.Or(o.ended, StopLimit), o.retryAfter
	switch o.fault {
	case fault.Circuit:
		stop = StopCircuit
	case fault.Closed:
		stop = StopClosed
	}
	*o = *last
	o.plan = retryPlan{stop: stop}
	o.retryAfter = max(wait, last.retryAfter)
}
