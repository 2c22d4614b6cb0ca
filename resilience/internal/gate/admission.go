package gate

// This file admits attempts: the circuit is checked, permits of the rate limits and a place in the
// bulkhead are taken, and the circuit's permit is taken last.

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/policy"
)

// Guards are the circuit and the limits of an operation for the calls of one account. They belong
// to gates, which other operations and accounts share.
type Guards struct {
	Account string
	Site    *Site   // of the API; nil: none
	Gates   []*Gate // to which the parts below belong; the first one is that of the host
	Circuit *breaker.Breaker
	Limits  []Quota
	MaxWait time.Duration     // longest wait for the permits of all limits together
	Places  []*limit.Bulkhead // the account's own, if there is one, before that of all accounts
	Budget  *limit.Budget
}

// CountDegraded counts a call that a fallback answered.
func (g *Guards) CountDegraded() { g.Gates[0].degraded.Add(1) }

// removed is what is subtracted from the users of a gate that is removed.
const removed = 1 << 40

// Dropped reports whether the runtime has removed one of the gates.
func (g *Guards) Dropped() bool {
	return slices.ContainsFunc(g.Gates, func(gate *Gate) bool { return gate.users.Load() < 0 })
}

// Retain marks the beginning of a call at the given time. The runtime does not remove the gates
// before Release. If it has removed one already, Retain returns false.
func (g *Guards) Retain(now int64) bool {
	for i, gate := range g.Gates {
		if gate.users.Add(1) < 0 {
			for _, gate := range g.Gates[:i+1] {
				gate.users.Add(-1)
			}
			return false
		}
		gate.used.Store(now)
	}
	return true
}

// Release marks the end of a call.
func (g *Guards) Release() {
	for _, gate := range g.Gates {
		gate.users.Add(-1)
	}
}

// Open reports whether the circuit would reject a call now, or the API is isolated, and, if so,
// when to ask again.
func (g *Guards) Open(now time.Time) (wait time.Duration, open bool) {
	if !g.Site.Isolated().IsZero() {
		return 0, true
	}
	return g.Circuit.Peek(g.Account, now)
}

// An Admission holds what an attempt has taken and must give back.
type Admission struct {
	guards  *Guards
	permit  breaker.Permit
	permits permits
	At      time.Time // when the attempt was admitted
	places  int       // number of bulkheads in which a place is taken
	rested  bool      // it waited for a place
}

// A Denial is why an attempt was not admitted.
type Denial struct {
	Fault fault.Fault
	Wait  time.Duration // until another attempt makes sense; 0 if unknown
	Err   error
}

// Enter takes all that the policy requires for an attempt. If it returns nil, the caller must call
// Leave; otherwise, also after a panic, everything has been given back.
func (a *Admission) Enter(ctx context.Context, g *Guards, p *policy.Policy, w WaitLimit, now time.Time) *Denial {
	a.guards, a.permits.cost = g, w.Cost
	if wait, open := g.Open(now); open {
		return &Denial{Fault: fault.Circuit, Wait: wait}
	}
	entered := false
	defer func() {
		if !entered {
			a.GiveBack()
		}
	}()
	if d := a.take(ctx, p, &w, now); d != nil {
		return d
	}
	if a.At = now; a.rested || a.permits.waited > 0 {
		a.At = time.Now()
	}
	if !g.Site.Isolated().IsZero() {
		return &Denial{Fault: fault.Circuit}
	}
	var wait time.Duration
	if a.permit, wait, entered = g.Circuit.Acquire(g.Account, a.At, p.Timeout.Attempt); !entered {
		return &Denial{Fault: fault.Circuit, Wait: wait}
	}
	return nil
}

// take takes the permits of the rate limits and a place in the bulkhead.
func (a *Admission) take(ctx context.Context, p *policy.Policy, w *WaitLimit, now time.Time) *Denial {
	if d := a.TakePermits(ctx, w, now); d != nil {
		return d
	}
	if p.Bulkhead.Enabled == policy.Off {
		return nil
	}
	return a.takePlaces(ctx, now, p.Bulkhead.MaxWait, w)
}

// takePlaces takes a place in each bulkhead and waits for at most maxWait in all.
func (a *Admission) takePlaces(
	ctx context.Context, now time.Time, maxWait time.Duration, w *WaitLimit,
) *Denial {
	for _, places := range a.guards.Places {
		if ctx.Err() == nil && places.Try() {
			a.places++
			continue
		}
		left := maxWait
		if a.rested {
			left -= time.Since(now) - a.permits.waited
		}
		a.rested = true
		err := places.Acquire(ctx, w.forPlace(left, a.permits.waited), w.Closed)
		switch {
		case errors.Is(err, limit.ErrBulkheadFull):
			return &Denial{Fault: fault.Bulkhead, Wait: maxWait}
		case err != nil:
			return ended(err)
		}
		a.places++
	}
	return nil
}

// GiveBack returns what take has taken, because nothing was sent.
func (a *Admission) GiveBack() {
	a.permits.refund(a.guards.Limits)
	a.LeavePlaces()
}

// Leave gives back the places in bulkheads and reports the outcome to the circuit. Permits of the
// rate limits are given back only if nothing was sent. Only the first call has an effect, so that a
// deferred call may follow.
func (a *Admission) Leave(o breaker.Outcome, sent bool) {
	if !sent {
		a.GiveBack()
	}
	a.permits.taken = 0
	a.LeavePlaces()
	a.permit.Record(o)
}

// LeavePlaces gives back the places in bulkheads that were taken.
func (a *Admission) LeavePlaces() {
	for a.places > 0 {
		a.places--
		a.guards.Places[a.places].Release()
	}
}

// ObservedOpen returns the circuit that would have denied the attempt if its mode were not observe,
// or nil.
func (a *Admission) ObservedOpen() *breaker.Overrun { return a.permit.Observed() }

// ForResend returns an admission for requests that are sent again within an admitted attempt. It
// takes permits of the rate limits only.
func ForResend(g *Guards, cost float64) Admission {
	return Admission{guards: g, permits: permits{cost: cost}}
}

// Record reports the outcome of an attempt to the circuit, before the attempt leaves. Only the
// first report has an effect.
func (a *Admission) Record(o breaker.Outcome) { a.permit.Record(o) }

// WithoutPermit returns an admission whose outcome has been reported already.
func (a Admission) WithoutPermit() Admission {
	a.permit, a.permits.taken = breaker.Permit{}, 0
	return a
}
