package policy_test

import (
	"math"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// base returns a safe policy with 4 attempts, 2 minutes and no rate limit.
func base() policy.Policy {
	p := policy.Default()
	p.Idempotency, p.Rate.Enabled = policy.Safe, policy.Off
	return p
}

func TestWorstCase_Requests(t *testing.T) {
	hedged := func(p *policy.Policy) {
		p.Hedge = policy.Hedge{Enabled: policy.On, After: time.Millisecond, Max: 2}
	}
	signed := policy.Conditions{Credentials: 1}
	for _, tt := range []struct {
		name    string
		change  func(p *policy.Policy)
		c       policy.Conditions
		want    [5]int // requests, attempts, replays, copies, redirects
		signIns int
	}{
		{"retries", func(*policy.Policy) {}, policy.Conditions{}, [5]int{4, 4, 0, 0, 0}, 0},
		{"no attempts", func(p *policy.Policy) { p.Retry.Attempts = 0 }, policy.Conditions{}, [5]int{1, 1, 0, 0, 0}, 0},
		{"unsafe", func(p *policy.Policy) { p.Idempotency = policy.Unsafe }, policy.Conditions{},
			[5]int{4, 4, 0, 0, 0}, 0},
		{"signed", func(*policy.Policy) {}, signed, [5]int{5, 4, 1, 0, 0}, 2},
		{"signed twice", func(*policy.Policy) {}, policy.Conditions{Credentials: 2}, [5]int{5, 4, 1, 0, 0}, 4},
		{"one attempt, signed", func(p *policy.Policy) { p.Retry.Attempts = 1 }, signed, [5]int{1, 1, 0, 0, 0}, 2},
		{"two attempts, signed", func(p *policy.Policy) { p.Retry.Attempts = 2 }, signed, [5]int{3, 2, 1, 0, 0}, 2},
		{"redirects", func(p *policy.Policy) { p.Redirects.Max = 3 }, policy.Conditions{}, [5]int{16, 4, 0, 0, 3}, 0},
		{"redirects of one attempt", func(p *policy.Policy) { p.Redirects.Max, p.Retry.Attempts = 3, 1 },
			policy.Conditions{}, [5]int{4, 1, 0, 0, 3}, 0},
		{"redirects of an idempotent operation", func(p *policy.Policy) {
			p.Redirects.Max, p.Idempotency = 3, policy.Idempotent
		}, policy.Conditions{}, [5]int{4, 4, 0, 0, 0}, 0},
		{"no redirects", func(p *policy.Policy) { p.Redirects.Max = -1 }, policy.Conditions{},
			[5]int{4, 4, 0, 0, 0}, 0},
		{"hedged", hedged, policy.Conditions{}, [5]int{12, 4, 0, 2, 0}, 0},
		{"hedged, redirected and signed", func(p *policy.Policy) { hedged(p); p.Redirects.Max = 1 }, signed,
			[5]int{30, 4, 1, 2, 1}, 2},
		{"hedged without a number", func(p *policy.Policy) { hedged(p); p.Hedge.Max = 0 }, policy.Conditions{},
			[5]int{8, 4, 0, 1, 0}, 0},
		{"hedging off", func(p *policy.Policy) { hedged(p); p.Hedge.Enabled = policy.Off }, policy.Conditions{},
			[5]int{4, 4, 0, 0, 0}, 0},
		{"hedged without a delay", func(p *policy.Policy) { hedged(p); p.Hedge.After = 0 }, policy.Conditions{},
			[5]int{4, 4, 0, 0, 0}, 0},
		{"hedged stream", hedged, policy.Conditions{Streamed: true}, [5]int{4, 4, 0, 0, 0}, 0},
		{"hedged batch", func(p *policy.Policy) { hedged(p); p.Success.Items = "a" }, policy.Conditions{},
			[5]int{4, 4, 0, 0, 0}, 0},
		{"hedged, idempotent", func(p *policy.Policy) { hedged(p); p.Idempotency = policy.Idempotent },
			policy.Conditions{}, [5]int{4, 4, 0, 0, 0}, 0},
		{"hedged, one attempt", func(p *policy.Policy) { hedged(p); p.Retry.Attempts = 1 }, policy.Conditions{},
			[5]int{1, 1, 0, 0, 0}, 0},
		{"a budget that pays for nothing", func(p *policy.Policy) {
			hedged(p)
			p.Retry.Attempts, p.Retry.Budget.Tokens = 9, 1
		}, policy.Conditions{}, [5]int{3, 3, 0, 0, 0}, 0},
		{"a budget that pays for nothing, two attempts", func(p *policy.Policy) {
			p.Retry.Attempts, p.Retry.Budget.Tokens = 2, 1
		}, policy.Conditions{}, [5]int{2, 2, 0, 0, 0}, 0},
		{"a budget that pays for one retry", func(p *policy.Policy) {
			hedged(p)
			p.Retry.Budget.Tokens = 5
		}, policy.Conditions{}, [5]int{12, 4, 0, 2, 0}, 0},
		{"a budget that pays after timeouts alone", func(p *policy.Policy) {
			hedged(p)
			p.Retry.Budget.Tokens, p.Retry.Budget.TimeoutCost = 4, 4
		}, policy.Conditions{}, [5]int{4, 4, 0, 0, 0}, 0},
		{"a budget that is off", func(p *policy.Policy) {
			p.Retry.Budget.Tokens, p.Retry.Budget.Enabled = 1, policy.Off
		}, policy.Conditions{}, [5]int{4, 4, 0, 0, 0}, 0},
	} {
		p := base()
		tt.change(&p)
		w := p.WorstCase(tt.c)
		if got := [5]int{w.Requests, w.Attempts, w.Replays, w.Copies, w.Redirects}; got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if w.SignIn != tt.signIns {
			t.Errorf("%s: %d sign-ins, want %d", tt.name, w.SignIn, tt.signIns)
		}
	}
}

func TestWorstCase_Time(t *testing.T) {
	limited := func(p *policy.Policy) { p.Rate = policy.Rate{PerSecond: 1, MaxWait: 10 * time.Second} }
	buckets := map[string]policy.Rate{
		"slow": {PerSecond: 0.01}, "seen": {PerSecond: 0.01, Mode: policy.ModeObserve},
	}
	for _, tt := range []struct {
		name        string
		change      func(p *policy.Policy)
		credentials int
		time        time.Duration
		waits       int
		wait        time.Duration
		bound       string
	}{
		{"no rate limit", func(*policy.Policy) {}, 0, 2 * time.Minute, 0, 0, policy.BoundOverall},
		{"rate limit", limited, 0, 160 * time.Second, 4, 10 * time.Second, policy.BoundPermits},
		{"rate limit, signed", limited, 1, 170 * time.Second, 5, 10 * time.Second, policy.BoundPermits},
		{"no rate set", func(p *policy.Policy) { p.Rate = policy.Rate{Enabled: policy.On} }, 0, 6 * time.Minute, 4,
			time.Minute, policy.BoundPermits},
		{"slow bucket", func(p *policy.Policy) { p.Rate = policy.Rate{Bucket: "slow"} }, 0, 920 * time.Second, 4,
			200 * time.Second, policy.BoundPermits},
		{"observed rate", func(p *policy.Policy) { limited(p); p.Rate.Mode = policy.ModeObserve }, 0, 2 * time.Minute,
			0, 0, policy.BoundOverall},
		{"observed bucket", func(p *policy.Policy) { p.Rate = policy.Rate{Bucket: "seen"} }, 0, 2 * time.Minute,
			0, 0, policy.BoundOverall},
		{"observed bucket and another", func(p *policy.Policy) {
			p.Rate = policy.Rate{Bucket: "seen", Also: []string{"slow"}}
		}, 0, 920 * time.Second, 4, 200 * time.Second, policy.BoundPermits},
		{"no deadline", func(p *policy.Policy) { limited(p); p.Timeout.Overall = 0 }, 0, 0, 4, 10 * time.Second,
			policy.BoundContext},
		{"no deadline and no rate limit", func(p *policy.Policy) { p.Timeout.Overall = 0 }, 0, 0, 0, 0,
			policy.BoundContext},
		{"batch", func(p *policy.Policy) { limited(p); p.Success.Items = "a" }, 0, 0, 4, 10 * time.Second,
			policy.BoundContext},
		{"batch without a rate limit", func(p *policy.Policy) { p.Success.Items = "a" }, 0, 2 * time.Minute, 0, 0,
			policy.BoundOverall},
		{"a rate that never comes", func(p *policy.Policy) { p.Rate = policy.Rate{PerSecond: 1e-300} }, 0,
			math.MaxInt64, 4, math.MaxInt64, policy.BoundPermits},
	} {
		p := base()
		tt.change(&p)
		w := p.WorstCase(policy.Conditions{Buckets: buckets, Credentials: tt.credentials})
		if w.Time != tt.time || w.Waits != tt.waits || w.PermitWait != tt.wait || w.Bound != tt.bound {
			t.Errorf("%s: %s, %d × %s, %s; want %s, %d × %s, %s", tt.name, w.Time, w.Waits, w.PermitWait, w.Bound,
				tt.time, tt.waits, tt.wait, tt.bound)
		}
		if w.Overall != p.Timeout.Overall {
			t.Errorf("%s: overall %s", tt.name, w.Overall)
		}
	}
}

func TestPolicy_Stale(t *testing.T) {
	const age = 10 * time.Minute
	of := func(class policy.Class, enabled policy.Switch, age time.Duration) policy.Policy {
		return policy.Policy{Idempotency: class, Fallback: policy.Fallback{Enabled: enabled, StaleIfError: age}}
	}
	for _, tt := range []struct {
		name     string
		policy   policy.Policy
		streamed bool
		want     time.Duration
	}{
		{"safe", of(policy.Safe, policy.Inherit, age), false, age},
		{"switched on", of(policy.Safe, policy.On, age), false, age},
		{"switched off", of(policy.Safe, policy.Off, age), false, 0},
		{"stream", of(policy.Safe, policy.Inherit, age), true, 0},
		{"idempotent", of(policy.Idempotent, policy.Inherit, age), false, 0},
		{"unsafe", of(policy.Unsafe, policy.On, age), false, 0},
		{"no age", of(policy.Safe, policy.On, 0), false, 0},
	} {
		if got := tt.policy.Stale(tt.streamed); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}
