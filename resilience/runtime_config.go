package resilience

// This file applies configuration at run time: to one client when it is made, and to all clients of
// a runtime at any time.

import (
	"errors"
	"slices"
	"weak"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/internal/pool"
	"github.com/resgen/resgen/resilience/policy"
)

// effective holds the policies of a caller's API under the present configuration. It is immutable.
type effective struct {
	policy.Resolved
	operations map[*Operation]policy.Policy
	transport  policy.Transport // of the API
}

// Apply overrides policy values of all clients of the runtime, including clients made later. It
// replaces the configuration of an earlier Apply; nil restores the generated policies.
//
// All values are checked first. An error is a [diag.List] with positions if the configuration was
// read from a file, and nothing has changed then. Keys that match no client or operation are
// errors, so clients should be made first.
//
// Calls in flight keep the policy they began with. Circuits, quotas and budgets keep their state:
// an open circuit stays open. A configuration cannot raise an idempotency class.
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
	r.retirePools()
	return nil
}

// retirePools retires the pools that no client uses.
func (r *Runtime) retirePools() {
	used := map[pool.Key]bool{}
	for _, c := range r.living() {
		used[pool.Key{API: c.api.Name, Settings: c.effective.Load().transport}] = true
	}
	r.pools.Keep(used)
}

// reroute renews the routes of all operations called so far, so that the new policy affects
// circuits, quotas and calls that wait for them at once.
func (c *Caller) reroute() {
	c.routes.Range(func(op, _ any) bool {
		c.route(op.(*Operation))
		return true
	})
}

// register applies the present configuration to a new caller and adds the caller to those that
// later configurations apply to. Keys that match only other callers are ignored.
func (r *Runtime) register(c *Caller) error {
	r.applying.Lock()
	defer r.applying.Unlock()
	resolved, found := r.config.Resolve(c.view)
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		return d.Code == "unknown-api" ||
			d.Code == "unknown-operation"
	})
	if err := found.Err(); err != nil {
		return err
	}
	c.effective.Store(newEffective(c.api, resolved[0]))
	if len(r.callers) == cap(r.callers) {
		r.callers = slices.DeleteFunc(r.callers, func(w weak.Pointer[Caller]) bool { return w.Value() == nil })
	}
	r.callers = append(r.callers, weak.Make(c))
	if r.pools.Full() {
		r.retirePools()
	}
	return nil
}

// living returns the callers in use.
func (r *Runtime) living() []*Caller {
	var list []*Caller
	for _, w := range r.callers {
		if c := w.Value(); c != nil && !c.closed.Load() {
			list = append(list, c)
		}
	}
	return list
}

// viewOf returns the description of an API that configurations are resolved against.
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
	if len(config.APIs) > 0 &&
		!slices.ContainsFunc(config.APIs, func(a policy.APIConfig) bool { return policy.MatchGlob(a.Name, v.Name) }) {
		return v, errors.New("WithConfig: the configuration names other APIs only")
	}
	resolved, found := config.Resolve(v)
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool { return d.Code == "unknown-api" })
	if err := found.Err(); err != nil {
		return v, err
	}
	out := policy.API{Name: v.Name, Defaults: resolved[0].Defaults, Circuits: resolved[0].Circuits,
		Buckets: resolved[0].Buckets}
	for i, op := range v.Operations {
		op.Policy = policy.Diff(out.Defaults, resolved[0].Operations[i])
		out.Operations = append(out.Operations, op)
	}
	return out, nil
}

func newEffective(api *API, r policy.Resolved) *effective {
	e := &effective{Resolved: r, operations: make(map[*Operation]policy.Policy, len(api.Operations)),
		transport: r.Defaults.Transport.Sized(r.Bulkheads()...)}
	for i, op := range api.Operations {
		e.operations[op] = r.Operations[i]
	}
	return e
}

// of returns the policy of an operation. For an operation that is not in the API's list it is that
// of the operation over the API's defaults.
func (e *effective) of(op *Operation) policy.Policy {
	p, ok := e.operations[op]
	if !ok {
		p = policy.Apply(e.Defaults, op.Policy)
	}
	if p.Idempotency == "" {
		p.Idempotency = policy.ClassOf(op.Method)
	}
	p.Transport = e.transport
	return p
}
