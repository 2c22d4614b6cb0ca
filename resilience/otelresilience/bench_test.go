package otelresilience_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/otelresilience"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// instant responds in memory, so that only the client is measured.
var instant = resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: 200, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: 2, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader("{}")),
	}, nil
})

// discard is an exporter that drops all spans.
type discard struct{}

func (discard) ExportSpans(context.Context, []trace.ReadOnlySpan) error { return nil }
func (discard) Shutdown(context.Context) error                          { return nil }

// observed returns a call of a client with telemetry and a sampler.
func observed(t testing.TB, sampler trace.Sampler) func() {
	tracers := trace.NewTracerProvider(trace.WithSampler(sampler), trace.WithSyncer(discard{}))
	meters := metric.NewMeterProvider(metric.WithReader(metric.NewManualReader()))
	return caller(t, otelresilience.Observe(
		otelresilience.WithTracerProvider(tracers), otelresilience.WithMeterProvider(meters)))
}

func caller(t testing.TB, opts ...resilience.RuntimeOption) func() {
	r := resilience.NewRuntime(append(opts, resilience.WithRuntimeLogger(slog.New(slog.DiscardHandler)))...)
	t.Cleanup(func() { r.Close() })
	op := &resilience.Operation{
		ID: "getItem", Method: "GET", Path: "/items/{id}",
		Params:  []wire.Param{{Name: "id", In: wire.Path, Required: true}, {Name: "a", In: wire.Query}},
		Success: []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[map[string]string]}},
		Policy:  policy.Policy{Idempotency: policy.Safe, Rate: policy.Rate{PerSecond: 1e9, Burst: 1 << 30}},
	}
	api := &resilience.API{Name: "items", Defaults: policy.Default(), Operations: []*resilience.Operation{op}}
	c, err := resilience.NewCaller(api, resilience.WithRuntime(r), resilience.WithBaseURL("https://items.test"),
		resilience.WithTransport(instant))
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if _, err := resilience.Call[map[string]string](context.Background(), c, op, wire.Args("1", "b")); err != nil {
			t.Fatal(err)
		}
	}
}

// BenchmarkCall measures what telemetry adds to a call in processor time, the collector's included.
// Calls without telemetry, with a sampler that drops and with one that keeps take turns. Of all
// turns of a kind the shortest counts, which other programs disturbed least.
func BenchmarkCall(b *testing.B) {
	const turn = 1000 // calls
	calls := [...]func(){caller(b), observed(b, trace.NeverSample()), observed(b, trace.AlwaysSample())}
	var best [len(calls)]time.Duration
	for b.Loop() {
		for i, call := range calls {
			begin := processorTime(b)
			for range turn {
				call()
			}
			if d := processorTime(b) - begin; best[i] == 0 || d < best[i] {
				best[i] = d
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(best[0])/turn, "off-ns/call")
	b.ReportMetric(float64(best[1]-best[0])/turn, "dropped-ns/call")
	b.ReportMetric(float64(best[2]-best[0])/turn, "sampled-ns/call")
}

// processorTime returns the time that the process has used.
func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// What telemetry adds to the allocations of a call is at most 16 if the sampler drops the spans,
// and at most 35 if not.
func TestObserve_Allocations(t *testing.T) {
	off := testing.AllocsPerRun(200, caller(t))
	for name, c := range map[string]struct {
		sampler trace.Sampler
		most    float64
	}{
		"dropped": {trace.NeverSample(), 16},
		"sampled": {trace.AlwaysSample(), 35},
	} {
		if got := testing.AllocsPerRun(200, observed(t, c.sampler)) - off; got < 1 || got > c.most {
			t.Errorf("%s: %.0f allocations more than without telemetry, want 1 to %.0f", name, got, c.most)
		}
	}
}
