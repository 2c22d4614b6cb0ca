package resilience_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// download returns an operation with a streamed response.
func download() *resilience.Operation {
	op := operation("GET", policy.Safe)
	op.Success = []wire.Outcome{{Status: 200, Media: "application/octet-stream", Stream: true}}
	return op
}

func file(body string) faults.Step {
	return faults.Status(200).With("Content-Type", "application/octet-stream").WithBody(body)
}

// open makes a call that returns a stream.
func open(ctx context.Context, c *resilience.Caller, op *resilience.Operation,
	opts ...resilience.CallOption) (*resilience.Stream, error) {
	return resilience.Call[*resilience.Stream](ctx, c, op, wire.Args(), opts...)
}

func TestStream_OutlivesCallTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(503), file(strings.Repeat("x", 100)).Trickle(10, 20*time.Second))
		p := policy.Default()
		p.Bulkhead.Max, p.Breaker.Window = 1, time.Hour
		op := download()
		s, err := open(t.Context(), b.client(t, p, op), op)
		if err != nil {
			t.Fatal(err)
		}
		if s.Status != 200 || s.ContentLength != 100 || s.ContentType != "application/octet-stream" ||
			s.Header.Get("Date") == "" {
			t.Errorf("got %+v", s)
		}
		begin := time.Now()
		data, err := io.ReadAll(s)
		if err != nil || len(data) != 100 || time.Since(begin) < 180*time.Second {
			t.Errorf("%d bytes, %v after %s", len(data), err, time.Since(begin))
		}
		if g := b.runtime.Snapshot(); g.Gates[0].Bulkhead.InUse != 1 || g.InFlight != 1 {
			t.Errorf("before Close: %+v", g.Gates[0].Bulkhead)
		}
		for range 2 {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		if g := b.runtime.Snapshot(); g.Gates[0].Bulkhead.InUse != 0 || g.InFlight != 0 || b.circuit().Successes != 1 {
			t.Errorf("after Close: %+v", g)
		}
	})
}

func TestStream_Silence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, file("0123456789").Trickle(5, time.Hour))
		p := policy.Default()
		p.Timeout.Idle = 7 * time.Second
		op := download()
		s, err := open(t.Context(), b.client(t, p, op), op)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		time.Sleep(time.Minute) // time between reads of the caller does not count
		begin := time.Now()
		data, err := io.ReadAll(s)
		e := failed(t, err)
		expect{requests: 1, kind: resilience.KindTimeout}.check(t, b, e)
		if string(data) != "01234" || !e.MayHaveApplied || time.Since(begin) != 7*time.Second {
			t.Errorf("%q after %s; got %+v", data, time.Since(begin), e)
		}
	})
}

func TestStream_Interrupted(t *testing.T) {
	for _, want := range []struct {
		name string
		step faults.Step
		stop bool
		kind resilience.Kind
	}{
		{"reset", withBody(faults.Fail(faults.ResetBody)), false, resilience.KindTransport},
		{"cut", withBody(faults.Fail(faults.CutLength)), false, resilience.KindTransport},
		{"canceled", file("0123456789").Trickle(5, time.Hour), true, resilience.KindCanceled},
	} {
		t.Run(want.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, want.step)
				op := download()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				s, err := open(ctx, b.client(t, policy.Default(), op), op)
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				if want.stop {
					time.AfterFunc(time.Second, cancel)
				}
				_, err = io.ReadAll(s)
				e := failed(t, err)
				expect{requests: 1, status: 200}.check(t, b, e)
				if e.Kind != want.kind {
					t.Errorf("%d requests; got %+v", b.Count(), e)
				}
				if want.stop != errors.Is(err, context.Canceled) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func withBody(s faults.Step) faults.Step {
	s.Headers = file("").Headers
	return s
}

func TestStream_ClosedEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, file("0123456789").Trickle(5, time.Hour))
		op := download()
		c := b.client(t, policy.Default(), op)
		s, err := open(t.Context(), c, op)
		if err != nil {
			t.Fatal(err)
		}
		b.runtime.Close()
		s.Close()
		synctest.Wait()
		if n := b.runtime.Snapshot().Connections; n != 0 {
			t.Errorf("%d connections, want none", n)
		}
	})
}

func TestStream_FailuresBeforeBody(t *testing.T) {
	for _, want := range []struct {
		name     string
		step     faults.Step
		kind     resilience.Kind
		requests int
	}{
		{"page", faults.HTML(200), resilience.KindContract, 1},
		{"refused", faults.JSON(404, `{"code":"gone"}`), resilience.KindAPI, 1},
		{"broken", faults.Status(500), resilience.KindAPI, 4},
		{"hang", faults.Fail(faults.Hang), resilience.KindTimeout, 4},
	} {
		t.Run(want.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, want.step)
				p := policy.Default()
				p.Timeout.Attempt = 3 * time.Second
				op := download()
				s, err := open(t.Context(), b.client(t, p, op), op)
				e := failed(t, err)
				if s != nil || e.Kind != want.kind || b.Count() != want.requests {
					t.Errorf("%d requests; got %+v", b.Count(), e)
				}
				if g := b.runtime.Snapshot(); g.InFlight != 0 || g.Gates[0].Bulkhead.InUse != 0 {
					t.Errorf("got %+v", g)
				}
				if d, ok := resilience.Detail[problem](err); want.name == "refused" && (!ok || d.Code != "gone") {
					t.Errorf("detail: %+v", d)
				}
			})
		})
	}
}

// A stream that the caller cannot get, because it wants another type, is closed.
func TestStream_OfAnotherType(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, file("0123456789").Trickle(5, time.Hour))
		op := download()
		_, err := get(t, b.client(t, policy.Default(), op), op)
		if failed(t, err).Kind != resilience.KindContract || b.runtime.Snapshot().InFlight != 0 {
			t.Errorf("%d in flight; %v", b.runtime.Snapshot().InFlight, err)
		}
	})
}

// A stuckBody panics when it is closed.
type stuckBody struct{ io.Reader }

func (stuckBody) Close() error { panic("boom") }

// A panic in the body of a middleware reaches the caller of Close, and nothing stays taken.
func TestStream_CloseThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, file("data"))
		p := policy.Default()
		p.Bulkhead.Max = 1
		op := download()
		s, err := open(t.Context(), b.client(t, p, op,
			resilience.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
				return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					resp, err := next.RoundTrip(r)
					if err == nil {
						_ = resp.Body.Close()
						resp.Body = stuckBody{strings.NewReader("data")}
					}
					return resp, err
				})
			})), op)
		if err != nil {
			t.Fatal(err)
		}
		func() {
			defer func() {
				if recover() != "boom" {
					t.Error("the panic is lost")
				}
			}()
			_ = s.Close()
		}()
		if g := b.runtime.Snapshot(); g.Gates[0].Bulkhead.InUse != 0 || g.InFlight != 0 {
			t.Errorf("after Close: %+v", g)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
