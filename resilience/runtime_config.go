package resilience

// This file applies configuration at run time: to one client when it is made, and to all clients of
// a runtime at any time.

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/internal/pool"
	"github.com/resgen/resgen/resilience/policy"
)

// A variant is an API under the configuration that clients were made with. All clients of a runtime
// that have both in common share one, so that an account of an API with many operations is small.
type variant struct {
	api       *API
	config    *policy.Config // of [WithConfig]; nil: none
	view      *policy.API    // the API under config; nil if there is none
	effective atomic.Pointer[effective]
}

// A variantKey identifies a variant.
type variantKey struct {
	api    *API
	config *policy.Config
}

// An effective has the policies of a variant under the present configuration of the runtime. They
// do not change.
type effective struct {
	defaults  *policy.Policy
	circuits  map[string]policy.Breaker
	buckets   map[string]policy.Rate
	transport policy.Transport // of the API
	changes   []PolicyChange   // by configuration

	operations []policy.Policy // nil if no configuration applies
	places     map[*Operation]int
	terms      sync.Map // *Operation → *terms, made when an operation is first called
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
	variants := variantsOf(callers)
	views := make([]policy.API, len(variants))
	for i, v := range variants {
		views[i] = v.described()
	}
	resolved, found := config.Resolve(views...)
	if err := found.Err(); err != nil {
		return err
	}
	r.config = config
	now := time.Now()
	clear(r.variants) // closed clients keep theirs as it was
	for i, v := range variants {
		e := newEffective(v.api, resolved[i])
		e.changes = changesOf(v.api, e, v.effective.Load().changes, now)
		v.effective.Store(e)
		r.variants[variantKey{v.api, v.config}] = weak.Make(v)
	}
	for _, c := range callers {
		c.reroute()
	}
	r.retirePools(variants)
	return nil
}

// variantsOf returns the variants of callers, each once.
func variantsOf(callers []*Caller) []*variant {
	var list []*variant
	seen := map[*variant]bool{}
	for _, c := range callers {
		if !seen[c.variant] {
			seen[c.variant] = true
			list = append(list, c.variant)
		}
	}
	return list
}

// retirePools retires the pools that no client uses.
func (r *Runtime) retirePools(inUse []*variant) {
	used := map[pool.Key]bool{}
	for _, v := range inUse {
		used[pool.Key{API: v.api.Name, Settings: v.effective.Load().transport}] = true
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

// register sets the variant of a new caller, and adds the caller to those that later configurations
// apply to if it is valid. Keys that match only other callers are ignored.
func (r *Runtime) register(c *Caller, valid bool) error {
	r.applying.Lock()
	defer r.applying.Unlock()
	v, err := r.variant(c.api, c.set.config)
	if err != nil || !valid {
		return err
	}
	c.variant = v
	if len(r.callers) == cap(r.callers) {
		r.callers = slices.DeleteFunc(r.callers, func(w weak.Pointer[Caller]) bool { return w.Value() == nil })
	}
	r.callers = append(r.callers, weak.Make(c))
	if r.pools.Full() {
		r.retirePools(variantsOf(r.living()))
	}
	return nil
}

// variant returns the variant of an API with the configuration of a client. It is made if no client
// in use has it. The lock must be held.
func (r *Runtime) variant(api *API, config *policy.Config) (*variant, error) {
	key := variantKey{api, config}
	if v := r.variants[key].Value(); v != nil {
		return v, nil
	}
	v, err := newVariant(api, config)
	if err != nil {
		return nil, err
	}
	e := generatedEffective(api)
	if r.config != nil || config != nil {
		if e, err = v.under(r.config); err != nil {
			return nil, err
		}
		e.changes = changesOf(api, e, nil, time.Now())
	}
	v.effective.Store(e)
	maps.DeleteFunc(r.variants, func(_ variantKey, w weak.Pointer[variant]) bool { return w.Value() == nil })
	r.variants[key] = weak.Make(v)
	return v, nil
}

// newVariant returns a variant without effective policies.
func newVariant(api *API, config *policy.Config) (*variant, error) {
	v := &variant{api: api, config: config}
	if config == nil {
		return v, nil
	}
	view, err := configured(viewOf(api), config)
	v.view = &view
	return v, err
}

// described returns what configurations are resolved against.
func (v *variant) described() policy.API {
	if v.view == nil {
		return viewOf(v.api) // not kept, because it is large and seldom needed
	}
	return *v.view
}

// under returns the policies under a configuration of the runtime.
func (v *variant) under(config *policy.Config) (*effective, error) {
	resolved, found := config.Resolve(v.described())
	found = slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		return d.Code == "unknown-api" || d.Code == "unknown-operation"
	})
	if err := found.Err(); err != nil {
		return nil, err
	}
	return newEffective(v.api, resolved[0]), nil
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
	e := &effective{
		defaults: &r.Defaults, circuits: r.Circuits, buckets: r.Buckets, operations: r.Operations,
		transport: r.Defaults.Transport.Sized(r.Bulkheads()...),
	}
	e.places = make(map[*Operation]int, len(api.Operations))
	for i, op := range api.Operations {
		e.places[op] = i
	}
	return e
}

// generatedEffective returns the policies of an API without a configuration.
func generatedEffective(api *API) *effective {
	r := policy.Resolved{Defaults: api.Defaults}
	for _, op := range api.Operations {
		if op.Policy.Bulkhead != (policy.Bulkhead{}) { // others have that of the API
			r.Operations = append(r.Operations, policy.Apply(api.Defaults, op.Policy))
		}
	}
	return &effective{
		defaults: &api.Defaults, circuits: api.Circuits, buckets: api.Buckets,
		transport: api.Defaults.Transport.Sized(r.Bulkheads()...),
	}
}

// of returns the policy of an operation. For an operation that is not in the API's list, it is the
// operation's own policy over the API's defaults.
func (e *effective) of(op *Operation) policy.Policy {
	var p policy.Policy
	if i, ok := e.places[op]; ok {
		p = e.operations[i]
	} else {
		p = policy.Apply(*e.defaults, op.Policy)
	}
	if p.Idempotency == "" {
		p.Idempotency = policy.ClassOf(op.Method)
	}
	p.Transport = e.transport
	return p
}
