//go:build unix

package admin_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/admin"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// BenchmarkTogether measures what the handler adds to the processor time of a call when 64 callers
// make calls. Runtimes with and without it take turns in short rounds, so that they meet the same
// machine. It reports the median of the differences between a round and the one that follows it:
//
//	go test ./admin -run '^$' -bench Together -benchtime 300x
//
// The server of the variant loopback is in the same process, as is its processor time. memory has
// neither server nor network, and in open a circuit denies all calls.
func BenchmarkTogether(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	memory := resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: http.StatusNoContent, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody,
			Request: r,
		}, nil
	})
	for _, v := range []struct {
		name  string
		opts  []resilience.Option
		calls int // of a round
		open  bool
	}{
		{"loopback", []resilience.Option{resilience.WithBaseURL(server.URL)}, 1000, false},
		{"memory", []resilience.Option{resilience.WithBaseURL("http://shop.test"), resilience.WithTransport(memory)},
			4000, false},
		{"open", []resilience.Option{resilience.WithBaseURL("http://shop.test"), resilience.WithTransport(memory)},
			4000, true},
	} {
		b.Run(v.name, func(b *testing.B) {
			without, with := newCallers(b, v.open, false, v.opts...), newCallers(b, v.open, true, v.opts...)
			var base, more []float64 // of each pair of rounds: µs of a call without the handler, and the difference
			for b.Loop() {
				a, c := without.round(v.calls), with.round(v.calls)
				c += with.round(v.calls)
				a += without.round(v.calls)
				base, more = append(base, a/2), append(more, (c-a)/2)
			}
			b.ReportMetric(0, "ns/op") // of all rounds together, which is meaningless
			b.ReportMetric(median(base), "µs/call")
			b.ReportMetric(1000*median(more), "ns-more")
			b.ReportMetric(100*median(more)/median(base), "%-more")
		})
	}
}

// median returns the median of numbers.
func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// callers make calls of a runtime.
type callers struct {
	b    *testing.B
	c    *resilience.Caller
	op   *resilience.Operation
	open bool
}

func newCallers(b *testing.B, open, handler bool, opts ...resilience.Option) *callers {
	b.Helper()
	quiet := slog.New(slog.DiscardHandler)
	r := resilience.NewRuntime(resilience.WithRuntimeLogger(quiet))
	b.Cleanup(func() { r.Close() })
	if handler {
		admin.Handler(r)
	}
	op := &resilience.Operation{
		ID: "getItem", Method: "GET", Path: "/item", Success: []wire.Outcome{{Status: 204}},
	}
	api := &resilience.API{Name: "shop", Defaults: policy.Default(), Operations: []*resilience.Operation{op}}
	c, err := resilience.NewCaller(api, append(opts, resilience.WithRuntime(r), resilience.WithLogger(quiet))...)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	all := &callers{b, c, op, open}
	all.round(64)
	if open {
		r.Isolate("shop")
	}
	return all
}

// round makes calls with 64 callers and returns the processor time of a call in µs.
func (c *callers) round(calls int) float64 {
	var left atomic.Int64
	left.Store(int64(calls))
	begun := processorTime(c.b)
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for left.Add(-1) >= 0 {
				err := resilience.Do(c.b.Context(), c.c, c.op, wire.Args())
				if err != nil && (!c.open || !errors.Is(err, resilience.ErrCircuitOpen)) {
					c.b.Error(err)
				}
			}
		})
	}
	all.Wait()
	return float64(processorTime(c.b)-begun) / float64(time.Microsecond) / float64(calls)
}

// processorTime returns the processor time of the process so far.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
