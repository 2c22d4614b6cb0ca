package lint

import (
	"fmt"
	"slices"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// ignoredRules reports rules that are never applied: for retries of an operation that is not
// repeated, or for a circuit that is switched off.
func ignoredRules(a *api.API, op *api.Operation) finding {
	p := op.Policy
	ignored := func(key, why, cure string) finding {
		return finding{
			code: "rule-ignored", severity: diag.Warning, keys: []string{key}, what: key + " has no effect: " + why,
			cure: cure,
		}
	}
	if len(p.Retry.When) > 0 && own(a, op, "retry.when") {
		const key = "retry.when"
		switch {
		case p.Idempotency == policy.Unsafe:
			return ignored(key, "no rule makes an unsafe operation repeatable",
				"set idempotency with a why, or retry.refused for a status that proves that nothing was done")
		case p.Retry.Attempts == 1:
			return ignored(key, "the operation has one attempt", "raise retry.attempts or delete the rules")
		}
	}
	for _, key := range []string{"breaker.when.failure", "breaker.when.ignore"} {
		if text, _ := policy.Get(p, key); p.Breaker.Enabled == policy.Off && len(text) > len("[]") && own(a, op, key) {
			return ignored(key, "the operation has no circuit", "switch the breaker on or delete the rules")
		}
	}
	return finding{}
}

// uselessRules reports rules that name only failures which are retried, or taken for throttling,
// without them.
func uselessRules(_ *api.API, op *api.Operation) finding {
	for i, r := range op.Policy.Retry.When {
		if (len(r.Status) > 0 || len(r.Kind) > 0) && allOf(r.Status, retriedAnyway) && allOf(r.Kind, timeOut) {
			return useless("retry.when", i, "retried anyway")
		}
	}
	for i, r := range op.Policy.Throttled {
		if len(r.Status) > 0 && allOf(r.Status, func(s int) bool { return s == 429 }) {
			return useless("throttled", i, "throttling anyway")
		}
	}
	return finding{}
}

func useless(key string, i int, how string) finding {
	return finding{
		code: "rule-without-effect", severity: diag.Warning, keys: []string{key},
		what: fmt.Sprintf("rule %d of %s names only what is %s", i+1, key, how), cure: "delete the rule",
	}
}

// allOf reports whether the condition holds for all of a list, which it does for none.
func allOf[T any](list []T, holds func(T) bool) bool {
	return !slices.ContainsFunc(list, func(v T) bool { return !holds(v) })
}

// retriedAnyway reports whether a repeatable operation is retried after a status without any rule.
func retriedAnyway(status int) bool {
	switch status {
	case 408, 425, 429:
		return true
	case 501, 505:
		return false
	}
	return status >= 500
}

// slowCalls reports settings of slow attempts that have no effect: one without the other, or a time
// that no attempt can take.
func slowCalls(a *api.API, op *api.Operation) finding {
	b := op.Policy.Breaker
	if b.Circuit != "" {
		b = a.Circuits[b.Circuit]
	}
	f := finding{
		code: "slow-call-without-effect", severity: diag.Warning,
		keys: []string{"breaker.slow-call.after", "breaker.slow-call.rate"},
	}
	switch s := b.SlowCall; {
	case b.Enabled == policy.Off || s.Rate < 0:
		return finding{}
	case s.After > 0 && s.Rate == 0:
		f.what, f.cure = "slow-call has no effect: it has no rate", "set breaker.slow-call.rate"
	case s.After == 0 && s.Rate > 0:
		f.what, f.cure = "slow-call has no effect: nothing says what is slow", "set breaker.slow-call.after"
	case s.After > 0 && op.Policy.Timeout.Attempt > 0 && s.After >= op.Policy.Timeout.Attempt:
		f.what = fmt.Sprintf("an attempt is slow after %s, but ends after %s", policy.FormatDuration(s.After),
			policy.FormatDuration(op.Policy.Timeout.Attempt))
		f.cure = "lower breaker.slow-call.after or raise timeout.attempt"
	default:
		return finding{}
	}
	return f
}

func timeOut(kind string) bool { return kind == "timeout" || kind == "throttled" }
