package lint

import (
	"testing"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

func TestDeafCircuits(t *testing.T) {
	const (
		rateCure = "lower breaker.min-calls, raise breaker.window, or set breaker.consecutive"
		hangCure = "lower breaker.min-calls or timeout.attempt, raise bulkhead.max, or set breaker.consecutive"
		nothing  = "its circuit never opens: no failure-rate, no number of consecutive failures and no rate of slow calls; " +
			"set breaker.failure-rate or breaker.consecutive, or switch the breaker off"
	)
	rate := func(perSecond float64, burst int) policy.Policy {
		return policy.Policy{Rate: policy.Rate{PerSecond: perSecond, Burst: burst}}
	}
	with := func(p policy.Policy, change func(*policy.Policy)) policy.Policy {
		change(&p)
		return p
	}
	at := diag.Position{File: "p.yaml", Line: 9, Column: 3}
	get := func(id string, p policy.Policy) *api.Operation { return op(id, "GET", p) }
	for _, c := range []struct {
		name  string
		whole policy.Policy
		ops   []*api.Operation
		want  string
	}{
		{"the default", policy.Policy{}, []*api.Operation{get("a", policy.Policy{})}, ""},
		// 5 + 0.25 × 60 = 20 requests in a minute
		{"just enough", policy.Policy{}, []*api.Operation{get("a", rate(0.25, 5))}, ""},
		{"one too few", policy.Policy{}, []*api.Operation{get("a", rate(0.25, 4))},
			"p.yaml:2:1: warning: operation a: with one account its circuit never opens: at most 19 outcomes in 1m at " +
				"its rate, and 20 are needed; " + rateCure},
		{"one outcome", policy.Policy{Breaker: policy.Breaker{MinCalls: 2}}, []*api.Operation{get("a", rate(0.01, 1))},
			"p.yaml:1:1: warning: operation a: with one account its circuit never opens: at most 1 outcome in 1m at " +
				"its rate, and 2 are needed; " + rateCure},
		{"two operations together", policy.Policy{},
			[]*api.Operation{get("a", rate(0.1, 4)), get("b", rate(0.1, 4))}, ""},
		{"two operations too few", policy.Policy{},
			[]*api.Operation{get("a", rate(0.1, 4)), get("b", rate(0.1, 3))},
			"p.yaml:2:1: warning: operation a and 1 more: with one account its circuit never opens: at most 19 outcomes in " +
				"1m at its rate, and 20 are needed; " + rateCure},
		{"an operation without a rate", policy.Policy{},
			[]*api.Operation{get("a", rate(0.1, 4)), get("b", policy.Policy{})}, ""},
		{"a rate that is only observed", policy.Policy{}, []*api.Operation{
			get("a", with(rate(0.1, 1), func(p *policy.Policy) { p.Rate.Mode = policy.ModeObserve })),
		}, ""},
		{"a rate that may grow", policy.Policy{}, []*api.Operation{
			get("a", with(rate(0.1, 8), func(p *policy.Policy) { p.Rate.Ceiling = 2 })),
		}, ""},
		{"a rate that may grow a little", policy.Policy{}, []*api.Operation{
			get("a", with(rate(0.1, 8), func(p *policy.Policy) { p.Rate.Ceiling = 1.9 })),
		}, "p.yaml:2:1: warning: operation a: with one account its circuit never opens: at most 19 outcomes in 1m at " +
			"its rate, and 20 are needed; " + rateCure},
		{"calls that cost two", policy.Policy{}, []*api.Operation{
			get("a", with(rate(0.5, 9), func(p *policy.Policy) { p.Rate.Cost = 2 })),
		}, "p.yaml:2:1: warning: operation a: with one account its circuit never opens: at most 19 outcomes in 1m at " +
			"its rate, and 20 are needed; " + rateCure},
		{"failures in a row are counted as well", policy.Policy{Breaker: policy.Breaker{Consecutive: 3}},
			[]*api.Operation{get("a", rate(0.1, 1))}, ""},
		{"switched off", policy.Policy{Breaker: policy.Breaker{Enabled: policy.Off}, Retry: policy.Retry{Attempts: 1}},
			[]*api.Operation{get("a", rate(0.1, 1))}, ""},
		{"a shared bucket counts once", policy.Policy{}, []*api.Operation{
			get("a", policy.Policy{Rate: policy.Rate{Bucket: "b"}}),
			get("b", policy.Policy{Rate: policy.Rate{Bucket: "b"}}),
		}, "p.yaml:2:1: warning: operation a and 1 more: with one account its circuit never opens: at most 12 outcomes in " +
			"1m at its rate, and 20 are needed; " + rateCure},
		{"a bucket in addition", policy.Policy{}, []*api.Operation{
			get("a", with(rate(100, 100), func(p *policy.Policy) { p.Rate.Also = []string{"b"} })),
		}, "p.yaml:2:1: warning: operation a: with one account its circuit never opens: at most 12 outcomes in 1m at " +
			"its rate, and 20 are needed; " + rateCure},

		{"nothing opens it", policy.Policy{Breaker: policy.Breaker{FailureRate: -1}},
			[]*api.Operation{get("a", policy.Policy{})}, "p.yaml:1:1: warning: operation a: " + nothing},
		{"slow calls open it", policy.Policy{Breaker: policy.Breaker{
			FailureRate: -1, SlowCall: policy.SlowCall{After: time.Second, Rate: 0.5},
		}}, []*api.Operation{get("a", policy.Policy{})}, ""},
		{"slow calls need outcomes too", policy.Policy{Breaker: policy.Breaker{
			FailureRate: -1, SlowCall: policy.SlowCall{After: time.Second, Rate: 0.5},
		}}, []*api.Operation{get("a", rate(0.1, 1))},
			"p.yaml:2:1: warning: operation a: with one account its circuit never opens: at most 7 outcomes in 1m at " +
				"its rate, and 20 are needed; " + rateCure},
		{"the circuit of one operation", policy.Policy{}, []*api.Operation{
			get("a", policy.Policy{}), get("b", policy.Policy{Breaker: policy.Breaker{FailureRate: -1}}),
		}, "p.yaml:3:1: warning: operation b: " + nothing},
		{"rules alone are no other circuit", policy.Policy{}, []*api.Operation{get("a", policy.Policy{}), get("b",
			with(rate(0.1, 1), func(p *policy.Policy) {
				p.Breaker.When.Ignore = []policy.Rule{{Status: []int{501}}}
			}))}, ""},
		{"a named circuit", policy.Policy{}, []*api.Operation{
			get("a", policy.Policy{Breaker: policy.Breaker{Circuit: "c"}}), get("b", policy.Policy{}),
		}, "p.yaml:2:1: warning: operation a: " + nothing},
		{"a named circuit with a place", policy.Policy{}, []*api.Operation{
			get("a", policy.Policy{Breaker: policy.Breaker{Circuit: "d"}}), get("b", policy.Policy{}),
		}, "p.yaml:9:3: warning: operation a: " + nothing},

		// 5 calls at a time, 3 attempts of 20 s each in a minute and one that ends at its start
		{"a server that does not answer", policy.Policy{
			Bulkhead: policy.Bulkhead{Max: 4}, Timeout: policy.Timeout{Attempt: 20 * time.Second},
		}, []*api.Operation{get("a", policy.Policy{})},
			"p.yaml:1:1: warning: operation a: its circuit does not open if the server stops answering: at most 16 outcomes " +
				"in 1m with 4 calls at a time of up to 20s each, and 20 are needed; " + hangCure},
		{"with five places it opens", policy.Policy{
			Bulkhead: policy.Bulkhead{Max: 5}, Timeout: policy.Timeout{Attempt: 20 * time.Second},
		}, []*api.Operation{get("a", policy.Policy{})}, ""},
		{"one place", policy.Policy{Bulkhead: policy.Bulkhead{Max: 1}},
			[]*api.Operation{get("a", policy.Policy{})},
			"p.yaml:1:1: warning: operation a: its circuit does not open if the server stops answering: at most 3 outcomes " +
				"in 1m with 1 call at a time of up to 30s each, and 20 are needed; " + hangCure},
		{"places of one operation are its own", policy.Policy{Bulkhead: policy.Bulkhead{Max: 4}}, []*api.Operation{
			get("a", policy.Policy{}), get("b", policy.Policy{Bulkhead: policy.Bulkhead{Max: 3}}),
			get("c", policy.Policy{}),
		}, ""}, // 7 places, 3 outcomes each
		{"places of one operation do not suffice", policy.Policy{Bulkhead: policy.Bulkhead{Max: 4}}, []*api.Operation{
			get("a", policy.Policy{}), get("b", policy.Policy{Bulkhead: policy.Bulkhead{Max: 2}}),
			get("c", policy.Policy{}),
		}, "p.yaml:1:1: warning: operation a and 2 more: its circuit does not open if the server stops answering: at most " +
			"18 outcomes in 1m with 6 calls at a time of up to 30s each, and 20 are needed; " + hangCure},
		{"no bulkhead", policy.Policy{Bulkhead: policy.Bulkhead{Max: 1, Enabled: policy.Off}},
			[]*api.Operation{get("a", policy.Policy{})}, ""},
		{"places of each account", policy.Policy{Bulkhead: policy.Bulkhead{Max: 1, Scope: policy.ScopeAccount}},
			[]*api.Operation{get("a", policy.Policy{})}, ""},
		{"the shortest attempt counts", policy.Policy{Bulkhead: policy.Bulkhead{Max: 1}}, []*api.Operation{
			get("a", policy.Policy{}), get("b", policy.Policy{
				Timeout: policy.Timeout{Attempt: time.Minute, Overall: 3 * time.Second},
				Retry:   policy.Retry{Attempts: 1},
			}),
		}, "p.yaml:3:1: operation b: one attempt may take 1m0s, the whole call only 3s; lower timeout.attempt or raise " +
			"timeout.overall"}, // 21 outcomes of 3 s
	} {
		t.Run(c.name, func(t *testing.T) {
			a := planned(c.whole, c.ops...)
			a.Buckets = map[string]policy.Rate{"b": {PerSecond: 0.1, Burst: 6}}
			a.Circuits = map[string]policy.Breaker{"c": {FailureRate: -1}, "d": {FailureRate: -1}}
			a.Shared = policy.SharedSources{"circuit d": {"breaker.failure-rate": {Pos: at}}}
			if got := Policies(a).Error(); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
