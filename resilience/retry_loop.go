package resilience

// This file makes the attempts of a call with the executors of package loop, which ask each outcome
// what follows.

import (
	"context"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/loop"
)

// Next reports whether another attempt follows.
func (o *outcome) Next() bool { return o.call.next(o) }

// Wait returns the wait before the next attempt. It is never 0: with the race detector, the
// runtime of Go 1.26 crashes now and then in a synctest bubble when a timer that is due is read.
func (o *outcome) Wait() time.Duration { return max(o.plan.wait, 1) }

// Last reports whether no other copy of the attempt is awaited.
func (o *outcome) Last() bool { return o.last }

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
// attempt. Closing the runtime ends the waits between attempts, but not attempts: with hedges,
// which share the context of the waits, it ends nothing while one is in progress.
func (k *call) loop(first *outcome) *outcome {
	var made loop.Outcome
	if first != nil {
		made = first
	}
	waits, cancel := context.WithCancel(k.ctx)
	defer cancel()
	defer k.route.caller.afterClose(func() {
		if first != nil || k.ledger.idle() {
			cancel()
		}
	})()
	if o, ok := k.route.loop.Run(waits, made, k.attemptFunc()).(*outcome); ok && !o.plan.again {
		return o
	}
	if o := k.completed(); o != nil {
		return o
	}
	return k.canceled()
}

// completed returns the outcome of the last attempt if it was complete when the context ended, or
// was canceled; otherwise nil. Hedging does not wait for attempts in progress.
func (k *call) completed() *outcome {
	if k.ctx.Err() == nil || k.hedged() {
		return nil
	}
	o := k.ledger.latestReal()
	if o == nil || o.fault != fault.Canceled && (o.fault.CutShort() || k.next(o)) {
		return nil
	}
	return o
}

// hedged reports whether the call may send copies of slow attempts.
func (k *call) hedged() bool { return k.limit > 1 && k.route.loop.Hedged() && k.repeatable() }

// attemptFunc returns the function that an executor runs for each attempt. Without hedges, attempts
// have the context of the call, because that of the executor ends with the runtime.
func (k *call) attemptFunc() func(ctx context.Context, c loop.Copy) loop.Outcome {
	if k.hedged() {
		return func(ctx context.Context, c loop.Copy) loop.Outcome { return k.tryHedged(ctx, c) }
	}
	return func(context.Context, loop.Copy) loop.Outcome { return k.try(k.ctx, false) }
}

// tryHedged makes an attempt that may have copies, or a copy, on a goroutine of the executor. A
// panic is returned, to continue on the goroutine of the call. The runtime waits for the attempt
// even if the call does not.
func (k *call) tryHedged(ctx context.Context, c loop.Copy) *outcome {
	runtime := k.route.caller.runtime
	runtime.inFlight.Add(1)
	defer runtime.leave()
	k.route.Retain(time.Now().UnixNano())
	defer k.route.Release()
	r := k.ledger.enter(c)
	o := k.tryCopy(ctx, c.Hedge)
	if end := k.ledger.leave(r, o); end != nil {
		last := *end // other goroutines may still look at it
		last.last = true
		return &last
	}
	return o
}

// tryCopy makes an attempt and returns a panic as an outcome. A copy is made unless the server asks
// for time; it takes from the retry budget first, and returns it if nothing was sent.
func (k *call) tryCopy(ctx context.Context, hedge bool) (o *outcome) {
	defer func() {
		if p := recover(); p != nil {
			o = &outcome{call: k, cause: cause{fault: fault.Panic}, panicked: p, plan: retryPlan{stop: StopFinal}}
		}
	}()
	if !hedge {
		return k.try(ctx, false)
	}
	price, ok := 0.0, k.paused() == 0
	if ok {
		price, ok = k.route.Budget.Spend(false)
	}
	if !ok {
		return &outcome{call: k, origin: fromHedge}
	}
	if o = k.try(ctx, true); !o.real() {
		k.route.Budget.Refund(price)
	}
	return o
}
