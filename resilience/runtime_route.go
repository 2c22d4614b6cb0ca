package resilience

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A route is everything that a caller determines once for an operation: its effective policy, its
// server, its circuit and limits, and how its requests are signed and sent.
type route struct {
	caller    *Caller
	op        *Operation
	effective *effective // the configuration from which the policy was taken
	policy    policy.Policy
	server    server
	guards
	signing
	headers
	stream   bool // a success can be a stream
	fallback *Fallback
	senders
	loop executor
}

// signing is how the requests of an operation are signed.
type signing struct {
	signatures []signature
	renewers   []renewable
	unsigned   bool // no credential serves the operation
}

// headers are header values that all requests of an operation share. Their slices must not be
// modified.
type headers struct {
	accept []string
	agent  []string
}

// senders send the requests of an operation.
type senders struct {
	pool http.RoundTripper
	send http.RoundTripper // middleware and signing around pool
}

// route returns the route of an operation. It makes a new one if there is none, if the runtime has
// removed one of its gates, or if the configuration has changed.
func (c *Caller) route(op *Operation) *route {
	if v, ok := c.routes.Load(op); ok {
		if r := v.(*route); !r.dropped() && r.effective == c.effective.Load() {
			return r
		}
	}
	r := c.newRoute(op)
	c.routes.Store(op, r)
	return r
}

func (c *Caller) newRoute(op *Operation) *route {
	e := c.effective.Load()
	r := &route{caller: c, op: op, effective: e, policy: e.of(op), server: c.servers[serverName(op)]}
	r.gate = c.runtime.gate(gateKey{api: c.api.Name, host: strings.ToLower(r.server.host), account: c.account})
	r.circuit = r.gate.circuit(circuitOf(op, &r.policy, e))
	r.limits = r.newQuotas()
	r.places = r.gate.bulkhead(r.policy.Bulkhead)
	r.budget = r.gate.retryBudget(r.policy.Retry.Budget)
	var ok bool
	r.signatures, ok = requirement(op, c.api.Schemes, c.set.signers)
	r.unsigned = !ok && !c.set.anonymous
	r.renewers = renewers(r.signatures)
	r.accept, r.agent = []string{acceptOf(op)}, []string{c.agent()}
	r.stream = slices.ContainsFunc(op.Success, func(o wire.Outcome) bool { return o.Stream })
	if f, ok := c.set.fallbacks[op.ID]; ok {
		r.fallback = &f
	}
	r.pool = c.set.transport
	if r.pool == nil {
		r.pool = c.runtime.pool(r.policy.Transport)
	}
	r.send = chain(c.set.middleware, &sender{pool: r.pool})
	r.loop = c.runtime.loops.retry
	if r.hedges() {
		r.loop = newHedgedLoop(r.policy.Hedge)
	}
	return r
}

// hedges reports whether slow attempts of the operation may be hedged.
func (r *route) hedges() bool {
	p := &r.policy
	return p.Hedge.Enabled == policy.On && p.Hedge.After > 0 && p.Idempotency == policy.Safe && !r.stream &&
		p.Success.Items == "" && p.Retry.Attempts > 1
}

// admit admits an attempt to the operation of the route.
func (r *route) admit(ctx context.Context, a *admission, w waitLimit, now time.Time) *denial {
	if r.caller.shut() {
		return &denial{fault: fault.Closed}
	}
	return a.enter(ctx, &r.guards, &r.policy, w, now)
}

// circuitOf returns the name and the policy of an operation's circuit: a named one, that of the
// whole API, or a separate one if its policy differs from that of the API.
func circuitOf(op *Operation, p *policy.Policy, e *effective) (string, policy.Breaker) {
	if name := p.Breaker.Circuit; name != "" {
		named := policy.Apply(e.Defaults, policy.Policy{Breaker: e.Circuits[name]}).Breaker
		named.Circuit = name
		return "circuit " + name, named
	}
	if p.Breaker == e.Defaults.Breaker {
		return "", p.Breaker
	}
	return "operation " + op.ID, p.Breaker
}

// acceptOf returns the Accept header: that of the operation, or the media types of all its outcomes
// without duplicates.
func acceptOf(op *Operation) string {
	if op.Accept != "" {
		return op.Accept
	}
	var types []string
	for _, o := range slices.Concat(op.Success, op.Failure) {
		if o.Media != "" && !slices.Contains(types, o.Media) {
			types = append(types, o.Media)
		}
	}
	if len(types) == 0 {
		return "*/*"
	}
	return strings.Join(types, ", ")
}
