package resilience_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
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
