package resilience

import (
	"net/http"
	"slices"
	"strings"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A route is all that a caller settles once for an operation: its effective policy, where it goes, what it passes, how it is signed.
type route struct {
	caller     *Caller
	op         *Operation
	effective  *effective // what the policy was taken from
	policy     policy.Policy
	server     server
	gate       *gate
	shared     *gate // of the application's buckets; nil: the operation uses none
	circuit    *breaker.Breaker
	limits     []quota
	places     *limit.Bulkhead
	budget     *limit.Budget
	signatures []signature
	renewers   []renewable
	unsigned   bool     // no credential serves the operation
	accept     []string // header values, shared by all requests: appending to one makes another
	agent      []string
	stream     bool
	fallback   *Fallback
	pool       http.RoundTripper
	send       http.RoundTripper // middleware, signing and pool
	loop       executor
}

// route returns the route of an operation, a new one if there is none or the runtime has dropped its gate or changed its configuration.
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
	r.limits = r.limitsOf()
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
	if h := r.policy.Hedge; h.Enabled == policy.On && h.After > 0 && r.policy.Idempotency == policy.Safe && !r.stream && r.policy.Success.Items == "" && r.policy.Retry.Attempts > 1 {
		r.loop = newHedgedLoop(h)
	}
	return r
}

// circuitOf returns the name and the policy of an operation's circuit: a named one, that of the whole API, or one of its own if its
// policy is not that of the API.
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

// dropped reports whether the runtime has forgotten a gate of the route.
func (r *route) dropped() bool {
	return r.gate.dropped.Load() || r.shared != nil && r.shared.dropped.Load()
}

// hold counts a call in at the gates of the route, which are not forgotten until it is let go.
func (r *route) hold(now int64) {
	for _, g := range [...]*gate{r.gate, r.shared} {
		if g != nil {
			g.users.Add(1)
			g.used.Store(now)
		}
	}
}

// letGo counts a call out.
func (r *route) letGo() {
	r.gate.users.Add(-1)
	if r.shared != nil {
		r.shared.users.Add(-1)
	}
}

// acceptOf returns the Accept header: the operation's, or the media types of all its answers, each once.
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
