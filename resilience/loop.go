// This file is the one home of failsafe-go: its executor runs the loop of repeats and the hedges. What is repeated and when is decided by
// our code, in call.next; the library's own back-off, budget and limits are not used.

package resilience

import (
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/fallback"
	"github.com/failsafe-go/failsafe-go/hedgepolicy"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"github.com/resgen/resgen/resilience/policy"
)

// loops holds the executors that all calls of a runtime share. They are built once: building one for each call would cost more than the call.
type loops struct {
	retry    failsafe.Executor[*outcome]
	fallback failsafe.Executor[*outcome]
}

func newLoops() *loops {
	return &loops{retry: failsafe.With[*outcome](repeats()), fallback: failsafe.With[*outcome](fallbacks())}
}

// repeats is a retry policy that asks the call.
func repeats() failsafe.Policy[*outcome] {
	return retrypolicy.NewBuilder[*outcome]().
		HandleIf(func(o *outcome, _ error) bool { return o != nil && o.call.next(o) }).
		WithMaxRetries(-1).
		WithDelayFunc(func(e failsafe.ExecutionAttempt[*outcome]) time.Duration { return e.LastResult().wait }).
		ReturnLastFailure().
		Build()
}

// newHedgedLoop returns an executor that sends copies of slow attempts.
func newHedgedLoop(h policy.Hedge) failsafe.Executor[*outcome] {
	hedge := hedgepolicy.NewBuilderWithDelay[*outcome](h.After).
		WithMaxHedges(max(h.Max, 1)).
		CancelIf(func(o *outcome, _ error) bool { return o != nil && !o.skipped }).
		Build()
	return failsafe.With[*outcome](repeats(), hedge)
}

// fallbacks is a fallback policy that asks the call.
func fallbacks() failsafe.Policy[*outcome] {
	return fallback.NewBuilderWithFunc(func(e failsafe.Execution[*outcome]) (*outcome, error) {
		o := e.LastResult()
		return o.call.fallBack(o), nil
	}).HandleIf(func(o *outcome, _ error) bool { return o != nil && o.failure != nil }).Build()
}
