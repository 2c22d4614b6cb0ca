// This file has the gate: what all calls of one account to one host of an API pass before they are sent, in this order:
// circuit (looked at), rate limit, bulkhead, circuit (permit taken).

package resilience

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/policy"
)

// gateKey says what shares circuits and quotas. A key with an application and no account is that of the quotas that all accounts of an
// application share.
type gateKey struct{ api, host, account, application string }

// String names the gate in logs and snapshots.
func (k gateKey) String() string {
	name := k.api + " " + k.host
	if k.account != "" {
		name += " " + k.account
	}
	if k.application != "" {
		name += " application " + k.application
	}
	return name
}

// A gate holds what calls of one key share. Its parts are made when an operation first needs them.
type gate struct {
	key          gateKey
	onTransition func(breaker.Transition)
	users        atomic.Int64 // calls under way
	used         atomic.Int64 // when the last call began, in nanoseconds of the clock
	dropped      atomic.Bool  // the runtime has forgotten it: take another one

	mu       sync.Mutex
	circuits map[string]*breaker.Breaker
	buckets  map[string]*limit.Bucket
	places   *limit.Bulkhead
	budget   *limit.Budget
	tuned    map[string]any // the policy that each part was last given
}

func newGate(key gateKey, onTransition func(breaker.Transition)) *gate {
	return &gate{key: key, onTransition: onTransition, circuits: map[string]*breaker.Breaker{}, buckets: map[string]*limit.Bucket{}, tuned: map[string]any{}}
}

// circuit returns the circuit with a name, "" for the gate's own, under the given policy. A circuit that there is keeps its state.
func (g *gate) circuit(name string, p policy.Breaker) *breaker.Breaker {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.circuits[name]
	switch {
	case c == nil:
		c = breaker.New(label(g.key, name), p)
		c.Subscribe(g.onTransition)
		g.circuits[name] = c
	case g.tuned["circuit "+name] != any(p):
		c.Update(p)
	}
	g.tuned["circuit "+name] = p
	return c
}

// bucket returns the bucket with a name, likewise.
func (g *gate) bucket(name string, p policy.Rate) *limit.Bucket {
	g.mu.Lock()
	defer g.mu.Unlock()
	p.Also, p.Scope = nil, "" // say which buckets an operation uses, not what one of them is
	b := g.buckets[name]
	switch {
	case b == nil:
		b = limit.NewBucket(label(g.key, name), p)
		g.buckets[name] = b
	case !reflect.DeepEqual(g.tuned["bucket "+name], p):
		b.Update(p)
	}
	g.tuned["bucket "+name] = p
	return b
}

// bulkhead returns the bulkhead of all calls, likewise.
func (g *gate) bulkhead(p policy.Bulkhead) *limit.Bulkhead {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.places == nil:
		g.places = limit.NewBulkhead(g.key.String(), p)
	case g.tuned["bulkhead"] != any(p):
		g.places.Update(p)
	}
	g.tuned["bulkhead"] = p
	return g.places
}

// retryBudget returns the budget of all calls, likewise.
func (g *gate) retryBudget(p policy.Budget) *limit.Budget {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.budget == nil:
		g.budget = limit.NewBudget(g.key.String(), p)
	case g.tuned["budget"] != any(p):
		g.budget.Update(p)
	}
	g.tuned["budget"] = p
	return g.budget
}

func label(k gateKey, name string) string {
	if name == "" {
		return k.String()
	}
	return k.String() + " " + name
}

// A pass holds what an attempt has taken and must give back.
type pass struct {
	route   *route
	permit  breaker.Permit
	tokens  int       // buckets that gave a permit
	at      time.Time // when the gate was passed
	inPlace bool      // a place in the bulkhead is taken
}

// A refused is why a gate did not let an attempt through.
type refused struct {
	fault fault
	wait  time.Duration // until asking again makes sense; 0: unknown
	err   error
}

// enter passes the gate or says why not. On nil the caller owes leave; otherwise everything was given back.
func (p *pass) enter(ctx context.Context, k *call, now time.Time) *refused {
	r := k.route
	p.route = r
	if r.caller.shut() {
		return &refused{fault: faultClosed}
	}
	if wait, shut := r.circuit.Peek(now); shut {
		return &refused{fault: faultCircuit, wait: wait}
	}
	if ref := p.take(ctx, k); ref != nil {
		p.giveBack()
		return ref
	}
	p.at = time.Now()
	permit, wait, ok := r.circuit.Acquire(p.at, r.policy.Timeout.Attempt)
	if !ok {
		p.giveBack()
		return &refused{fault: faultCircuit, wait: wait}
	}
	p.permit = permit
	return nil
}

// takePermits takes the permits of the rate limits.
func (p *pass) takePermits(ctx context.Context, k *call) *refused {
	for _, l := range p.route.limits {
		if _, err := l.bucket.Take(ctx, k.within(p.route.policy.Rate.MaxWait)); err != nil {
			return waitRefused(err)
		}
		p.tokens++
	}
	return nil
}

// take takes the permits of the rate limits and a place in the bulkhead.
func (p *pass) take(ctx context.Context, k *call) *refused {
	if ref := p.takePermits(ctx, k); ref != nil {
		return ref
	}
	if p.route.policy.Bulkhead.Enabled == policy.Off {
		return nil
	}
	if err := p.route.places.Acquire(ctx, k.within(p.route.policy.Bulkhead.MaxWait)); err != nil {
		if errors.Is(err, limit.ErrBulkheadFull) {
			return &refused{fault: faultBulkhead, wait: p.route.policy.Bulkhead.MaxWait}
		}
		return &refused{fault: faultCanceled, err: err}
	}
	p.inPlace = true
	return nil
}

// waitRefused tells a wait that was too long from a caller that gave up.
func waitRefused(err error) *refused {
	var w *limit.WaitError
	if errors.As(err, &w) {
		return &refused{fault: faultRateLimited, wait: w.Need, err: err}
	}
	return &refused{fault: faultCanceled, err: err}
}

// giveBack undoes take: nothing was sent.
func (p *pass) giveBack() {
	for _, l := range p.route.limits[:p.tokens] {
		l.bucket.Refund()
	}
	p.tokens = 0
	p.leavePlace()
}

// leave gives back the place and tells the circuit what came of the attempt. Later calls do nothing, so that a deferred one can follow.
// Permits of the rate limits come back only if nothing was sent.
func (p *pass) leave(v breaker.Verdict, sent bool) {
	if !sent {
		p.giveBack()
	}
	p.tokens = 0
	p.leavePlace()
	p.permit.Record(v)
}

func (p *pass) leavePlace() {
	if p.inPlace {
		p.inPlace = false
		p.route.places.Release()
	}
}
