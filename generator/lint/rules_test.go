package lint

import (
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

func TestPolicies_Rules(t *testing.T) {
	statuses := func(list ...int) []policy.Rule { return []policy.Rule{{Status: list}} }
	kinds := func(list ...string) []policy.Rule { return []policy.Rule{{Kind: list}} }
	when := func(rules []policy.Rule) policy.Policy { return policy.Policy{Retry: policy.Retry{When: rules}} }
	const (
		useless = "p.yaml:2:1: warning: operation op: rule 1 of retry.when names only what is retried anyway; " +
			"delete the rule"
		noCircuit = " has no effect: the operation has no circuit; switch the breaker on or delete the rules"
	)
	for _, c := range []struct {
		name   string
		whole  policy.Policy
		method string
		own    policy.Policy
		want   string
	}{
		{"a conflict of a read", policy.Policy{}, "GET", when(statuses(409)), ""},
		{"an unsafe operation", policy.Policy{}, "POST", policy.Policy{
			Why: "w", Idempotency: policy.Unsafe, Retry: policy.Retry{When: statuses(409)},
		},
			"p.yaml:2:1: warning: operation op: retry.when has no effect: no rule makes an unsafe operation " +
				"repeatable; set idempotency with a why, or retry.refused for a status that proves that nothing was done"},
		{"rules of the API and an unsafe operation", when(statuses(409)), "POST", policy.Policy{
			Why: "w", Idempotency: policy.Unsafe,
		}, ""},
		{"an empty list", policy.Policy{}, "POST", policy.Policy{
			Why: "w", Idempotency: policy.Unsafe, Retry: policy.Retry{When: []policy.Rule{}},
		}, ""},
		{"one attempt", policy.Policy{}, "GET", policy.Policy{Retry: policy.Retry{Attempts: 1, When: statuses(409)}},
			"p.yaml:2:1: warning: operation op: retry.when has no effect: the operation has one attempt; raise " +
				"retry.attempts or delete the rules"},
		{"counted without a circuit", policy.Policy{}, "GET", policy.Policy{
			Retry:   policy.Retry{Attempts: 1},
			Breaker: policy.Breaker{Enabled: policy.Off, When: policy.When{Failure: statuses(404)}},
		}, "p.yaml:2:1: warning: operation op: breaker.when.failure" + noCircuit},
		{"ignored without a circuit", policy.Policy{}, "GET", policy.Policy{
			Retry:   policy.Retry{Attempts: 1},
			Breaker: policy.Breaker{Enabled: policy.Off, When: policy.When{Ignore: statuses(404)}},
		}, "p.yaml:2:1: warning: operation op: breaker.when.ignore" + noCircuit},
		{"no rules without a circuit", policy.Policy{}, "GET", policy.Policy{
			Retry:   policy.Retry{Attempts: 1},
			Breaker: policy.Breaker{Enabled: policy.Off, When: policy.When{Ignore: []policy.Rule{}}},
		}, ""},
		{"rules with a circuit", policy.Policy{}, "GET", policy.Policy{
			Breaker: policy.Breaker{When: policy.When{Ignore: statuses(404)}},
		}, ""},
		{"statuses that are retried anyway", policy.Policy{}, "GET", when(statuses(408, 425, 429, 500, 599)), useless},
		{"of the API", when(statuses(503)), "GET", policy.Policy{},
			"p.yaml:1:1: warning: operation op: rule 1 of retry.when names only what is retried anyway; delete " +
				"the rule"},
		{"501", policy.Policy{}, "GET", when(statuses(501)), ""},
		{"505", policy.Policy{}, "GET", when(statuses(503, 505)), ""},
		{"499", policy.Policy{}, "GET", when(statuses(499)), ""},
		{"timeouts", policy.Policy{}, "GET", when(kinds("timeout", "throttled")), useless},
		{"broken connections, of which some are final", policy.Policy{}, "GET", when(kinds("transport")), ""},
		{"a status and a kind", policy.Policy{}, "GET",
			when([]policy.Rule{{Status: []int{503}, Kind: []string{"api"}}}), ""},
		{"a code alone", policy.Policy{}, "GET", when([]policy.Rule{{Code: policy.ErrorCode{In: []string{"x"}}}}), ""},
		{"the second rule", policy.Policy{}, "GET", when(append(statuses(409), statuses(503)...)),
			"p.yaml:2:1: warning: operation op: rule 2 of retry.when names only what is retried anyway; delete " +
				"the rule"},
		{"429", policy.Policy{}, "GET", policy.Policy{Throttled: statuses(429)},
			"p.yaml:2:1: warning: operation op: rule 1 of throttled names only what is throttling anyway; delete the " +
				"rule"},
		{"403", policy.Policy{}, "GET", policy.Policy{Throttled: statuses(429, 403)}, ""},
		{"a code of throttling", policy.Policy{}, "GET", policy.Policy{
			Throttled: []policy.Rule{{Code: policy.ErrorCode{In: []string{"x"}}}},
		}, ""},
	} {
		if got := Policies(planned(c.whole, op("op", c.method, c.own))).Error(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestPolicies_SlowCalls(t *testing.T) {
	slow := func(after time.Duration, rate float64) policy.Policy {
		return policy.Policy{Breaker: policy.Breaker{SlowCall: policy.SlowCall{After: after, Rate: rate}}}
	}
	named := slow(time.Second, 0.8)
	named.Breaker.Circuit = "main"
	off := slow(time.Second, 0)
	off.Breaker.Enabled, off.Retry.Attempts = policy.Off, 1
	for _, c := range []struct {
		name string
		own  policy.Policy
		want string
	}{
		{"both", slow(time.Second, 0.8), ""},
		{"a time alone", slow(time.Second, 0),
			"slow-call has no effect: it has no rate; set breaker.slow-call.rate"},
		{"a rate alone", slow(0, 0.8),
			"slow-call has no effect: nothing says what is slow; set breaker.slow-call.after"},
		{"a time alone, without a circuit", off, ""},
		{"switched off", slow(0, -1), ""},
		{"switched off with a time", slow(time.Hour, -1), ""},
		{"as long as an attempt", slow(30*time.Second, 0.8),
			"an attempt is slow after 30s, but ends after 30s; lower breaker.slow-call.after or raise timeout.attempt"},
		{"shorter than an attempt", slow(30*time.Second-1, 0.8), ""},
		{"of the circuit", named, "slow-call has no effect: it has no rate; set breaker.slow-call.rate"},
	} {
		a := planned(policy.Policy{}, op("op", "GET", c.own))
		main := slow(time.Second, 0).Breaker
		main.Consecutive = 3
		a.Circuits = map[string]policy.Breaker{"main": main}
		want := c.want
		if want != "" {
			want = "p.yaml:2:1: warning: operation op: " + want
		}
		if got := Policies(a).Error(); got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, want)
		}
	}
}
