package resilience_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

var circuitKeys = []keyTest{
	{key: "breaker.enabled", base: openAtOnce, run: scene{calls: 2, script: []faults.Step{faults.Status(500)}}.play,
		change: func(p *policy.Policy) { p.Breaker.Enabled = policy.Off }, before: "1 0s circuit-open",
		after: "2 0s api"},
	{key: "breaker.circuit", base: openAtOnce, run: secondOperation,
		change: func(p *policy.Policy) { p.Breaker.Circuit = "shared" }, before: "the other is admitted",
		after: "the other is circuit-open"},
	{key: "breaker.scope", base: openAtOnce, run: sickAccount,
		change: func(p *policy.Policy) { p.Breaker.Scope = policy.ScopeAccount },
		before: "sick circuit-open, other circuit-open", after: "sick circuit-open, other admitted"},
	{key: "breaker.failure-rate", base: func(p *policy.Policy) { openAtOnce(p); p.Breaker.MinCalls = 4 },
		run: scene{calls: 5, script: []faults.Step{faults.OK(good), faults.OK(good), faults.OK(good),
			faults.Status(500)}}.play,
		change: func(p *policy.Policy) { p.Breaker.FailureRate = 0.25 }, before: "5 0s api",
		after: "4 0s circuit-open"},
	{key: "breaker.min-calls", base: openAtOnce, run: scene{calls: 2, script: []faults.Step{faults.Status(500)}}.play,
		change: func(p *policy.Policy) { p.Breaker.MinCalls = 2 }, before: "1 0s circuit-open", after: "2 0s api"},
	{key: "breaker.window", base: func(p *policy.Policy) {
		openAtOnce(p)
		p.Breaker.MinCalls, p.Breaker.Open = 2,
			5*time.Minute
	},
		run:    scene{calls: 3, pause: 90 * time.Second, script: []faults.Step{faults.Status(500)}}.play,
		change: func(p *policy.Policy) { p.Breaker.Window = 10 * time.Minute }, before: "3 3m0s api",
		after: "2 3m0s circuit-open"},
	{key: "breaker.consecutive", base: func(p *policy.Policy) { openAtOnce(p); p.Breaker.FailureRate = -1 },
		run:    scene{calls: 4, script: []faults.Step{faults.Status(500)}}.play,
		change: func(p *policy.Policy) { p.Breaker.Consecutive = 3 }, before: "4 0s api", after: "3 0s circuit-open"},
	{key: "breaker.open", base: openAtOnce,
		run:    scene{calls: 2, pause: 40 * time.Second, script: []faults.Step{faults.Status(500)}}.play,
		change: func(p *policy.Policy) { p.Breaker.Open = time.Minute }, before: "2 40s api",
		after: "1 40s circuit-open"},
	{key: "breaker.max-open", base: openAtOnce,
		run:    scene{calls: 2, pause: 20 * time.Second, script: []faults.Step{faults.Status(500)}}.play,
		change: func(p *policy.Policy) { p.Breaker.MaxOpen = 10 * time.Second }, before: "1 20s circuit-open",
		after: "2 20s api"},
	// The probe after 40 s fails, so the circuit opens for a minute, or for 30 s without growth.
	{key: "breaker.growth", base: openAtOnce,
		run:    scene{calls: 3, pause: 40 * time.Second, script: []faults.Step{faults.Status(500)}}.play,
		change: func(p *policy.Policy) { p.Breaker.Growth = 1 }, before: "2 1m20s circuit-open", after: "3 1m20s api"},
	{key: "breaker.jitter", base: openAtOnce, run: coolDowns,
		change: func(p *policy.Policy) { p.Breaker.Jitter = 0.5 }, before: "all of 30s", after: "between 15s and 45s"},
	{key: "breaker.probes", base: openAtOnce, run: probing,
		change: func(p *policy.Policy) { p.Breaker.Probes = 2 }, before: "circuit-open circuit-open ok; half-open",
		after: "circuit-open ok ok; closed"},
	{key: "breaker.successes", base: openAtOnce, run: probing,
		change: func(p *policy.Policy) { p.Breaker.Successes = 1 }, before: "circuit-open circuit-open ok; half-open",
		after: "circuit-open circuit-open ok; closed"},
	{key: "breaker.slow-call.after", base: slowAtOnce,
		run:    scene{calls: 2, script: []faults.Step{faults.OK(good).In(6 * time.Second)}}.play,
		change: func(p *policy.Policy) { p.Breaker.SlowCall.After = 6 * time.Second }, before: "1 6s circuit-open",
		after: "2 12s ok"},
	{key: "breaker.slow-call.rate", base: func(p *policy.Policy) { slowAtOnce(p); p.Breaker.MinCalls = 2 },
		run: scene{calls: 3, script: []faults.Step{faults.OK(good), faults.OK(good).In(6 * time.Second),
			faults.OK(good)}}.play,
		change: func(p *policy.Policy) { p.Breaker.SlowCall.Rate = 0.5 }, before: "3 6s ok",
		after: "2 6s circuit-open"},
	{key: "breaker.mode", base: openAtOnce, run: scene{calls: 3, script: []faults.Step{faults.Status(500)}}.play,
		change: func(p *policy.Policy) { p.Breaker.Mode = policy.ModeObserve }, before: "1 0s circuit-open",
		after: "3 0s api"},
	{key: "breaker.when.failure", base: openAtOnce,
		run:    scene{calls: 2, script: []faults.Step{faults.Status(404)}}.play,
		change: func(p *policy.Policy) { p.Breaker.When.Failure = []policy.Rule{{Status: []int{404}}} },
		before: "2 0s api", after: "1 0s circuit-open"},
	{key: "breaker.when.ignore", base: openAtOnce,
		run:    scene{calls: 2, script: []faults.Step{faults.Status(503)}}.play,
		change: func(p *policy.Policy) { p.Breaker.When.Ignore = []policy.Rule{{Status: []int{503}}} },
		before: "1 0s circuit-open", after: "2 0s api"},
	{key: "breaker.contract", base: openAtOnce, run: scene{
		calls:  2,
		script: []faults.Step{faults.OK(`"no object"`)},
	}.play,
		change: func(p *policy.Policy) { p.Breaker.Contract = policy.On }, before: "2 0s contract",
		after: "1 0s circuit-open"},
}

// openAtOnce makes the circuit open at the first failure and limits calls to one attempt.
func openAtOnce(p *policy.Policy) { p.Retry.Attempts, p.Breaker.MinCalls = 1, 1 }

// slowAtOnce makes the circuit open at the first attempt of more than five seconds.
func slowAtOnce(p *policy.Policy) {
	openAtOnce(p)
	p.Breaker.SlowCall = policy.SlowCall{After: 5 * time.Second, Rate: 0.6}
}

// secondOperation opens the circuit of one operation and reports whether another operation, with a
// different policy, can be called.
func secondOperation(t *testing.T, p policy.Policy) string {
	b := memory(t, faults.Status(500), faults.OK(good))
	one, other := operation("GET", ""), operation("GET", "")
	other.ID, other.Policy.Breaker.MinCalls = "other", 5
	c := callerOf(t, b, &resilience.API{Name: "items", Defaults: p, Operations: []*resilience.Operation{one, other}})
	_, _ = get(t, c, one)
	if _, err := get(t, c, other); err != nil {
		return "the other is " + observe(err).kind
	}
	return "the other is admitted"
}

// callerOf returns a caller of an API.
func callerOf(t *testing.T, b bench, api *resilience.API) *resilience.Caller {
	c, err := resilience.NewCaller(api, resilience.WithBaseURL(b.URL), resilience.WithLogger(quiet),
		resilience.WithRuntime(b.runtime))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// coolDowns opens twenty circuits and reports how long they stay open.
func coolDowns(t *testing.T, p policy.Policy) string {
	b := memory(t, faults.Status(500))
	least, most := time.Hour, time.Duration(0)
	for n := range 20 {
		op := operation("GET", "")
		_, _ = get(t, callerOf(t, b, &resilience.API{Name: fmt.Sprint("items", n), Defaults: p,
			Operations: []*resilience.Operation{op}}), op)
	}
	for _, g := range b.runtime.Snapshot().Gates {
		d := g.Circuits[0].Transitions[0].CoolDown
		least, most = min(least, d), max(most, d)
	}
	switch {
	case least == most:
		return "all of " + least.String()
	case least >= 15*time.Second && most <= 45*time.Second && most-least > 5*time.Second:
		return "between 15s and 45s"
	}
	return fmt.Sprintf("from %s to %s", least, most)
}

// probing opens the circuit and makes three calls at the same time when it is half-open. It reports
// their results and the final state.
func probing(t *testing.T, p policy.Policy) string {
	b := memory(t, faults.Status(500), faults.OK(good).In(5*time.Second))
	op := operation("GET", "")
	c := b.client(t, p, op)
	_, _ = get(t, c, op)
	time.Sleep(31 * time.Second)
	kinds := together(3, func() error {
		_, err := resilience.Call[*item](t.Context(), c, op, wire.Args())
		return err
	})
	synctest.Wait()
	return fmt.Sprintf("%s; %s", kinds, b.circuit().State)
}

// sickAccount opens the circuit of the only account that has called, and reports whether it and
// another account are admitted then.
func sickAccount(t *testing.T, p policy.Policy) string {
	b := memory(t, faults.Status(500), faults.OK(good))
	op := operation("GET", "")
	account := func(name string) *resilience.Caller {
		return b.client(t, p, op, resilience.WithCredential(key{name, "x"}))
	}
	admitted := func(c *resilience.Caller) string {
		if _, err := get(t, c, op); err != nil {
			return observe(err).kind
		}
		return "admitted"
	}
	sick := account("sick")
	_, _ = get(t, sick, op)
	return fmt.Sprintf("sick %s, other %s", admitted(sick), admitted(account("other")))
}
