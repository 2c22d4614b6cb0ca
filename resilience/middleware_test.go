package resilience_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// through returns an option with a middleware that calls f.
func through(f func(r *http.Request, next http.RoundTripper) (*http.Response, error)) resilience.Option {
	return resilience.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) { return f(r, next) })
	})
}

func TestMiddleware_EachAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500), faults.OK(good))
		op := operation("GET", policy.Safe)
		op.Security = []resilience.Requirement{{{Scheme: "one"}}}
		var seen []resilience.CallInfo
		var statuses []int
		var order []string
		note := func(name string) resilience.Option {
			return through(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
				order = append(order, name)
				return next.RoundTrip(r)
			})
		}
		spy := through(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			info, ok := resilience.OperationFrom(r.Context())
			if !ok || r.Header.Get("X-One") != "" {
				t.Errorf("context %v, signed %q", ok, r.Header.Get("X-One"))
			}
			r.Header.Set("X-Spy", "1")
			resp, err := next.RoundTrip(r)
			seen, statuses = append(seen, info), append(statuses, resp.StatusCode)
			return resp, err
		})
		api := &resilience.API{
			Name: "items", Defaults: policy.Default(), Operations: []*resilience.Operation{op},
			Schemes: []resilience.Scheme{{Name: "one", Kind: "apiKey", Parameter: "X-One"}},
		}
		c, err := resilience.NewCaller(api, resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime),
			resilience.WithCredential(key{"me", "s"}), note("a"), note("b"), spy)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
		if len(seen) != 2 || seen[0].Operation != op || seen[0].API != "items" || seen[0].Account != "me" ||
			seen[0].Attempt != 1 || seen[1].Attempt != 2 {
			t.Errorf("got %+v", seen)
		}
		if statuses[0] != 500 || statuses[1] != 200 || strings.Join(order, "") != "abab" {
			t.Errorf("got %v, %v", statuses, order)
		}
		if r := b.Records()[1]; r.Header.Get("X-Spy") != "1" || r.Header.Get("X-One") != "s" {
			t.Errorf("on the wire: %v", r.Header)
		}
	})
}

func TestOperationFrom_AnotherContext(t *testing.T) {
	if _, ok := resilience.OperationFrom(context.Background()); ok {
		t.Error("context.Background belongs to a call")
	}
}

func TestMiddleware_CannotSendTwice(t *testing.T) {
	twice := through(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		resp.Body.Close()
		return next.RoundTrip(r)
	})
	for _, want := range []struct {
		class  policy.Class
		opts   []resilience.CallOption
		arrive int
	}{
		{policy.Safe, nil, 2}, {policy.Unsafe, nil, 1},
		{policy.Safe, []resilience.CallOption{resilience.WithAttempts(1)}, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.OK(good))
			op := operation("GET", want.class)
			_, err := get(t, b.client(t, policy.Default(), op, twice), op, want.opts...)
			if b.Count() != want.arrive {
				t.Errorf("%s: %d requests, want %d", want.class, b.Count(), want.arrive)
			}
			if want.arrive == 1 {
				expect{kind: resilience.KindTransport}.check(t, nil, failed(t, err))
				if e := failed(t, err); !e.MayHaveApplied || !strings.Contains(err.Error(), "second time") {
					t.Errorf("%s: got %+v", want.class, e)
				}
			}
		})
	}
}

func TestMiddleware_DropsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		drop := through(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			return next.RoundTrip(r.WithContext(context.Background()))
		})
		_, err := get(t, b.client(t, policy.Default(), op, drop), op)
		expect{requests: none, kind: resilience.KindTransport}.check(t, b, failed(t, err))
		if e := failed(t, err); e.MayHaveApplied || !strings.Contains(err.Error(), "context") {
			t.Errorf("got %v", err)
		}
	})
}

func TestMiddleware_FailsOrResponds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("POST", policy.Unsafe)
		mine := errors.New("not today")
		fail := through(func(*http.Request, http.RoundTripper) (*http.Response, error) { return nil, mine })
		_, err := get(t, b.client(t, policy.Default(), op, fail), op)
		expect{kind: resilience.KindTransport}.check(t, nil, failed(t, err))
		if e := failed(t, err); !errors.Is(err, mine) || e.MayHaveApplied || b.circuit().Failures != 0 {
			t.Errorf("got %+v", e)
		}
		answer := through(func(*http.Request, http.RoundTripper) (*http.Response, error) {
			return &http.Response{StatusCode: 418}, nil
		})
		_, err = get(t, b.client(t, policy.Default(), op, answer), op)
		expect{requests: none, status: 418}.check(t, b, failed(t, err))
	})
}

func TestTransport_ReturnsNothing(t *testing.T) {
	op := operation("GET", policy.Safe)
	calls := 0
	nothing := resilience.RoundTripperFunc(func(*http.Request) (*http.Response, error) { calls++; return nil, nil })
	_, err := get(t, client(t, "http://a.test", quick(), op, resilience.WithTransport(nothing)), op)
	expect{kind: resilience.KindTransport}.check(t, nil, failed(t, err))
	if calls != 1 || !strings.Contains(err.Error(), "neither a response nor an error") {
		t.Errorf("%d calls; got %v", calls, err)
	}
	_, err = get(t, client(t, "http://a.test", quick(), op, resilience.WithTransport(http.DefaultTransport),
		through(func(*http.Request, http.RoundTripper) (*http.Response, error) { return nil, nil })), op)
	expect{kind: resilience.KindTransport}.check(t, nil, failed(t, err))
	if e := failed(t, err); e.MayHaveApplied {
		t.Errorf("a middleware: got %v", err)
	}
}

// A custom transport does not report what it wrote, so a request may have been executed before any
// of its errors.
func TestTransport_CustomFails(t *testing.T) {
	for _, want := range []struct {
		class policy.Class
		calls int
	}{{policy.Safe, 4}, {policy.Unsafe, 1}} {
		op := operation("POST", want.class)
		calls := 0
		broken := resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			calls++
			return nil, errors.Join(errors.New("read"), http.ErrServerClosed, context.DeadlineExceeded)
		})
		_, err := get(t, client(t, "http://a.test", quick(), op, resilience.WithTransport(broken)), op)
		expect{kind: resilience.KindTimeout}.check(t, nil, failed(t, err))
		if e := failed(t, err); calls != want.calls || !e.MayHaveApplied {
			t.Errorf("%s: %d calls, want %d; got %+v", want.class, calls, want.calls, e)
		}
	}
}

func TestPanic_ReleasesEverything(t *testing.T) {
	for name, opts := range map[string][]resilience.Option{
		"middleware": {through(func(*http.Request, http.RoundTripper) (*http.Response, error) { panic("boom") })},
		"late": {through(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			_, _ = next.RoundTrip(r)
			panic("boom")
		})},
		"transport": {resilience.WithTransport(resilience.RoundTripperFunc(func(*http.Request) (*http.Response,
			error) {
			panic("boom")
		}))},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.OK(good))
			op := operation("GET", policy.Safe)
			p := policy.Default()
			p.Bulkhead.Max = 1
			c := b.client(t, p, op, opts...)
			for range 3 {
				func() {
					defer func() {
						if got := recover(); got != "boom" {
							t.Errorf("%s: recovered %v", name, got)
						}
					}()
					_, _ = get(t, c, op)
				}()
			}
			s := b.runtime.Snapshot()
			if s.InFlight != 0 || s.Gates[0].Bulkhead.InUse != 0 || b.circuit().Failures != 3 {
				t.Errorf("%s: %d in flight, %d places in use, %d failures", name, s.InFlight, s.Gates[0].Bulkhead.InUse,
					b.circuit().Failures)
			}
		})
	}
}

func TestPanic_InADecoder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		op.Success[0].Decode = func([]byte, *wire.Report) (any, error) { panic("boom") }
		c := b.client(t, policy.Default(), op)
		func() {
			defer func() { _ = recover() }()
			_, _ = get(t, c, op)
			t.Error("no panic")
		}()
		if s := b.runtime.Snapshot(); s.InFlight != 0 || s.Gates[0].Bulkhead.InUse != 0 || b.circuit().Failures != 1 {
			t.Errorf("got %+v", s)
		}
	})
}
