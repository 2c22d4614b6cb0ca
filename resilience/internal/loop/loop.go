package loop

import (
	"context"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/hedgepolicy"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
)

// An Outcome is what came of an attempt.
type Outcome interface {
	Next() bool          // whether another attempt follows
	Wait() time.Duration // before it
	Last() bool          // whether no other copy of a slow request is awaited
}

// An Executor makes attempts until one is final. It is safe for concurrent use.
type Executor struct {
	// Its results are Outcomes. With the type Outcome, names of functions and types would have its
	// methods in them, which makes programs 70 KB larger.
	executor failsafe.Executor[any]
	hedged   bool
}

// Hedged reports whether the executor sends copies of slow attempts.
func (e Executor) Hedged() bool { return e.hedged }

// New returns an executor that retries. Calls share it, because building one for each of them would
// cost more than the call.
func New() Executor { return Executor{executor: failsafe.With(retries())} }

// retries returns a retry policy that asks the outcome.
func retries() failsafe.Policy[any] {
	return retrypolicy.NewBuilder[any]().
		HandleIf(func(v any, _ error) bool { o, ok := v.(Outcome); return ok && o.Next() }).
		WithMaxRetries(-1).
		WithDelayFunc(func(e failsafe.ExecutionAttempt[any]) time.Duration { return e.LastResult().(Outcome).Wait() }).
		ReturnLastFailure().
		Build()
}

// WithHedges returns an executor that sends up to most copies of an attempt that takes longer than
// after, until one of them returns an outcome that is the last.
func WithHedges(after time.Duration, most int) Executor {
	hedge := hedgepolicy.NewBuilderWithDelay[any](after).
		WithMaxHedges(max(most, 1)).
		CancelIf(func(v any, _ error) bool { o, ok := v.(Outcome); return ok && o.Last() }).
		Build()
	return Executor{executor: failsafe.With(retries(), hedge), hedged: true}
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
	v, _ := e.executor.WithContext(ctx).GetWithExecution(func(x failsafe.Execution[any]) (any, error) {
		if first != nil {
			o := first
			first = nil
			return o, nil
		}
		return try(x.Context(), Copy{Round: x.AttemptStartTime(), Hedge: e.hedged && x.IsHedge()}), nil
	})
	o, _ := v.(Outcome)
	return o
}
