package lint

import (
	"fmt"
	"slices"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

const staleKey = "fallback.stale-if-error"

// uselessFallback reports a fallback of an operation that never replaces a failure.
func uselessFallback(a *api.API, op *api.Operation) finding {
	f := finding{code: "fallback-ignored", severity: diag.Warning, keys: []string{staleKey}, cure: "delete fallback"}
	p := &op.Policy
	if p.Fallback.StaleIfError <= 0 {
		if p.Fallback.Enabled == policy.Inherit {
			return finding{}
		}
		f.keys = []string{"fallback.enabled"}
		f.what, f.cure = "fallback.enabled has no effect without "+staleKey, "set "+staleKey+" or delete fallback"
		return f
	}
	if !own(a, op, staleKey) {
		return finding{}
	}
	switch {
	case p.Idempotency != policy.Safe:
		f.what = fmt.Sprintf("is %s, and only safe operations return an earlier response instead of a failure",
			p.Idempotency)
	case op.Streamed():
		f.what = "streams its response, so none is kept to replace a failure"
	case !op.HasResponse():
		f.what = "has no response body, so none is kept to replace a failure"
	case p.Fallback.Enabled == policy.Off:
		f.what, f.cure = staleKey+" has no effect while fallback.enabled is false", "delete one of them"
	default:
		return finding{}
	}
	return f
}

// unusedFallback reports a fallback of an API none of whose operations can have it.
func unusedFallback(a *api.API) diag.List {
	usable := func(op *api.Operation) bool {
		p := op.Policy
		p.Fallback.Enabled = policy.On // one that is off is so on purpose
		return p.Stale(op.Streamed()) > 0 && op.HasResponse()
	}
	p := a.Policy.Fallback
	if p.StaleIfError <= 0 || p.Enabled == policy.Off || slices.ContainsFunc(a.Operations, usable) {
		return nil
	}
	return diag.List{{
		Pos: a.Sources[staleKey].Pos, Severity: diag.Warning, Code: "fallback-ignored", Subject: "defaults",
		What: "no operation is safe and has a response that can be kept, so " + staleKey + " has no effect",
		Cure: "delete fallback",
	}}
}
