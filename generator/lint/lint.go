package lint

import (
	"fmt"
	"strings"
	"time"

	"github.com/resgen/resgen/generator/api"
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
	keyedWithoutHeader, attemptBeyondOverall, lateAttempts, slowRefill, largeReserve, largeCost,
	uselessHedge, operationTransport, retryWithoutBreaker, ignoredRules, uselessRules, slowCalls,
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
	found = append(found, plainHTTP(a)...)
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

func attemptBeyondOverall(_ *api.API, op *api.Operation) finding {
	t := op.Policy.Timeout
	if t.Attempt <= t.Overall || t.Overall <= 0 {
		return finding{}
	}
	return finding{
		code: "attempt-beyond-overall", severity: diag.Error, keys: []string{"timeout.attempt", "timeout.overall"},
		what: fmt.Sprintf("one attempt may take %s, the whole call only %s", t.Attempt, t.Overall),
		cure: "lower timeout.attempt or raise timeout.overall",
	}
}

// lateAttempts reports a last attempt that begins after the end of the call if each attempt before
// it times out.
func lateAttempts(_ *api.API, op *api.Operation) finding {
	t, n := op.Policy.Timeout, op.Policy.Retry.Attempts
	if n < 2 || t.Attempt > t.Overall || t.Overall <= 0 || op.Policy.Idempotency == policy.Unsafe {
		return finding{}
	}
	begin := time.Duration(n-1)*t.Attempt + waits(op.Policy.Retry, n-1)
	if begin < t.Overall {
		return finding{}
	}
	return finding{
		code: "late-attempts", severity: diag.Warning,
		keys: []string{"retry.attempts", "timeout.overall", "timeout.attempt"},
		what: fmt.Sprintf(
			"attempt %d begins after %s if those before it time out, the call ends after %s", n, begin, t.Overall,
		),
		cure: "lower retry.attempts or timeout.attempt, or raise timeout.overall",
	}
}

// waits returns the shortest total time of n waits after timeouts.
func waits(r policy.Retry, n int) time.Duration {
	var sum time.Duration
	d := float64(r.Server.Base)
	for range n {
		wait := min(d, float64(r.Server.Max))
		switch r.Jitter {
		case policy.EqualJitter:
			wait /= 2
		case policy.FullJitter:
			wait = 0
		}
		sum += time.Duration(wait)
		d *= r.Server.Factor
	}
	return sum
}

// uselessHedge reports a hedge that the operation never sends.
func uselessHedge(a *api.API, op *api.Operation) finding {
	h := op.Policy.Hedge
	f := finding{code: "hedge-ignored", severity: diag.Warning, keys: []string{"hedge.enabled"}}
	switch {
	case h.Enabled != policy.On:
		return finding{}
	case h.After <= 0:
		f.what, f.cure = "is hedged without hedge.after, so no second request is sent", "set hedge.after"
	case op.Policy.Idempotency == policy.Safe || !own(a, op, "hedge.enabled"):
		return finding{}
	default:
		f.what = fmt.Sprintf("is %s, and only safe operations are hedged", op.Policy.Idempotency)
		f.cure = "delete hedge"
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

// sameWhy reports operations with the same why as another, once per position.
func sameWhy(a *api.API) diag.List {
	var found diag.List
	first := map[string]*api.Operation{}
	reported := map[diag.Position]bool{}
	for _, op := range a.Operations {
		why := strings.ToLower(strings.TrimSpace(op.Policy.Why))
		if why == "" {
			continue
		}
		other, known := first[why]
		if !known {
			first[why] = op
			continue
		}
		pos := place(op, []string{"why"})
		if other.ID == op.ID || reported[pos] {
			continue // methods of further media types, or one position for many operations
		}
		reported[pos] = true
		found.Add(diag.Diagnostic{
			Pos: pos, Severity: diag.Warning, Code: "same-why", Subject: "operation " + op.ID,
			What: "its why is that of operation " + other.ID, Cure: "name the effect of a repeat on this operation",
		})
	}
	return found
}
