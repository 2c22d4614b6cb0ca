package resilience

// This file has the hooks for following single calls, for example to trace them.

import (
	"context"
	"slices"
)

// A CallObserver follows one call. It is called with the context of the caller when the call
// begins. The context that it returns must be derived from it and replaces it for the whole call:
// attempts, middleware, credentials and fallbacks.
//
// The function that it returns, unless nil, is called with the events of the call, as those of
// [WithObserver] are. An [EventCall] ends the call, including one that fails before its first
// attempt; only the attempts of hedges may end later. There is none if the call panics.
type CallObserver func(ctx context.Context, c CallInfo) (context.Context, func(Event))

// WithCallObserver calls f when a call begins. Calls after [Runtime.Close] are not reported. The
// first of several observers is the outermost.
func WithCallObserver(f CallObserver) RuntimeOption {
	return func(r *Runtime) { r.callObservers = append(r.callObservers, f) }
}

// WithRuntimeMiddleware wraps each attempt of all clients of the runtime in round trippers, the
// first outermost. They are outside those of [WithMiddleware].
func WithRuntimeMiddleware(m ...Middleware) RuntimeOption {
	return func(r *Runtime) { r.middleware = append(r.middleware, m...) }
}

// observe reports the beginning of the call to the observers of calls.
func (k *call) observe() {
	for _, f := range k.route.caller.runtime.callObservers {
		ctx, report := f(k.ctx, k.route.info())
		k.ctx = ctx
		if report != nil {
			k.observers = append(k.observers, report)
		}
	}
}

// emit passes an event to the observers of the call and of the runtime.
func (k *call) emit(e Event) {
	k.emitOwn(e)
	k.route.caller.runtime.emit(e)
}

// emitOwn passes an event to the observers of the call, the innermost first.
func (k *call) emitOwn(e Event) {
	for _, f := range slices.Backward(k.observers) {
		f(e)
	}
}
