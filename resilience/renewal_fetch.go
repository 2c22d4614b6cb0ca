package resilience

// This file waits for the fetches of a renewal.

import (
	"context"
	"errors"
	"time"
)

// fetch is a running fetch. Its result is set before done is closed.
type fetch[T any] struct {
	done   chan struct{}
	begun  time.Time
	limit  time.Time          // when the fetch ends at the latest
	cancel context.CancelFunc // ends the fetch
	after  error              // of the fetch before, if this one probes whether the service works again

	runtimes []context.Context // of calls that wait; each ends when its runtime is closed
	stops    []func() bool     // for what follows then
	kept     bool              // a caller without a runtime waits

	value      T
	generation uint64
	err        error
}

// end sets the result and wakes all callers.
func (f *fetch[T]) end(value T, generation uint64, err error) {
	for _, stop := range f.stops {
		stop()
	}
	f.value, f.generation, f.err = value, generation, err
	close(f.done)
}

// errLateSignIn is for calls that run out of time while they wait for a fetch.
var errLateSignIn = errors.New("the sign-in did not end in time")

// wait waits for the fetch or the end of ctx. A call stops waiting a little before its deadline, so
// that it ends as an outage of the sign-in, and at once if its runtime is closed.
func (f *fetch[T]) wait(ctx context.Context) (value T, generation uint64, err error) {
	w := waiterOf(ctx)
	var late <-chan time.Time
	if !w.by.IsZero() {
		t := time.NewTimer(max(1, time.Until(w.by)))
		defer t.Stop()
		late = t.C
	}
	var closing <-chan struct{}
	if w.closing != nil {
		closing = w.closing.Done()
	}
	select {
	case <-f.done:
		return f.value, f.generation, f.err
	case <-ctx.Done():
		err = ctx.Err()
	case <-closing:
		err = ErrRenewalClosed
	case <-late:
		err = &CredentialError{State: ErrSignInUnavailable, RetryAfter: time.Until(f.limit), Err: errLateSignIn}
	}
	return value, 0, err
}

// probeWait is how long calls wait after a probe that takes longer. Most take less time.
const probeWait = time.Second

// waitShortly waits a moment for a probe. If it takes longer, the service is probably still down.
func (f *fetch[T]) waitShortly(ctx context.Context) (value T, generation uint64, err error) {
	switch {
	case f.within(ctx, shortWait):
		return f.value, f.generation, f.err
	case ctx.Err() != nil:
		return value, 0, ctx.Err()
	}
	return value, 0, resting(f.after, probeWait)
}

// within reports whether the fetch ends within d of its beginning and before ctx.
func (f *fetch[T]) within(ctx context.Context, d time.Duration) bool {
	left := d - time.Since(f.begun)
	if left <= 0 {
		return false
	}
	t := time.NewTimer(left)
	defer t.Stop()
	select {
	case <-f.done:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}

// A waiter is a call that waits for a fetch. The zero waiter is a caller outside of a call.
type waiter struct {
	closing context.Context // ends when the runtime of the call is closed
	by      time.Time       // when the call stops waiting, before its deadline; zero: with its context
}

// waiterKey is the context key of a waiter, in contexts that belong to no attempt.
type waiterKey struct{}

// waiterOf returns the call that a context belongs to.
func waiterOf(ctx context.Context) waiter {
	if x, ok := ctx.Value(exchangeKey{}).(sending); ok {
		return x.waiter(ctx)
	}
	w, _ := ctx.Value(waiterKey{}).(waiter)
	return w
}

const (
	shortCall = time.Second            // calls with no more time left wait until their deadline
	spareTime = 250 * time.Millisecond // most time kept for a fallback
)

// waitUntil returns when a call with the given time left stops waiting for a sign-in.
func waitUntil(now time.Time, left time.Duration) time.Time {
	if left <= shortCall {
		return time.Time{}
	}
	return now.Add(left - min(left/10, spareTime))
}
