package resilience_test

import (
	"fmt"
	"io"

	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

var (
	alwaysFails     = scene{script: []faults.Step{faults.Status(500)}}
	alwaysThrottles = scene{script: []faults.Step{faults.Status(429)}}
	noConnection    = scene{dials: []faults.Dial{faults.DialRefused, faults.DialRefused, faults.DialRefused,
		faults.DialRefused}}
	// The client lengthens the waits of Retry-After at random, by up to 10 %.
	asksToWait = scene{script: []faults.Step{faults.Status(429).With("Retry-After", "10")}, unit: 10 * time.Second}
	failsOnce  = scene{script: []faults.Step{faults.Status(500), faults.OK(good)}}
	hangs      = scene{script: []faults.Step{faults.OK(good).In(time.Hour)}}
)

var retryKeys = []keyTest{
	{key: "idempotency", run: failsOnce.play,
		change: func(p *policy.Policy) { p.Idempotency = policy.Unsafe }, before: "2 500ms ok", after: "1 0s api"},
	{key: "key.header", base: keyed, run: headers("POST", "Idempotency-Key", "X-Key"),
		change: func(p *policy.Policy) { p.Key.Header = "X-Key" }, before: "[Idempotency-Key Idempotency-Key]",
		after: "[X-Key X-Key]"},

	{key: "retry.attempts", run: alwaysFails.play,
		change: func(p *policy.Policy) { p.Retry.Attempts = 2 }, before: "4 3.5s api", after: "2 500ms api"},
	{key: "retry.throttle.base", run: alwaysThrottles.play,
		change: func(p *policy.Policy) { p.Retry.Throttle.Base = 3 * time.Second }, before: "4 7s throttled",
		after: "4 21s throttled"},
	{key: "retry.throttle.factor", run: alwaysThrottles.play,
		change: func(p *policy.Policy) { p.Retry.Throttle.Factor = 3 }, before: "4 7s throttled",
		after: "4 13s throttled"},
	{key: "retry.throttle.max", run: alwaysThrottles.play,
		change: func(p *policy.Policy) { p.Retry.Throttle.Max = 2 * time.Second }, before: "4 7s throttled",
		after: "4 5s throttled"},
	{key: "retry.server.base", run: alwaysFails.play,
		change: func(p *policy.Policy) { p.Retry.Server.Base = time.Second }, before: "4 3.5s api", after: "4 7s api"},
	{key: "retry.server.factor", run: alwaysFails.play,
		change: func(p *policy.Policy) { p.Retry.Server.Factor = 3 }, before: "4 3.5s api", after: "4 6.5s api"},
	{key: "retry.server.max", run: alwaysFails.play,
		change: func(p *policy.Policy) { p.Retry.Server.Max = time.Second }, before: "4 3.5s api", after: "4 2.5s api"},
	{key: "retry.connection.base", run: noConnection.play,
		change: func(p *policy.Policy) { p.Retry.Connection.Base = time.Second }, before: "0 700ms transport",
		after: "0 7s transport"},
	{key: "retry.connection.factor", run: noConnection.play,
		change: func(p *policy.Policy) { p.Retry.Connection.Factor = 3 }, before: "0 700ms transport",
		after: "0 1.3s transport"},
	{key: "retry.connection.max", run: noConnection.play,
		change: func(p *policy.Policy) { p.Retry.Connection.Max = 200 * time.Millisecond }, before: "0 700ms transport",
		after: "0 500ms transport"},
	{key: "retry.jitter", run: comparedWaits,
		change: func(p *policy.Policy) { p.Retry.Jitter = policy.FullJitter }, before: "equal waits",
		after: "waits differ"},
	{key: "retry.max-retry-after", run: asksToWait.play,
		change: func(p *policy.Policy) { p.Retry.MaxRetryAfter = 9 * time.Second }, before: "4 30s throttled",
		after: "1 0s throttled"},
	{key: "retry.when", run: scene{script: []faults.Step{faults.Status(409), faults.OK(good)}}.play,
		change: func(p *policy.Policy) { p.Retry.When = []policy.Rule{{Status: []int{409}}} }, before: "1 0s api",
		after: "2 500ms ok"},
	{key: "throttled", run: scene{method: "POST", script: []faults.Step{faults.JSON(403, `{"code":"Busy"}`)}}.play,
		change: func(p *policy.Policy) { p.Throttled = codes("Busy") }, before: "1 0s api",
		after: "4 7s throttled"},
	{key: "retry.refused", run: scene{method: "POST", script: []faults.Step{faults.Status(503), faults.OK(good)}}.play,
		change: func(p *policy.Policy) { p.Retry.Refused = []int{503} }, before: "1 0s api", after: "2 500ms ok"},
	{key: "retry.attempt-header", run: headers("GET", "X-Attempt"),
		change: func(p *policy.Policy) { p.Retry.AttemptHeader = "X-Attempt" }, before: "[]",
		after: "[X-Attempt=1 X-Attempt=2]"},

	{key: "retry.budget.enabled", base: tokens(1), run: failsOnce.play,
		change: func(p *policy.Policy) { p.Retry.Budget.Enabled = policy.Off }, before: "1 0s api",
		after: "2 500ms ok"},
	{key: "retry.budget.tokens", run: failsOnce.play,
		change: func(p *policy.Policy) { p.Retry.Budget.Tokens = 1 }, before: "2 500ms ok", after: "1 0s api"},
	{key: "retry.budget.cost", base: tokens(10), run: alwaysFails.play,
		change: func(p *policy.Policy) { p.Retry.Budget.Cost = 10 }, before: "3 1.5s api", after: "2 500ms api"},
	{key: "retry.budget.timeout-cost", base: tokens(10), run: hangs.play,
		change: func(p *policy.Policy) { p.Retry.Budget.TimeoutCost = 5 }, before: "2 1m0.5s timeout",
		after: "3 1m31.5s timeout"},
	// The first call spends all tokens, five successes earn the cost of a retry, and the last call
	// needs a retry.
	{key: "retry.budget.refill", base: tokens(5), run: scene{calls: 7, script: []faults.Step{
		faults.Status(500), faults.Status(500), faults.OK(good), faults.OK(good), faults.OK(good), faults.OK(good),
		faults.OK(good), faults.Status(500), faults.OK(good)}}.play,
		change: func(p *policy.Policy) { p.Retry.Budget.Refill = 0.9 }, before: "9 1s ok", after: "8 500ms api"},

	{key: "timeout.overall", run: scene{script: []faults.Step{faults.OK(good).In(20 * time.Second)}}.play,
		change: func(p *policy.Policy) { p.Timeout.Overall = 10 * time.Second }, before: "1 20s ok",
		after: "1 10s timeout"},
	{key: "timeout.attempt", run: scene{script: []faults.Step{faults.OK(good).In(20 * time.Second),
		faults.OK(good)}}.play,
		change: func(p *policy.Policy) { p.Timeout.Attempt = 10 * time.Second }, before: "1 20s ok",
		after: "2 10.5s ok"},
	{key: "timeout.idle", run: reading,
		change: func(p *policy.Policy) { p.Timeout.Idle = 10 * time.Second }, before: "100 bytes, ok",
		after: "50 bytes, timeout"},

	{key: "hedge.enabled", base: func(p *policy.Policy) { p.Hedge.After = time.Second }, run: slowFirst.play,
		change: func(p *policy.Policy) { p.Hedge.Enabled = policy.On }, before: "1 20s ok", after: "2 1s ok"},
	{key: "hedge.after", base: hedgeAfterSecond, run: slowFirst.play,
		change: func(p *policy.Policy) { p.Hedge.After = 5 * time.Second }, before: "2 1s ok", after: "2 5s ok"},
	{key: "hedge.max", base: hedgeAfterSecond, run: scene{
		script: []faults.Step{faults.OK(good).In(20 * time.Second)},
	}.play,
		change: func(p *policy.Policy) { p.Hedge.Max = 2 }, before: "2 20s ok", after: "3 20s ok"},
}

// slowFirst delays the response to the first request only.
var slowFirst = scene{script: []faults.Step{faults.OK(good).In(20 * time.Second), faults.OK(good)}}

func keyed(p *policy.Policy)            { p.Idempotency = policy.Keyed }
func hedgeAfterSecond(p *policy.Policy) { p.Hedge.Enabled, p.Hedge.After = policy.On, time.Second }

func tokens(n float64) func(p *policy.Policy) {
	return func(p *policy.Policy) { p.Retry.Budget.Tokens = n }
}

// headers reports which of some request headers reach a server whose first response is a failure,
// in the order of the requests, with the values that are short.
func headers(method string, names ...string) func(t *testing.T, p policy.Policy) string {
	return func(t *testing.T, p policy.Policy) string {
		b := memory(t, faults.Status(408), faults.OK(good))
		op := operation(method, "")
		_, _ = get(t, b.client(t, p, op), op)
		seen := []string{}
		for _, r := range b.Records() {
			for _, name := range names {
				switch value := r.Header.Get(name); {
				case len(value) > 10:
					seen = append(seen, name)
				case value != "":
					seen = append(seen, name+"="+value)
				}
			}
		}
		return fmt.Sprint(seen)
	}
}

// comparedWaits reports whether twenty calls waited equally long before their second attempt.
func comparedWaits(t *testing.T, p policy.Policy) string {
	b := memory(t, faults.Status(500))
	p.Retry.Attempts, p.Breaker.Enabled = 2, policy.Off
	op := operation("GET", "")
	c := b.client(t, p, op)
	waits := map[time.Duration]bool{}
	for range 20 {
		begin := time.Now()
		_, _ = get(t, c, op)
		waits[time.Since(begin)] = true
	}
	if len(waits) == 1 {
		return "equal waits"
	}
	return "waits differ"
}

// reading reads a stream that pauses for 20 s in the middle.
func reading(t *testing.T, p policy.Policy) string {
	b := memory(t, file(strings.Repeat("x", 100)).Trickle(50, 20*time.Second))
	op := download()
	s, err := open(t.Context(), b.client(t, p, op), op)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	data, err := io.ReadAll(s)
	return fmt.Sprintf("%d bytes, %s", len(data), observe(err).kind)
}

func TestKey_JitterSpreads(t *testing.T) {
	waits := func(j policy.Jitter) (least, most time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.Status(500))
			p := policy.Default()
			p.Retry.Attempts, p.Retry.Jitter, p.Breaker.Enabled, p.Retry.Budget.Enabled = 2, j, policy.Off, policy.Off
			op := operation("GET", policy.Safe)
			c := b.client(t, p, op)
			least = time.Hour
			for range 200 {
				begin := time.Now()
				_, _ = get(t, c, op)
				least, most = min(least, time.Since(begin)), max(most, time.Since(begin))
			}
		})
		return least, most
	}
	if least, most := waits(policy.NoJitter); least != 500*time.Millisecond || most != least {
		t.Errorf("none: %s to %s", least, most)
	}
	if least, most := waits(policy.EqualJitter); least < 250*time.Millisecond || least > 270*time.Millisecond ||
		most > 500*time.Millisecond || most < 480*time.Millisecond {
		t.Errorf("equal: %s to %s", least, most)
	}
	if least, most := waits(policy.FullJitter); least > 25*time.Millisecond || most > 500*time.Millisecond ||
		most < 475*time.Millisecond {
		t.Errorf("full: %s to %s", least, most)
	}
}
