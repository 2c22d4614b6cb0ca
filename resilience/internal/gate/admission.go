package gate

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

// Guards are the circuit and the limits of an operation. They belong to gates, which other
// operations share.
type Guards struct {
	Gate    *Gate
	Shared  *Gate // holds the application's buckets; nil if the operation uses none
	Circuit *breaker.Breaker
	Limits  []Quota
	MaxWait time.Duration // longest wait for the permits of all limits together
	Places  *limit.Bulkhead
	Budget  *limit.Budget
}

// Dropped reports whether the runtime has removed one of the gates.
func (g *Guards) Dropped() bool {
	return g.Gate.dropped.Load() || g.Shared != nil && g.Shared.dropped.Load()
}

// Retain marks the beginning of a call at the given time. The runtime does not remove the gates
// before Release.
func (g *Guards) Retain(now int64) {
	for _, gate := range [...]*Gate{g.Gate, g.Shared} {
		if gate != nil {
			gate.users.Add(1)
			gate.used.Store(now)
		}
	}
}

// Release marks the end of a call.
func (g *Guards) Release() {
	g.Gate.users.Add(-1)
	if g.Shared != nil {
		g.Shared.users.Add(-1)
	}
}

// An Admission holds what an attempt has taken and must give back.
type Admission struct {
	guards  *Guards
	permit  breaker.Permit
	permits permits
	At      time.Time // when the attempt was admitted
	inPlace bool      // a place in the bulkhead is taken
}

// A Denial is why an attempt was not admitted.
type Denial struct {
	Fault fault.Fault
	Wait  time.Duration // until another attempt makes sense; 0 if unknown
	Err   error
}

// Enter takes all that the policy requires for an attempt. If it returns nil, the caller must call
// Leave; otherwise everything has been given back.
func (a *Admission) Enter(ctx context.Context, g *Guards, p *policy.Policy, w WaitLimit, now time.Time) *Denial {
	a.guards, a.permits.cost = g, w.Cost
	if wait, rejected := g.Circuit.Peek(now); rejected {
		return &Denial{Fault: fault.Circuit, Wait: wait}
	}
	if d := a.take(ctx, p, w); d != nil {
		a.GiveBack()
		return d
	}
	a.At = time.Now()
	permit, wait, ok := g.Circuit.Acquire(a.At, p.Timeout.Attempt)
	if !ok {
		a.GiveBack()
		return &Denial{Fault: fault.Circuit, Wait: wait}
	}
	a.permit = permit
	return nil
}

// take takes the permits of the rate limits and a place in the bulkhead.
func (a *Admission) take(ctx context.Context, p *policy.Policy, w WaitLimit) *Denial {
	if d := a.TakePermits(ctx, w); d != nil {
		return d
	}
	if p.Bulkhead.Enabled == policy.Off {
		return nil
	}
	if err := a.guards.Places.Acquire(ctx, w.forPlace(p.Bulkhead.MaxWait, a.permits.waited), w.Closed); err != nil {
		if errors.Is(err, limit.ErrBulkheadFull) {
			return &Denial{Fault: fault.Bulkhead, Wait: p.Bulkhead.MaxWait}
		}
		return ended(err)
	}
	a.inPlace = true
	return nil
}

// GiveBack returns what take has taken, because nothing was sent.
func (a *Admission) GiveBack() {
	a.permits.refund(a.guards.Limits)
	a.LeavePlace()
}

// Leave gives back the place in the bulkhead and reports the outcome to the circuit. Permits of the
// rate limits are given back only if nothing was sent. Only the first call has an effect, so that a
// deferred call may follow.
func (a *Admission) Leave(v breaker.Verdict, sent bool) {
	if !sent {
		a.GiveBack()
	}
	a.permits.taken = 0
	a.LeavePlace()
	a.permit.Record(v)
}

// LeavePlace gives back the place in the bulkhead, if it was taken.
func (a *Admission) LeavePlace() {
	if a.inPlace {
		a.inPlace = false
		a.guards.Places.Release()
	}
}

// ForResend returns an admission for requests that are sent again within an admitted attempt. It
// takes permits of the rate limits only.
func ForResend(g *Guards, cost float64) Admission {
	return Admission{guards: g, permits: permits{cost: cost}}
}

// Record reports the outcome of an attempt to the circuit, before the attempt leaves. Only the
// first report has an effect.
func (a *Admission) Record(v breaker.Verdict) { a.permit.Record(v) }

// WithoutPermit returns an admission whose outcome has been reported already.
func (a Admission) WithoutPermit() Admission {
	a.permit, a.permits.taken = breaker.Permit{}, 0
	return a
}
