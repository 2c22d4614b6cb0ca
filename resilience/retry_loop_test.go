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
