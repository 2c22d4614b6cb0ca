package resilience_test

import (
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/diag"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
)

// config decodes a valid configuration.
func config(t *testing.T, text string) *policy.Config {
	t.Helper()
	c, found := policyfile.DecodeConfig("live.yaml", []byte(text))
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestApply_KeepsState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500))
		p := policy.Default()
		p.Breaker.Consecutive, p.Retry.Attempts = 5, 2
		op, other := operation("GET", policy.Safe), operation("GET", policy.Safe)
		other.ID, other.Path = "other", "/other"
		api := &resilience.API{Name: "items", Defaults: p, Operations: []*resilience.Operation{op, other}}
		c, err := resilience.NewCaller(api, resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime),
			resilience.WithLogger(quiet))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = get(t, c, op)
		if b.Count() != 2 {
			t.Fatalf("%d requests, want 2", b.Count())
		}
		apply := func(text string) {
			t.Helper()
			if err := b.runtime.Apply(config(t, text)); err != nil {
				t.Fatal(err)
			}
		}
		apply("apis: {items: {operations: {op: {retry: {attempts: 3}}}}}")
		_, _ = get(t, c, op)
		if b.Count() != 5 || b.circuit().State != resilience.CircuitOpen {
			t.Errorf("%d requests, want 5; the circuit is %s, want open after five failures", b.Count(),
				b.circuit().State)
		}
		apply("apis: {items: {defaults: {retry: {attempts: 1}, breaker: {consecutive: 9}}}}")
		if _, err := get(t, c, other); failed(t, err).Kind != resilience.KindCircuitOpen {
			t.Errorf("an open circuit did not stay open: %v", err)
		}
		time.Sleep(b.circuit().RetryAfter)
		_, _ = get(t, c, other)
		if b.Count() != 6 {
			t.Errorf("%d requests, want 6: one attempt by the new default", b.Count())
		}
		if err := b.runtime.Apply(nil); err != nil {
			t.Fatal(err)
		}
		if n := b.runtime.Snapshot().Gates[0].Budget.Tokens; n != 500-3*5 {
			t.Errorf("%v tokens, want 485: spent tokens stay spent", n)
		}
	})
}

func TestApply_InvalidConfig(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500))
		p := policy.Default()
		p.Retry.Attempts = 2
		op := operation("POST", policy.Unsafe)
		c := b.client(t, p, op)
		for text, want := range map[string]string{
			"apis: {items: {operations: {op: {retry: {attempts: 1}}, no: {retry: {attempts: 1}}}}}": "live.yaml:1:57: " +
				`there is no operation "no"`,
			"apis: {items: {operations: {op: {idempotency: safe}}}}": "live.yaml:1:47: operation op: idempotency: " +
				"safe would raise the class of op, which is unsafe",
			"apis: {other: {defaults: {retry: {attempts: 1}}}}": `live.yaml:1:8: there is no api "other"`,
			`apis: {"x*": {defaults: {retry: {attempts: 1}}}}`:  `the glob "x*" matches no api`,
		} {
			err := b.runtime.Apply(config(t, text))
			var list diag.List
			if !errors.As(err, &list) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %s", text, err, want)
			}
		}
		bad := &policy.Config{APIs: []policy.APIConfig{{Name: "items",
			Defaults: policy.Of(policy.Policy{Retry: policy.Retry{Attempts: 1_000_000}}, policy.Source{})}}}
		if err := b.runtime.Apply(bad); err == nil {
			t.Error("a million attempts were accepted")
		}
		_, err := get(t, c, op)
		expect{requests: 1, stopped: resilience.StopFinal}.check(t, b, failed(t, err))
	})
}

func TestApply_LaterClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500))
		op := operation("GET", policy.Safe)
		b.client(t, policy.Default(), op)
		if err := b.runtime.Apply(config(t, "apis: {items: {operations: {op: {retry: {attempts: 1}}}}}")); err != nil {
			t.Fatal(err)
		}
		_, _ = get(t, b.client(t, policy.Default(), op), op)
		if b.Count() != 1 {
			t.Errorf("%d requests, want 1", b.Count())
		}
	})
}

func TestApply_WhileCallsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op)
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				for range 20 {
					if _, err := get(t, c, op); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for i := range 20 {
			if err := b.runtime.Apply(config(t,
				"apis: {items: {defaults: {bulkhead: {max: "+string(rune('1'+i%9))+", max-wait: 1h}, timeout: "+
					"{overall: 2h}}}}")); err != nil {
				t.Error(err)
			}
		}
		wait.Wait()
		if s := b.runtime.Snapshot(); s.Gates[0].Bulkhead.InUse != 0 || s.InFlight != 0 {
			t.Errorf("got %+v", s)
		}
	})
}

func TestWithConfig(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500))
		op := operation("GET", policy.Safe)
		mine := config(t, "apis: {items: {operations: {op: {retry: {attempts: 2}}}}, foreign: {defaults: {retry: "+
			"{attempts: 1}}}}")
		c := b.client(t, policy.Default(), op, resilience.WithConfig(mine))
		_, _ = get(t, c, op)
		if b.Count() != 2 {
			t.Errorf("%d requests, want 2", b.Count())
		}
		if err := b.runtime.Apply(config(t, "apis: {items: {operations: {op: {retry: {attempts: 1}}}}}")); err != nil {
			t.Fatal(err)
		}
		_, _ = get(t, c, op)
		if b.Count() != 3 {
			t.Errorf("%d requests, want 3: the runtime's configuration is stronger", b.Count())
		}
		for text, want := range map[string]string{
			"apis: {foreign: {defaults: {retry: {attempts: 1}}}}": "items: WithConfig: the configuration names " +
				"other APIs only",
			"apis: {items: {operations: {o: {timeout: {idle: 1s}}}}}": `items: live.yaml:1:29: there is no ` +
				`operation "o"`,
		} {
			api := &resilience.API{Name: "items", Defaults: policy.Default(), Operations: []*resilience.Operation{op}}
			_, err := resilience.NewCaller(api, resilience.WithBaseURL(b.URL), resilience.WithConfig(config(t, text)))
			if err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		}
	})
}

// Clients of one API share policies, in any order of making, configuring and closing them.
func TestApply_ClientsMadeAndClosed(t *testing.T) {
	url, n := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) { reply(w, 500, "{}") })
	r := resilience.NewRuntime(resilience.WithRuntimeLogger(quiet))
	defer r.Close()
	op := operation("GET", policy.Safe)
	p := quick()
	p.Breaker.Enabled = policy.Off
	api := &resilience.API{Name: "items", Defaults: p, Operations: []*resilience.Operation{op}}
	one, two := config(t, "apis: {items: {defaults: {retry: {attempts: 1}}}}"),
		config(t, "apis: {items: {defaults: {retry: {attempts: 2}}}}")
	made := func(opts ...resilience.Option) *resilience.Caller {
		c, err := resilience.NewCaller(api, append(opts, resilience.WithBaseURL(url), resilience.WithRuntime(r))...)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	requests := func(c *resilience.Caller) int64 {
		before := n.Load()
		_, _ = get(t, c, op)
		return n.Load() - before
	}
	apply := func(c *policy.Config) {
		if err := r.Apply(c); err != nil {
			t.Fatal(err)
		}
	}
	plain, own := made(), made(resilience.WithConfig(two))
	if a, b := requests(plain), requests(own); a != 4 || b != 2 {
		t.Errorf("without a configuration of the runtime: %d and %d requests, want 4 and 2", a, b)
	}
	plain.Close()
	apply(one)
	if a, b := requests(made()), requests(own); a != 1 || b != 1 {
		t.Errorf("with one: %d and %d requests, want 1 and 1", a, b)
	}
	apply(nil)
	if a, b, c := requests(made()), requests(own), requests(made(resilience.WithConfig(two))); a != 4 || b != 2 ||
		c != 2 {
		t.Errorf("without it again: %d, %d and %d requests, want 4, 2 and 2", a, b, c)
	}
	runtime.KeepAlive(plain)
}
