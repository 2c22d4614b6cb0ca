package resilience_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

var (
	fourCalls = scene{calls: 4, script: []faults.Step{faults.OK(good)}}
	stated    = func(rate string) scene {
		return scene{calls: 3, script: []faults.Step{faults.OK(good).With("x-amzn-RateLimit-Limit", rate)}}
	}
)

var limitKeys = []keyTest{
	{key: "rate.enabled", base: perSecond(0.1), run: fourCalls.play,
		change: func(p *policy.Policy) { p.Rate.Enabled = policy.Off }, before: "4 30s ok", after: "4 0s ok"},
	{key: "rate.per-second", base: perSecond(0.1), run: fourCalls.play,
		change: func(p *policy.Policy) { p.Rate.PerSecond = 0.2 }, before: "4 30s ok", after: "4 15s ok"},
	{key: "rate.burst", base: perSecond(0.1), run: fourCalls.play,
		change: func(p *policy.Policy) { p.Rate.Burst = 3 }, before: "4 30s ok", after: "4 10s ok"},
	{key: "rate.reserve", base: burstOf(4), run: fourCalls.play,
		change: func(p *policy.Policy) { p.Rate.Reserve = 1 }, before: "4 0s ok", after: "4 10s ok"},
	{key: "rate.cost", base: burstOf(4), run: fourCalls.play,
		change: func(p *policy.Policy) { p.Rate.Cost = 2 }, before: "4 0s ok", after: "4 40s ok"},
	{key: "rate.bucket", base: perSecond(0.1), run: sharedBucket,
		change: func(p *policy.Policy) { p.Rate.Bucket = "all" }, before: "two operations in 0s",
		after: "two operations in 4s"},
	{key: "rate.also", base: perSecond(0.1), run: sharedBucket,
		change: func(p *policy.Policy) { p.Rate.Also = []string{"all"} }, before: "two operations in 0s",
		after: "two operations in 4s"},
	{key: "rate.scope", base: perSecond(0.25), run: twoAccounts,
		change: func(p *policy.Policy) { p.Rate.Scope = policy.ScopeApplication }, before: "two accounts in 0s",
		after: "two accounts in 4s"},
	{key: "rate.max-wait", base: perSecond(0.0125), run: scene{calls: 2, script: []faults.Step{faults.OK(good)}}.play,
		change: func(p *policy.Policy) { p.Rate.MaxWait = time.Minute }, before: "2 1m20s ok",
		after: "1 0s rate-limited"},
	{key: "rate.mode", base: perSecond(0.1), run: fourCalls.play,
		change: func(p *policy.Policy) { p.Rate.Mode = policy.ModeObserve }, before: "4 30s ok", after: "4 0s ok"},
	{key: "rate.learn", base: perSecond(1), run: stated("0.2").play,
		change: func(p *policy.Policy) { p.Rate.Learn = policy.Off }, before: "3 10s ok", after: "3 2s ok"},
	{key: "rate.floor", base: perSecond(1), run: stated("0.001").play,
		change: func(p *policy.Policy) { p.Rate.Floor = 0.5 }, before: "3 20s ok", after: "3 4s ok"},
	{key: "rate.ceiling", base: perSecond(0.1), run: stated("1").play,
		change: func(p *policy.Policy) { p.Rate.Ceiling = 10 }, before: "3 20s ok", after: "3 2s ok"},

	{key: "bulkhead.enabled", base: onePlace, run: crowd(10 * time.Second),
		change: func(p *policy.Policy) { p.Bulkhead.Enabled = policy.Off },
		before: "1 10s bulkhead-full bulkhead-full ok; 1 made, 1 open", after: "3 10s ok ok ok; 3 made, 3 open"},
	{key: "bulkhead.max", base: onePlace, run: crowd(10 * time.Second),
		change: func(p *policy.Policy) { p.Bulkhead.Max = 2 },
		before: "1 10s bulkhead-full bulkhead-full ok; 1 made, 1 open",
		after:  "2 10s bulkhead-full ok ok; 2 made, 2 open"},
	{key: "bulkhead.max-wait", base: onePlace, run: crowd(10 * time.Second),
		change: func(p *policy.Policy) { p.Bulkhead.MaxWait = time.Minute },
		before: "1 10s bulkhead-full bulkhead-full ok; 1 made, 1 open", after: "3 30s ok ok ok; 1 made, 1 open"},
	{key: "bulkhead.scope", base: onePlace, run: crowdOfTwo,
		change: func(p *policy.Policy) { p.Bulkhead.Scope = policy.ScopeAccount },
		before: "1 bulkhead-full bulkhead-full bulkhead-full ok", after: "2 bulkhead-full bulkhead-full ok ok"},
}

// perSecond sets a rate and a burst of one.
func perSecond(rate float64) func(p *policy.Policy) {
	return func(p *policy.Policy) { p.Rate.PerSecond, p.Rate.Burst = rate, 1 }
}

// burstOf sets a rate of one in 10 s and a burst.
func burstOf(n int) func(p *policy.Policy) {
	return func(p *policy.Policy) { p.Rate.PerSecond, p.Rate.Burst = 0.1, n }
}

func onePlace(p *policy.Policy) { p.Bulkhead.Max = 1 }

// sharedBucket reports how long one call of each of two operations takes. The bucket "all" allows
// one call every 4 s.
func sharedBucket(t *testing.T, p policy.Policy) string {
	b := memory(t, faults.OK(good))
	one, other := operation("GET", ""), operation("GET", "")
	other.ID = "other"
	c := callerOf(t, b, &resilience.API{
		Name: "items", Defaults: p, Operations: []*resilience.Operation{one, other},
		Buckets: map[string]policy.Rate{"all": {PerSecond: 0.25, Burst: 1}},
	})
	begin := time.Now()
	for _, op := range []*resilience.Operation{one, other} {
		if _, err := get(t, c, op); err != nil {
			t.Error(err)
		}
	}
	return fmt.Sprintf("two operations in %s", time.Since(begin))
}

// twoAccounts reports how long one call for each of two accounts of an application takes.
func twoAccounts(t *testing.T, p policy.Policy) string {
	b := memory(t, faults.OK(good))
	op := operation("GET", "")
	op.Security = []resilience.Requirement{{{Scheme: "key"}}}
	begin := time.Now()
	for _, account := range []string{"one", "two"} {
		if _, err := get(t, b.client(t, p, op, resilience.WithCredential(member{account, "app"})), op); err != nil {
			t.Error(err)
		}
	}
	return fmt.Sprintf("two accounts in %s", time.Since(begin))
}

// crowdOfTwo makes two calls at the same time for each of two accounts, and reports the number of
// requests and the results.
func crowdOfTwo(t *testing.T, p policy.Policy) string {
	b := memory(t, faults.OK(good).In(10*time.Second))
	op := operation("GET", "")
	var callers []*resilience.Caller
	for _, account := range []string{"one", "two"} {
		callers = append(callers, b.client(t, p, op, resilience.WithCredential(key{account, "x"})))
	}
	var next atomic.Int64
	kinds := together(4, func() error {
		_, err := get(t, callers[next.Add(1)%2], op)
		return err
	})
	return fmt.Sprintf("%d %s", b.Count(), kinds)
}
