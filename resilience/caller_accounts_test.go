package resilience_test

// This file tests how much memory clients and accounts take.

import (
	"fmt"
	"net/http"
	"runtime"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// large returns an API with 300 operations that need a key.
func large() *resilience.API {
	api := &resilience.API{
		Name: "large", Defaults: quick(),
		Servers: []resilience.Server{{Name: "default", URL: "http://large.test/v1"}},
		Schemes: []resilience.Scheme{{Name: "key", Kind: "apiKey", In: wire.Header, Parameter: "X-Key"}},
	}
	for i := range 300 {
		op := operation("GET", policy.Safe)
		op.Success = []wire.Outcome{{Status: 200}}
		op.ID, op.Path = fmt.Sprint("op", i), fmt.Sprint("/items", i)
		op.Policy.Rate = policy.Rate{PerSecond: 10, Burst: 20}
		op.Security = []resilience.Requirement{{{Scheme: "key"}}}
		api.Operations = append(api.Operations, op)
	}
	return api
}

// slower is a configuration of the large API.
func slower() *policy.Config {
	return &policy.Config{APIs: []policy.APIConfig{{
		Name: "*", Defaults: policy.Of(policy.Policy{Retry: policy.Retry{Attempts: 2}}, policy.Source{}),
	}}}
}

// empty responds without a body, so that little but the client takes memory.
var empty = resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Request: r, Header: http.Header{}, Body: http.NoBody}, nil
})

// held returns the bytes in use after a collection.
func held() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// accounts makes n clients with an account each, and calls each with the first operations of the
// API. It returns the clients and the bytes that each takes.
func accounts(t testing.TB, api *resilience.API, r *resilience.Runtime, n, calls int,
	opts ...resilience.Option) ([]*resilience.Caller, uint64) {
	t.Helper()
	opts = append([]resilience.Option{resilience.WithRuntime(r), resilience.WithLogger(quiet),
		resilience.WithTransport(empty)}, opts...)
	callers := make([]*resilience.Caller, 0, n)
	before := held()
	for i := range n {
		c, err := resilience.NewCaller(api, append(opts, resilience.WithCredential(key{fmt.Sprint("account", i),
			"x"}))...)
		if err != nil {
			t.Fatal(err)
		}
		for _, op := range api.Operations[:calls] {
			if err := resilience.Do(t.Context(), c, op, wire.Args()); err != nil {
				t.Fatal(err)
			}
		}
		callers = append(callers, c)
	}
	return callers, (held() - before) / uint64(n)
}

// Clients of one API share everything that does not depend on the account.
func TestCaller_AnIdleAccountIsSmall(t *testing.T) {
	config := slower()
	for _, tt := range []struct {
		name  string
		opts  []resilience.Option
		apply bool
	}{
		{name: "generated policies"},
		{name: "a configuration of the client", opts: []resilience.Option{resilience.WithConfig(config)}},
		{name: "a configuration of the runtime", apply: true},
		{name: "both", opts: []resilience.Option{resilience.WithConfig(config)}, apply: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, api := resilience.NewRuntime(), large()
			defer r.Close()
			first, _ := accounts(t, api, r, 1, 1, tt.opts...)
			if tt.apply {
				if err := r.Apply(slower()); err != nil {
					t.Fatal(err)
				}
			}
			more, each := accounts(t, api, r, 200, 0, tt.opts...)
			t.Logf("%d bytes", each)
			if each > 4096 {
				t.Errorf("a further account takes %d bytes, want at most 4096", each)
			}
			if tt.apply {
				before := held()
				if err := r.Apply(slower()); err != nil {
					t.Fatal(err)
				}
				if after := held(); after > before+200*1024 {
					t.Errorf("another configuration takes %d bytes for 201 accounts", after-before)
				}
			}
			runtime.KeepAlive(first)
			runtime.KeepAlive(more)
		})
	}
}

func TestRuntime_TenThousandAccounts(t *testing.T) {
	r, api := resilience.NewRuntime(), large()
	defer r.Close()
	callers, each := accounts(t, api, r, 10_000, 3)
	t.Logf("%d bytes", each)
	if each > 6000 {
		t.Errorf("an account takes %d bytes, want at most 6000", each)
	}
	runtime.KeepAlive(callers)
}

func BenchmarkNewCaller(b *testing.B) {
	config := slower()
	for _, bb := range []struct {
		name string
		opts []resilience.Option
	}{{"generated", nil}, {"configured", []resilience.Option{resilience.WithConfig(config)}}} {
		for _, shared := range []bool{true, false} {
			if !shared && bb.opts != nil {
				continue
			}
			b.Run(fmt.Sprintf("%s/shared=%t", bb.name, shared), func(b *testing.B) {
				r, api := resilience.NewRuntime(), large()
				defer r.Close()
				opts := append(bb.opts, resilience.WithLogger(quiet), resilience.WithCredential(key{"me", "x"}))
				if shared {
					opts = append(opts, resilience.WithRuntime(r))
				}
				first, _ := resilience.NewCaller(api, opts...)
				b.ReportAllocs()
				for b.Loop() {
					c, err := resilience.NewCaller(api, opts...)
					if err != nil {
						b.Fatal(err)
					}
					c.Close()
				}
				runtime.KeepAlive(first)
			})
		}
	}
}
