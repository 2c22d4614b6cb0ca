package resilience_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
	"github.com/resgen/resgen/resilience/wire"
)

func TestPool_ClosesConnectionsAtMaxAge(t *testing.T) {
	for _, proto := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := configured(t, faults.Config{TLS: proto, HTTP2: proto, Script: []faults.Step{faults.OK(good)}})
			p := policy.Default()
			p.Transport.MaxAge, p.Transport.IdleTimeout, p.Transport.Ping = 10*time.Minute, time.Hour, time.Hour
			op := operation("GET", policy.Safe)
			c := b.client(t, p, op)
			call := func() {
				t.Helper()
				if _, err := get(t, c, op); err != nil {
					t.Fatal(err)
				}
			}
			call()
			time.Sleep(5*time.Minute - time.Second)
			call()
			if made, _ := b.Connections(); made != 1 {
				t.Errorf("%d connections before half the age, want 1", made)
			}
			time.Sleep(5*time.Minute + 2*time.Second)
			synctest.Wait()
			if _, open := b.Connections(); open != 0 {
				t.Errorf("%d connections are idle after their maximum age", open)
			}
			call()
			if made, _ := b.Connections(); made != 2 {
				t.Errorf("%d connections, want a second", made)
			}
		})
	}
}

func TestPool_ConnectionInUseOutlivesMaxAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good).In(20*time.Second), faults.OK(good))
		p := policy.Default()
		p.Transport.MaxAge = 10 * time.Second
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		for range 2 {
			if _, err := get(t, c, op); err != nil {
				t.Fatal(err)
			}
		}
		if made, _ := b.Connections(); made != 2 || b.Count() != 2 || b.circuit().Failures != 0 {
			t.Errorf("%d connections, %d requests, %d failures", made, b.Count(), b.circuit().Failures)
		}
	})
}

func TestPool_NoMaxAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		p := policy.Default()
		p.Transport.MaxAge, p.Transport.IdleTimeout = 0, 0
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		_, _ = get(t, c, op)
		time.Sleep(24 * time.Hour)
		_, _ = get(t, c, op)
		if made, _ := b.Connections(); made != 1 {
			t.Errorf("%d connections, want 1", made)
		}
	})
}

func TestPool_Settings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good).In(time.Second))
		p := policy.Default()
		p.Transport.MaxConns, p.Transport.MaxIdle, p.Transport.IdleTimeout = 4, 3, 30*time.Second
		p.Bulkhead.MaxWait = 5 * time.Second
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		var wait sync.WaitGroup
		for range 10 {
			wait.Go(func() {
				if _, err := get(t, c, op); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		synctest.Wait()
		if made, open := b.Connections(); made != 4 || open != 3 {
			t.Errorf("%d connections made, %d open; want 4, of which 3 stay idle", made, open)
		}
		if s := b.runtime.Snapshot(); s.Connections != 3 {
			t.Errorf("the snapshot says %d", s.Connections)
		}
		time.Sleep(31 * time.Second)
		synctest.Wait()
		if _, open := b.Connections(); open != 0 {
			t.Errorf("%d connections after the idle timeout", open)
		}
	})
}

func TestPool_SharedByClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		for range 3 {
			if _, err := get(t, b.client(t, policy.Default(), op), op); err != nil {
				t.Fatal(err)
			}
		}
		if made, _ := b.Connections(); made != 1 {
			t.Errorf("%d connections, want 1", made)
		}
	})
}

func TestRuntime_CloseKeepsRunningCalls(t *testing.T) {
	for _, proto := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b := configured(t, faults.Config{TLS: proto, HTTP2: proto,
				Script: []faults.Step{faults.OK(good).In(10 * time.Second)}})
			op := operation("GET", policy.Safe)
			c := b.client(t, policy.Default(), op)
			var wait sync.WaitGroup
			wait.Go(func() {
				if v, err := get(t, c, op); err != nil || v.Name != "a" {
					t.Errorf("got %+v, %v", v, err)
				}
			})
			synctest.Wait()
			b.runtime.Close()
			b.runtime.Close()
			if _, open := b.Connections(); open != 1 {
				t.Errorf("%d connections while the call is under way, want 1", open)
			}
			wait.Wait()
			synctest.Wait()
			if _, open := b.Connections(); open != 0 {
				t.Errorf("%d connections afterwards, want none", open)
			}
			if s := b.runtime.Snapshot(); !s.Closed || s.InFlight != 0 || s.Connections != 0 {
				t.Errorf("got %+v", s)
			}
		})
	}
}

func TestRuntime_CloseEndsRetriesAndDials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op)
		time.AfterFunc(time.Second, func() { b.runtime.Close() })
		begin := time.Now()
		_, err := get(t, c, op)
		expect{status: 500, stopped: resilience.StopClosed}.check(t, nil, failed(t, err))
		if e := failed(t, err); len(e.Attempts) > 3 || time.Since(begin) != time.Second {
			t.Errorf("after %s: got %+v", time.Since(begin), e)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		b.FailDials(faults.DialHang)
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin := time.Now()
		_, _ = resilience.Call[*item](ctx, c, op, wire.Args())
		b.runtime.Close()
		synctest.Wait() // a dial outlives its request, but not the runtime
		if d := time.Since(begin); d != time.Second {
			t.Errorf("took %s", d)
		}
	})
}

func TestRuntime_DropsIdleGates(t *testing.T) {
	answer := resilience.RoundTripperFunc(func(*http.Request) (*http.Response,
		error) {
		return &http.Response{StatusCode: 404}, nil
	})
	shared := resilience.NewRuntime()
	defer shared.Close()
	op := operation("GET", policy.Safe)
	call := func(account string) *resilience.Caller {
		c := client(t, "http://a.test", quick(), op, resilience.WithRuntime(shared), resilience.WithTransport(answer),
			resilience.WithCredential(key{account, "x"}))
		_, _ = get(t, c, op)
		return c
	}
	first := call("first")
	for i := range 5000 {
		call(time.Duration(i).String()).Close()
	}
	if n := len(shared.Snapshot().Gates); n > 4096 || n < 3500 {
		t.Errorf("%d gates, want at most 4096 and no more dropped than an eighth", n)
	}
	has := func() bool {
		for _, g := range shared.Snapshot().Gates {
			if g.Account == "first" {
				return true
			}
		}
		return false
	}
	if has() {
		t.Error("the gate that was idle for longest is still there")
	}
	if _, err := get(t, first, op); failed(t, err).Status != 404 || !has() {
		t.Error("a client whose gate was dropped did not get another")
	}
}

// The age of connections ends no call of any class, with any body or middleware.
func TestPool_AgeCostsNoCall(t *testing.T) {
	clone := func(next http.RoundTripper) http.RoundTripper {
		return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			return next.RoundTrip(r.Clone(r.Context()))
		})
	}
	wrap := func(next http.RoundTripper) http.RoundTripper {
		return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.Body = struct{ io.ReadCloser }{r.Body} // GetBody does not return such a body
			return next.RoundTrip(r)
		})
	}
	body := func() any { return item{"b"} }
	oneShot := func() any { return struct{ io.Reader }{strings.NewReader(`{"name":"b"}`)} }
	for _, c := range []struct {
		name       string
		http2      bool
		middleware []resilience.Middleware
		body       func() any
	}{
		{"HTTP/1.1", false, nil, body},
		{"HTTP/1.1, one-shot body", false, nil, oneShot},
		{"HTTP/1.1, middleware wraps the body", false, []resilience.Middleware{wrap}, body},
		{"HTTP/2", true, nil, body},
		{"HTTP/2, middleware clones the request", true, []resilience.Middleware{clone}, body},
		{"HTTP/2, one-shot body", true, []resilience.Middleware{clone}, oneShot},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := faults.Config{TLS: c.http2, HTTP2: c.http2, Script: []faults.Step{
				faults.OK(good).In(time.Millisecond)}}.Start()
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			p := quick()
			p.Transport.MaxAge, p.Retry.Attempts = 8*time.Millisecond, 1
			op := operation("POST", policy.Unsafe)
			if _, stream := c.body().(io.Reader); stream {
				op.Body = &wire.Body{Media: "application/octet-stream", Format: wire.Binary}
			}
			r := resilience.NewRuntime(resilience.WithTLS(&tls.Config{RootCAs: s.CertPool()}))
			defer r.Close()
			caller := client(t, s.URL, p, op, resilience.WithRuntime(r), resilience.WithMiddleware(c.middleware...))
			var wait sync.WaitGroup
			const calls, each = 8, 60
			for range calls {
				wait.Go(func() {
					for range each {
						in := wire.Args().With(c.body())
						if _, err := resilience.Call[*item](t.Context(), caller, op, in); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wait.Wait()
			if made, _ := s.Connections(); s.Count() != calls*each || made <= calls && !c.http2 || made < 2 {
				t.Errorf("%d requests over %d connections", s.Count(), made)
			}
		})
	}
}

// Pools whose settings no client uses any more close: idle connections at once, others after their
// call.
func TestPool_ReplacedPoolCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good), faults.OK(good).In(10*time.Second), faults.OK(good))
		op := operation("GET", policy.Safe)
		c := b.client(t, policy.Default(), op)
		apply := func(idle int) {
			t.Helper()
			text := fmt.Sprintf("apis: {items: {defaults: {transport: {max-idle: %d}}}}\n", idle)
			config, found := policyfile.DecodeConfig("c.yaml", []byte(text))
			if err := errors.Join(found.Err(), b.runtime.Apply(config)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		open := func(want int, when string) {
			t.Helper()
			synctest.Wait()
			if _, n := b.Connections(); n != want || b.runtime.Snapshot().Connections != want {
				t.Errorf("%s: %d connections, want %d; the snapshot has %d", when, n, want,
					b.runtime.Snapshot().Connections)
			}
		}
		_, _ = get(t, c, op)
		open(1, "after a call")
		apply(1)
		open(0, "after other settings")
		var wait sync.WaitGroup
		wait.Go(func() {
			if _, err := get(t, c, op); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		apply(2)
		open(1, "while a call is in flight")
		_, _ = get(t, c, op)
		open(2, "with a call of the new settings")
		wait.Wait()
		open(1, "after the call in flight")
		apply(2)
		open(1, "after the same settings")
	})
}

// Each API has its own connections.
func TestPool_BelongsToAnAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		for _, name := range []string{"a", "b", "a"} {
			api := &resilience.API{Name: name, Defaults: policy.Default(), Operations: []*resilience.Operation{op}}
			c, err := resilience.NewCaller(api, resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := get(t, c, op); err != nil {
				t.Fatal(err)
			}
		}
		if made, _ := b.Connections(); made != 2 {
			t.Errorf("%d connections, want 2", made)
		}
	})
}

// A pool has as many connections as the bulkheads of the API admit calls.
func TestPool_FollowsBulkheads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good).In(time.Second))
		p := policy.Default()
		p.Bulkhead.Max, p.Bulkhead.MaxWait = 3, time.Minute
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		var wait sync.WaitGroup
		for range 9 {
			wait.Go(func() {
				if _, err := get(t, c, op); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		synctest.Wait()
		if made, open := b.Connections(); made != 3 || open != 3 {
			t.Errorf("%d connections made, %d open, want 3", made, open)
		}
	})
}
