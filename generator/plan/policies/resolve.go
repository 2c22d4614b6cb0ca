package policies

import (
	"maps"
	"slices"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
	"github.com/resgen/resgen/resilience/tree"
)

// A Resolved has the effective policies of a document.
type Resolved struct {
	API        policy.Layer // of the API as a whole
	Operations map[*spec.Operation]policy.Layer
	Circuits   map[string]policy.Breaker // named circuits, with all defaults
	Buckets    map[string]policy.Rate    // named buckets, with all defaults
	Sources    policy.SharedSources      // of Circuits and Buckets, except for defaults
}

// Options configure [Resolve].
type Options struct {
	Files            []*policy.File // from the weakest to the strongest
	IgnoreExtensions bool           // x-resgen and extensions of other tools set no policies
}

// Resolve returns the effective policies of a document and of the given operations of it.
func Resolve(doc *spec.Document, ops []*spec.Operation, o Options) (Resolved, diag.List) {
	files := o.Files
	r := &resolver{
		root: doc.Root, files: files, ignore: o.IgnoreExtensions, circuits: map[string]policy.Breaker{},
		buckets: map[string]policy.Rate{}, sources: policy.SharedSources{},
	}
	r.document = r.declaredByAll()
	r.extended = r.rootExtension()
	layers := []policy.Layer{policy.DefaultLayer(), r.document, r.extended}
	for _, f := range files {
		layers = append(layers, f.Defaults)
		r.indexes = append(r.indexes, newIndex(f))
		maps.Copy(r.circuits, f.Circuits)
		maps.Copy(r.buckets, f.Buckets)
		maps.Copy(r.sources, f.Sources)
	}
	out := Resolved{API: policy.Merge(layers...), Operations: map[*spec.Operation]policy.Layer{}}
	for _, o := range ops {
		out.Operations[o] = r.operation(o)
	}
	for _, e := range r.extensions {
		r.found = append(r.found, policy.CheckNames(e.layer, r.circuits, r.buckets, e.subject)...)
	}
	out.Circuits, out.Buckets = r.shared(out.API.Policy)
	out.Sources = r.sources
	dropUnused(&out, files)
	return out, r.found
}

// A resolver is the state of one [Resolve].
type resolver struct {
	root       *tree.Node
	files      []*policy.File
	indexes    []*index     // of the files
	ignore     bool         // see [Options]
	document   policy.Layer // annotations at the root of the document
	extended   policy.Layer // x-resgen at the root of the document
	extensions []extension
	circuits   map[string]policy.Breaker
	buckets    map[string]policy.Rate
	sources    policy.SharedSources // of circuits and buckets
	found      diag.List
}

// An extension is the layer of an x-resgen. The circuits and buckets that it names are checked when
// all are known.
type extension struct {
	layer   policy.Layer
	subject string
}

const extensionKey = "x-resgen"

// rootExtension reads x-resgen at the root of the document.
func (r *resolver) rootExtension() policy.Layer {
	n := r.root.Get(extensionKey)
	if n == nil || r.ignore {
		return policy.Layer{}
	}
	e, found := policyfile.DecodeRootExtension(n)
	r.found = append(r.found, found...)
	maps.Copy(r.circuits, e.Circuits)
	maps.Copy(r.buckets, e.Buckets)
	maps.Copy(r.sources, e.Sources)
	r.extensions = append(r.extensions, extension{e.Layer, extensionKey})
	return e.Layer
}

// extension reads x-resgen of a path item or an operation.
func (r *resolver) extension(n *tree.Node, subject string) policy.Layer {
	x := n.Get(extensionKey)
	if x == nil || r.ignore {
		return policy.Layer{}
	}
	e, found := policyfile.DecodeExtension(x, subject)
	r.found = append(r.found, found...)
	r.extensions = append(r.extensions, extension{e.Layer, subject})
	return e.Layer
}

// operation returns the effective policy of an operation.
func (r *resolver) operation(o *spec.Operation) policy.Layer {
	layers := []policy.Layer{
		policy.DefaultLayer(), policy.MethodLayer(o.Method), r.document, r.declared(o), r.extended,
		r.extension(o.PathNode, "path "+o.Path), r.extension(o.Node, "operation "+o.Name()),
	}
	for i, f := range r.files {
		layers = append(layers, f.Defaults)
		layers = append(layers, r.indexes[i].layers(o)...)
	}
	effective := policy.Merge(layers...)
	checkUsagePlan(o, effective.Policy.Rate, &r.found)
	r.checkWhy(o, effective)
	return effective
}

// checkWhy reports a class above that of the method without a why, which must name the effect of a
// repeat.
func (r *resolver) checkWhy(o *spec.Operation, effective policy.Layer) {
	class, source := effective.Policy.Idempotency, effective.Sources["idempotency"]
	if source.Kind < policy.FromExtension || effective.Policy.Why != "" ||
		class.Rank() <= policy.ClassOf(o.Method).Rank() {
		return
	}
	r.found.Add(diag.Diagnostic{
		Pos: source.Pos, Code: "class-without-why", Subject: "operation " + o.Name(),
		What: "a " + o.Method + " is declared " + string(class) + " without a why",
		Cure: "add why: the effect of a second request, for example \"the second finds nothing to delete\"",
	})
}

// shared returns the named circuits and buckets, completed with the policy of the API.
func (r *resolver) shared(whole policy.Policy) (map[string]policy.Breaker, map[string]policy.Rate) {
	circuits, buckets := map[string]policy.Breaker{}, map[string]policy.Rate{}
	for name, b := range r.circuits {
		circuits[name] = policy.Apply(whole, policy.Policy{Breaker: b}).Breaker
	}
	for name, rate := range r.buckets {
		buckets[name] = policy.Apply(whole, policy.Policy{Rate: rate}).Rate
	}
	return circuits, buckets
}

// dropUnused removes circuits and buckets that no operation uses, if their policy file is meant for
// several documents.
func dropUnused(r *Resolved, files []*policy.File) {
	circuits, buckets := map[string]bool{}, map[string]bool{}
	for _, l := range r.Operations {
		circuits[l.Policy.Breaker.Circuit] = true
		for _, name := range slices.Concat([]string{l.Policy.Rate.Bucket}, l.Policy.Rate.Also) {
			buckets[name] = true
		}
	}
	for _, f := range files {
		if !f.AllowUnmatched {
			continue
		}
		for name := range f.Circuits {
			if !circuits[name] {
				delete(r.Circuits, name)
			}
		}
		for name := range f.Buckets {
			if !buckets[name] {
				delete(r.Buckets, name)
			}
		}
	}
}
