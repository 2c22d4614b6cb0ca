package chaos_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/chaos"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A bench is a client of an in-memory server, with an injector.
type bench struct {
	*chaos.Injector
	server *faults.Server
	client *resilience.Caller
	get    *resilience.Operation
	post   *resilience.Operation
}

// start must be called in a synctest bubble.
func start(t *testing.T, attempts int) *bench {
	t.Helper()
	b := &bench{Injector: chaos.New(), server: faults.InMemory(faults.Repeat(1000, faults.OK("{}"))...)}
	runtime := resilience.NewRuntime(resilience.WithRuntimeLogger(slog.New(slog.DiscardHandler)),
		resilience.WithDial(b.server.DialContext), resilience.WithRuntimeMiddleware(b.Middleware))
	t.Cleanup(func() {
		runtime.Close()
		b.server.Close()
	})
	operation := func(id, method string, class policy.Class) *resilience.Operation {
		return &resilience.Operation{ID: id, Method: method, Path: "/items", Policy: policy.Policy{Idempotency: class}}
	}
	b.get, b.post = operation("getItem", "GET", policy.Safe), operation("addItem", "POST", policy.Unsafe)
	p := policy.Default()
	p.Retry.Attempts, p.Breaker.FailureRate, p.Breaker.Mode = attempts, 1, policy.ModeObserve
	api := &resilience.API{Name: "shop", Defaults: p, Operations: []*resilience.Operation{b.get, b.post}}
	var err error
	b.client, err = resilience.NewCaller(api, resilience.WithRuntime(runtime), resilience.WithBaseURL(b.server.URL))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) call(ctx context.Context, op *resilience.Operation) *resilience.Error {
	var e *resilience.Error
	errors.As(resilience.Do(ctx, b.client, op, wire.Args()), &e)
	return e
}

func inject(t *testing.T, b *bench, list ...chaos.Fault) {
	t.Helper()
	if err := b.Inject(chaos.Config{Seed: 1, Faults: list}); err != nil {
		t.Fatal(err)
	}
}

// Nothing is injected until the program says so, and nothing after Stop.
func TestInjector_Off(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, 1)
		if e := b.call(t.Context(), b.get); e != nil {
			t.Error(e)
		}
		inject(t, b, chaos.Fault{Percent: 100, Status: 503})
		if e := b.call(t.Context(), b.get); e == nil || e.Status != 503 {
			t.Errorf("got %v", e)
		}
		b.Stop()
		if e := b.call(t.Context(), b.get); e != nil {
			t.Error(e)
		}
		if err := b.Inject(chaos.Config{Faults: []chaos.Fault{{}}}); err == nil {
			t.Error("an invalid fault was accepted")
		}
		if n := b.server.Count(); n != 2 {
			t.Errorf("the server got %d requests, want 2", n)
		}
	})
}

func TestInjector_Status(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, 1)
		inject(t, b, chaos.Fault{Percent: 100, Status: 429, RetryAfter: 1500 * time.Millisecond})
		var info resilience.Info
		err := resilience.Do(t.Context(), b.client, b.post, wire.Args(), resilience.WithInfo(&info))
		if !errors.Is(err, resilience.ErrThrottled) || resilience.HTTPStatus(err) == 0 {
			t.Errorf("got %v", err)
		}
		if h := info.Header; h.Get("Retry-After") != "2" || h.Get(chaos.Header) == "" ||
			h.Get("Content-Type") != "application/problem+json" {
			t.Errorf("got %v", h)
		}
		if b.server.Count() != 0 {
			t.Error("the server got the request")
		}
	})
}

// A connection that breaks before the request is sent is no reason for doubt, one that breaks later
// is.
func TestInjector_Reset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for reset, want := range map[chaos.Reset]struct {
			sent    int
			applied bool
		}{chaos.ResetBefore: {0, false}, chaos.ResetAfter: {1, true}} {
			b := start(t, 1)
			inject(t, b, chaos.Fault{Percent: 100, Reset: reset})
			e := b.call(t.Context(), b.post)
			if e == nil || e.Kind != resilience.KindTransport || e.MayHaveApplied != want.applied ||
				b.server.Count() != want.sent {
				t.Errorf("%s: got %v, applied %t, %d sent", reset, e, e != nil && e.MayHaveApplied, b.server.Count())
			}
		}
	})
}

func TestInjector_Latency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, 1)
		inject(t, b, chaos.Fault{Percent: 100, Latency: 2 * time.Second})
		begin := time.Now()
		if e := b.call(t.Context(), b.get); e != nil || time.Since(begin) != 2*time.Second {
			t.Errorf("got %v after %s", e, time.Since(begin))
		}
		inject(t, b, chaos.Fault{Percent: 100, Latency: time.Second, Jitter: time.Second})
		begin = time.Now()
		e := b.call(t.Context(), b.get)
		if took := time.Since(begin); e != nil || took <= time.Second || took >= 2*time.Second {
			t.Errorf("with jitter: got %v after %s", e, took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		begin = time.Now()
		if e := b.call(ctx, b.get); e == nil || time.Since(begin) != 300*time.Millisecond {
			t.Errorf("with a deadline: got %v after %s", e, time.Since(begin))
		}
	})
}

// Faults belong to operations and APIs; the first that strikes is injected.
func TestInjector_Matching(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, 1)
		inject(t, b,
			chaos.Fault{API: "other", Percent: 100, Status: 500},
			chaos.Fault{Operation: policy.Selector{Method: "POST", Path: "/it*"}, Percent: 100, Status: 501},
			chaos.Fault{Operation: policy.Selector{ID: "addItem"}, Percent: 100, Status: 502},
			chaos.Fault{API: "sh*", Operation: policy.Selector{ID: "get*"}, Percent: 100, Status: 504},
		)
		if e := b.call(t.Context(), b.post); e == nil || e.Status != 501 {
			t.Errorf("POST: got %v", e)
		}
		if e := b.call(t.Context(), b.get); e == nil || e.Status != 504 {
			t.Errorf("GET: got %v", e)
		}
		if got := b.Injected(); !maps.Equal(got, map[string]uint64{"shop.addItem": 1, "shop.getItem": 1}) {
			t.Errorf("injected %v", got)
		}
	})
}

// strikes makes calls and returns which of them failed.
func strikes(t *testing.T, b *bench, other bool) (list []int) {
	inject(t, b, chaos.Fault{Percent: 25, Status: 418})
	for i := range 400 {
		if other {
			b.call(t.Context(), b.post)
		}
		if b.call(t.Context(), b.get) != nil {
			list = append(list, i)
		}
	}
	return list
}

// With a seed, the same calls of an operation get the same faults, whatever others do.
func TestInjector_Seed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t, 1)
		first, second := strikes(t, b, false), strikes(t, b, true)
		if !slices.Equal(first, second) {
			t.Errorf("got %v, then %v", first, second)
		}
		if n := len(first); n < 70 || n > 130 {
			t.Errorf("%d of 400 calls got a fault, want about 100", n)
		}
		if err := b.Inject(chaos.Config{Seed: 2, Faults: []chaos.Fault{{Percent: 25, Status: 418}}}); err != nil {
			t.Fatal(err)
		}
		var other []int
		for i := range 400 {
			if b.call(t.Context(), b.get) != nil {
				other = append(other, i)
			}
		}
		if slices.Equal(first, other) {
			t.Error("another seed gives the same faults")
		}
	})
}

// Requests without a call pass.
func TestInjector_OutsideCalls(t *testing.T) {
	i := chaos.New()
	if err := i.Inject(chaos.Config{Faults: []chaos.Fault{{Percent: 100, Status: 500}}}); err != nil {
		t.Fatal(err)
	}
	passed := resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 204, Body: http.NoBody, Request: r}, nil
	})
	r, err := http.NewRequestWithContext(t.Context(), "GET", "http://a.test", nil)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			if resp, err := i.Middleware(passed).RoundTrip(r); err != nil || resp.StatusCode != 204 {
				t.Errorf("got %v, %v", resp, err)
			}
		})
	}
	group.Wait()
}
