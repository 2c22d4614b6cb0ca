package policies

// This file reads what documents say about retries and rates without x-resgen: parameters and
// response headers, and annotations of other tools.

import (
	"regexp"
	"strings"

	"github.com/resgen/resgen/generator/spec"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/tree"
)

// declared returns what an operation declares in its usage plan, responses, annotations and
// parameters. Later layers win, except that the strictest idempotency class wins.
func (r *resolver) declared(o *spec.Operation) policy.Layer {
	subject := "operation " + o.Name()
	layers := []policy.Layer{
		usagePlan(o), limitHeaders(o),
		r.annotations(o.PathNode, subject), r.annotations(o.Node, subject),
	}
	if policy.ClassOf(o.Method) != policy.Safe {
		layers = append(layers, keyHeader(o))
	}
	return policy.Merge(strictest(layers)...)
}

// strictest removes the idempotency class from all layers but the one with the strictest class.
func strictest(layers []policy.Layer) []policy.Layer {
	best := -1
	for i, l := range layers {
		if rank := l.Policy.Idempotency.Rank(); rank > 0 &&
			(best < 0 || rank < layers[best].Policy.Idempotency.Rank()) {
			best = i
		}
	}
	for i := range layers {
		if i != best && layers[i].Policy.Idempotency != "" {
			layers[i].Policy.Idempotency, layers[i].Policy.Why = "", ""
			delete(layers[i].Sources, "idempotency")
			delete(layers[i].Sources, "why")
		}
	}
	return layers
}

var keyName = regexp.MustCompile(`(?i)idempotency|^repeatability-request-id$`)

// keyHeader makes an operation keyed if it declares a header for an idempotency key.
func keyHeader(o *spec.Operation) policy.Layer {
	for _, s := range o.Params {
		if s.In == "header" && keyName.MatchString(s.Name) {
			pol := policy.Policy{
				Idempotency: policy.Keyed, Why: "the request carries its key in " + s.Name,
				Key: policy.Key{Header: s.Name},
			}
			return FromDocument(pol, s.Pos, "parameter "+s.Name)
		}
	}
	return policy.Layer{}
}

var limitHeader = regexp.MustCompile(`(?i)^(retry-after|(x-)?ratelimit.*|x-rate-limit.*|x-amzn-ratelimit-limit)$`)

// limitHeaders makes the limiter learn from responses if the document declares rate-limit headers.
func limitHeaders(o *spec.Operation) policy.Layer {
	for _, r := range o.Responses {
		for _, h := range r.Headers {
			if limitHeader.MatchString(h) {
				return FromDocument(policy.Policy{Rate: policy.Rate{Learn: policy.On}}, r.Pos,
					"header "+h+" of "+r.Status)
			}
		}
	}
	return policy.Layer{}
}

// annotations reads the extensions of other tools at a node of the document. Extensions without a
// usable value are reported and ignored.
func (r *resolver) annotations(n *tree.Node, subject string) policy.Layer {
	if n == nil || r.ignore {
		return policy.Layer{}
	}
	var layers []policy.Layer
	for _, pair := range n.Pairs {
		read := vendors[strings.ToLower(pair.Key)]
		if read == nil {
			continue
		}
		pol, ok := read(r.root, pair.Value)
		if !ok || !allowed(pol) {
			r.found.Add(diag.Diagnostic{
				Pos: pair.Value.Pos, Severity: diag.Warning, Code: "annotation", Subject: subject,
				What: pair.Key + " has no usable value", Cure: "use x-resgen or a policy file",
			})
			continue
		}
		layers = append(layers, FromDocument(pol, pair.Value.Pos, pair.Key))
	}
	if layers == nil {
		return policy.Layer{}
	}
	return policy.Merge(strictest(layers)...)
}

// allowed reports whether a document may set the values of a policy.
func allowed(pol policy.Policy) bool {
	set := map[string]diag.Position{}
	for path := range policy.Of(pol, policy.Source{}).Sources {
		set[path] = diag.Position{}
	}
	return len(pol.Check(set, "", "")) == 0 && len(pol.CheckDocument(set, "", "")) == 0
}
