package resilience_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

func TestCircuit_CallerTimeout(t *testing.T) {
	for name, s := range map[string]setup{"dial": dials(9, faults.DialHang), "answer": steps(faults.Fail(faults.Hang)),
		"body": steps(faults.Fail(faults.HangBody))} {
		for _, option := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, s.script...)
				b.FailDials(s.dials...)
				op := operation("GET", policy.Safe)
				ctx, opts := t.Context(), []resilience.CallOption(nil)
				if option {
					opts = append(opts, resilience.WithTimeout(time.Second))
				} else {
					c, cancel := context.WithTimeout(ctx, time.Second)
					defer cancel()
					ctx = c
				}
				_, err := resilience.Call[*item](ctx, b.client(t, policy.Default(), op), op, wire.Args(), opts...)
				expect{kind: resilience.KindTimeout}.check(t, nil, failed(t, err))
				if e := failed(t, err); b.circuit().Failures != 0 {
					t.Errorf("%s, option %v: %d failures; got %+v", name, option, b.circuit().Failures, e)
				}
			})
		}
	}
}

// A complete response determines the result even if the caller cancels while it is decoded.
func TestResponse_CanceledWhileDecoding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(`{"name":1}`))
		ctx, cancel := context.WithCancel(t.Context())
		op := operation("GET", policy.Safe)
		decode := op.Success[0].Decode
		op.Success[0].Decode = func(data []byte, r *wire.Report) (any, error) {
			cancel()
			return decode(data, r)
		}
		_, err := resilience.Call[*item](ctx, b.client(t, policy.Default(), op), op, wire.Args())
		expect{kind: resilience.KindContract}.check(t, nil, failed(t, err))
	})
}

func TestStream_HangOverHTTP2(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := configured(t, faults.Config{TLS: true, HTTP2: true, Script: []faults.Step{faults.Fail(faults.Hang)}})
		p := policy.Default()
		p.Timeout.Attempt, p.Retry.Attempts = 3*time.Second, 2
		op := download()
		_, err := open(t.Context(), b.client(t, p, op), op)
		expect{requests: 2, kind: resilience.KindTimeout}.check(t, b, failed(t, err))
		if e := failed(t, err); b.circuit().Failures != 2 {
			t.Errorf("%d requests, %d failures; got %+v", b.Count(), b.circuit().Failures, e)
		}
	})
}

func TestApply_WaitingCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		p := policy.Default()
		p.Rate.PerSecond, p.Rate.Burst = 0.02, 1
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		_, _ = get(t, c, op)
		begin := time.Now()
		var wait sync.WaitGroup
		wait.Go(func() {
			if _, err := get(t, c, op); err != nil || time.Since(begin) > 11*time.Second {
				t.Errorf("%v after %s, want about 10 s", err, time.Since(begin))
			}
		})
		time.Sleep(9 * time.Second)
		if err := b.runtime.Apply(config(t,
			"apis: {items: {operations: {op: {rate: {per-second: 10}}}}}")); err != nil {
			t.Fatal(err)
		}
		wait.Wait()
	})
}

// The result of a call does not depend on the attempt that lost.
func TestHedge_LosingAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Fail(faults.Hang), faults.Status(404), faults.OK(good))
		op := operation("GET", policy.Safe)
		_, err := get(t, b.client(t, hedging(), op), op)
		expect{kind: resilience.KindAPI, status: 404, stopped: resilience.StopFinal}.check(t, nil, failed(t, err))
		synctest.Wait()
	})
}

func TestUnusualStatuses(t *testing.T) {
	for status, want := range map[int]string{300: "1 api run 1S", 305: "1 api run 1S", 418: "1 api no 1S",
		499: "1 api no 1S", 600: "3 api run 3F"} {
		t.Run("", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				testCell(t, steps(faults.Status(status)), "h1", policy.Safe, "GET", parseCell(t, want))
			})
		})
	}
}

// The runtime adds no defaults to an operation without a policy.
func TestCall_WithoutAnyPolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good), faults.Status(500))
		op := operation("GET", "")
		c := b.client(t, policy.Policy{}, op)
		if v, err := get(t, c, op); err != nil || v.Name != "a" {
			t.Errorf("got %+v, %v", v, err)
		}
		if _, err := get(t, c, op); failed(t, err).Stopped != resilience.StopAttempts || b.Count() != 2 {
			t.Errorf("%d requests; got %v", b.Count(), err)
		}
	})
}

// failing is a request body that cannot be read to its end.
type failing struct{ n int }

var errDisk = errors.New("disk on fire")

func (f *failing) Read(p []byte) (int, error) {
	if f.n++; f.n > 1 {
		return 0, errDisk
	}
	return copy(p, "a,b"), nil
}

func TestBody_FailingReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("PUT", policy.Idempotent)
		op.Body = &wire.Body{Media: "text/csv", Format: wire.Binary}
		_, err := resilience.Call[*item](t.Context(), b.client(t, policy.Default(), op), op,
			wire.Args().With(&failing{}))
		expect{kind: resilience.KindTransport}.check(t, nil, failed(t, err))
		if e := failed(t, err); !errors.Is(err, errDisk) || b.circuit().Failures != 0 || len(e.Attempts) != 1 {
			t.Errorf("%d failures; got %+v", b.circuit().Failures, e)
		}
	})
}
