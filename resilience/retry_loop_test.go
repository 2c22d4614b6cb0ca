package resilience_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// hedging returns the defaults with a hedge after one second.
func hedging() policy.Policy {
	p := policy.Default()
	p.Hedge = policy.Hedge{Enabled: policy.On, After: time.Second, Max: 1}
	return p
}

func TestHedge_FirstResponseWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(`{"name":"slow"}`).In(20*time.Second), faults.OK(`{"name":"fast"}`).In(time.Second))
		op := operation("GET", policy.Safe)
		begin := time.Now()
		var info resilience.Info
		v, err := get(t, b.client(t, hedging(), op), op, resilience.WithInfo(&info))
		if err != nil || v.Name != "fast" || time.Since(begin) != 2*time.Second || b.Count() != 2 {
			t.Errorf("%d requests, %s; got %+v, %v", b.Count(), time.Since(begin), v, err)
		}
		if len(info.Attempts) == 0 || !info.Attempts[0].Hedge || info.Attempts[0].Number != 2 {
			t.Errorf("got %+v", info.Attempts)
		}
		synctest.Wait() // the slow attempt is canceled
		if s := b.runtime.Snapshot(); s.InFlight != 0 || s.Gates[0].Bulkhead.InUse != 0 || b.circuit().Failures != 0 ||
			b.circuit().Successes != 1 {
			t.Errorf("got %+v", s)
		}
		if got := b.runtime.Snapshot().Gates[0].Budget.Tokens; got != 496 {
			t.Errorf("%v tokens, want 500 less the copy's 5 and with 1 for the success", got)
		}
	})
}

func TestHedge_Eligible(t *testing.T) {
	for _, want := range []struct {
		name     string
		class    policy.Class
		change   func(p *policy.Policy)
		opts     []resilience.CallOption
		requests int
	}{
		{"safe", policy.Safe, nil, nil, 2},
		{"two copies", policy.Safe, func(p *policy.Policy) { p.Hedge.Max = 2 }, nil, 3},
		{"idempotent", policy.Idempotent, nil, nil, 1},
		{"unsafe", policy.Unsafe, nil, nil, 1},
		{"off", policy.Safe, func(p *policy.Policy) { p.Hedge.Enabled = policy.Off }, nil, 1},
		{"no delay", policy.Safe, func(p *policy.Policy) { p.Hedge.After = 0 }, nil, 1},
		{"one attempt by policy", policy.Safe, func(p *policy.Policy) { p.Retry.Attempts = 1 }, nil, 1},
		{"one attempt by option", policy.Safe, nil, []resilience.CallOption{resilience.WithAttempts(1)}, 1},
		{"no budget", policy.Safe, func(p *policy.Policy) { p.Retry.Budget.Tokens = 1 }, nil, 1},
	} {
		t.Run(want.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, faults.OK(good).In(10*time.Second))
				p := hedging()
				if want.change != nil {
					want.change(&p)
				}
				op := operation("GET", want.class)
				if _, err := get(t, b.client(t, p, op), op, want.opts...); err != nil || b.Count() != want.requests {
					t.Errorf("%d requests, want %d; %v", b.Count(), want.requests, err)
				}
				synctest.Wait()
			})
		})
	}
}

func TestHedge_RetriesAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500).In(3*time.Second), faults.Status(500).In(3*time.Second), faults.OK(good))
		op := operation("GET", policy.Safe)
		if v, err := get(t, b.client(t, hedging(), op), op); err != nil || v.Name != "a" || b.Count() != 3 {
			t.Errorf("%d requests; got %+v, %v", b.Count(), v, err)
		}
		synctest.Wait()
	})
}

func TestHedge_Canceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Fail(faults.Hang))
		op := operation("GET", policy.Safe)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		begin := time.Now()
		_, err := resilience.Call[*item](ctx, b.client(t, hedging(), op), op, wire.Args())
		expect{requests: 2, kind: resilience.KindCanceled}.check(t, b, failed(t, err))
		if e := failed(t, err); !e.MayHaveApplied || time.Since(begin) != 3*time.Second {
			t.Errorf("%s; got %+v", time.Since(begin), e)
		}
		synctest.Wait()
		if s := b.runtime.Snapshot(); s.InFlight != 0 || b.circuit().Failures != 0 {
			t.Errorf("got %+v", s)
		}
	})
}

func TestHedge_PanicReachesTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		c := b.client(t, hedging(), op, through(func(*http.Request, http.RoundTripper) (*http.Response, error) {
			calls.Add(1)
			panic("boom")
		}))
		defer func() {
			if got := recover(); got != "boom" || calls.Load() != 1 {
				t.Errorf("recovered %v after %d calls", got, calls.Load())
			}
			if s := b.runtime.Snapshot(); s.InFlight != 0 || b.circuit().Failures != 1 {
				t.Errorf("got %+v", s)
			}
		}()
		_, _ = get(t, c, op)
	})
}

// A failure that may be repeated, or a copy that is not admitted, leaves the other copies alone.
// The first success and the first failure that must not be repeated end the others (gRFC A6).
func TestHedge_Outcomes(t *testing.T) {
	slow := faults.OK(`{"name":"slow"}`).In(3 * time.Second)
	for _, c := range []struct {
		name     string
		script   []faults.Step
		change   func(p *policy.Policy)
		requests int
		elapsed  time.Duration
		want     string // the name in the response, or the kind of the error
		tokens   float64
		circuit  string
	}{
		{"copy fails", []faults.Step{slow, faults.Status(503)}, nil, 2, 3 * time.Second, "slow", 496, "1F1S"},
		{"copy is throttled", []faults.Step{slow, faults.Status(429)}, nil, 2, 3 * time.Second, "slow", 496, "1S"},
		{"copy is reset", []faults.Step{slow, faults.Fail(faults.Reset)}, nil, 2, 3 * time.Second, "slow", 496, "1F1S"},
		{"copies fail", []faults.Step{slow, faults.Status(503), faults.Fail(faults.CutLength)},
			func(p *policy.Policy) { p.Hedge.Max = 2 }, 3, 3 * time.Second, "slow", 491, "2F1S"},
		{"copy is refused", []faults.Step{slow, faults.Status(404)}, nil, 2, time.Second, "api", 495, "1S"},
		{"copy is wrong", []faults.Step{slow, faults.OK("{")}, nil, 2, time.Second, "contract", 495, "-"},
		{"copy succeeds", []faults.Step{slow, faults.OK(good)}, nil, 2, time.Second, "a", 496, "1S"},
		{"first fails during the copy", []faults.Step{faults.Status(500).In(2 * time.Second),
			faults.OK(good).In(5 * time.Second)}, nil, 2, 6 * time.Second, "a", 496, "1F1S"},
		{"all fail", []faults.Step{faults.Status(500).In(2 * time.Second), faults.Status(503).In(2 * time.Second),
			faults.OK(good)}, nil, 3, 3500 * time.Millisecond, "a", 495, "2F1S"},
		{"first fails before a copy", []faults.Step{faults.Status(500), faults.OK(good)}, nil, 2,
			500 * time.Millisecond, "a", 500, "1F1S"},
		{"no place for a copy", []faults.Step{slow, faults.Status(404)}, func(p *policy.Policy) {
			p.Bulkhead.Max, p.Bulkhead.MaxWait = 1, time.Millisecond
		}, 1, 3 * time.Second, "slow", 500, "1S"},
		{"no permit for a copy", []faults.Step{slow, faults.Status(404)}, func(p *policy.Policy) {
			p.Rate.PerSecond, p.Rate.Burst, p.Rate.MaxWait = 0.001, 1, time.Millisecond
		}, 1, 3 * time.Second, "slow", 500, "1S"},
		{"no permit, and then the first fails", []faults.Step{faults.Status(404).In(3 * time.Second)},
			func(p *policy.Policy) {
				p.Rate.PerSecond, p.Rate.Burst, p.Rate.MaxWait = 0.001, 1, time.Millisecond
			}, 1, 3 * time.Second, "api", 500, "1S"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, c.script...)
				p := hedging()
				p.Retry.Jitter, p.Retry.Server.Base = policy.NoJitter, 500*time.Millisecond
				if c.change != nil {
					c.change(&p)
				}
				op := operation("GET", policy.Safe)
				begin := time.Now()
				v, err := get(t, b.client(t, p, op), op)
				elapsed := time.Since(begin)
				got := observe(err).kind
				if err == nil {
					got = v.Name
				}
				synctest.Wait()
				gate := b.runtime.Snapshot().Gates[0]
				if got != c.want || b.Count() != c.requests || elapsed != c.elapsed || gate.Budget.Tokens != c.tokens ||
					counted(b.runtime, 0, 0) != c.circuit {
					t.Errorf("%d requests, %s, %s, %v tokens, circuit %s; %v", b.Count(), elapsed, got,
						gate.Budget.Tokens, counted(b.runtime, 0, 0), err)
				}
				if s := b.runtime.Snapshot(); s.InFlight != 0 || gate.Bulkhead.InUse != 0 {
					t.Errorf("something is held: %+v", s)
				}
			})
		})
	}
}

// A panic of a copy ends the call, and everything is given back.
func TestHedge_CopyPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good).In(10*time.Second))
		op := operation("GET", policy.Safe)
		c := b.client(t, hedging(), op, through(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if call, _ := resilience.OperationFrom(r.Context()); call.Hedge {
				panic("boom")
			}
			return next.RoundTrip(r)
		}))
		begin := time.Now()
		func() {
			defer func() {
				if got := recover(); got != "boom" || time.Since(begin) != time.Second {
					t.Errorf("recovered %v after %s", got, time.Since(begin))
				}
			}()
			_, _ = get(t, c, op)
		}()
		synctest.Wait()
		if s := b.runtime.Snapshot(); s.InFlight != 0 || s.Gates[0].Bulkhead.InUse != 0 {
			t.Errorf("something is held: %+v", s)
		}
	})
}

// Many calls with copies that fail, are refused and succeed in any order give everything back.
func TestHedge_UnderLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var script []faults.Step
		for i := range 200 {
			delay := time.Duration(i%7) * 500 * time.Millisecond
			script = append(script, [...]faults.Step{faults.OK(good).In(delay), faults.Status(503).In(delay),
				faults.Status(429), faults.Fail(faults.Reset), faults.Status(404).In(delay)}[i%5])
		}
		b := memory(t, append(script, faults.OK(good))...)
		p := hedging()
		p.Hedge.Max, p.Breaker.Enabled = 2, policy.Off
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		together(50, func() error {
			var info resilience.Info
			_, err := get(t, c, op, resilience.WithInfo(&info))
			return err
		})
		synctest.Wait()
		if s := b.runtime.Snapshot(); s.InFlight != 0 || s.Gates[0].Bulkhead.InUse != 0 {
			t.Errorf("something is held: %+v", s)
		}
	})
}

// A copy does not wait for a permit beyond the deadline of the call.
func TestHedge_CopyWaitsNoLongerThanTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Fail(faults.Hang))
		p := policy.Default()
		p.Timeout = policy.Timeout{Overall: 30 * time.Second, Attempt: 30 * time.Second}
		p.Rate.PerSecond, p.Rate.MaxWait = 0.02, time.Minute
		p.Hedge = policy.Hedge{Enabled: policy.On, After: time.Second, Max: 1}
		op := operation("GET", policy.Safe)
		_, err := get(t, b.client(t, p, op), op)
		if e := failed(t, err); e.Kind != resilience.KindTimeout || e.Elapsed != 30*time.Second || b.Count() != 1 {
			t.Errorf("%d requests, after %s: %v", b.Count(), e.Elapsed, err)
		}
	})
}
