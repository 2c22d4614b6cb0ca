package lint

import (
	"fmt"
	"math"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/phrase"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// This file looks for circuits that never open, because nothing opens them or because too few
// outcomes fit into their window.

// A circuit is one circuit breaker with the operations that report to it.
type circuit struct {
	name   string // "circuit NAME" of a named one
	policy policy.Breaker
	ops    []*api.Operation
}

// circuits returns the circuits of an API that are switched on, in the order of their first
// operation: the named ones, that of the API, and one for each operation whose breaker differs from
// the API's.
func circuits(a *api.API) []*circuit {
	var list []*circuit
	byName := map[string]*circuit{}
	whole := a.Policy.Breaker
	whole.When = policy.When{} // says how outcomes count, not when the circuit opens
	for _, op := range a.Operations {
		b, name := op.Policy.Breaker, ""
		b.When = policy.When{}
		switch {
		case b.Circuit != "":
			b, name = a.Circuits[b.Circuit], "circuit "+b.Circuit
		case !b.Equal(whole):
			name = "operation " + op.ID
		}
		if b.Enabled == policy.Off {
			continue
		}
		if byName[name] == nil {
			byName[name] = &circuit{name: name, policy: b}
			list = append(list, byName[name])
		}
		byName[name].ops = append(byName[name].ops, op)
	}
	return list
}

// deafCircuits reports circuits that never open.
func deafCircuits(a *api.API) diag.List {
	var found diag.List
	for _, c := range circuits(a) {
		f := c.deaf(a)
		if f.what == "" {
			continue
		}
		found.Add(diag.Diagnostic{
			Pos: c.place(a, f.keys), Severity: diag.Warning, Code: "breaker-never-opens",
			Subject: andMore("operation "+c.ops[0].ID, len(c.ops)-1), What: f.what, Cure: f.cure,
		})
	}
	return found
}

// place returns the position of the first of the keys that is set for a named circuit, or that of
// the first operation.
func (c *circuit) place(a *api.API, keys []string) diag.Position {
	for _, key := range keys {
		if pos := a.Shared[c.name][key].Pos; pos.Line > 0 {
			return pos
		}
	}
	return place(c.ops[0], keys)
}

// deaf returns why a circuit never opens.
func (c *circuit) deaf(a *api.API) finding {
	b := c.policy
	if b.Consecutive > 0 {
		return finding{} // counts failures in a row, no matter how much time is between them
	}
	slow := b.SlowCall.After > 0 && b.SlowCall.Rate > 0
	if b.FailureRate <= 0 && !slow {
		return finding{
			what: "its circuit never opens: no failure-rate, no number of consecutive failures and no rate of " +
				"slow calls",
			cure: "set breaker.failure-rate or breaker.consecutive, or switch the breaker off",
			keys: []string{"breaker.circuit", "breaker.failure-rate", "breaker.consecutive"},
		}
	}
	const cure = "lower breaker.min-calls, raise breaker.window, or set breaker.consecutive"
	if n := c.admitted(a); n < b.MinCalls {
		return finding{
			what: fmt.Sprintf("with one account its circuit never opens: at most %s in %s at its rate, and %d are "+
				"needed",
				phrase.Count(n, "outcome"), policy.FormatDuration(b.Window), b.MinCalls),
			cure: cure,
			keys: []string{"breaker.circuit", "breaker.min-calls", "breaker.window", "rate.bucket", "rate.per-second"},
		}
	}
	if n, places, each := c.hanging(a); n < b.MinCalls {
		return finding{
			what: fmt.Sprintf("its circuit does not open if the server stops answering: at most %s in %s with %s at a "+
				"time of up to %s each, and %d are needed",
				phrase.Count(n, "outcome"), policy.FormatDuration(b.Window), phrase.Count(places, "call"),
				policy.FormatDuration(each), b.MinCalls),
			cure: "lower breaker.min-calls or timeout.attempt, raise bulkhead.max, or set breaker.consecutive",
			keys: []string{"breaker.circuit", "breaker.min-calls", "breaker.window", "bulkhead.max", "timeout.attempt"},
		}
	}
	return finding{}
}

// admitted returns the largest number of requests of one account that the rates of its operations
// admit within the window.
func (c *circuit) admitted(a *api.API) int {
	shared := map[string]float64{} // by bucket
	sum := 0.0
	for _, op := range c.ops {
		least, name := math.Inf(1), ""
		for _, q := range op.Policy.Rate.Quotas(a.Buckets) {
			if n := within(q.Rate, op.Policy.Rate, c.policy.Window); n < least {
				least, name = n, q.Name
			}
		}
		if name == "" {
			sum += least
		} else {
			shared[name] = max(shared[name], least) // operations may cost different numbers of permits
		}
	}
	for _, n := range shared {
		sum += n
	}
	return whole(sum)
}

// within returns how many calls of an operation a full bucket admits in a time.
func within(bucket, op policy.Rate, d time.Duration) float64 {
	if bucket.PerSecond <= 0 || bucket.Mode == policy.ModeObserve || op.Mode == policy.ModeObserve {
		return math.Inf(1)
	}
	permits := float64(bucket.Size()) + bucket.PerSecond*max(bucket.Ceiling, 1)*d.Seconds()
	return math.Floor(permits / float64(max(op.Cost, 1)))
}

// hanging returns the largest number of attempts that end within the window if none gets an answer.
// It follows from the number of places, and from the shortest time that an attempt takes one.
func (c *circuit) hanging(a *api.API) (n, places int, each time.Duration) {
	shared := false
	for _, op := range c.ops {
		b, t := op.Policy.Bulkhead, attemptTime(op.Policy.Timeout)
		own := b.Max != a.Policy.Bulkhead.Max || b.Scope != a.Policy.Bulkhead.Scope
		switch {
		case b.Enabled == policy.Off || b.Max <= 0 || t <= 0 || b.Scope == policy.ScopeAccount:
			return math.MaxInt, 0, 0
		case own || !shared:
			places += b.Max
		}
		shared = shared || !own
		if each == 0 || t < each {
			each = t
		}
	}
	return whole(float64(places) * (1 + math.Floor(c.policy.Window.Seconds()/each.Seconds()))), places, each
}

// attemptTime returns the longest time of an attempt, 0 if nothing bounds it.
func attemptTime(t policy.Timeout) time.Duration {
	if t.Attempt <= 0 || t.Overall > 0 && t.Overall < t.Attempt {
		return t.Overall
	}
	return t.Attempt
}

// whole returns a number as an int, at most math.MaxInt32.
func whole(f float64) int {
	if f >= math.MaxInt32 {
		return math.MaxInt32
	}
	return int(f)
}
