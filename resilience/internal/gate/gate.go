package gate

import (
	"cmp"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/policy"
)

// A Key identifies what shares circuits and limits. A key with neither account nor application is
// that of the circuits, the bulkheads and the retry budgets of a host; one with an account is that
// of its quotas; one with an application is that of the quotas that all its accounts share.
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
// state. The gate's own circuit, bulkhead and budget have the name "".
type Gate struct {
	Key          Key
	onTransition func(breaker.Transition)
	fleet        *breaker.Fleet // nil: none
	quotas       *limit.Link    // to the store that has the buckets; nil: this process has them
	users        atomic.Int64   // calls in flight; far below 0 once the runtime has removed the gate
	degraded     atomic.Uint64
	used         atomic.Int64 // start of the last call, in nanoseconds since 1970

	mu        sync.Mutex
	circuits  parts[*breaker.Breaker, policy.Breaker]
	buckets   parts[*limit.Bucket, policy.Rate]
	bulkheads parts[*limit.Bulkhead, policy.Bulkhead]
	budgets   parts[*limit.Budget, policy.Budget]
	pauses    map[string]time.Time // until when the retries of an operation are held back
}

// New returns a gate. The function onTransition is called for each change of one of its circuits.
func New(key Key, onTransition func(breaker.Transition)) *Gate {
	return &Gate{Key: key, onTransition: onTransition}
}

// parts lists the parts of a gate that are of one kind. Most gates have one of a kind, so a list is
// smaller than a map, and as fast.
type parts[T interface{ Update(P) }, P any] []part[T, P]

// A part is a part with the policy that it was last updated to, which gates of other accounts have
// in common.
type part[T interface{ Update(P) }, P any] struct {
	name   string
	policy *P
	part   T
}

// get returns the part with a name under a policy, which must not change. It is made if there is
// none.
func (ps *parts[T, P]) get(name string, p *P, create func() T) T {
	for i := range *ps {
		have := &(*ps)[i]
		if have.name != name {
			continue
		}
		if have.policy != p && !reflect.DeepEqual(have.policy, p) {
			have.part.Update(*p)
		}
		have.policy = p
		return have.part
	}
	made := create()
	*ps = append(*ps, part[T, P]{name, p, made})
	return made
}

// all returns the parts in no particular order.
func (ps parts[T, P]) all() []T {
	list := make([]T, len(ps))
	for i := range ps {
		list[i] = ps[i].part
	}
	return list
}

// sorted returns the parts by name.
func (ps parts[T, P]) sorted() []part[T, P] {
	return slices.SortedFunc(slices.Values(ps), func(a, b part[T, P]) int { return cmp.Compare(a.name, b.name) })
}

// Circuit returns the circuit with a name. Policies that are passed here and below must not change.
func (g *Gate) Circuit(name string, p *policy.Breaker) *breaker.Breaker {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.circuits.get(name, p, func() *breaker.Breaker {
		c := breaker.New(g.Key.String(), name, *p)
		c.Subscribe(g.onTransition)
		if g.fleet != nil {
			c.Join(*g.fleet)
		}
		return c
	})
}

// Bucket returns the bucket with a name.
func (g *Gate) Bucket(name string, p *policy.Rate) *limit.Bucket {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.buckets.get(name, p, func() *limit.Bucket {
		if g.quotas != nil {
			return limit.NewSharedBucket(g.quotas, g.Key.label(name), *p)
		}
		return limit.NewBucket(g.Key.label(name), *p)
	})
}

// Buckets returns the buckets in no particular order.
func (g *Gate) Buckets() []*limit.Bucket {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.buckets.all()
}

// Bulkhead returns the bulkhead with a name.
func (g *Gate) Bulkhead(name string, p *policy.Bulkhead) *limit.Bulkhead {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.bulkheads.get(name, p, func() *limit.Bulkhead { return limit.NewBulkhead(g.Key.label(name), *p) })
}

// RetryBudget returns the retry budget with a name.
func (g *Gate) RetryBudget(name string, p *policy.Budget) *limit.Budget {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.budgets.get(name, p, func() *limit.Budget { return limit.NewBudget(g.Key.label(name), *p) })
}

// empty reports whether no part holds anything at the given time: a new gate would do the same.
func (g *Gate) empty(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range g.circuits {
		if !c.part.Empty(now) {
			return false
		}
	}
	for _, b := range g.buckets {
		if !b.part.Full() {
			return false
		}
	}
	for _, b := range g.bulkheads {
		if s := b.part.Snapshot(); s.InUse+s.Waiting > 0 {
			return false
		}
	}
	for _, b := range g.budgets {
		if s := b.part.Snapshot(); s.Tokens < s.Size {
			return false
		}
	}
	for _, until := range g.pauses {
		if now.Before(until) {
			return false
		}
	}
	return true
}

// Circuits returns the circuits in no particular order.
func (g *Gate) Circuits() []*breaker.Breaker {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.circuits.all()
}

// A Snapshot is the state of a gate at one moment. Lists are sorted by name.
type Snapshot struct {
	Circuits  []breaker.Snapshot
	Accounts  []breaker.Snapshot // circuits of accounts
	Buckets   []limit.BucketSnapshot
	Bulkheads []limit.BulkheadSnapshot
	Budgets   []limit.BudgetSnapshot
	Degraded  uint64 // calls that a fallback answered
}

// Snapshot returns the state at the given time.
func (g *Gate) Snapshot(now time.Time) Snapshot {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := Snapshot{Degraded: g.degraded.Load()}
	for _, c := range g.circuits.sorted() {
		s.Circuits = append(s.Circuits, c.part.Snapshot(now))
		s.Accounts = append(s.Accounts, c.part.Accounts(now)...)
	}
	for _, b := range g.buckets.sorted() {
		s.Buckets = append(s.Buckets, b.part.Snapshot())
	}
	for _, b := range g.bulkheads.sorted() {
		s.Bulkheads = append(s.Bulkheads, b.part.Snapshot())
	}
	for _, b := range g.budgets.sorted() {
		s.Budgets = append(s.Budgets, b.part.Snapshot())
	}
	return s
}
