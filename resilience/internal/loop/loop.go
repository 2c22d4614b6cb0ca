package loop

import (
	"context"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/fallback"
	"github.com/failsafe-go/failsafe-go/hedgepolicy"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
)

// An Outcome is what came of an attempt.
type Outcome interface {
	Next() bool          // whether another attempt follows
	Wait() time.Duration // before it
	Last() bool          // whether no other copy of a slow request is awaited
	Failed() bool        // whether a fallback may replace the outcome
	Fallback() Outcome   // the outcome of the fallback, or the same outcome
}

// An Executor makes attempts until one is final. It is safe for concurrent use.
type Executor struct {
	executor failsafe.Executor[Outcome]
	hedged   bool
}

// Hedged reports whether the executor sends copies of slow attempts.
func (e Executor) Hedged() bool { return e.hedged }

// Loops holds the executors that all calls of a runtime share. Building one for each call would
// cost more than the call.
type Loops struct {
	Retry    Executor
	fallback failsafe.Executor[Outcome]
}

// New returns the executors.
func New() *Loops {
	return &Loops{
		Retry:    Executor{executor: failsafe.With[Outcome](retries())},
		fallback: failsafe.With[Outcome](fallbacks()),
	}
}

// retries returns a retry policy that asks the outcome.
func retries() failsafe.Policy[Outcome] {
	return retrypolicy.NewBuilder[Outcome]().
		HandleIf(func(o Outcome, _ error) bool { return o != nil && o.Next() }).
		WithMaxRetries(-1).
		WithDelayFunc(func(e failsafe.ExecutionAttempt[Outcome]) time.Duration { return e.LastResult().Wait() }).
		ReturnLastFailure().
		Build()
}

// fallbacks returns a fallback policy that asks the outcome.
func fallbacks() failsafe.Policy[Outcome] {
	return fallback.NewBuilderWithFunc(func(e failsafe.Execution[Outcome]) (Outcome, error) {
		return e.LastResult().Fallback(), nil
	}).HandleIf(func(o Outcome, _ error) bool { return o != nil && o.Failed() }).Build()
}

// WithHedges returns an executor that sends up to most copies of an attempt that takes longer than
// after, until one of them returns an outcome that is the last.
func WithHedges(after time.Duration, most int) Executor {
	hedge := hedgepolicy.NewBuilderWithDelay[Outcome](after).
		WithMaxHedges(max(most, 1)).
		CancelIf(func(o Outcome, _ error) bool { return o != nil && o.Last() }).
		Build()
	return Executor{executor: failsafe.With[Outcome](retries(), hedge), hedged: true}
}

// A Copy is what an executor runs: an attempt, or a copy of one that hedging adds.
type Copy struct {
	Round time.Time // when the executor began the attempt; its copies have the same time
	Hedge bool      // it is not the attempt itself
}

// Run makes attempts with try until one is final, and returns its outcome, or nil if the context
// ended. If first is not the zero Outcome, it is the outcome of the first attempt, which was made
// already.
func (e Executor) Run(ctx context.Context, first Outcome, try func(ctx context.Context, c Copy) Outcome) Outcome {
	o, _ := e.executor.WithContext(ctx).GetWithExecution(func(x failsafe.Execution[Outcome]) (Outcome, error) {
		if first != nil {
			o := first
			first = nil
			return o, nil
		}
		return try(x.Context(), Copy{Round: x.AttemptStartTime(), Hedge: e.hedged && x.IsHedge()}), nil
	})
	return o
}

// Fallback returns the outcome of the fallback of o, or o if it has none.
func (l *Loops) Fallback(ctx context.Context, o Outcome) Outcome {
	result, _ := l.fallback.WithContext(ctx).Get(func() (Outcome, error) { return o, nil })
	if result == nil {
		return o
	}
	return result
}
