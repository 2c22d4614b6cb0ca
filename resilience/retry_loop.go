package resilience

import (
	"context"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/loop"
)

// This file makes the attempts of a call with the executors of package loop, which ask each outcome
// what follows.

// Next reports whether another attempt follows.
func (o *outcome) Next() bool { return o.call.next(o) }

// Wait returns the wait before the next attempt. It is never 0: with the race detector, the
// runtime of Go 1.26 crashes now and then in a synctest bubble when a timer that is due is read.
func (o *outcome) Wait() time.Duration { return max(o.plan.wait, 1) }

// Sent reports whether the attempt was made; a hedge is not if the retry budget is spent.
func (o *outcome) Sent() bool { return o.origin != fromHedge }

// Failed reports whether the call ended with an error.
func (o *outcome) Failed() bool { return o.failure != nil }

// Fallback returns the outcome of the call's fallback, or o.
func (o *outcome) Fallback() loop.Outcome { return o.call.fallBack(o) }

// run makes the attempts of a call. The first one is made directly; only if another one follows
// does an executor take over, with the first outcome as that of its first attempt.
func (k *call) run() *outcome {
	if k.hedged() {
		return k.loop(nil)
	}
	o := k.try(k.ctx, false)
	if !k.next(o) {
		return o
	}
	return k.loop(o)
}

// loop makes attempts until one is final. If first is not nil, it is the outcome of the first
// attempt. Closing the runtime ends the waits between attempts. With hedges it would end attempts
// too, so there it only prevents the next attempt.
func (k *call) loop(first *outcome) *outcome {
	ctx := k.ctx
	var made loop.Outcome
	if first != nil {
		made = first
		waits, cancel := context.WithCancel(k.ctx)
		defer cancel()
		defer context.AfterFunc(k.route.caller.runtime.ctx, cancel)()
		ctx = waits
	}
	if o, ok := k.route.loop.Run(ctx, made, k.attemptFunc()).(*outcome); ok && !o.plan.again {
		return o
	}
	return k.canceled()
}

// hedged reports whether the call may send copies of slow attempts.
func (k *call) hedged() bool { return k.limit > 1 && k.route.loop.Hedged() && k.repeatable() }

// attemptFunc returns the function that an executor runs for each attempt. Without hedges, attempts
// have the context of the call, because that of the executor ends with the runtime.
func (k *call) attemptFunc() func(ctx context.Context, hedge bool) loop.Outcome {
	if k.hedged() {
		return func(ctx context.Context, hedge bool) loop.Outcome { return k.tryHedged(ctx, hedge) }
	}
	return func(context.Context, bool) loop.Outcome { return k.try(k.ctx, false) }
}

// tryHedged makes an attempt on a goroutine of the executor. A copy takes from the retry budget
// first. A panic is returned, to continue on the goroutine of the call. The runtime waits for the
// attempt even if the call does not.
func (k *call) tryHedged(ctx context.Context, hedge bool) (o *outcome) {
	runtime := k.route.caller.runtime
	runtime.inFlight.Add(1)
	defer runtime.leave()
	defer func() {
		if p := recover(); p != nil {
			o = &outcome{call: k, cause: cause{fault: fault.Panic}, panicked: p, plan: retryPlan{stop: StopFinal}}
		}
	}()
	if hedge {
		if _, ok := k.route.Budget.Spend(false); !ok {
			return &outcome{call: k, origin: fromHedge}
		}
	}
	return k.try(ctx, hedge)
}
