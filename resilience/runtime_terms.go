package resilience

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience/internal/loop"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// The terms of an operation are what its calls have in common for all accounts. All clients of a
// [variant] share them. They do not change.
type terms struct {
	op         *Operation
	effective  *effective // the configuration from which the policy was taken
	policy     policy.Policy
	circuit    circuitTerms
	bulkheads  []bulkheadTerms
	budget     string // name of the retry budget
	quotas     []quotaTerms
	permitWait time.Duration // longest wait for the permits of all quotas together
	template   *wire.Template
	accept     string // value of the Accept header
	stream     bool   // a success can be a stream
	loop       loop.Executor
	denials    *denials
}

// A circuitTerms is the circuit of an operation.
type circuitTerms struct {
	name   string
	policy policy.Breaker
}

// A bulkheadTerms is a bulkhead of an operation.
type bulkheadTerms struct {
	account bool // each account has one
	name    string
	policy  policy.Bulkhead
}

// A quotaTerms is a quota of an operation.
type quotaTerms struct {
	name        string // of the bucket
	rate        policy.Rate
	application bool // all accounts of an application share it
	observe     bool
}

// terms returns the terms of an operation under the present configuration.
func (c *Caller) terms(op *Operation) *terms {
	e := c.variant.effective.Load()
	if t, ok := e.terms.Load(op); ok {
		return t.(*terms)
	}
	t, _ := e.terms.LoadOrStore(op, newTerms(op, e, c.runtime.retries))
	return t.(*terms)
}

func newTerms(op *Operation, e *effective, retries loop.Executor) *terms {
	t := &terms{op: op, effective: e, policy: e.of(op), accept: acceptOf(op), loop: retries,
		template: wire.NewTemplate(op.Path, op.Params), denials: new(denials)}
	p := &t.policy
	p.Breaker.When = whenOf(p, e)
	t.circuit = circuitOf(op, p, e)
	t.bulkheads = bulkheadsOf(op, p, e)
	t.budget = ownName(op, p.Retry.Budget != e.defaults.Retry.Budget)
	t.quotas, t.permitWait = quotasOf(op, p, e), p.Rate.Wait(e.buckets)
	t.stream = slices.ContainsFunc(op.Success, func(o wire.Outcome) bool { return o.Stream })
	if p.Hedges(t.stream) {
		t.loop = loop.WithHedges(p.Hedge.After, p.Hedge.Max)
	}
	return t
}

// ownName returns the name of a limit of an operation: its own if its values differ from those of
// the API, else that of the API.
func ownName(op *Operation, own bool) string {
	if own {
		return "operation " + op.ID
	}
	return ""
}

// bulkheadsOf returns the bulkheads of an operation. One that each account has is inside that of
// the API.
func bulkheadsOf(op *Operation, p *policy.Policy, e *effective) []bulkheadTerms {
	api := e.defaults.Bulkhead
	account := p.Bulkhead.Scope == policy.ScopeAccount
	list := []bulkheadTerms{{account, ownName(op, !sameBulkhead(p.Bulkhead, api)), p.Bulkhead}}
	if account && api.Scope != policy.ScopeAccount {
		list = append(list, bulkheadTerms{policy: api})
	}
	return list
}

// sameBulkhead reports whether two policies bound the same calls to the same number. How long calls
// wait for a place may differ.
func sameBulkhead(a, b policy.Bulkhead) bool {
	a.MaxWait, b.MaxWait = 0, 0
	return a == b
}

// quotasOf returns the quotas of an operation. Their rates have only what concerns the bucket,
// which other operations may share, and not the operation.
func quotasOf(op *Operation, p *policy.Policy, e *effective) []quotaTerms {
	var list []quotaTerms
	for _, q := range p.Rate.Quotas(e.buckets) {
		t := quotaTerms{
			name: "bucket " + q.Name, rate: q.Rate,
			application: q.Rate.Scope == policy.ScopeApplication, observe: q.Rate.Mode == policy.ModeObserve,
		}
		if q.Name == "" {
			t.name = ownName(op, true)
		}
		t.rate.Bucket, t.rate.Also, t.rate.Scope = "", nil, ""
		t.rate.Mode, t.rate.Cost, t.rate.MaxWait = "", 0, 0
		list = append(list, t)
	}
	return list
}

// circuitOf returns the name and the policy of an operation's circuit: a named one, that of the
// whole API, or a separate one if its policy differs from that of the API.
func circuitOf(op *Operation, p *policy.Policy, e *effective) circuitTerms {
	if name := p.Breaker.Circuit; name != "" {
		named := policy.Apply(*e.defaults, policy.Policy{Breaker: e.circuits[name]}).Breaker
		named.Circuit, named.When = name, policy.When{}
		return circuitTerms{"circuit " + name, named}
	}
	own, api := p.Breaker, e.defaults.Breaker
	own.When, api.When = policy.When{}, policy.When{} // say how outcomes count, not when the circuit opens
	return circuitTerms{ownName(op, !own.Equal(api)), own}
}

// whenOf returns which failures of an operation its circuit counts differently: those that its own
// policy says, and where that has what the API has, those of a named circuit.
func whenOf(p *policy.Policy, e *effective) policy.When {
	own, api, named := p.Breaker.When, e.defaults.Breaker.When, e.circuits[p.Breaker.Circuit].When
	if named.Failure != nil && reflect.DeepEqual(own.Failure, api.Failure) {
		own.Failure = named.Failure
	}
	if named.Ignore != nil && reflect.DeepEqual(own.Ignore, api.Ignore) {
		own.Ignore = named.Ignore
	}
	return own
}

// acceptOf returns the Accept header: that of the operation, or the media types of its outcomes,
// each once, except those of outcomes that are Unasked.
func acceptOf(op *Operation) string {
	if op.Accept != "" {
		return op.Accept
	}
	var types []string
	for _, o := range slices.Concat(op.Success, op.Failure) {
		if o.Media != "" && !o.Unasked && !slices.Contains(types, o.Media) {
			types = append(types, o.Media)
		}
	}
	if len(types) == 0 {
		return "*/*"
	}
	return strings.Join(types, ", ")
}
