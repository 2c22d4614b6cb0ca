package admin_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/admin"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// BenchmarkTogether compares the throughput of 64 callers with and without the handler. Both take
// turns, so that they meet the same machine.
func BenchmarkTogether(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	for range 3 {
		for _, name := range []string{"without", "with"} {
			b.Run(name, func(b *testing.B) {
				r := resilience.NewRuntime()
				defer r.Close()
				if name == "with" {
					admin.Handler(r)
				}
				callers(b, r, server.URL)
			})
		}
	}
}

// callers makes b.N calls with 64 callers.
func callers(b *testing.B, r *resilience.Runtime, url string) {
	op := &resilience.Operation{
		ID: "getItem", Method: "GET", Path: "/item", Success: []wire.Outcome{{Status: 204}},
	}
	api := &resilience.API{Name: "shop", Defaults: policy.Default(), Operations: []*resilience.Operation{op}}
	c, err := resilience.NewCaller(api, resilience.WithBaseURL(url), resilience.WithRuntime(r),
		resilience.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	b.SetParallelism(32) // on two processors
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := resilience.Do(b.Context(), c, op, wire.Args()); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
