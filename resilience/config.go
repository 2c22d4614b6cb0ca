// This file applies configuration that is read when a program runs: to one client when it is made, to all clients of a runtime at any time.

package resilience

import (
	"errors"
	"slices"
	"weak"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// effective are the policies of a caller's API under the configuration in force. It is exchanged as a whole.
type effective struct {
	policy.Resolved
	operations map[*Operation]policy.Policy
}

// Apply puts policy values over those of all clients of the runtime, those made later included, in place of what an earlier Apply put there.
// Every value is checked first: on an error, a [diag.List] with the positions of a configuration that was read from a file, nothing has changed.
// Keys that match none of the clients or operations are errors too, so make the clients first. A nil config goes back to the generated policies.
//
// Calls under way end under the policy they began with. Circuits, quotas and budgets keep their state: an open circuit stays open.
// No configuration raises an idempotency class.
func (r *Runtime) Apply(config *policy.Config) error {
	r.applying.Lock()
	defer r.applying.Unlock()
	callers := r.living()
	views := make([]policy.API, len(callers))
	for i, c := range callers {
		views[i] = c.view
	}
	resolved, found := config.Resolve(views...)
	if err := found.Err(); err != nil {
		return err
	}
	r.config = config
	for i, c := range callers {
		c.effective.Store(newEffective(c.api, resolved[i]))
		c.reroute()
	}
	return nil
}

// reroute settles the operations that were called already once more, so that circuits, quotas and those who wait in them follow at once.
func (c *Caller) reroute() {
	c.routes.Range(func(op, _ any) bool {
		c.route(op.(*Operation))
		return true
	})
}

// register makes the configuration in force known to a new caller, and the caller to later ones. Keys that are meant for others are no errors here.
func (r *Runtime) register(c *Caller) error {
	r.applying.Lock()
	defer r.applying.Unlock()
	resolved, found := r.config.Resolve(c.view)
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Code == "unknown-api" || d.Code == "unknown-operation" })
	if err := found.Err(); err != nil {
		return err
	}
	c.effective.Store(newEffective(c.api, resolved[0]))
	if len(r.callers) == cap(r.callers) {
		r.callers = slices.DeleteFunc(r.callers, func(w weak.Pointer[Caller]) bool { return w.Value() == nil })
	}
	r.callers = append(r.callers, weak.Make(c))
	return nil
}

// living returns the callers that are still in use.
func (r *Runtime) living() []*Caller {
	var list []*Caller
	for _, w := range r.callers {
		if c := w.Value(); c != nil && !c.closed.Load() {
			list = append(list, c)
		}
	}
	return list
}

// viewOf describes an API to configurations.
func viewOf(api *API) policy.API {
	v := policy.API{Name: api.Name, Defaults: api.Defaults, Circuits: api.Circuits, Buckets: api.Buckets}
	for _, op := range api.Operations {
		p := op.Policy
		if p.Idempotency == "" && api.Defaults.Idempotency == "" {
			p.Idempotency = policy.ClassOf(op.Method)
		}
		v.Operations = append(v.Operations, policy.Operation{ID: op.ID, Method: op.Method, Path: op.Path, Policy: p})
	}
	return v
}

// configured returns the view of an API under the configuration of one client.
func configured(v policy.API, config *policy.Config) (policy.API, error) {
	if config == nil {
		return v, nil
	}
	if len(config.APIs) > 0 && !slices.ContainsFunc(config.APIs, func(a policy.APIConfig) bool { return policy.MatchGlob(a.Name, v.Name) }) {
		return v, errors.New("WithConfig: the configuration names other APIs only")
	}
	resolved, found := config.Resolve(v)
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Code == "unknown-api" })
	if err := found.Err(); err != nil {
		return v, err
	}
	out := policy.API{Name: v.Name, Defaults: resolved[0].Defaults, Circuits: resolved[0].Circuits, Buckets: resolved[0].Buckets}
	for i, op := range v.Operations {
		op.Policy = policy.Diff(out.Defaults, resolved[0].Operations[i])
		out.Operations = append(out.Operations, op)
	}
	return out, nil
}

func newEffective(api *API, r policy.Resolved) *effective {
	e := &effective{Resolved: r, operations: make(map[*Operation]policy.Policy, len(api.Operations))}
	for i, op := range api.Operations {
		e.operations[op] = r.Operations[i]
	}
	return e
}

// of returns the policy of an operation. One that the API does not list has the API's defaults and its own.
func (e *effective) of(op *Operation) policy.Policy {
	p, ok := e.operations[op]
	if !ok {
		p = policy.Apply(e.Defaults, op.Policy)
	}
	if p.Idempotency == "" {
		p.Idempotency = policy.ClassOf(op.Method)
	}
	p.Transport = e.Defaults.Transport
	return p
}
