package resilience

import (
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/policy"
)

// A gateKey identifies what shares circuits and quotas. A key with an application and no account is
// that of the quotas that all accounts of an application share.
type gateKey struct{ api, host, account, application string }

// String returns the name of the gate in logs and snapshots.
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

// label returns the name of a part of the gate.
func (k gateKey) label(part string) string {
	if part == "" {
		return k.String()
	}
	return k.String() + " " + part
}

// A gate holds the circuits and limits that calls with one key share. Each is made when an
// operation first needs it. If it exists already, it is updated to the given policy and keeps its
// state.
type gate struct {
	key          gateKey
	onTransition func(breaker.Transition)
	users        atomic.Int64 // calls in flight
	used         atomic.Int64 // start of the last call, in nanoseconds since 1970
	dropped      atomic.Bool  // the runtime has removed the gate; routes must get a new one

	mu       sync.Mutex
	circuits map[string]*breaker.Breaker
	buckets  map[string]*limit.Bucket
	places   *limit.Bulkhead
	budget   *limit.Budget
	policies map[string]any // the last policy of each part
}

func newGate(key gateKey, onTransition func(breaker.Transition)) *gate {
	return &gate{
		key: key, onTransition: onTransition,
		circuits: map[string]*breaker.Breaker{}, buckets: map[string]*limit.Bucket{}, policies: map[string]any{},
	}
}

// circuit returns the circuit with a name. The name of the gate's own circuit is "".
func (g *gate) circuit(name string, p policy.Breaker) *breaker.Breaker {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.circuits[name]
	switch {
	case c == nil:
		c = breaker.New(g.key.label(name), p)
		c.Subscribe(g.onTransition)
		g.circuits[name] = c
	case g.policies["circuit "+name] != any(p):
		c.Update(p)
	}
	g.policies["circuit "+name] = p
	return c
}

// bucket returns the bucket with a name.
func (g *gate) bucket(name string, p policy.Rate) *limit.Bucket {
	g.mu.Lock()
	defer g.mu.Unlock()
	p.Also, p.Scope = nil, "" // these select the buckets of an operation and do not affect the bucket itself
	b := g.buckets[name]
	switch {
	case b == nil:
		b = limit.NewBucket(g.key.label(name), p)
		g.buckets[name] = b
	case !reflect.DeepEqual(g.policies["bucket "+name], p):
		b.Update(p)
	}
	g.policies["bucket "+name] = p
	return b
}

// bulkhead returns the bulkhead of all calls.
func (g *gate) bulkhead(p policy.Bulkhead) *limit.Bulkhead {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.places == nil:
		g.places = limit.NewBulkhead(g.key.String(), p)
	case g.policies["bulkhead"] != any(p):
		g.places.Update(p)
	}
	g.policies["bulkhead"] = p
	return g.places
}

// retryBudget returns the retry budget of all calls.
func (g *gate) retryBudget(p policy.Budget) *limit.Budget {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.budget == nil:
		g.budget = limit.NewBudget(g.key.String(), p)
	case g.policies["budget"] != any(p):
		g.budget.Update(p)
	}
	g.policies["budget"] = p
	return g.budget
}

// find returns the circuit with a key, or nil.
func (g *gate) find(key string) *breaker.Breaker {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.circuits {
		if c.Key() == key {
			return c
		}
	}
	return nil
}
