package lint

import (
	"testing"
	"time"

	"github.com/resgen/resgen/generator/api"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/policy"
)

// planned returns an API whose operations have the default policy of their method with the given
// values over it. Values of the API have positions in line 1 of p.yaml, those of the first
// operation in line 2, and so on; operations have positions in a.yaml.
func planned(whole policy.Policy, ops ...*api.Operation) *api.API {
	shared := policy.Of(whole, policy.Source{
		Kind: policy.FromFile, Pos: diag.Position{File: "p.yaml", Line: 1, Column: 1},
	})
	base := policy.Merge(policy.DefaultLayer(), shared)
	a := &api.API{Policy: base.Policy, Sources: base.Sources, Operations: ops}
	for i, op := range ops {
		own := policy.Of(op.Policy, policy.Source{
			Kind: policy.FromFile, Pos: diag.Position{File: "p.yaml", Line: 2 + i, Column: 1},
		})
		layer := policy.Merge(policy.DefaultLayer(), policy.MethodLayer(op.Method), shared, own)
		op.Policy, op.Sources, op.Pos = layer.Policy, layer.Sources, diag.Position{
			File: "a.yaml", Line: 1 + i, Column: 5,
		}
	}
	return a
}

func op(id, method string, p policy.Policy) *api.Operation {
	return &api.Operation{ID: id, Method: method, Policy: p}
}

func TestPolicies(t *testing.T) {
	hedged := policy.Policy{Hedge: policy.Hedge{Enabled: policy.On, After: time.Second}}
	for _, c := range []struct {
		name   string
		whole  policy.Policy
		method string
		own    policy.Policy
		want   string
	}{
		{"nothing said of a read", policy.Policy{}, "GET", policy.Policy{}, ""},
		{"nothing said of a write", policy.Policy{}, "POST", policy.Policy{}, ""},
		{"idempotent", policy.Policy{}, "POST", policy.Policy{Idempotency: policy.Idempotent}, ""},
		{"a read that writes", policy.Policy{}, "GET", policy.Policy{Idempotency: policy.Unsafe}, ""},
		{"keyed without a header", policy.Policy{}, "POST", policy.Policy{Idempotency: policy.Keyed},
			"p.yaml:2:1: warning: operation op: is keyed, and nothing says that the server reads the header " +
				"Idempotency-Key; set key.header"},
		{
			"keyed with a header", policy.Policy{}, "POST",
			policy.Policy{Idempotency: policy.Keyed, Key: policy.Key{Header: "X-Key"}}, "",
		},
		{"an attempt longer than the call", policy.Policy{}, "GET", policy.Policy{
			Timeout: policy.Timeout{Attempt: 3 * time.Minute},
		},
			"p.yaml:2:1: operation op: one attempt may take 3m0s, the whole call only 2m0s; lower " +
				"timeout.attempt or raise timeout.overall"},
		{
			"an attempt as long as the call", policy.Policy{}, "GET",
			policy.Policy{
				Timeout: policy.Timeout{Attempt: time.Minute, Overall: time.Minute}, Retry: policy.Retry{Attempts: 1},
			},
			"",
		},
		// 4 × 30 s and half of 0.5, 1, 2, 4 s of waits: the fifth attempt begins after 123.75 s.
		{"more attempts than fit", policy.Policy{}, "GET", policy.Policy{Retry: policy.Retry{Attempts: 5}},
			"p.yaml:2:1: warning: operation op: attempt 5 begins after 2m3.75s if those before it time out, the " +
				"call ends after 2m0s; lower retry.attempts or timeout.attempt, or raise timeout.overall"},
		{"full jitter waits for nothing", policy.Policy{}, "GET", policy.Policy{
			Retry: policy.Retry{Attempts: 5, Jitter: policy.FullJitter},
		},
			"p.yaml:2:1: warning: operation op: attempt 5 begins after 2m0s if those before it time out, the " +
				"call ends after 2m0s; lower retry.attempts or timeout.attempt, or raise timeout.overall"},
		{"no jitter, and a bound of waits", policy.Policy{}, "GET", policy.Policy{
			Retry: policy.Retry{Attempts: 5, Jitter: policy.NoJitter, Server: policy.Backoff{Max: time.Second}},
		},
			"p.yaml:2:1: warning: operation op: attempt 5 begins after 2m3.5s if those before it time out, the " +
				"call ends after 2m0s; lower retry.attempts or timeout.attempt, or raise timeout.overall"},
		{
			"attempts that just fit", policy.Policy{}, "GET",
			policy.Policy{Retry: policy.Retry{Attempts: 5}, Timeout: policy.Timeout{Overall: 124 * time.Second}}, "",
		},
		{
			"an unsafe operation is not sent again after a timeout", policy.Policy{}, "POST",
			policy.Policy{Idempotency: policy.Unsafe, Why: "w", Retry: policy.Retry{Attempts: 5}}, "",
		},
		{"a slow bucket", policy.Policy{}, "GET",
			policy.Policy{Rate: policy.Rate{PerSecond: 0.01, Burst: 4, MaxWait: time.Minute}},
			"p.yaml:2:1: warning: operation op: a permit comes every 1m40s, a call waits at most 1m: after 4 calls " +
				"the next fails at once; raise rate.max-wait, or delete it to wait for two permits"},
		{"a slow bucket with a reserve and a cost", policy.Policy{}, "GET", policy.Policy{
			Rate: policy.Rate{PerSecond: 1, Burst: 10, Reserve: 1, Cost: 4, MaxWait: 4*time.Second - 1},
		},
			"p.yaml:2:1: warning: operation op: 4 permits come every 4s, a call waits at most 3.999999999s: after 2 " +
				"calls the next fails at once; raise rate.max-wait, or delete it to wait for two permits"},
		{
			"a slow bucket without a longest wait", policy.Policy{}, "GET",
			policy.Policy{Rate: policy.Rate{PerSecond: 0.01, Burst: 4}}, "",
		},
		{"a reserve as large as the burst", policy.Policy{}, "GET", policy.Policy{
			Rate: policy.Rate{PerSecond: 1, Burst: 3, Reserve: 3},
		},
			"p.yaml:2:1: warning: operation op: a reserve of 3 leaves nothing of a burst of 3, so calls are sent one " +
				"by one; lower rate.reserve or raise rate.burst"},
		{
			"a reserve below the burst", policy.Policy{}, "GET",
			policy.Policy{Rate: policy.Rate{PerSecond: 1, Burst: 3, Reserve: 2}}, "",
		},
		{
			"a reserve and a burst of one", policy.Policy{}, "GET",
			policy.Policy{Rate: policy.Rate{PerSecond: 1, Burst: 1, Reserve: 2}}, "",
		},
		{
			"a reserve without a rate", policy.Policy{}, "GET",
			policy.Policy{Rate: policy.Rate{Burst: 2, Reserve: 2}}, "",
		},
		{"a cost above the burst", policy.Policy{}, "GET", policy.Policy{
			Rate: policy.Rate{PerSecond: 1, Burst: 5, Reserve: 1, Cost: 5},
		},
			"p.yaml:2:1: warning: operation op: a call takes 5 permits, and the bucket holds 4: each call waits until " +
				"it is full; raise rate.burst or lower rate.cost"},
		{
			"a cost as large as the bucket", policy.Policy{}, "GET",
			policy.Policy{Rate: policy.Rate{PerSecond: 1, Burst: 5, Cost: 5}}, "",
		},
		{"a cost without a rate", policy.Policy{}, "GET", policy.Policy{Rate: policy.Rate{Cost: 5}}, ""},
		{
			"a bucket as slow as the wait", policy.Policy{}, "GET",
			policy.Policy{Rate: policy.Rate{PerSecond: 0.5, Burst: 1, MaxWait: 2 * time.Second}}, "",
		},
		{
			"a slow bucket that is off", policy.Policy{}, "GET",
			policy.Policy{Rate: policy.Rate{PerSecond: 0.01, Burst: 1, Enabled: policy.Off}}, "",
		},
		{"hedging a write", policy.Policy{}, "PUT", hedged,
			"p.yaml:2:1: warning: operation op: is idempotent, and only safe operations are hedged; delete hedge"},
		{"hedging without a delay", policy.Policy{}, "GET", policy.Policy{Hedge: policy.Hedge{Enabled: policy.On}},
			"p.yaml:2:1: warning: operation op: is hedged without hedge.after, so no second request is sent; set " +
				"hedge.after"},
		{"hedging a read", policy.Policy{}, "GET", hedged, ""},
		{
			"hedging after the end of an attempt", policy.Policy{}, "GET", policy.Policy{
				Hedge:   policy.Hedge{Enabled: policy.On, After: 10 * time.Second},
				Timeout: policy.Timeout{Attempt: 10 * time.Second},
			},
			"p.yaml:2:1: warning: operation op: a second request is sent after 10s, and an attempt ends after 10s; lower " +
				"hedge.after",
		},
		{
			"hedging just before the end of an attempt", policy.Policy{}, "GET", policy.Policy{
				Hedge:   policy.Hedge{Enabled: policy.On, After: 10*time.Second - 1},
				Timeout: policy.Timeout{Attempt: 10 * time.Second},
			}, "",
		},
		{
			"hedging after the end of the call", policy.Policy{}, "GET", policy.Policy{
				Hedge:   policy.Hedge{Enabled: policy.On, After: 25 * time.Second},
				Timeout: policy.Timeout{Attempt: 20 * time.Second, Overall: 20 * time.Second},
				Retry:   policy.Retry{Attempts: 1},
			},
			"p.yaml:2:1: warning: operation op: a second request is sent after 25s, and an attempt ends after 20s; lower " +
				"hedge.after",
		},
		{
			"hedging with one attempt", policy.Policy{}, "GET", policy.Policy{
				Hedge: policy.Hedge{Enabled: policy.On, After: time.Second}, Retry: policy.Retry{Attempts: 1},
			},
			"p.yaml:2:1: warning: operation op: retry.attempts is 1, so no second request is sent; raise retry.attempts or " +
				"delete hedge",
		},
		{"hedging what can be", hedged, "PUT", policy.Policy{}, ""},
		{"a connection pool of one operation", policy.Policy{}, "GET", policy.Policy{
			Transport: policy.Transport{MaxIdle: 3},
		},
			"p.yaml:2:1: warning: operation op: transport.max-idle applies to the API as a whole, and is ignored here; " +
				"move it to defaults"},
		{
			"a connection pool of the API", policy.Policy{Transport: policy.Transport{MaxIdle: 3}}, "GET",
			policy.Policy{}, "",
		},
		{"no breaker", policy.Policy{Breaker: policy.Breaker{Enabled: policy.Off}}, "GET", policy.Policy{},
			"p.yaml:1:1: warning: operation op: is sent up to 4 times and has no circuit breaker, so retries add " +
				"load to an outage; switch the breaker on, or set retry.attempts to 1"},
		{"no breaker and two attempts", policy.Policy{}, "GET", policy.Policy{
			Breaker: policy.Breaker{Enabled: policy.Off}, Retry: policy.Retry{Attempts: 2},
		},
			"p.yaml:2:1: warning: operation op: is sent up to 2 times and has no circuit breaker, so retries add " +
				"load to an outage; switch the breaker on, or set retry.attempts to 1"},
		{
			"no breaker and one attempt", policy.Policy{}, "GET",
			policy.Policy{Breaker: policy.Breaker{Enabled: policy.Off}, Retry: policy.Retry{Attempts: 1}}, "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.whole.Breaker.Consecutive = 5 // opens at any rate
			if got := Policies(planned(c.whole, op("op", c.method, c.own))).Error(); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestPolicies_NamedBucket(t *testing.T) {
	a := planned(policy.Policy{Breaker: policy.Breaker{Consecutive: 5}},
		op("op", "GET", policy.Policy{Rate: policy.Rate{Bucket: "b", PerSecond: 100, Burst: 100}}))
	a.Buckets = map[string]policy.Rate{"b": {PerSecond: 0.1, Burst: 1, MaxWait: time.Second}}
	if got := Policies(a).Error(); got != "" {
		t.Errorf("got\n%s\nwant nothing: the bucket sets no wait that the operation does not have", got)
	}
	a.Operations[0].Policy.Rate.MaxWait = time.Second
	want := "p.yaml:2:1: warning: operation op: a permit comes every 10s, a call waits at most 1s: after 1 call the " +
		"next fails at once; raise rate.max-wait, or delete it to wait for two permits"
	if got := Policies(a).Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	a.Buckets["b"] = policy.Rate{PerSecond: 10, Burst: 3, Reserve: 3}
	a.Operations[0].Policy.Rate.Cost = 2
	want = "p.yaml:2:1: warning: operation op: a call takes 2 permits, and the bucket holds 1: each call waits until it " +
		"is full; raise rate.burst or lower rate.cost\n" +
		"p.yaml:2:1: warning: operation op: a reserve of 3 leaves nothing of a burst of 3, so calls are sent one by one; " +
		"lower rate.reserve or raise rate.burst"
	if got := Policies(a).Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A value that several operations inherit is one finding.
func TestPolicies_OnceAPlace(t *testing.T) {
	a := planned(
		policy.Policy{Breaker: policy.Breaker{Enabled: policy.Off}}, op("a", "GET", policy.Policy{}),
		op("b", "GET", policy.Policy{}), op("c", "GET", policy.Policy{}),
	)
	found := Policies(a)
	if len(found) != 1 || found[0].Subject != "operation a and 2 more" || found[0].Code != "retry-without-breaker" {
		t.Errorf("got %v", found)
	}
}

func TestPolicies_SameWhy(t *testing.T) {
	why := func(id, text string) *api.Operation { return op(id, "PUT", policy.Policy{Why: text}) }
	a := planned(
		policy.Policy{}, why("a", "it is replaced"), why("b", "it is moved"), why("c", " It is replaced"),
		why("d", ""),
	)
	if got, want := Policies(a).Error(), "p.yaml:4:1: warning: operation c: its why is that of operation a; name "+
		"the effect of a repeat on this operation"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	shared := planned(policy.Policy{Why: "as ever"}, why("a", ""), why("b", ""), why("c", ""))
	if found := Policies(shared); len(found) != 1 || found[0].Pos.Line != 1 {
		t.Errorf("got %v, want one finding at the shared place", found)
	}
	media := planned(policy.Policy{}, why("a", "it is replaced"), why("a", "it is replaced"))
	if found := Policies(media); len(found) != 0 {
		t.Errorf("got %v of the methods of one operation", found)
	}
}

func TestUnclassified(t *testing.T) {
	const text = "; set idempotency with a why in a policy file"
	unsafe := policy.Policy{Idempotency: policy.Unsafe}
	for _, c := range []struct {
		name string
		ops  []*api.Operation
		want string
	}{
		{"no operation", nil, ""},
		{"reads", []*api.Operation{op("a", "GET", policy.Policy{}), op("b", "PUT", policy.Policy{})}, ""},
		{"one write", []*api.Operation{op("a", "GET", policy.Policy{}), op("b", "POST", policy.Policy{})},
			"a.yaml:2:5: warning: operation b: no idempotency class is stated: never retried after an ambiguous " +
				"failure" + text},
		{
			"three writes", []*api.Operation{
				op("a", "POST", policy.Policy{}), op("b", "POST", policy.Policy{}), op("c", "PATCH", policy.Policy{}),
			},
			"a.yaml:1:5: warning: operation a and 2 more: no idempotency class is stated: never retried after an " +
				"ambiguous failure" + text,
		},
		{"unsafe by policy", []*api.Operation{op("a", "POST", unsafe)}, ""},
		{"with a why", []*api.Operation{op("a", "POST", policy.Policy{Why: "adds one more"})}, ""},
	} {
		if got := Unclassified(planned(policy.Policy{}, c.ops...)).Error(); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}
