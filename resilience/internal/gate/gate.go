package gate

import (
	"maps"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/policy"
)

// A Key identifies what shares circuits and quotas. A key with an application and no account is
// that of the quotas that all accounts of an application share.
type Key struct{ API, Host, Account, Application string }

// String returns the name of the gate in logs and snapshots.
func (k Key) String() string {
	name := k.API + " " + k.Host
	if k.Account != "" {
		name += " " + k.Account
	}
	if k.Application != "" {
		name += " application " + k.Application
	}
	return name
}

// label returns the name of a part of the gate.
func (k Key) label(part string) string {
	if part == "" {
		return k.String()
	}
	return k.String() + " " + part
}

// A Gate holds the circuits and limits that calls with one key share. Each is made when an
// operation first needs it. If it exists already, it is updated to the given policy and keeps its
// state.
type Gate struct {
	Key          Key
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

// New returns a gate. The function onTransition is called for each change of one of its circuits.
func New(key Key, onTransition func(breaker.Transition)) *Gate {
	return &Gate{
		Key: key, onTransition: onTransition,
		circuits: map[string]*breaker.Breaker{}, buckets: map[string]*limit.Bucket{}, policies: map[string]any{},
	}
}

// Circuit returns the circuit with a name. The name of the gate's own circuit is "".
func (g *Gate) Circuit(name string, p policy.Breaker) *breaker.Breaker {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.circuits[name]
	switch {
	case c == nil:
		c = breaker.New(g.Key.label(name), p)
		c.Subscribe(g.onTransition)
		g.circuits[name] = c
	case !reflect.DeepEqual(g.policies["circuit "+name], p):
		c.Update(p)
	}
	g.policies["circuit "+name] = p
	return c
}

// Bucket returns the bucket with a name.
func (g *Gate) Bucket(name string, p policy.Rate) *limit.Bucket {
	g.mu.Lock()
	defer g.mu.Unlock()
	// These concern the operation that uses the bucket, and not the bucket itself.
	p.Also, p.Scope, p.Mode, p.Cost, p.MaxWait = nil, "", "", 0, 0
	b := g.buckets[name]
	switch {
	case b == nil:
		b = limit.NewBucket(g.Key.label(name), p)
		g.buckets[name] = b
	case !reflect.DeepEqual(g.policies["bucket "+name], p):
		b.Update(p)
	}
	g.policies["bucket "+name] = p
	return b
}

// Bulkhead returns the bulkhead of all calls.
func (g *Gate) Bulkhead(p policy.Bulkhead) *limit.Bulkhead {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.places == nil:
		g.places = limit.NewBulkhead(g.Key.String(), p)
	case g.policies["bulkhead"] != any(p):
		g.places.Update(p)
	}
	g.policies["bulkhead"] = p
	return g.places
}

// RetryBudget returns the retry budget of all calls.
func (g *Gate) RetryBudget(p policy.Budget) *limit.Budget {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.budget == nil:
		g.budget = limit.NewBudget(g.Key.String(), p)
	case g.policies["budget"] != any(p):
		g.budget.Update(p)
	}
	g.policies["budget"] = p
	return g.budget
}

// Find returns the circuit with a key, or nil.
func (g *Gate) Find(key string) *breaker.Breaker {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.circuits {
		if c.Key() == key {
			return c
		}
	}
	return nil
}

// A Snapshot is the state of a gate at one moment. Circuits and buckets are sorted by name.
type Snapshot struct {
	Circuits []breaker.Snapshot
	Buckets  []limit.BucketSnapshot
	Bulkhead limit.BulkheadSnapshot
	Budget   limit.BudgetSnapshot
}

// Snapshot returns the state at the given time.
func (g *Gate) Snapshot(now time.Time) Snapshot {
	g.mu.Lock()
	defer g.mu.Unlock()
	var s Snapshot
	for _, name := range slices.Sorted(maps.Keys(g.circuits)) {
		s.Circuits = append(s.Circuits, g.circuits[name].Snapshot(now))
	}
	for _, name := range slices.Sorted(maps.Keys(g.buckets)) {
		s.Buckets = append(s.Buckets, g.buckets[name].Snapshot())
	}
	if g.places != nil {
		s.Bulkhead = g.places.Snapshot()
	}
	if g.budget != nil {
		s.Budget = g.budget.Snapshot()
	}
	return s
}
