package resilience

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/gate"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/internal/pool"
)

// A route is everything that a caller determines once for an operation: the terms of its calls, its
// server, its circuit and limits, and how its requests are signed and sent.
type route struct {
	caller *Caller
	*terms
	server *server
	gate.Guards
	signing
	fallback *Fallback
	senders
}

// signing is how the requests of an operation are signed.
type signing struct {
	signatures []signature
	renewers   []renewable
	unsigned   bool // no credential serves the operation
}

// senders send the requests of an operation.
type senders struct {
	pool   http.RoundTripper
	send   http.RoundTripper // middleware and signing around pool
	direct bool              // nothing adds headers to the requests once they are encoded
}

// route returns the route of an operation. It makes a new one if there is none, if the runtime has
// removed one of its gates, or if the configuration has changed.
func (c *Caller) route(op *Operation) *route {
	if v, ok := c.routes.Load(op); ok {
		if r := v.(*route); !r.Dropped() && r.effective == c.variant.effective.Load() {
			return r
		}
	}
	r := c.newRoute(op)
	c.routes.Store(op, r)
	return r
}

// info describes calls of the route to middleware and observers.
func (r *route) info() CallInfo {
	return CallInfo{
		API: r.caller.api.Name, Operation: r.op, Auth: r.policy.Auth, Account: r.caller.account,
		Server: r.server.origin,
	}
}

func (c *Caller) newRoute(op *Operation) *route {
	r := &route{caller: c, terms: c.terms(op), server: cmp.Or(c.servers.named(serverName(op)), &server{})}
	r.guard(gate.Key{API: c.api.Name, Host: strings.ToLower(r.server.host)})
	var ok bool
	r.signatures, ok = requirement(op, c.api.Schemes, c.set.signers)
	r.unsigned = !ok && !c.set.anonymous
	r.renewers = renewers(r.signatures)
	if f, ok := c.set.fallbacks[op.ID]; ok {
		r.fallback = &f
	} else if age := r.policy.Stale(r.stream); age > 0 {
		r.fallback = &Fallback{maxAge: age}
	}
	r.pool = c.set.transport
	if r.pool == nil {
		r.pool = c.runtime.pools.Get(pool.Key{API: c.api.Name, Settings: r.policy.Transport})
	}
	r.send = chain(c.runtime.middleware, chain(c.set.middleware, &sender{pool: r.pool}))
	r.direct = len(c.runtime.middleware)+len(c.set.middleware)+len(r.signatures) == 0 &&
		r.policy.Retry.AttemptHeader == ""
	return r
}

// admit admits an attempt to the operation of the route.
func (r *route) admit(ctx context.Context, a *gate.Admission, w gate.WaitLimit, now time.Time) *gate.Denial {
	if r.caller.shut() {
		return &gate.Denial{Fault: fault.Closed}
	}
	return a.Enter(ctx, &r.Guards, &r.policy, w, now)
}

// guard sets the circuit and the limits. Those of a host are shared by all accounts.
func (r *route) guard(host gate.Key) {
	r.Account, r.Site = r.caller.account, r.caller.runtime.gates.Site(host.API)
	account, application := host, host
	account.Account, application.Application = r.caller.account, r.caller.application
	shared := r.gate(host)
	r.Circuit = shared.Circuit(r.circuit.name, &r.circuit.policy)
	r.Budget = shared.RetryBudget(r.budget, &r.policy.Retry.Budget)
	r.MaxWait = r.permitWait
	r.Limits = make([]gate.Quota, len(r.quotas))
	for i := range r.quotas {
		q, owner := &r.quotas[i], account
		if q.application {
			owner = application
		}
		r.Limits[i] = gate.Quota{
			Bucket: r.gate(owner).Bucket(q.name, &q.rate), Application: q.application, Observe: q.observe,
		}
	}
	r.Places = make([]*limit.Bulkhead, len(r.bulkheads))
	for i := range r.bulkheads {
		b, owner := &r.bulkheads[i], host
		if b.account {
			owner = account
		}
		r.Places[i] = r.gate(owner).Bulkhead(b.name, &b.policy)
	}
}

// gate returns the gate with a key, and notes that the route uses it.
func (r *route) gate(key gate.Key) *gate.Gate {
	g := r.caller.runtime.gates.Get(key)
	if !slices.Contains(r.Gates, g) {
		r.Gates = append(r.Gates, g)
	}
	return g
}
