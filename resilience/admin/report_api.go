package admin

// This file makes the part of a status that belongs to one API.

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/resilience"
)

// api returns the state of an API.
func (r *report) api(name string, gates []resilience.GateSnapshot, signIns []resilience.SignInSnapshot) API {
	a := API{
		Name: name, Status: Pass, Critical: r.critical[name], Reasons: []string{}, Circuits: []Circuit{},
		Quotas: []Quota{}, Budgets: []Budget{}, SignIns: map[string]int{}, Changes: []Change{},
		Operations: []Operation{},
	}
	i := slices.IndexFunc(r.snapshot.APIs, func(s resilience.APISnapshot) bool { return s.API == name })
	if i < 0 {
		a.reason(Warn, "no client of this API exists")
		a.History = make([]Point, 0)
		a.Accounts.List = []Account{}
		return a
	}
	client := r.snapshot.APIs[i]
	a.IsolatedSince, a.PausedUntil = optional(client.Isolated), optional(client.Until)
	for _, c := range client.Changes {
		a.Changes = append(a.Changes, Change{c.Subject, c.Key, c.Generated, c.Now, c.Since.UTC()})
	}
	r.recorded(&a)
	a.shared(gates, r.snapshot.At)
	a.Accounts = accountsOf(accountsAt(client.Accounts, gates, signIns, r.snapshot.At), r.query)
	r.accountCalls(&a)
	for _, s := range signIns {
		a.SignIns[string(s.State)]++
	}
	a.judge(gates)
	return a
}

// shared sets circuits, limits and calls in flight.
func (a *API) shared(gates []resilience.GateSnapshot, at time.Time) {
	quotas := map[string]*Quota{}
	for _, g := range gates {
		if g.Account == "" {
			for _, c := range g.Circuits {
				if len(a.Circuits) < mostCircuits {
					a.Circuits = append(a.Circuits, circuitView(c, at))
				}
			}
			for _, b := range append([]resilience.BudgetSnapshot{g.Budget}, g.Budgets...) {
				if b.Size > 0 {
					a.Budgets = append(a.Budgets, Budget{g.Host, part(g, b.Key), rounded(b.Tokens), b.Size})
				}
			}
		}
		for _, b := range append([]resilience.BulkheadSnapshot{g.Bulkhead}, g.Bulkheads...) {
			a.InFlight += b.InUse
			a.Queued += b.Waiting
		}
		for _, b := range g.Buckets {
			a.Queued += b.Waiting
			name := part(g, b.Key)
			if quotas[name] == nil {
				quotas[name] = &Quota{Name: name}
			}
			quotas[name].add(b)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(quotas)) {
		q := quotas[name]
		idle := q.Stated == 0 && q.Now == 0 && q.Waiting == 0 && q.HeldSeconds == 0
		if !idle && len(a.Quotas) < mostQuotas {
			a.Quotas = append(a.Quotas, *q)
		}
	}
}

// add adds a bucket.
func (q *Quota) add(b resilience.BucketSnapshot) {
	q.Buckets++
	q.Stated, q.Burst = b.Stated, b.Burst
	if b.PerSecond > 0 { // otherwise the bucket has no limit, and so no tokens
		if tokens := rounded(b.Tokens); q.Now == 0 || tokens < q.Tokens {
			q.Tokens = tokens
		}
		if q.Now == 0 || b.PerSecond < q.Now {
			q.Now = b.PerSecond
		}
	}
	if b.Learned > 0 && (q.Learned == 0 || b.Learned < q.Learned) {
		q.Learned = b.Learned
	}
	q.Waiting += b.Waiting
	q.HeldSeconds = max(q.HeldSeconds, rounded(b.Held.Seconds()))
	q.Granted += b.Granted
	q.Refused += b.Refused
	q.Observed += b.Observed
	q.Members = max(q.Members, b.Members)
	q.Apart = max(q.Apart, rounded(b.Apart.Seconds()))
}

// part returns the name of a part of a gate: its key without that of the gate.
func part(g resilience.GateSnapshot, key string) string {
	name := g.API + " " + g.Host
	if g.Account != "" {
		name += " " + g.Account
	}
	if g.Application != "" {
		name += " application " + g.Application
	}
	return strings.TrimPrefix(strings.TrimPrefix(key, name), " ")
}

func circuitView(c resilience.CircuitSnapshot, at time.Time) Circuit {
	v := Circuit{
		Key: c.Key, State: string(c.State), Since: c.Since.UTC(), NextProbe: after(at, c.RetryAfter),
		Observed: observed(c), Calls: c.Successes + c.Failures, Consecutive: c.Consecutive,
	}
	if v.Calls > 0 {
		v.FailureRate = rounded(float64(c.Failures) / float64(v.Calls))
		v.SlowRate = rounded(float64(c.Slow) / float64(v.Calls))
	}
	if f := c.Fleet; f.Shared {
		v.Fleet = &Fleet{Follows: f.Follows, Processes: f.Processes, Open: f.Open}
	}
	return v
}

// observed reports whether a circuit denies nothing.
func observed(c resilience.CircuitSnapshot) bool {
	n := len(c.Transitions)
	return n > 0 && c.Transitions[n-1].Observed
}

// rejects reports whether a circuit rejects all calls.
func (c *Circuit) rejects() bool {
	return !c.Observed && (c.State == string(resilience.CircuitOpen) || c.State == string(resilience.CircuitForcedOpen))
}

// passes reports whether a circuit is in its normal state.
func (c *Circuit) passes() bool { return c.Observed || c.State == string(resilience.CircuitClosed) }

// reason adds a reason why the API does not pass.
func (a *API) reason(s State, text string) {
	a.Status = worst(a.Status, s)
	a.Reasons = append(a.Reasons, text)
}

// judge sets the state of the API and its reasons.
func (a *API) judge(gates []resilience.GateSnapshot) {
	if a.IsolatedSince != nil {
		a.reason(Fail, "isolated: all calls fail")
	}
	if a.PausedUntil != nil {
		a.reason(Fail, "paused: all calls wait")
	}
	a.judgeCircuits(gates)
	if n := a.Accounts.Degraded; n > 0 {
		state := Warn
		if n == a.Accounts.Total && a.Accounts.failing == n {
			state = Fail
		}
		a.reason(state, fmt.Sprintf("%d of %d accounts degraded", n, a.Accounts.Total))
	}
	for _, q := range a.Quotas {
		if q.HeldSeconds > 0 {
			a.reason(Warn, strings.TrimSpace("rate limit "+q.Name)+": calls are held")
		}
		if q.Apart > 0 {
			a.reason(Warn, strings.TrimSpace("rate limit "+q.Name)+": not shared, because the store cannot be used")
		}
	}
}

// judgeCircuits adds the circuits that are not closed. The API fails if the circuit of a whole host
// rejects all calls, or if all circuits do.
func (a *API) judgeCircuits(gates []resilience.GateSnapshot) {
	whole := map[string]bool{}
	for _, g := range gates {
		whole[g.API+" "+g.Host] = true
	}
	rejecting := 0
	for i := range a.Circuits {
		if a.Circuits[i].rejects() {
			rejecting++
		}
	}
	for i := range a.Circuits {
		c := &a.Circuits[i]
		switch {
		case c.passes():
		case c.rejects() && (whole[c.Key] || rejecting == len(a.Circuits)):
			a.reason(Fail, "circuit "+c.Key+" is "+c.State)
		default:
			a.reason(Warn, "circuit "+c.Key+" is "+c.State)
		}
	}
}

// accountsAt returns the states of accounts, those that do not pass first.
func accountsAt(
	names []string, gates []resilience.GateSnapshot, signIns []resilience.SignInSnapshot, at time.Time,
) []Account {
	of := map[string]*Account{}
	get := func(name string) *Account {
		if of[name] == nil {
			of[name] = &Account{Name: name, Status: Pass, Circuits: []Circuit{}}
		}
		return of[name]
	}
	for _, name := range names {
		get(name)
	}
	for _, g := range gates {
		if g.Account != "" {
			get(g.Account).gate(g, at)
		}
	}
	for _, s := range signIns {
		if a := of[s.Account]; a != nil {
			a.signIn(s, at)
		}
	}
	list := make([]Account, 0, len(of))
	for _, a := range of {
		list = append(list, *a)
	}
	slices.SortFunc(list, func(a, b Account) int {
		return cmp.Or(rank(a.Status)-rank(b.Status), cmp.Compare(a.Name, b.Name))
	})
	return list
}
