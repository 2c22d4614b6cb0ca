package resilience_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// Each case is a call that waits 20 s for a permit and then gets responses after a while. Waiting
// for the permit counts against the deadlines of the caller, and not against timeout.overall.
func TestDeadline_WaitForPermit(t *testing.T) {
	const s = time.Second
	slow := func(d time.Duration) []faults.Step {
		return []faults.Step{faults.OK(good), faults.OK(good).In(d)}
	}
	for name, c := range map[string]struct {
		script  []faults.Step
		change  func(*policy.Policy)
		opts    []resilience.CallOption
		context time.Duration // deadline; 0: none
		want    expect        // the zero value: success
		took    time.Duration
	}{
		"a call within its timeout after the wait": {script: slow(9 * s), took: 29 * s},
		"a call beyond its timeout after the wait": {
			script: slow(11 * s), want: expect{requests: 2, kind: resilience.KindTimeout}, took: 30 * s,
		},
		"a retry within the timeout": {
			script: []faults.Step{faults.OK(good), faults.Status(500), faults.OK(good)},
			change: func(p *policy.Policy) {
				p.Retry.Server = policy.Backoff{Base: 9 * s, Factor: 1, Max: 9 * s}
				p.Rate.Burst, p.Rate.Cost = 2, 2 // each attempt waits
			},
			took: 20*s + 9*s + 11*s,
		},
		"a retry beyond the timeout": {
			script: []faults.Step{faults.OK(good), faults.Status(500)},
			change: func(p *policy.Policy) { p.Retry.Server = policy.Backoff{Base: 10 * s, Factor: 1, Max: 10 * s} },
			want:   expect{requests: 2, kind: resilience.KindAPI, stopped: resilience.StopDeadline}, took: 20 * s,
		},
		"an option that allows the wait": {
			script: slow(9 * s), opts: []resilience.CallOption{resilience.WithTimeout(30 * s)}, took: 29 * s,
		},
		"an option that ends in the response": {
			script: slow(9 * s), opts: []resilience.CallOption{resilience.WithTimeout(25 * s)},
			want: expect{requests: 2, kind: resilience.KindTimeout}, took: 25 * s,
		},
		"an option that ends in the wait": {
			script: slow(0), opts: []resilience.CallOption{resilience.WithTimeout(20 * s)},
			want: expect{requests: 1, kind: resilience.KindRateLimited},
		},
		"a context that ends in the response": {
			script: slow(9 * s), context: 25 * s, want: expect{requests: 2, kind: resilience.KindTimeout}, took: 25 * s,
		},
		"a context that ends in the wait": {
			script: slow(0), context: 20 * s, want: expect{requests: 1, kind: resilience.KindRateLimited},
		},
		"a context that ends after the call": {script: slow(9 * s), context: time.Minute, took: 29 * s},
		"a context and an option": {
			script: slow(9 * s), context: time.Minute, opts: []resilience.CallOption{resilience.WithTimeout(25 * s)},
			want: expect{requests: 2, kind: resilience.KindTimeout}, took: 25 * s,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, c.script...)
				p := steady()
				p.Rate.PerSecond, p.Rate.Burst = 0.05, 1
				p.Timeout.Overall, p.Timeout.Attempt = 10*s, 10*s
				if c.change != nil {
					c.change(&p)
				}
				if p.Rate.Cost == 2 {
					p.Rate.PerSecond = 0.1
				}
				op := operation("GET", policy.Safe)
				client := b.client(t, p, op)
				if _, err := get(t, client, op); err != nil {
					t.Fatal(err)
				}
				ctx := t.Context()
				if c.context > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.context)
					defer cancel()
				}
				begin := time.Now()
				_, err := resilience.Call[*item](ctx, client, op, wire.Args(), c.opts...)
				if d := time.Since(begin); d != c.took {
					t.Errorf("it took %s, want %s: %v", d, c.took, err)
				}
				if c.want == (expect{}) {
					if err != nil {
						t.Error(err)
					}
					return
				}
				c.want.check(t, b, failed(t, err))
			})
		})
	}
}

// A call waits for two permits of the slowest bucket if the policy does not say otherwise, and not
// as long as a policy in force before.
func TestRate_LongestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		op.Policy.Rate = policy.Rate{PerSecond: 1.0 / 180, Burst: 1}
		c := b.client(t, policy.Default(), op)
		wait := func(calls int, want ...time.Duration) {
			t.Helper()
			begin := time.Now()
			var all sync.WaitGroup
			for range calls {
				all.Go(func() {
					if _, err := resilience.Call[*item](t.Context(), c, op, wire.Args()); err != nil {
						expect{kind: resilience.KindRateLimited}.check(t, nil, failed(t, err))
					}
				})
				synctest.Wait()
			}
			all.Wait()
			if d := time.Since(begin).Round(time.Millisecond); d != want[0] {
				t.Errorf("%d calls took %s, want %s", calls, d, want[0])
			}
		}
		wait(4, 6*time.Minute) // the last of them fails
		if err := b.runtime.Apply(config(t, "apis: {items: {operations: {op: {rate: {per-second: 1}}}}}")); err != nil {
			t.Fatal(err)
		}
		wait(62, 60*time.Second) // the last one fails
		if b.Count() != 3+60 {
			t.Errorf("%d requests, want 63", b.Count())
		}
	})
}

// Requests for pages and batches wait for permits as long as their context allows.
func TestRate_PatientCalls(t *testing.T) {
	hasty := policy.Rate{Enabled: policy.On, PerSecond: 0.01, Burst: 1, MaxWait: time.Second}
	t.Run("pages", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, pageOf("a", "1"), pageOf("b", "2"), pageOf("c", ""))
			p := steady()
			p.Rate, p.Timeout.Overall, p.Timeout.Attempt = hasty, 20*time.Second, 20*time.Second
			op := listings(byToken)
			c := b.client(t, p, op)
			begin, names := time.Now(), ""
			for i, err := range resilience.Items[item](t.Context(), c, op, listArgs("x")) {
				if err != nil {
					t.Fatal(err)
				}
				names += i.Name
			}
			if names != "abc" || time.Since(begin) != 200*time.Second {
				t.Errorf("%q after %s, want all pages after 200 s", names, time.Since(begin))
			}
			_, err := resilience.Call[*listing](t.Context(), c, op, listArgs("x"))
			expect{requests: 3, kind: resilience.KindRateLimited}.check(t, b, failed(t, err))
		})
	})
	t.Run("batch", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			d := &batchServer{plan: map[string]string{"a": "2", "b": "2", "c": "2"}, visits: map[string]int{}}
			b := configured(t, faults.Config{Handle: d.answer})
			op := batchOperation(policy.Safe)
			op.Policy.Rate = hasty
			c := b.client(t, steady(), op)
			begin := time.Now()
			for range 2 {
				if _, err := ask(t, c, op); err != nil {
					t.Fatal(err)
				}
			}
			if time.Since(begin) != 100*time.Second {
				t.Errorf("two calls took %s, want 100 s", time.Since(begin))
			}
			_, err := ask(t, c, op, resilience.WithTimeout(50*time.Second))
			expect{kind: resilience.KindRateLimited}.check(t, nil, failed(t, err))
		})
	})
}

// A wait of a copy of a slow request does not put off the end of the call.
func TestDeadline_WaitOfHedge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Fail(faults.Hang))
		p := steady()
		p.Rate.PerSecond, p.Rate.Burst, p.Retry.Attempts = 0.2, 1, 2
		p.Hedge.Enabled, p.Hedge.After = policy.On, time.Second
		p.Timeout.Overall, p.Timeout.Attempt = 10*time.Second, 10*time.Second
		op := operation("GET", policy.Safe)
		begin := time.Now()
		_, err := get(t, b.client(t, p, op), op)
		if failed(t, err).Kind != resilience.KindTimeout || time.Since(begin) != 10*time.Second || b.Count() != 2 {
			t.Errorf("%d requests, %v after %s, want two and 10 s", b.Count(), err, time.Since(begin))
		}
	})
}

// What a rate would have denied is counted, logged and reported, and sent.
func TestRate_Observed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var events []resilience.Event
		b := configured(t, faults.Config{Script: []faults.Step{faults.OK(good)}},
			resilience.WithObserver(func(e resilience.Event) {
				mu.Lock()
				defer mu.Unlock()
				if e.Kind == resilience.EventObserved {
					events = append(events, e)
				}
			}))
		p := steady()
		p.Rate.PerSecond, p.Rate.Burst, p.Rate.MaxWait, p.Rate.Mode = 0.1, 1, 10*time.Second, policy.ModeObserve
		op := operation("GET", policy.Safe)
		log, lines := logTo(slog.LevelInfo)
		c := b.client(t, p, op, resilience.WithLogger(log))
		begin := time.Now()
		var info resilience.Info
		for range 4 {
			if _, err := get(t, c, op, resilience.WithInfo(&info)); err != nil {
				t.Error(err)
			}
		}
		if b.Count() != 4 || time.Since(begin) != 0 {
			t.Errorf("%d requests after %s, want 4 at once", b.Count(), time.Since(begin))
		}
		if q := info.Quota; q.Observed != 2 || q.Granted != 2 || q.Refused != 0 {
			t.Errorf("%+v, want two observed and two granted", q)
		}
		if len(events) != 2 || events[0].Operation != op || events[0].Wait != 20*time.Second {
			t.Errorf("got events %+v", events)
		}
		want := `level=INFO msg="rate limit exceeded, observed only" api=items operation=op account="" bucket="` +
			info.Quota.Key + `" need=20s max_wait=10s` + "\n"
		if got := lines.String(); got != want+want {
			t.Errorf("got  %s\nwant %s twice", got, want)
		}
	})
}
