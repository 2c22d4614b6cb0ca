package resilience

// This file admits attempts: the circuit is checked, permits of the rate limits and a place in the
// bulkhead are taken, and the circuit's permit is taken last.

import (
	"context"
	"errors"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/policy"
)

// guards are the circuit and the limits of an operation. They belong to gates, which other
// operations share.
type guards struct {
	gate    *gate
	shared  *gate // holds the application's buckets; nil if the operation uses none
	circuit *breaker.Breaker
	limits  []quota
	places  *limit.Bulkhead
	budget  *limit.Budget
}

// dropped reports whether the runtime has removed one of the gates.
func (g *guards) dropped() bool {
	return g.gate.dropped.Load() || g.shared != nil && g.shared.dropped.Load()
}

// retain marks the beginning of a call at the given time. The runtime does not remove the gates
// before release.
func (g *guards) retain(now int64) {
	for _, gate := range [...]*gate{g.gate, g.shared} {
		if gate != nil {
			gate.users.Add(1)
			gate.used.Store(now)
		}
	}
}

// release marks the end of a call.
func (g *guards) release() {
	g.gate.users.Add(-1)
	if g.shared != nil {
		g.shared.users.Add(-1)
	}
}

// A waitLimit bounds the waits of a call. A zero time is ignored.
type waitLimit struct {
	deadline time.Time // of the call
	sendBy   time.Time // when the token of a page expires
}

// bound returns wait, or less if the call would be of no use after it. A wait that ends with the
// deadline is of no use either, hence the nanosecond.
func (w waitLimit) bound(wait time.Duration) time.Duration {
	for _, t := range [...]time.Time{w.deadline, w.sendBy} {
		if !t.IsZero() {
			wait = min(wait, time.Until(t)-1)
		}
	}
	return wait
}

// An admission holds what an attempt has taken and must give back.
type admission struct {
	guards  *guards
	permit  breaker.Permit
	tokens  int       // number of buckets that gave a permit
	at      time.Time // when the attempt was admitted
	inPlace bool      // a place in the bulkhead is taken
}

// A denial is why an attempt was not admitted.
type denial struct {
	fault fault.Fault
	wait  time.Duration // until another attempt makes sense; 0 if unknown
	err   error
}

// enter takes all that the policy requires for an attempt. If it returns nil, the caller must call
// leave; otherwise everything has been given back.
func (a *admission) enter(ctx context.Context, g *guards, p *policy.Policy, w waitLimit, now time.Time) *denial {
	a.guards = g
	if wait, rejected := g.circuit.Peek(now); rejected {
		return &denial{fault: fault.Circuit, wait: wait}
	}
	if d := a.take(ctx, p, w); d != nil {
		a.giveBack()
		return d
	}
	a.at = time.Now()
	permit, wait, ok := g.circuit.Acquire(a.at, p.Timeout.Attempt)
	if !ok {
		a.giveBack()
		return &denial{fault: fault.Circuit, wait: wait}
	}
	a.permit = permit
	return nil
}

// take takes the permits of the rate limits and a place in the bulkhead.
func (a *admission) take(ctx context.Context, p *policy.Policy, w waitLimit) *denial {
	if d := a.takePermits(ctx, p.Rate.MaxWait, w); d != nil {
		return d
	}
	if p.Bulkhead.Enabled == policy.Off {
		return nil
	}
	if err := a.guards.places.Acquire(ctx, w.bound(p.Bulkhead.MaxWait)); err != nil {
		if errors.Is(err, limit.ErrBulkheadFull) {
			return &denial{fault: fault.Bulkhead, wait: p.Bulkhead.MaxWait}
		}
		return &denial{fault: fault.Canceled, err: err}
	}
	a.inPlace = true
	return nil
}

// takePermits takes the permits of the rate limits.
func (a *admission) takePermits(ctx context.Context, maxWait time.Duration, w waitLimit) *denial {
	for _, l := range a.guards.limits {
		if _, err := l.bucket.Take(ctx, w.bound(maxWait)); err != nil {
			return permitDenial(err)
		}
		a.tokens++
	}
	return nil
}

// permitDenial returns the denial for an error of [limit.Bucket.Take].
func permitDenial(err error) *denial {
	var w *limit.WaitError
	if errors.As(err, &w) {
		return &denial{fault: fault.RateLimited, wait: w.Need, err: err}
	}
	return &denial{fault: fault.Canceled, err: err}
}

// giveBack returns what take has taken, because nothing was sent.
func (a *admission) giveBack() {
	for _, l := range a.guards.limits[:a.tokens] {
		l.bucket.Refund()
	}
	a.tokens = 0
	a.leavePlace()
}

// leave gives back the place in the bulkhead and reports the outcome to the circuit. Permits of the
// rate limits are given back only if nothing was sent. Only the first call has an effect, so that a
// deferred call may follow.
func (a *admission) leave(v breaker.Verdict, sent bool) {
	if !sent {
		a.giveBack()
	}
	a.tokens = 0
	a.leavePlace()
	a.permit.Record(v)
}

func (a *admission) leavePlace() {
	if a.inPlace {
		a.inPlace = false
		a.guards.places.Release()
	}
}
