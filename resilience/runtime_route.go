package resilience

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/gate"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/internal/loop"
	"github.com/resgen/resgen/resilience/internal/pool"
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
	gate.Guards
	signing
	headers
	stream   bool // a success can be a stream
	fallback *Fallback
	senders
	loop loop.Executor
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
		if r := v.(*route); !r.Dropped() && r.effective == c.effective.Load() {
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
	r.policy.Breaker.When = whenOf(&r.policy, e)
	r.guard(gate.Key{API: c.api.Name, Host: strings.ToLower(r.server.host)})
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
		r.pool = c.runtime.pools.Get(pool.Key{API: c.api.Name, Settings: r.policy.Transport})
	}
	r.send = chain(c.set.middleware, &sender{pool: r.pool})
	r.loop = c.runtime.loops.Retry
	if r.hedges() {
		r.loop = loop.WithHedges(r.policy.Hedge.After, r.policy.Hedge.Max)
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
func (r *route) admit(ctx context.Context, a *gate.Admission, w gate.WaitLimit, now time.Time) *gate.Denial {
	if r.caller.shut() {
		return &gate.Denial{Fault: fault.Closed}
	}
	return a.Enter(ctx, &r.Guards, &r.policy, w, now)
}

// guard sets the circuit and the limits. Those of a host are shared by all accounts.
func (r *route) guard(host gate.Key) {
	r.Account = r.caller.account
	defaults := &r.effective.Defaults
	shared := r.gate(host)
	r.Circuit = shared.Circuit(circuitOf(r.op, &r.policy, r.effective))
	r.setQuotas(host)
	r.Budget = shared.RetryBudget(ownName(r.op, r.policy.Retry.Budget != defaults.Retry.Budget), r.policy.Retry.Budget)
	own := ownName(r.op, !sameBulkhead(r.policy.Bulkhead, defaults.Bulkhead))
	if r.policy.Bulkhead.Scope != policy.ScopeAccount {
		r.Places = []*limit.Bulkhead{shared.Bulkhead(own, r.policy.Bulkhead)}
		return
	}
	host.Account = r.Account
	r.Places = append(r.Places, r.gate(host).Bulkhead(own, r.policy.Bulkhead))
	if defaults.Bulkhead.Scope != policy.ScopeAccount {
		r.Places = append(r.Places, shared.Bulkhead("", defaults.Bulkhead))
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

// ownName returns the name of a limit of an operation: its own if its values differ from those of
// the API, else that of the API.
func ownName(op *Operation, own bool) string {
	if own {
		return "operation " + op.ID
	}
	return ""
}

// sameBulkhead reports whether two policies bound the same calls to the same number. How long calls
// wait for a place may differ.
func sameBulkhead(a, b policy.Bulkhead) bool {
	a.MaxWait, b.MaxWait = 0, 0
	return a == b
}

// setQuotas sets the quotas of an operation and the longest wait for their permits.
func (r *route) setQuotas(host gate.Key) {
	rate := r.policy.Rate
	for _, q := range rate.Quotas(r.effective.Buckets) {
		name := "bucket " + q.Name
		if q.Name == "" {
			name = "operation " + r.op.ID
		}
		r.addQuota(host, name, q.Rate)
	}
	r.MaxWait = rate.Wait(r.effective.Buckets)
}

// addQuota adds the quota with a name, from the gate of the account or of the application.
func (r *route) addQuota(key gate.Key, name string, rate policy.Rate) {
	q := gate.Quota{Application: rate.Scope == policy.ScopeApplication, Observe: rate.Mode == policy.ModeObserve}
	if q.Application {
		key.Application = r.caller.application
	} else {
		key.Account = r.caller.account
	}
	q.Bucket = r.gate(key).Bucket(name, rate)
	r.Limits = append(r.Limits, q)
}

// circuitOf returns the name and the policy of an operation's circuit: a named one, that of the
// whole API, or a separate one if its policy differs from that of the API.
func circuitOf(op *Operation, p *policy.Policy, e *effective) (string, policy.Breaker) {
	if name := p.Breaker.Circuit; name != "" {
		named := policy.Apply(e.Defaults, policy.Policy{Breaker: e.Circuits[name]}).Breaker
		named.Circuit = name
		return "circuit " + name, named
	}
	own := p.Breaker
	own.When = e.Defaults.Breaker.When // says how outcomes count, not when the circuit opens
	return ownName(op, !own.Equal(e.Defaults.Breaker)), own
}

// whenOf returns which failures of an operation its circuit counts differently: those that its own
// policy says, and where that has what the API has, those of a named circuit.
func whenOf(p *policy.Policy, e *effective) policy.When {
	own, api, named := p.Breaker.When, e.Defaults.Breaker.When, e.Circuits[p.Breaker.Circuit].When
	if named.Failure != nil && reflect.DeepEqual(own.Failure, api.Failure) {
		own.Failure = named.Failure
	}
	if named.Ignore != nil && reflect.DeepEqual(own.Ignore, api.Ignore) {
		own.Ignore = named.Ignore
	}
	return own
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
