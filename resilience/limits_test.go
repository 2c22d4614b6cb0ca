package resilience_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

func TestRetry_WaitBeyondDeadline(t *testing.T) {
	for _, own := range []string{"policy", "option", "context"} {
		t.Run(own, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, faults.Status(429).With("Retry-After", "10"))
				p := policy.Default()
				op := operation("GET", policy.Safe)
				ctx, opts := t.Context(), []resilience.CallOption(nil)
				switch own {
				case "policy":
					p.Timeout.Overall, p.Timeout.Attempt = 5*time.Second, time.Second
				case "option":
					opts = append(opts, resilience.WithTimeout(5*time.Second))
				default:
					c, cancel := context.WithTimeout(ctx, 5*time.Second)
					defer cancel()
					ctx = c
				}
				begin := time.Now()
				_, err := resilience.Call[*item](ctx, b.client(t, p, op), op, wire.Args(), opts...)
				e := failed(t, err)
				expect{requests: 1, kind: resilience.KindThrottled, status: 429,
					stopped: resilience.StopDeadline}.check(t, b, e)
				if e.RetryAfter < 10*time.Second || e.RetryAfter > 11*time.Second {
					t.Errorf("retry after %s, want 10 to 11 s", e.RetryAfter)
				}
				if waited := time.Since(begin); waited != 0 {
					t.Errorf("waited %s first", waited)
				}
			})
		})
	}
}

func TestRetry_RetryAfterHoldsOtherCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(429).With("Retry-After", "10"), faults.OK(good))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op)
		begin := time.Now()
		var wait sync.WaitGroup
		wait.Go(func() {
			if _, err := get(t, c, op); err != nil {
				t.Error(err)
			}
			if d := time.Since(begin); d < 10*time.Second || d > 11*time.Second {
				t.Errorf("the throttled call returned after %s, want 10 to 11 s", d)
			}
		})
		synctest.Wait()
		wait.Go(func() {
			if _, err := get(t, c, op); err != nil {
				t.Error(err)
			}
			if d := time.Since(begin); d < 10*time.Second {
				t.Errorf("another call was sent after %s, want 10 s", d)
			}
		})
		wait.Wait()
		if got := b.circuit(); got.Failures != 0 {
			t.Errorf("the circuit counted %d failures", got.Failures)
		}
	})
}

func TestRetry_LongRetryAfterEndsCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(429).With("Retry-After", "3600"), faults.OK(good))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op)
		_, err := get(t, c, op)
		expect{kind: resilience.KindThrottled, stopped: resilience.StopRetryAfter}.check(t, nil, failed(t, err))
		if e := failed(t, err); e.RetryAfter != time.Minute ||
			e.Error() != "items: op: status 429; the server asks to wait longer than 1m0s" {
			t.Errorf("got %s, want retry.max-retry-after and not more: %v", e.RetryAfter, e)
		}
		_, err = get(t, c, op)
		expect{requests: 1, kind: resilience.KindRateLimited}.check(t, b, failed(t, err))
		if e := failed(t, err); e.RetryAfter != 15*time.Minute {
			t.Errorf("%d requests; got %+v", b.Count(), e)
		}
	})
}

func TestRetry_BudgetBeforeWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500))
		p := policy.Default()
		p.Retry.Budget.Tokens, p.Breaker.Enabled = 10, policy.Off // two retries
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		_, err := get(t, c, op)
		e := failed(t, err)
		expect{requests: 3, status: 500, stopped: resilience.StopBudget}.check(t, b, e)
		if !errors.Is(err, resilience.ErrBudget) || !errors.Is(err, resilience.ErrAPI) {
			t.Errorf("got %+v", e)
		}
		begin := time.Now()
		_, err = get(t, c, op)
		expect{requests: 4, stopped: resilience.StopBudget}.check(t, b, failed(t, err))
		if e := failed(t, err); time.Since(begin) != 0 {
			t.Errorf("after %s: got %+v", time.Since(begin), e)
		}
	})
}

func TestRetry_BudgetRefill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500), faults.OK(good), faults.OK(good), faults.Fail(faults.Hang), faults.OK(good))
		p := policy.Default()
		p.Retry.Budget.Tokens = 20
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		tokens := func() float64 { return b.runtime.Snapshot().Gates[0].Budget.Tokens }
		if _, err := get(t, c, op); err != nil || tokens() != 20 {
			t.Errorf("after a successful retry: %v, %v tokens, want 20", err, tokens())
		}
		seen := make(chan float64, 1)
		go func() {
			time.Sleep(30*time.Second + 1) // the attempt has timed out, and the call waits for its retry
			seen <- tokens()
		}()
		if _, err := get(t, c, op); err != nil || tokens() != 20 {
			t.Errorf("after a success at once: %v, %v tokens, want 20", err, tokens())
		}
		if _, err := get(t, c, op); err != nil || tokens() != 20 {
			t.Errorf("after a timeout: %v; %v tokens, want 20", err, tokens())
		}
		if held := <-seen; held != 10 {
			t.Errorf("%v tokens during the wait for the retry, want 10", held)
		}
	})
}

func TestRetry_CancelWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(503).With("Retry-After", "30"))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(7*time.Second, cancel)
		begin := time.Now()
		_, err := resilience.Call[*item](ctx, c, op, wire.Args())
		e := failed(t, err)
		expect{requests: 1, kind: resilience.KindCanceled}.check(t, b, e)
		if !errors.Is(err, context.Canceled) || time.Since(begin) != 7*time.Second {
			t.Errorf("%s; got %+v", time.Since(begin), e)
		}
		if !e.MayHaveApplied || len(e.Attempts) != 1 || e.Attempts[0].Status != 503 {
			t.Errorf("got %+v", e)
		}
		if tokens := b.runtime.Snapshot().Gates[0].Budget.Tokens; tokens != 500 {
			t.Errorf("%v tokens, want 500: the repeat was not sent", tokens)
		}
	})
}

func TestRetry_BackOffClasses(t *testing.T) {
	for _, want := range []struct {
		name    string
		step    faults.Step
		dial    faults.Dial
		waiting func(p *policy.Retry) *policy.Backoff
	}{
		{"throttle", faults.Status(429), "", func(p *policy.Retry) *policy.Backoff { return &p.Throttle }},
		{"server", faults.Status(500), "", func(p *policy.Retry) *policy.Backoff { return &p.Server }},
		{"body", faults.Fail(faults.CutLength), "", func(p *policy.Retry) *policy.Backoff { return &p.Server }},
		{"connection", faults.OK(good), faults.DialRefused,
			func(p *policy.Retry) *policy.Backoff { return &p.Connection }},
	} {
		t.Run(want.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, want.step)
				b.FailDials(want.dial, want.dial, want.dial)
				p := policy.Default()
				p.Retry.Attempts, p.Retry.Jitter = 3, policy.NoJitter
				*want.waiting(&p.Retry) = policy.Backoff{Base: 3 * time.Second, Factor: 3, Max: 20 * time.Second}
				op := operation("GET", policy.Safe)
				begin := time.Now()
				_, err := get(t, b.client(t, p, op), op)
				if e := failed(t, err); time.Since(begin) != 12*time.Second || e.Attempts[1].Wait != 3*time.Second ||
					e.Attempts[2].Wait != 9*time.Second {
					t.Errorf("waited %s, want 3 s and 9 s; %+v", time.Since(begin), e.Attempts)
				}
			})
		})
	}
}

func TestCircuit_OpensDuringCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.JSON(500, `{"code":"broken"}`), faults.Status(500), faults.OK(good))
		p := policy.Default()
		p.Breaker.Consecutive, p.Breaker.Open, p.Breaker.Jitter, p.Breaker.Successes = 2, time.Minute, -1, 1
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		_, err := get(t, c, op)
		e := failed(t, err)
		expect{requests: 2, kind: resilience.KindAPI, status: 500, stopped: resilience.StopCircuit}.check(t, b, e)
		if e.RetryAfter != time.Minute {
			t.Errorf("%d requests; got %+v", b.Count(), e)
		}
		begin := time.Now()
		_, err = get(t, c, op)
		e = failed(t, err)
		expect{requests: 2, kind: resilience.KindCircuitOpen}.check(t, b, e)
		if len(e.Attempts) != 0 || e.MayHaveApplied || time.Since(begin) != 0 {
			t.Errorf("got %+v", e)
		}
		if e.RetryAfter <= 0 || e.RetryAfter > time.Minute {
			t.Errorf("retry after %s", e.RetryAfter)
		}
		time.Sleep(time.Minute)
		if v, err := get(t, c, op); err != nil || v.Name != "a" || b.circuit().State != resilience.CircuitClosed {
			t.Errorf("after the cool-down: %+v, %v, %s", v, err, b.circuit().State)
		}
	})
}

func TestCircuit_CheckedBeforeWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		p := policy.Default()
		p.Rate.PerSecond, p.Rate.Burst = 0.01, 1
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
		if !b.runtime.ForceOpen(b.circuit().Key) || b.runtime.ForceOpen("no such circuit") {
			t.Error("the key of the circuit is not known, or an unknown one is")
		}
		begin := time.Now()
		_, err := get(t, c, op)
		expect{kind: resilience.KindCircuitOpen}.check(t, nil, failed(t, err))
		if time.Since(begin) != 0 {
			t.Errorf("after %s: %v", time.Since(begin), err)
		}
		b.runtime.ForceClosed(b.circuit().Key)
		if got := b.circuit().State; got != resilience.CircuitForcedClosed {
			t.Errorf("got %s", got)
		}
		b.runtime.ResetCircuit(b.circuit().Key)
		if got := b.circuit().State; got != resilience.CircuitClosed {
			t.Errorf("got %s", got)
		}
	})
}

func TestCircuit_OneProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500), faults.OK(good).In(10*time.Second))
		p := policy.Default()
		p.Breaker.Consecutive, p.Breaker.Successes, p.Retry.Attempts = 1, 1, 1
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		_, _ = get(t, c, op)
		time.Sleep(2 * p.Breaker.Open)
		refused := 0
		var mu sync.Mutex
		var wait sync.WaitGroup
		for range 1000 {
			wait.Go(func() {
				if _, err := get(t, c, op); err != nil && failed(t, err).Kind == resilience.KindCircuitOpen {
					mu.Lock()
					refused++
					mu.Unlock()
				}
			})
		}
		wait.Wait()
		if b.Count() != 2 || refused != 999 {
			t.Errorf("%d requests, want 2; %d refused, want 999", b.Count(), refused)
		}
	})
}

func TestCircuit_ByHostAndName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500))
		p := policy.Default()
		p.Breaker.Consecutive, p.Retry.Attempts = 1, 1
		op, other, named, named2 := operation("GET", policy.Safe), operation("GET", policy.Safe),
			operation("GET", policy.Safe), operation("GET", policy.Safe)
		other.ID, named.ID, named2.ID = "other", "named", "named2"
		named.Policy.Breaker.Circuit, named2.Policy.Breaker.Circuit = "side", "side"
		me := b.client(t, p, op, resilience.WithCredential(key{"me", "x"}))
		you := b.client(t, p, op, resilience.WithCredential(key{"you", "x"}))
		if _, err := get(t, me, op); failed(t, err).Kind != resilience.KindAPI {
			t.Fatal(err)
		}
		for name, want := range map[string]struct {
			c    *resilience.Caller
			op   *resilience.Operation
			open bool
		}{"same account": {me, other, true}, "other account": {you, op, true}, "named circuit": {me, named, false}} {
			_, err := get(t, want.c, want.op)
			if got := failed(t, err).Kind == resilience.KindCircuitOpen; got != want.open {
				t.Errorf("%s: open %v, want %v", name, got, want.open)
			}
		}
		if _, err := get(t, me, named2); failed(t, err).Kind != resilience.KindCircuitOpen {
			t.Errorf("another operation of the named circuit: %v", err)
		}
	})
}

func TestRate_WaitsOrFailsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		p := policy.Default()
		p.Rate.PerSecond, p.Rate.Burst, p.Rate.MaxWait = 0.1, 1, 15*time.Second
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		begin := time.Now()
		for range 2 {
			if _, err := get(t, c, op); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(begin); d != 10*time.Second {
			t.Errorf("the second call went out after %s, want 10 s", d)
		}
		_, err := get(t, c, op, resilience.WithTimeout(5*time.Second))
		e := failed(t, err)
		expect{kind: resilience.KindRateLimited}.check(t, nil, e)
		if e.RetryAfter != 10*time.Second || e.MayHaveApplied || time.Since(begin) != 10*time.Second {
			t.Errorf("after %s: got %+v", time.Since(begin), e)
		}
		var wait sync.WaitGroup
		wait.Go(func() { _, _ = get(t, c, op) })
		synctest.Wait()
		if _, err = get(t, c, op); failed(t, err).Kind != resilience.KindRateLimited ||
			failed(t, err).RetryAfter != 20*time.Second {
			t.Errorf("beyond max-wait: got %+v", err)
		}
		wait.Wait()
	})
}

func TestRate_CancelReturnsPermit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		p := policy.Default()
		p.Rate.PerSecond, p.Rate.Burst = 0.1, 1
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		_, _ = get(t, c, op)
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		var wait sync.WaitGroup
		canceled, stop := context.WithCancel(t.Context())
		wait.Go(func() {
			_, err := resilience.Call[*item](canceled, c, op, wire.Args())
			expect{kind: resilience.KindCanceled}.check(t, nil, failed(t, err))
			if e := failed(t, err); e.MayHaveApplied {
				t.Errorf("got %+v", e)
			}
		})
		synctest.Wait()
		<-ctx.Done()
		stop()
		wait.Wait()
		begin := time.Now()
		if _, err := get(t, c, op); err != nil || time.Since(begin) != 6*time.Second {
			t.Errorf("%v after %s, want 6 s", err, time.Since(begin))
		}
	})
}

func TestRate_LearnsFromHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good).With("x-amzn-RateLimit-Limit", "0.5"))
		p := policy.Default()
		p.Rate.PerSecond, p.Rate.Burst = 1, 1
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		var info resilience.Info
		if _, err := get(t, c, op, resilience.WithInfo(&info)); err != nil || info.Quota.Learned != 0.5 ||
			info.Quota.Stated != 1 {
			t.Fatalf("%v: got %+v", err, info.Quota)
		}
		begin := time.Now()
		if _, err := get(t, c, op); err != nil || time.Since(begin) != 2*time.Second {
			t.Errorf("%v after %s, want 2 s", err, time.Since(begin))
		}
	})
}

func TestRate_SharedBuckets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		one, two := operation("GET", policy.Safe), operation("GET", policy.Safe)
		two.ID = "two"
		one.Policy.Rate.Bucket, two.Policy.Rate.Also = "all", []string{"all"}
		api := &resilience.API{
			Name: "items", Defaults: policy.Default(), Operations: []*resilience.Operation{one, two},
			Buckets: map[string]policy.Rate{"all": {PerSecond: 0.1, Burst: 1}},
		}
		c, err := resilience.NewCaller(api, resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime))
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		for _, op := range []*resilience.Operation{one, two, one} {
			if _, err := get(t, c, op); err != nil {
				t.Fatal(err)
			}
		}
		if d := time.Since(begin); d != 20*time.Second {
			t.Errorf("three calls took %s, want 20 s", d)
		}
	})
}

// A rate in a response header is that of the operation, not of additional buckets. A refusal may be
// caused by either.
func TestRate_LearnsPerOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good).With("X-Amzn-RateLimit-Limit", "2"), faults.Status(429), faults.OK(good))
		op := operation("GET", policy.Safe)
		op.Policy.Rate = policy.Rate{PerSecond: 4, Burst: 9, Also: []string{"all"}}
		api := &resilience.API{
			Name: "items", Defaults: policy.Default(), Operations: []*resilience.Operation{op},
			Buckets: map[string]policy.Rate{"all": {PerSecond: 100, Burst: 9}},
		}
		c, err := resilience.NewCaller(api, resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime))
		if err != nil {
			t.Fatal(err)
		}
		rates := func(want map[string]float64) {
			t.Helper()
			if _, err := get(t, c, op, resilience.WithAttempts(1)); err != nil && b.Count() == 1 {
				t.Fatal(err)
			}
			got := map[string]float64{}
			for _, s := range b.runtime.Snapshot().Gates[0].Buckets {
				got[s.Key] = s.PerSecond
			}
			if !maps.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		}
		own, all := "items "+strings.TrimPrefix(b.URL, "http://")+" operation op",
			"items "+strings.TrimPrefix(b.URL, "http://")+" bucket all"
		rates(map[string]float64{own: 2, all: 100})
		rates(map[string]float64{own: 1.4, all: 70})
	})
}

func TestBulkhead_Full(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good).In(10*time.Second))
		p := policy.Default()
		p.Bulkhead.Max, p.Bulkhead.MaxWait = 2, 3*time.Second
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		var wait sync.WaitGroup
		for range 2 {
			wait.Go(func() {
				if _, err := get(t, c, op); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		begin := time.Now()
		_, err := get(t, c, op)
		expect{kind: resilience.KindBulkheadFull}.check(t, nil, failed(t, err))
		if e := failed(t, err); time.Since(begin) != 3*time.Second || e.RetryAfter != 3*time.Second {
			t.Errorf("after %s: got %+v", time.Since(begin), e)
		}
		wait.Go(func() {
			time.Sleep(5 * time.Second)
			if _, err := get(t, c, op); err != nil {
				t.Errorf("a place became free: %v", err)
			}
		})
		wait.Wait()
	})
}

func TestTimeout_AttemptAndOverall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Fail(faults.Hang))
		p := policy.Default()
		p.Timeout.Attempt, p.Timeout.Overall, p.Retry.Jitter = 4*time.Second, 10*time.Second, policy.NoJitter
		op := operation("GET", policy.Safe)
		begin := time.Now()
		_, err := get(t, b.client(t, p, op), op)
		e := failed(t, err)
		// 4 s, wait 0.5 s, 4 s, wait 1 s, and the remaining 0.5 s
		expect{requests: 3, kind: resilience.KindTimeout}.check(t, b, e)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != 10*time.Second {
			t.Errorf("%s; got %+v", time.Since(begin), e)
		}
		if c := b.circuit(); c.Failures != 2 {
			t.Errorf("the circuit counted %d failures, want 2: the last attempt had no fair chance", c.Failures)
		}
	})
}

func TestTimeout_OverallCountsAsFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Fail(faults.Hang))
		p := policy.Default()
		p.Timeout.Overall = 10 * time.Second // less than the attempt's 30 s
		op := operation("GET", policy.Safe)
		_, err := get(t, b.client(t, p, op), op)
		expect{kind: resilience.KindTimeout}.check(t, nil, failed(t, err))
		if e := failed(t, err); b.circuit().Failures != 1 {
			t.Errorf("%d failures; got %+v", b.circuit().Failures, e)
		}
	})
}

func TestIdempotencyKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500), faults.Status(500), faults.OK(good))
		op := operation("POST", policy.Keyed)
		c := b.client(t, policy.Default(), op)
		if _, err := resilience.Call[*item](t.Context(), c, op, wire.Args().With(item{"b"})); err != nil {
			t.Fatal(err)
		}
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
		if _, err := get(t, c, op, resilience.WithIdempotencyKey("mine")); err != nil {
			t.Fatal(err)
		}
		r := b.Records()
		first := r[0].Header.Get("Idempotency-Key")
		if len(first) != 36 || first[14] != '4' || r[1].Header.Get("Idempotency-Key") != first ||
			r[2].Header.Get("Idempotency-Key") != first || string(r[2].Body) != `{"name":"b"}` {
			t.Errorf("one call: %q, %q, %q", first, r[1].Header.Get("Idempotency-Key"),
				r[2].Header.Get("Idempotency-Key"))
		}
		if next := r[3].Header.Get("Idempotency-Key"); next == first || len(next) != 36 {
			t.Errorf("the next call: %q", next)
		}
		if got := r[4].Header.Get("Idempotency-Key"); got != "mine" {
			t.Errorf("got %q, want mine", got)
		}
	})
}

func TestIdempotencyKey_FromArgument(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("POST", policy.Keyed)
		op.Policy.Key.Header = "X-Request-Key"
		op.Params = []wire.Param{{Name: "x-request-key", In: wire.Header}}
		c := b.client(t, policy.Default(), op)
		if _, err := resilience.Call[*item](t.Context(), c, op, wire.Args("theirs")); err != nil {
			t.Fatal(err)
		}
		if got := b.Records()[0].Header.Values("X-Request-Key"); len(got) != 1 || got[0] != "theirs" {
			t.Errorf("got %q", got)
		}
	})
}

func TestIdempotencyKey_NoHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		p := policy.Default()
		p.Key.Header = ""
		op := operation("POST", policy.Keyed)
		_, err := get(t, b.client(t, p, op), op)
		expect{requests: none, kind: resilience.KindInvalidRequest}.check(t, b, failed(t, err))
	})
}

func TestAttemptHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500), faults.OK(good))
		p := policy.Default()
		op := operation("GET", policy.Safe)
		_, _ = get(t, b.client(t, p, op), op)
		p.Retry.AttemptHeader = "X-Attempt"
		b2 := memory(t, faults.Status(500), faults.OK(good))
		_, _ = get(t, b2.client(t, p, op), op)
		if got := b.Records()[1].Header.Get("X-Attempt"); got != "" {
			t.Errorf("attempt header without a policy: %q", got)
		}
		if r := b2.Records(); r[0].Header.Get("X-Attempt") != "1" || r[1].Header.Get("X-Attempt") != "2" {
			t.Errorf("got %q, %q", r[0].Header.Get("X-Attempt"), r[1].Header.Get("X-Attempt"))
		}
	})
}
