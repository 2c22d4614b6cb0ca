package lint

import (
	"fmt"
	"strings"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/generator/overview"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// A check looks at one operation and returns a finding, or the zero finding.
type check func(a *api.API, op *api.Operation) finding

// A finding is a diagnostic without a position. Its position is that of the first of the keys that
// is set in a file.
type finding struct {
	code       string
	severity   diag.Severity
	what, cure string
	keys       []string
}

var checks = []check{
	keyedWithoutHeader, attemptBeyondOverall, lateAttempts, longWaits, slowRefill, slowPages, largeReserve, largeCost,
	uselessHedge, uselessFallback, operationTransport, retryWithoutBreaker, ignoredRules, uselessRules, slowCalls,
	amplification,
}

// Policies returns what is doubtful in the policies of an API, sorted. A value that several
// operations inherit is reported once.
func Policies(a *api.API) diag.List {
	c := newCollector()
	for _, op := range a.Operations {
		for _, check := range checks {
			f := check(a, op)
			if f.code == "" {
				continue
			}
			c.add(diag.Diagnostic{
				Pos: place(op, f.keys), Severity: f.severity, Code: f.code, Subject: "operation " + op.ID,
				What: f.what, Cure: f.cure,
			})
		}
	}
	found := append(c.list(), sameWhy(a)...)
	found = append(found, sharedBuckets(a)...)
	found = append(found, deafCircuits(a)...)
	found = append(found, plainHTTP(a)...)
	found = append(found, unusedFallback(a)...)
	found.Sort()
	return found
}

// Unclassified reports, in one finding, the operations whose class is the unsafe default of their
// method, because neither the document nor a policy file states one.
func Unclassified(a *api.API) diag.List {
	var found diag.List
	more := 0
	for _, op := range a.Operations {
		if op.Policy.Idempotency != policy.Unsafe || op.Policy.Why != "" ||
			op.Sources["idempotency"].Kind > policy.FromDocument {
			continue
		}
		if found == nil {
			found.Add(diag.Diagnostic{
				Pos: op.Pos, Severity: diag.Warning, Code: "unsafe-without-why", Subject: "operation " + op.ID,
				What: "no idempotency class is stated: never retried after an ambiguous failure",
				Cure: "set idempotency with a why in a policy file",
			})
			continue
		}
		more++
	}
	if found != nil {
		found[0].Subject = andMore(found[0].Subject, more)
	}
	return found
}

// place returns the position of the first of the keys that is set in a file, or that of the
// operation.
func place(op *api.Operation, keys []string) diag.Position {
	for _, key := range keys {
		if pos := op.Sources[key].Pos; pos.Line > 0 {
			return pos
		}
	}
	return op.Pos
}

// own reports whether a key was set for the operation rather than for the API as a whole.
func own(a *api.API, op *api.Operation, key string) bool {
	s, set := op.Sources[key]
	return set && s != a.Sources[key]
}

func keyedWithoutHeader(_ *api.API, op *api.Operation) finding {
	if op.Policy.Idempotency != policy.Keyed || op.Sources["key.header"].Kind != policy.FromDefault {
		return finding{}
	}
	return finding{
		code: "keyed-without-header", severity: diag.Warning, keys: []string{"idempotency"},
		what: "is keyed, and nothing says that the server reads the header " + op.Policy.Key.Header,
		cure: "set key.header",
	}
}

// uselessHedge reports a hedge that the operation never sends.
func uselessHedge(a *api.API, op *api.Operation) finding {
	h, t := op.Policy.Hedge, attemptTime(op.Policy.Timeout)
	f := finding{code: "hedge-ignored", severity: diag.Warning, keys: []string{"hedge.enabled"}}
	switch {
	case h.Enabled != policy.On:
		return finding{}
	case h.After <= 0:
		f.what, f.cure = "is hedged without hedge.after, so no second request is sent", "set hedge.after"
	case op.Policy.Idempotency != policy.Safe:
		if !own(a, op, "hedge.enabled") {
			return finding{}
		}
		f.what = fmt.Sprintf("is %s, and only safe operations are hedged", op.Policy.Idempotency)
		f.cure = "delete hedge"
	case t > 0 && h.After >= t:
		f.keys = []string{"hedge.after", "timeout.attempt"}
		f.what = fmt.Sprintf("a second request is sent after %s, and an attempt ends after %s",
			policy.FormatDuration(h.After), policy.FormatDuration(t))
		f.cure = "lower hedge.after"
	case op.Policy.Retry.Attempts == 1:
		f.keys = []string{"retry.attempts", "hedge.enabled"}
		f.what, f.cure = "retry.attempts is 1, so no second request is sent", "raise retry.attempts or delete hedge"
	case overview.WorstCase(a, op).Copies == 0 && own(a, op, "hedge.enabled"):
		f.what = "no second request is sent for a stream, for results per item, or without budget"
		f.cure = "delete hedge"
	default:
		return finding{}
	}
	return f
}

func operationTransport(a *api.API, op *api.Operation) finding {
	for _, f := range policy.Fields() {
		if strings.HasPrefix(f.Path, "transport.") && own(a, op, f.Path) {
			return finding{
				code: "transport-ignored", severity: diag.Warning, keys: []string{f.Path},
				what: f.Path + " applies to the API as a whole, and is ignored here", cure: "move it to defaults",
			}
		}
	}
	return finding{}
}

func retryWithoutBreaker(_ *api.API, op *api.Operation) finding {
	if op.Policy.Breaker.Enabled != policy.Off || op.Policy.Retry.Attempts < 2 ||
		op.Policy.Idempotency == policy.Unsafe {
		return finding{}
	}
	return finding{
		code: "retry-without-breaker", severity: diag.Warning, keys: []string{"breaker.enabled"},
		what: fmt.Sprintf(
			"is sent up to %d times and has no circuit breaker, so retries add load to an outage",
			op.Policy.Retry.Attempts,
		),
		cure: "switch the breaker on, or set retry.attempts to 1",
	}
}
