package overhead

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/failsafe-go/failsafe-go/budget"
	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/timeout"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// An order is the body of the response.
type order struct {
	ID    string   `json:"id"`
	Total float64  `json:"total"`
	Lines []line   `json:"lines"`
	Notes []string `json:"notes"`
}

type line struct {
	SKU      string  `json:"sku"`
	Quantity int     `json:"quantity"`
	Price    float64 `json:"price"`
}

// body is a response of 1 KB.
var body = func() []byte {
	o := order{ID: "4711", Total: 585.5, Notes: []string{"leave at the door"}}
	for i := range 14 {
		o.Lines = append(o.Lines, line{SKU: fmt.Sprintf("UMBRELLA-%06d", i), Quantity: i, Price: 19.5})
	}
	data, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return append(data, bytes.Repeat([]byte(" "), 1024-len(data))...)
}()

// memory is a round tripper without a network.
type memory struct{}

func (memory) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{
			"Content-Type": {"application/json"}, "Content-Length": {"1024"}, "Date": {"Tue, 03 Nov 2026 08:49:37 GMT"},
		},
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)),
	}, nil
}

// A variant makes one call.
type variant struct {
	name string
	call func(context.Context) error
}

// variants returns all variants, with the given round tripper or, if it is nil, with connection
// pools for the URL.
func variants(tb testing.TB, url string, over http.RoundTripper) []variant {
	tb.Helper()
	client := raw(url, pool(tb, over))
	return []variant{
		{"raw", client},
		{"raw with timeout", timed(client)},
		{"resilience", ours(tb, url, over)},
		{"failsafe-go", stock(url, pool(tb, over))},
	}
}

// pool returns the round tripper, or a pool of the same size as that of package resilience.
func pool(tb testing.TB, over http.RoundTripper) http.RoundTripper {
	if over != nil {
		return over
	}
	t := &http.Transport{MaxIdleConnsPerHost: 64}
	tb.Cleanup(t.CloseIdleConnections)
	return t
}

// raw uses net/http alone.
func raw(url string, over http.RoundTripper) func(context.Context) error {
	client := &http.Client{Transport: over}
	return func(ctx context.Context) error { return get(ctx, client, url) }
}

// timed adds a timeout to a call, like a realistic program.
func timed(call func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		return call(ctx)
	}
}

// get sends a request and decodes the response.
func get(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/orders/4711", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, new(order))
}

// ours uses package resilience with the default policy.
func ours(tb testing.TB, url string, over http.RoundTripper) func(context.Context) error {
	tb.Helper()
	op := &resilience.Operation{
		ID: "getOrder", Method: http.MethodGet, Path: "/orders/{id}",
		Params:  []wire.Param{{Name: "id", In: wire.Path, Required: true}},
		Success: []wire.Outcome{{Status: http.StatusOK, Media: "application/json", Decode: wire.JSONAs[*order]}},
		Policy:  policy.Policy{Idempotency: policy.Safe},
	}
	api := &resilience.API{Name: "orders", Defaults: policy.Default(), Operations: []*resilience.Operation{op}}
	runtime := resilience.NewRuntime(resilience.WithRuntimeLogger(slog.New(slog.DiscardHandler)))
	tb.Cleanup(func() { _ = runtime.Close() })
	opts := []resilience.Option{resilience.WithBaseURL(url), resilience.WithRuntime(runtime)}
	if over != nil {
		opts = append(opts, resilience.WithTransport(over))
	}
	caller, err := resilience.NewCaller(api, opts...)
	if err != nil {
		tb.Fatal(err)
	}
	return func(ctx context.Context) error {
		_, err := resilience.Call[*order](ctx, caller, op, wire.Args("4711"))
		return err
	}
}

// stock uses failsafe-go with equivalent policies: retry with a budget, circuit breaker, bulkhead
// and timeout.
func stock(url string, over http.RoundTripper) func(context.Context) error {
	retry := failsafehttp.NewRetryPolicyBuilder().
		WithBackoff(time.Second, time.Minute).
		WithJitterFactor(0.5).
		WithMaxAttempts(4).
		WithBudget(budget.New()).
		ReturnLastFailure().
		Build()
	breaker := circuitbreaker.NewBuilder[*http.Response]().
		HandleIf(func(r *http.Response, err error) bool { return err != nil || r.StatusCode >= 500 }).
		WithFailureRateThreshold(0.5, 20, time.Minute).WithDelay(30 * time.Second).WithSuccessThreshold(2).Build()
	places := bulkhead.NewBuilder[*http.Response](64).WithMaxWaitTime(time.Second).Build()
	limit := timeout.New[*http.Response](30 * time.Second)
	client := &http.Client{Transport: failsafehttp.NewRoundTripper(over, retry, breaker, places, limit)}
	return func(ctx context.Context) error { return get(ctx, client, url) }
}

// serve returns the URL of a server on the loopback interface.
func serve(tb testing.TB) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	}))
	tb.Cleanup(s.Close)
	return s.URL
}

func TestBody(t *testing.T) {
	if len(body) != 1024 {
		t.Errorf("the answer has %d bytes, want 1024", len(body))
	}
}

func TestVariants(t *testing.T) {
	for _, v := range append(variants(t, "http://memory.test", memory{}), variants(t, serve(t), nil)...) {
		if err := v.call(context.Background()); err != nil {
			t.Errorf("%s: %v", v.name, err)
		}
	}
}

func BenchmarkCall(b *testing.B) {
	for _, network := range []string{"memory", "loopback"} {
		url, over := place(b, network)
		for _, v := range variants(b, url, over) {
			b.Run(network+"/"+v.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if err := v.call(context.Background()); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func place(tb testing.TB, network string) (url string, over http.RoundTripper) {
	if network == "memory" {
		return "http://memory.test", memory{}
	}
	return serve(tb), nil
}

// calls is the number of consecutive calls of a variant in a round. It is small, so that most
// rounds finish without a switch to another process.
const calls = 25

func BenchmarkTogether(b *testing.B) {
	for _, network := range []string{"memory", "loopback"} {
		b.Run(network, func(b *testing.B) {
			url, over := place(b, network)
			list := variants(b, url, over)
			least := make([]time.Duration, len(list))
			for i := range least {
				least[i] = math.MaxInt64
			}
			for b.Loop() {
				for i, v := range list {
					least[i] = min(least[i], round(b, v))
				}
			}
			report(b, list, least)
		})
	}
}

// round makes some calls and returns how long they took.
func round(b *testing.B, v variant) time.Duration {
	begun := time.Now()
	for range calls {
		if err := v.call(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(begun)
}

// rounds is the number of rounds over which allocations are counted.
const rounds = 40

// report reports for each variant the time of a call, its difference to the first variant, and
// allocations.
func report(b *testing.B, list []variant, least []time.Duration) {
	base, baseAllocs := 0.0, 0.0
	for i, v := range list {
		micros := float64(least[i].Nanoseconds()) / calls / 1000
		allocs := allocations(b, v)
		name := strings.ReplaceAll(v.name, " ", "-")
		b.ReportMetric(micros, name+"-µs/call")
		b.ReportMetric(allocs, name+"-allocs/call")
		if i == 0 {
			base, baseAllocs = micros, allocs
			continue
		}
		b.ReportMetric(micros-base, name+"-µs-over-raw")
		b.ReportMetric(micros/base, name+"-ratio")
		b.ReportMetric(allocs-baseAllocs, name+"-allocs-over-raw")
	}
	b.ReportMetric(0, "ns/op") // hide the time of a round of all variants, which is meaningless
}

// allocations returns the number of allocations per call, including those of an in-process server.
func allocations(b *testing.B, v variant) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range rounds {
		round(b, v)
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / (calls * rounds)
}
