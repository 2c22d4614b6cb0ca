package lint

import (
	"fmt"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// This file compares attempts and waits with the deadline of a call.

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

// lateAttempts reports a last attempt that begins after the end of the call: if each attempt before
// it times out, or because of the waits alone.
func lateAttempts(_ *api.API, op *api.Operation) finding {
	t, r := op.Policy.Timeout, op.Policy.Retry
	n := r.Attempts
	if n < 2 || t.Attempt > t.Overall || t.Overall <= 0 {
		return finding{}
	}
	f := finding{
		code: "late-attempts", severity: diag.Warning,
		keys: []string{"retry.attempts", "timeout.overall", "timeout.attempt"},
		cure: "lower retry.attempts or timeout.attempt, or raise timeout.overall",
	}
	repeated := op.Policy.Idempotency != policy.Unsafe
	begin := time.Duration(n-1)*t.Attempt + waits(r.Server, r.Jitter, n-1)
	if repeated && begin >= t.Overall {
		f.what = fmt.Sprintf("attempt %d begins after %s if those before it time out, the call ends after %s", n, begin,
			t.Overall)
		return f
	}
	for _, after := range []struct {
		key, what string
		backoff   policy.Backoff
		repeats   bool
	}{
		{"retry.throttle", "the server refuses those before it as too many", r.Throttle, true},
		{"retry.server", "those before it fail with 5xx", r.Server, repeated},
		{"retry.connection", "those before it cannot connect", r.Connection, true},
	} {
		begin := waits(after.backoff, r.Jitter, n-1)
		if !after.repeats || begin < t.Overall {
			continue
		}
		f.what = fmt.Sprintf("attempt %d begins after %s of waits if %s, the call ends after %s", n,
			policy.FormatDuration(begin), after.what, policy.FormatDuration(t.Overall))
		f.cure = "lower retry.attempts or " + after.key + ".base, or raise timeout.overall"
		f.keys = []string{after.key + ".base", after.key + ".max", "retry.attempts", "timeout.overall"}
		return f
	}
	return finding{}
}

// waits returns the shortest total time of n waits.
func waits(b policy.Backoff, jitter policy.Jitter, n int) time.Duration {
	var sum time.Duration
	for i := range n {
		sum += b.Delay(i+1, jitter, 0)
	}
	return sum
}

// longWaits reports a longest wait that was set and that no call can wait for, because its deadline
// comes first.
func longWaits(a *api.API, op *api.Operation) finding {
	overall := op.Policy.Timeout.Overall
	for _, w := range []struct {
		key  string
		what string
		wait time.Duration
	}{
		{"retry.max-retry-after", "a Retry-After", op.Policy.Retry.MaxRetryAfter},
		{"bulkhead.max-wait", "a place in the bulkhead", op.Policy.Bulkhead.MaxWait},
	} {
		inherited := !own(a, op, w.key) && own(a, op, "timeout.overall") // for calls with a longer deadline
		if op.Sources[w.key].Kind == policy.FromDefault || inherited || overall <= 0 || w.wait <= overall {
			continue
		}
		return finding{
			code: "long-wait", severity: diag.Warning, keys: []string{w.key},
			what: fmt.Sprintf("a call may wait %s for %s, and ends after %s", policy.FormatDuration(w.wait), w.what,
				policy.FormatDuration(overall)),
			cure: "lower " + w.key + " or raise timeout.overall",
		}
	}
	return finding{}
}
