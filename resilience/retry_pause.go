package resilience

// This file holds back retries while the server asks for time. A response with a status of 5xx and
// a Retry-After delays the retries of all calls of the operation, but not their first attempts.

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/gate"
)

// pauseRetries delays the retries of the operation if a response asks for that.
func (x *exchange) pauseRetries(o *outcome) {
	if o.status >= 500 && o.retryAfter > 0 && !o.throttled {
		x.call.route.Pause(x.call.route.op.ID, time.Now(), o.retryAfter)
	}
}

// paused returns how much longer retries of the operation are delayed.
func (k *call) paused() time.Duration { return k.route.Paused(k.route.op.ID, time.Now()) }

// required returns the wait before a retry that the server requires: with the response of the
// attempt, or with that of another call.
func (k *call) required(o *outcome) time.Duration {
	if o.decision.Wait == fault.WaitNone {
		return o.retryAfter
	}
	return max(o.retryAfter, k.paused())
}

// tooLong reports whether a wait that the server requires is longer than the policy allows.
func (k *call) tooLong(wait time.Duration) bool {
	most := k.route.policy.Retry.MaxRetryAfter
	return most > 0 && wait > most
}

// reported returns the RetryAfter of the error that ends the call with an outcome: what the server
// asks for, but no more than the policy allows.
func (k *call) reported(o *outcome) time.Duration {
	if o.status != 0 && k.tooLong(o.retryAfter) {
		return k.route.policy.Retry.MaxRetryAfter
	}
	return o.retryAfter
}

// fits returns why a retry after a wait is of no use, or "" if it is.
func (k *call) fits(wait time.Duration) Stop {
	if left, ok := k.deadline.left(); ok && wait >= left {
		return StopDeadline
	}
	if !k.set.sendBy.IsZero() && wait >= time.Until(k.set.sendBy) {
		return StopPage
	}
	return ""
}

// awaitPause waits before a retry if another call was asked to wait in the meantime. It returns the
// outcome of the attempt if that is not made.
func (x *exchange) awaitPause(ctx context.Context) *outcome {
	k := x.call
	if x.hedge || !k.ledger.mayDelay() {
		return nil
	}
	for pause := k.paused(); pause > 0; pause = k.paused() {
		wait := fault.Delay(k.route.policy.Retry, fault.WaitServer, 1, pause, rand.Float64())
		stop := k.fits(wait)
		if k.tooLong(pause) {
			stop, pause = StopRetryAfter, k.route.policy.Retry.MaxRetryAfter
		}
		if stop != "" {
			o := x.denied(ctx, &gate.Denial{Fault: fault.RateLimited, Wait: pause})
			o.ended = stop
			return o
		}
		if d := gate.Rest(ctx, wait, k.route.caller.closing()); d != nil {
			return x.denied(ctx, d)
		}
		x.wait += wait
	}
	return nil
}
