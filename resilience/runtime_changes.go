package resilience

// This file lists the policy values that configuration has changed.

import (
	"maps"
	"slices"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// A PolicyChange is a policy value that configuration has changed.
type PolicyChange struct {
	// Subject is the operation that has the value, or "circuit NAME" or "bucket NAME". Empty: all
	// operations that do not have another one.
	Subject        string
	Key            string // for example retry.attempts
	Generated, Now string // as a policy file has them; empty: not set
	Since          time.Time
}

// mostChanges is how many changes of an API are listed.
const mostChanges = 500

// changesOf lists what differs from the generated policies of an API. Values that were changed
// before keep the time.
func changesOf(api *API, e *effective, before []PolicyChange, now time.Time) []PolicyChange {
	var list []PolicyChange
	add := func(subject string, changes []policy.Change) {
		for _, c := range changes {
			if len(list) < mostChanges {
				list = append(list, PolicyChange{subject, c.Path, c.Old, c.New, now})
			}
		}
	}
	common := policy.Changes(api.Defaults, *e.defaults)
	add("", common)
	for _, name := range slices.Sorted(maps.Keys(e.circuits)) {
		add("circuit "+name, policy.Changes(policy.Policy{Breaker: api.Circuits[name]},
			policy.Policy{Breaker: e.circuits[name]}))
	}
	for _, name := range slices.Sorted(maps.Keys(e.buckets)) {
		add("bucket "+name, policy.Changes(policy.Policy{Rate: api.Buckets[name]},
			policy.Policy{Rate: e.buckets[name]}))
	}
	for _, op := range api.Operations {
		if i, ok := e.places[op]; ok && len(list) < mostChanges {
			generated := policy.Apply(api.Defaults, op.Policy)
			generated.Idempotency = e.operations[i].Idempotency // cannot be changed
			add(op.ID, without(policy.Changes(generated, e.operations[i]), common))
		}
	}
	for i := range list {
		list[i].Since = sinceOf(list[i], before, now)
	}
	return list
}

// changesByAPI lists the changes of the clients of each API, each change once.
func changesByAPI(callers []*Caller) map[string][]PolicyChange {
	type change struct {
		api string
		PolicyChange
	}
	list := map[string][]PolicyChange{}
	variants, listed := map[*variant]bool{}, map[change]bool{}
	for _, c := range callers {
		if variants[c.variant] {
			continue
		}
		variants[c.variant] = true
		name := c.api.Name
		for _, p := range c.variant.effective.Load().changes {
			key := change{name, p}
			key.Since = time.Time{}
			if len(list[name]) < mostChanges && !listed[key] {
				listed[key] = true
				list[name] = append(list[name], p)
			}
		}
	}
	return list
}

// without returns the changes that are not in another list.
func without(changes, other []policy.Change) []policy.Change {
	return slices.DeleteFunc(changes, func(c policy.Change) bool { return slices.Contains(other, c) })
}

// sinceOf returns since when a value is what it is.
func sinceOf(c PolicyChange, before []PolicyChange, now time.Time) time.Time {
	for _, b := range before {
		if b.Subject == c.Subject && b.Key == c.Key && b.Now == c.Now {
			return b.Since
		}
	}
	return now
}
