package recorded

import (
	"maps"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/policy"
)

// Over returns a planned API with the policies that its checked-in client has. They differ if the
// client is stale, or if another version of resgen wrote it. Values that are the same keep their
// places; the others have that in the generated file. Operations that the client does not have
// keep their policies.
func Over(planned, client *api.API) *api.API {
	a := *planned
	a.Policy = client.Policy
	a.Sources = sources(planned.Policy, client.Policy, planned.Sources, client.Sources)
	a.Circuits, a.Buckets, a.Shared = client.Circuits, client.Buckets, policy.SharedSources{}
	for name, b := range client.Circuits {
		subject := "circuit " + name
		a.Shared[subject] = sources(policy.Policy{Breaker: planned.Circuits[name]}, policy.Policy{Breaker: b},
			planned.SharedSources(subject), client.Shared[subject])
	}
	for name, r := range client.Buckets {
		subject := "bucket " + name
		a.Shared[subject] = sources(policy.Policy{Rate: planned.Buckets[name]}, policy.Policy{Rate: r},
			planned.SharedSources(subject), client.Shared[subject])
	}
	written := map[string]*api.Operation{}
	for _, op := range client.Operations {
		written[op.Route()] = op
	}
	a.Operations = make([]*api.Operation, len(planned.Operations))
	for i, op := range planned.Operations {
		a.Operations[i] = op
		if was := written[op.Route()]; was != nil {
			own := *op
			own.Policy, own.Sources = was.Policy, sources(op.Policy, was.Policy, op.Sources, was.Sources)
			a.Operations[i] = &own
		}
	}
	return &a
}

// sources returns the places of the values of a client: those of the plan where the values are the
// same.
func sources(planned, client policy.Policy, ofPlan, ofClient map[string]policy.Source) map[string]policy.Source {
	out := maps.Clone(ofPlan)
	if out == nil {
		out = map[string]policy.Source{}
	}
	for _, c := range policy.Changes(planned, client) {
		delete(out, c.Path)
		if s, ok := ofClient[c.Path]; ok {
			out[c.Path] = s
		}
	}
	return out
}
