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

// declared returns what an operation declares in its parameters, annotations, usage plan and
// responses.
func (r *resolver) declared(o *spec.Operation) policy.Layer {
	subject := "operation " + o.Name()
	var all []statement
	add := func(path bool, layers ...policy.Layer) {
		for _, l := range layers {
			if len(l.Sources) > 0 {
				all = append(all, statement{l, path})
			}
		}
	}
	if policy.ClassOf(o.Method) != policy.Safe {
		add(false, keyHeader(o))
	}
	for _, l := range r.annotations(o.Node, subject) {
		add(false, belowMethod(l, o.Method))
	}
	add(false, r.responseAnnotations(o), usagePlan(o), limitHeaders(o))
	for _, l := range r.annotations(o.PathNode, subject) {
		add(true, belowMethod(l, o.Method))
	}
	base := policy.Merge(policy.DefaultLayer(), policy.MethodLayer(o.Method)).Policy
	return withBurst(r.agree(subject, base, all))
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

// declaredByAll returns what annotations at the root declare for all operations.
func (r *resolver) declaredByAll() policy.Layer {
	var all []statement
	for _, l := range r.annotations(r.root, "the document") {
		all = append(all, statement{layer: l})
	}
	return withBurst(r.agree("the document", policy.Default(), all))
}

// annotations reads the extensions of other tools at a node of the document, a layer for each that
// sets values. Extensions without a usable value are reported and ignored.
func (r *resolver) annotations(n *tree.Node, subject string) []policy.Layer {
	if n == nil || r.ignore {
		return nil
	}
	var layers []policy.Layer
	for _, pair := range n.Pairs {
		read := vendors[strings.ToLower(pair.Key)]
		if read == nil {
			continue
		}
		pol, ok := read(r.root, pair.Value)
		if !ok || !allowed(pol) {
			r.unusable(pair.Key, pair.Value, subject)
			continue
		}
		if l := FromDocument(pol, pair.Value.Pos, pair.Key); len(l.Sources) > 0 {
			layers = append(layers, l)
		}
	}
	return layers
}

func (r *resolver) unusable(key string, n *tree.Node, subject string) {
	r.found.Add(diag.Diagnostic{
		Pos: n.Pos, Severity: diag.Warning, Code: "annotation", Subject: subject,
		What: key + " has no usable value", Cure: "use x-resgen or a policy file",
	})
}

// responseAnnotations makes an operation repeat requests after the statuses of responses that are
// marked with x-retryable.
func (r *resolver) responseAnnotations(o *spec.Operation) policy.Layer {
	var statuses []int
	var first *tree.Node
	for _, response := range o.Responses {
		n := response.Node.Get("x-retryable")
		if n == nil || r.ignore {
			continue
		}
		if n.Text != "true" && n.Text != "false" {
			r.unusable("x-retryable", n, "operation "+o.Name())
			continue
		}
		if status := retriedStatus(response.Status); n.Text == "true" && status > 0 {
			statuses = append(statuses, status)
			if first == nil {
				first = n
			}
		}
	}
	if first == nil {
		return policy.Layer{}
	}
	pol := policy.Policy{Retry: policy.Retry{When: []policy.Rule{{Status: statuses}}}}
	return FromDocument(pol, first.Pos, "x-retryable")
}

// allowed reports whether a document may set the values of a policy.
func allowed(pol policy.Policy) bool {
	set := map[string]diag.Position{}
	for path := range policy.Of(pol, policy.Source{}).Sources {
		set[path] = diag.Position{}
	}
	return len(pol.Check(set, "", "")) == 0 && len(pol.CheckDocument(set, "", "")) == 0
}
