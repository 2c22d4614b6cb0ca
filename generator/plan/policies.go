// This file gives every operation its effective policy. Layers are put over one another, weakest first: built-in defaults, the HTTP method,
// what the document declares (declared.go), x-resgen at its root, paths and operations, policy files.
package plan

import (
	"maps"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
	"github.com/resgen/resgen/resilience/tree"
)

// policies works out the policy of the API as a whole, and the circuits and buckets that operations may name.
func (p *planner) policies() {
	layers := []policy.Layer{p.declaredByDocument(), p.rootExtension()}
	for _, f := range p.opts.Policies {
		layers = append(layers, f.Defaults)
		maps.Copy(p.circuits, f.Circuits)
		maps.Copy(p.buckets, f.Buckets)
	}
	p.shared = layers
	whole := policy.Merge(append([]policy.Layer{policy.DefaultLayer()}, layers...)...)
	p.api.Policy, p.api.Sources = whole.Policy, whole.Sources
	p.api.Circuits, p.api.Buckets = map[string]policy.Breaker{}, map[string]policy.Rate{}
	for name, b := range p.circuits {
		p.api.Circuits[name] = policy.Apply(whole.Policy, policy.Policy{Breaker: b}).Breaker
	}
	for name, r := range p.buckets {
		p.api.Buckets[name] = policy.Apply(whole.Policy, policy.Policy{Rate: r}).Rate
	}
}

const extensionKey = "x-resgen"

// rootExtension reads x-resgen at the root of the document.
func (p *planner) rootExtension() policy.Layer {
	n := p.doc.Root.Get(extensionKey)
	if n == nil {
		return policy.Layer{}
	}
	e, found := policyfile.DecodeRootExtension(n)
	p.found = append(p.found, found...)
	maps.Copy(p.circuits, e.Circuits)
	maps.Copy(p.buckets, e.Buckets)
	p.extensions = append(p.extensions, named{e.Layer, extensionKey})
	return e.Layer
}

// A named layer is an extension whose circuits and buckets are looked up when all are known.
type named struct {
	layer   policy.Layer
	subject string
}

// extension reads the x-resgen of a path item or an operation.
func (p *planner) extension(n *tree.Node, subject string) policy.Layer {
	x := n.Get(extensionKey)
	if x == nil {
		return policy.Layer{}
	}
	e, found := policyfile.DecodeExtension(x, subject)
	p.found = append(p.found, found...)
	p.extensions = append(p.extensions, named{e.Layer, subject})
	return e.Layer
}

// operationLayer returns the effective policy of an operation.
func (p *planner) operationLayer(o *spec.Operation) policy.Layer {
	document, root, files := p.shared[0], p.shared[1], p.shared[2:]
	layers := []policy.Layer{
		policy.DefaultLayer(), policy.MethodLayer(o.Method), document, p.declared(o),
		root, p.extension(o.PathNode, "path "+o.Path), p.extension(o.Node, "operation "+o.Name()),
	}
	for i, f := range p.opts.Policies {
		layers = append(layers, files[i])
		layers = append(layers, entries(f, o)...)
	}
	effective := policy.Merge(layers...)
	p.checkUsagePlan(o, effective.Policy.Rate)
	return effective
}

// entries returns what a policy file says of an operation, in the order of the file.
func entries(f *policy.File, o *spec.Operation) []policy.Layer {
	var layers []policy.Layer
	for _, e := range f.Operations {
		if e.Key.Matches(o.ID, o.Method, o.Path) {
			layers = append(layers, e.Layer)
		}
	}
	return layers
}

// operationPolicies works out the policies of all operations. The methods of further request media types share the policy of the first.
func (p *planner) operationPolicies(ops []*operation) {
	known := map[*spec.Operation]policy.Layer{}
	for _, op := range ops {
		layer, ok := known[op.spec]
		if !ok {
			layer = p.operationLayer(op.spec)
			known[op.spec] = layer
		}
		op.layer = layer
		op.api.Policy, op.api.Sources = layer.Policy, layer.Sources
	}
	for _, x := range p.extensions {
		p.found = append(p.found, policy.CheckNames(x.layer, p.circuits, p.buckets, x.subject)...)
	}
	p.dropStrangers(ops)
}

// dropStrangers drops the circuits and buckets of policy files that are meant for more documents than this one, where none of its operations uses them.
func (p *planner) dropStrangers(ops []*operation) {
	used := map[string]bool{}
	for _, op := range ops {
		rate := op.api.Policy.Rate
		used["circuit "+op.api.Policy.Breaker.Circuit] = true
		for _, name := range append([]string{rate.Bucket}, rate.Also...) {
			used["bucket "+name] = true
		}
	}
	for _, f := range p.opts.Policies {
		if !f.AllowUnmatched {
			continue
		}
		for name := range f.Circuits {
			if !used["circuit "+name] {
				delete(p.api.Circuits, name)
			}
		}
		for name := range f.Buckets {
			if !used["bucket "+name] {
				delete(p.api.Buckets, name)
			}
		}
	}
}
