package resilience_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

var errReason = errors.New("shutting down")

// endings are the ways in which the context of a call may end after a time.
var endings = map[string]struct {
	end   func(time.Duration) (context.Context, context.CancelFunc)
	kind  resilience.Kind
	err   error
	cause error
}{
	"cancel": {func(d time.Duration) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(d, cancel)
		return ctx, cancel
	}, resilience.KindCanceled, context.Canceled, context.Canceled},
	"cancel with cause": {func(d time.Duration) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancelCause(context.Background())
		time.AfterFunc(d, func() { cancel(errReason) })
		return ctx, func() { cancel(nil) }
	}, resilience.KindCanceled, context.Canceled, errReason},
	"cancel because of a deadline": {func(d time.Duration) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancelCause(context.Background())
		time.AfterFunc(d, func() { cancel(context.DeadlineExceeded) })
		return ctx, func() { cancel(nil) }
	}, resilience.KindCanceled, context.Canceled, context.DeadlineExceeded},
	"deadline": {func(d time.Duration) (context.Context, context.CancelFunc) {
		return context.WithTimeout(context.Background(), d)
	}, resilience.KindTimeout, context.DeadlineExceeded, context.DeadlineExceeded},
	"deadline with cause": {func(d time.Duration) (context.Context, context.CancelFunc) {
		return context.WithTimeoutCause(context.Background(), d, errReason)
	}, resilience.KindTimeout, context.DeadlineExceeded, errReason},
}

// The context ends a call whose outcome is not complete. What is known of it is in the error.
func TestContext_EndsTheCall(t *testing.T) {
	hang, throttledFor3 := faults.Fail(faults.Hang), faults.Status(429).With("Retry-After", "3")
	for _, c := range []struct {
		name     string
		script   []faults.Step
		after    time.Duration
		status   int
		requests int
		applied  bool // for operations that write
		ends     string
	}{
		{"before", nil, 0, 0, 0, false, ""},
		{"no response", []faults.Step{hang}, time.Second, 0, 1, true, ""},
		{"in the body", []faults.Step{faults.Fail(faults.HangBody)}, time.Second, 200, 1, true, ""},
		{"in the back-off", []faults.Step{throttledFor3}, time.Second, 429, 1, false, "cancel"},
		{"in the second attempt", []faults.Step{throttledFor3, hang}, 4 * time.Second, 429, 2, true, ""},
		{"in the second body", []faults.Step{throttledFor3, faults.Fail(faults.HangBody)}, 4 * time.Second, 200, 2,
			true, ""},
	} {
		for name, e := range endings {
			if !strings.HasPrefix(name, c.ends) {
				continue // a wait beyond the deadline is not begun
			}
			for _, class := range classes {
				for _, http2 := range []bool{false, true} {
					synctest.Test(t, func(t *testing.T) {
						b := configured(t, faults.Config{TLS: http2, HTTP2: http2, Script: c.script})
						op := operation(class.method, class.class)
						ctx, cancel := e.end(c.after)
						defer cancel()
						if c.after == 0 {
							synctest.Wait()
							<-ctx.Done()
						}
						var info resilience.Info
						client := b.client(t, policy.Default(), op)
						err := resilience.Do(ctx, client, op, wire.Args(), resilience.WithInfo(&info))
						f := failed(t, err)
						where := c.name + ", " + name + ", " + string(class.class)
						if f.Kind != e.kind || f.Status != c.status || info.Status != c.status ||
							len(f.Attempts) != c.requests || b.Count() != c.requests {
							t.Errorf("%s: %d requests; %+v", where, b.Count(), f)
						}
						if f.MayHaveApplied != c.applied && class.class != policy.Safe {
							t.Errorf("%s: MayHaveApplied %v", where, f.MayHaveApplied)
						}
						if !errors.Is(err, e.err) || !errors.Is(err, e.cause) {
							t.Errorf("%s: errors.Is finds the error: %v, the cause: %v; %v", where,
								errors.Is(err, e.err), errors.Is(err, e.cause), err)
						}
						if n := b.circuit().Failures; n != 0 {
							t.Errorf("%s: %d failures", where, n)
						}
					})
				}
			}
		}
	}
}

// A status is an outcome that is complete, also if the context ends while the body is read.
func TestContext_StatusIsComplete(t *testing.T) {
	for _, status := range []int{404, 429, 503} {
		for name, e := range endings {
			for _, class := range classes {
				for _, http2 := range []bool{false, true} {
					synctest.Test(t, func(t *testing.T) {
						b := configured(t, faults.Config{TLS: http2, HTTP2: http2,
							Script: []faults.Step{withStatus(faults.Fail(faults.HangBody), status)}})
						op := operation(class.method, class.class)
						ctx, cancel := e.end(100 * time.Millisecond)
						defer cancel()
						begin := time.Now()
						err := resilience.Do(ctx, b.client(t, policy.Default(), op), op, wire.Args())
						f := failed(t, err)
						kind := resilience.KindAPI
						if status == 429 {
							kind = resilience.KindThrottled
						}
						if f.Kind != kind || f.Status != status || b.Count() != 1 ||
							errors.Is(err, resilience.ErrCanceled) || time.Since(begin) != 100*time.Millisecond {
							t.Errorf("%d, %s, %s: %d requests; %+v", status, name, class.class, b.Count(), f)
						}
					})
				}
			}
		}
	}
}

// The same holds for a retry, which the executor runs with a context that has ended.
func TestContext_RetryIsComplete(t *testing.T) {
	for _, c := range []struct {
		last faults.Step
		want string // empty: success
	}{
		{faults.OK(good), ""},
		{faults.OK(`{"name":1}`), "contract"},
		{faults.JSON(404, `{"code":"x"}`), "api"},
		{faults.JSON(503, `{"code":"x"}`), "api"},
		{faults.JSON(429, `{"code":"x"}`), "throttled"},
	} {
		for _, class := range classes {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, faults.Status(429), c.last)
				op := operation(class.method, class.class)
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				type decoder = func([]byte, *wire.Report) (any, error)
				ending := func(decode decoder) decoder {
					return func(data []byte, r *wire.Report) (any, error) {
						if len(data) > 0 {
							cancel(errReason)
						}
						return decode(data, r)
					}
				}
				op.Success[0].Decode = ending(op.Success[0].Decode)
				op.Failure[0].Decode = ending(op.Failure[0].Decode)
				got, err := resilience.Call[*item](ctx, b.client(t, policy.Default(), op), op, wire.Args())
				if c.want == "" {
					if err != nil || got.Name != "a" {
						t.Errorf("%s: %v, %v", class.class, got, err)
					}
					return
				}
				f := failed(t, err)
				if f.Kind.String() != c.want || b.Count() != 2 || errors.Is(err, context.Canceled) {
					t.Errorf("%s, status %d: %d requests; %+v", class.class, c.last.Status, b.Count(), f)
				}
			})
		}
	}
}

func TestContext_WaitForAPermit(t *testing.T) {
	for name, e := range endings {
		if strings.HasPrefix(name, "deadline") {
			continue // a wait beyond the deadline is not begun
		}
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.OK(good))
			p := policy.Default()
			p.Rate.PerSecond, p.Rate.Burst = 0.05, 1
			op := operation("GET", policy.Safe)
			c := b.client(t, p, op)
			if _, err := get(t, c, op); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := e.end(time.Second)
			defer cancel()
			err := resilience.Do(ctx, c, op, wire.Args())
			f := failed(t, err)
			if f.Kind != e.kind || !errors.Is(err, e.err) || !errors.Is(err, e.cause) || b.Count() != 1 {
				t.Errorf("%s: %d requests, %v", name, b.Count(), err)
			}
		})
	}
}

func TestContext_Stream(t *testing.T) {
	for name, e := range endings {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, file("0123456789").Trickle(5, time.Hour))
			op := download()
			ctx, cancel := e.end(time.Second)
			defer cancel()
			s, err := open(ctx, b.client(t, policy.Default(), op), op)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			_, err = io.ReadAll(s)
			f := failed(t, err)
			if f.Kind != e.kind || !errors.Is(err, e.err) || !errors.Is(err, e.cause) || f.Status != 200 {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func TestContext_Text(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(429).With("Retry-After", "3"))
		op := operation("GET", policy.Safe)
		ctx, cancel := endings["cancel with cause"].end(time.Second)
		defer cancel()
		err := resilience.Do(ctx, b.client(t, policy.Default(), op), op, wire.Args())
		want := "items: op: canceled by the caller after status 429: context canceled: shutting down"
		if err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}
