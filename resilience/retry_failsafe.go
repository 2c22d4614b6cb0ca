package resilience

// This file is the only one that imports failsafe-go. Its executors run the loop of retries, hedges
// and fallbacks; call.next decides what is retried and when. The delays, budgets and limits of the
// library are not used.

import (
	"context"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/fallback"
	"github.com/failsafe-go/failsafe-go/hedgepolicy"
	"github.com/failsafe-go/failsafe-go/retrypolicy"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/policy"
)

// executor runs attempts until one is final.
type executor = failsafe.Executor[*outcome]

// loops holds the executors that all calls of a runtime share. Building one for each call would
// cost more than the call.
type loops struct {
	retry    executor
	fallback executor
}

func newLoops() *loops {
	return &loops{retry: failsafe.With[*outcome](retries()), fallback: failsafe.With[*outcome](fallbacks())}
}

// retries returns a retry policy that asks the call.
func retries() failsafe.Policy[*outcome] {
	return retrypolicy.NewBuilder[*outcome]().
		HandleIf(func(o *outcome, _ error) bool { return o != nil && o.call.next(o) }).
		WithMaxRetries(-1).
		WithDelayFunc(func(e failsafe.ExecutionAttempt[*outcome]) time.Duration { return e.LastResult().plan.wait }).
		ReturnLastFailure().
		Build()
}

// newHedgedLoop returns an executor that sends copies of slow attempts.
func newHedgedLoop(h policy.Hedge) executor {
	hedge := hedgepolicy.NewBuilderWithDelay[*outcome](h.After).
		WithMaxHedges(max(h.Max, 1)).
		CancelIf(func(o *outcome, _ error) bool { return o != nil && o.origin != fromHedge }).
		Build()
	return failsafe.With[*outcome](retries(), hedge)
}

// fallbacks returns a fallback policy that asks the call.
func fallbacks() failsafe.Policy[*outcome] {
	return fallback.NewBuilderWithFunc(func(e failsafe.Execution[*outcome]) (*outcome, error) {
		o := e.LastResult()
		return o.call.fallBack(o), nil
	}).HandleIf(func(o *outcome, _ error) bool { return o != nil && o.failure != nil }).Build()
}

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
	if first != nil {
		waits, cancel := context.WithCancel(k.ctx)
		defer cancel()
		defer context.AfterFunc(k.route.caller.runtime.ctx, cancel)()
		ctx = waits
	}
	o, _ := k.route.loop.WithContext(ctx).GetWithExecution(k.attemptFunc(first))
	if o != nil && !o.plan.again {
		return o
	}
	return k.canceled()
}

// hedged reports whether the call may send copies of slow attempts.
func (k *call) hedged() bool {
	return k.limit > 1 && k.route.loop != k.route.caller.runtime.loops.retry && k.repeatable()
}

// attemptFunc returns the function that an executor runs for each attempt.
func (k *call) attemptFunc(first *outcome) func(failsafe.Execution[*outcome]) (*outcome, error) {
	hedged := k.hedged()
	return func(e failsafe.Execution[*outcome]) (*outcome, error) {
		if first != nil {
			o := first
			first = nil
			return o, nil
		}
		if hedged {
			return k.tryHedged(e), nil
		}
		return k.try(k.ctx, false), nil
	}
}

// tryHedged makes an attempt on a goroutine of the executor. A copy takes from the retry budget
// first. A panic is returned, to continue on the goroutine of the call. The runtime waits for the
// attempt even if the call does not.
func (k *call) tryHedged(e failsafe.Execution[*outcome]) (o *outcome) {
	runtime := k.route.caller.runtime
	runtime.inFlight.Add(1)
	defer runtime.leave()
	defer func() {
		if p := recover(); p != nil {
			o = &outcome{call: k, cause: cause{fault: fault.Panic}, panicked: p, plan: retryPlan{stop: StopFinal}}
		}
	}()
	if !e.IsHedge() {
		return k.try(e.Context(), false)
	}
	if _, ok := k.route.Budget.Spend(false); !ok {
		return &outcome{call: k, origin: fromHedge}
	}
	return k.try(e.Context(), true)
}

// runFallback returns the outcome of the call's fallback, or o. It has the context of the caller,
// so it may end after the deadline of the call.
func (k *call) runFallback(o *outcome) *outcome {
	executor := k.route.caller.runtime.loops.fallback.WithContext(k.ctx)
	result, _ := executor.Get(func() (*outcome, error) { return o, nil })
	if result == nil {
		return o
	}
	return result
}
