package resilience_test

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// Each of these changes one key of the defaults and nothing else, and sees the difference from outside: how many requests reached the server,
// how long it took (in tens of seconds, so that jitter does not show), what came of it. Keys whose difference needs more than one call in a row have tests of their own.
var keys = []struct {
	key           string
	change        func(p *policy.Policy)
	script        []faults.Step
	dials         []faults.Dial
	calls         int
	at            time.Duration // pause between calls
	before, after string        // requests, elapsed time, kind of the last error
}{
	{"retry.attempts", func(p *policy.Policy) { p.Retry.Attempts = 2 }, []faults.Step{faults.Status(429).With("Retry-After", "10")}, nil, 1, 0,
		"4 30s throttled", "2 10s throttled"},
	{"retry.max-retry-after", func(p *policy.Policy) { p.Retry.MaxRetryAfter = 9 * time.Second }, []faults.Step{faults.Status(429).With("Retry-After", "10")}, nil, 1, 0,
		"4 30s throttled", "1 0s throttled"},
	{"retry.budget.enabled", func(p *policy.Policy) { p.Retry.Budget.Tokens = 1 }, []faults.Step{faults.Status(500), faults.OK(good)}, nil, 1, 0,
		"2 0s ok", "1 0s api"},
	{"timeout.overall", func(p *policy.Policy) { p.Timeout.Overall = 10 * time.Second }, []faults.Step{faults.OK(good).In(20 * time.Second)}, nil, 1, 0,
		"1 20s ok", "1 10s timeout"},
	{"timeout.attempt", func(p *policy.Policy) { p.Timeout.Attempt = 10 * time.Second }, []faults.Step{faults.OK(good).In(20 * time.Second), faults.OK(good)}, nil, 1, 0,
		"1 20s ok", "2 10s ok"},
	{"breaker.consecutive", func(p *policy.Policy) { p.Breaker.Consecutive = 3 }, []faults.Step{faults.Status(501), faults.Status(500)}, nil, 2, 0,
		"5 0s api", "4 0s api"},
	{"breaker.enabled", func(p *policy.Policy) { p.Breaker.Enabled = policy.Off }, []faults.Step{faults.Status(500)}, nil, 9, 0,
		"20 0s circuit-open", "36 0s api"},
	{"breaker.min-calls", func(p *policy.Policy) { p.Breaker.MinCalls = 2 }, []faults.Step{faults.Status(500)}, nil, 2, 0,
		"8 0s api", "2 0s circuit-open"},
	{"breaker.open", func(p *policy.Policy) { p.Breaker.Open = 5 * time.Minute }, []faults.Step{faults.Status(500)}, nil, 8, 10 * time.Second,
		"21 70s api", "20 70s circuit-open"},
	{"rate.enabled", func(p *policy.Policy) { p.Rate.Enabled = policy.Off }, []faults.Step{faults.Status(429).With("Retry-After", "600"), faults.OK(good)}, nil, 2, 0,
		"1 0s rate-limited", "2 0s ok"},
	{"rate.per-second", func(p *policy.Policy) { p.Rate.PerSecond, p.Rate.Burst = 0.1, 1 }, []faults.Step{faults.OK(good)}, nil, 4, 0,
		"4 0s ok", "4 30s ok"},
	{"rate.max-wait", func(p *policy.Policy) { p.Rate.MaxWait = 10 * time.Minute }, []faults.Step{faults.Status(429).With("Retry-After", "90"), faults.OK(good)}, nil, 2, 0,
		"1 0s rate-limited", "2 90s ok"},
	{"response.max-bytes", func(p *policy.Policy) { p.Response.MaxBytes = 5 }, []faults.Step{faults.OK(good)}, nil, 1, 0,
		"1 0s ok", "1 0s too-large"},
	{"redirects.max", func(p *policy.Policy) { p.Redirects.Max = 1 }, []faults.Step{faults.Redirect(302, "/x"), faults.OK(good)}, nil, 1, 0,
		"1 0s api", "2 0s ok"},
	{"success", func(p *policy.Policy) { p.Success = policy.Success{Field: "name", Fail: []string{"a"}} }, []faults.Step{faults.OK(good)}, nil, 1, 0,
		"1 0s ok", "1 0s api"},
	{"transport.dial-timeout", func(p *policy.Policy) { p.Transport.DialTimeout = 20 * time.Second }, []faults.Step{faults.OK(good)}, []faults.Dial{faults.DialHang}, 1, 0,
		"1 0s ok", "1 20s ok"},
	{"idempotency", func(p *policy.Policy) { p.Idempotency = policy.Unsafe }, []faults.Step{faults.Status(500), faults.OK(good)}, nil, 1, 0,
		"2 0s ok", "1 0s api"},
}

func TestKeys(t *testing.T) {
	for _, k := range keys {
		for i, want := range []string{k.before, k.after} {
			t.Run(fmt.Sprintf("%s/%d", k.key, i), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b := memory(t, k.script...)
					b.FailDials(k.dials...)
					p := policy.Default()
					p.Retry.Throttle.Base, p.Retry.Server.Base, p.Retry.Connection.Base = 1, 1, 1 // so that whole seconds are those of the key
					p.Retry.Server.Factor, p.Retry.Connection.Factor = 1, 1
					p.Retry.Jitter, p.Breaker.Jitter = policy.NoJitter, -1
					if i == 1 {
						k.change(&p)
					}
					op := operation("GET", "")
					c := b.client(t, p, op)
					begin := time.Now()
					var err error
					for n := range k.calls {
						if n > 0 {
							time.Sleep(k.at)
						}
						_, err = get(t, c, op)
					}
					if got := fmt.Sprintf("%d %ds %s", b.Count(), time.Since(begin).Truncate(10*time.Second)/time.Second, observe(err).kind); got != want {
						t.Errorf("got %s, want %s", got, want)
					}
				})
			})
		}
	}
}

func TestKey_JitterSpreads(t *testing.T) {
	waits := func(j policy.Jitter) (least, most time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.Status(500))
			p := policy.Default()
			p.Retry.Attempts, p.Retry.Jitter, p.Breaker.Enabled, p.Retry.Budget.Enabled = 2, j, policy.Off, policy.Off
			op := operation("GET", policy.Safe)
			c := b.client(t, p, op)
			least = time.Hour
			for range 200 {
				begin := time.Now()
				_, _ = get(t, c, op)
				least, most = min(least, time.Since(begin)), max(most, time.Since(begin))
			}
		})
		return least, most
	}
	if least, most := waits(policy.NoJitter); least != 500*time.Millisecond || most != least {
		t.Errorf("none: %s to %s", least, most)
	}
	if least, most := waits(policy.EqualJitter); least < 250*time.Millisecond || least > 270*time.Millisecond || most > 500*time.Millisecond || most < 480*time.Millisecond {
		t.Errorf("equal: %s to %s", least, most)
	}
	if least, most := waits(policy.FullJitter); least > 25*time.Millisecond || most > 500*time.Millisecond || most < 475*time.Millisecond {
		t.Errorf("full: %s to %s", least, most)
	}
}

func TestKey_BulkheadSwitchedOff(t *testing.T) {
	for on, want := range map[policy.Switch]int{policy.On: 1, policy.Off: 3} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.OK(good).In(time.Minute))
			p := policy.Default()
			p.Bulkhead = policy.Bulkhead{Enabled: on, Max: 1}
			p.Timeout.Attempt = time.Hour
			op := operation("GET", policy.Safe)
			c := b.client(t, p, op)
			var wait sync.WaitGroup
			for range 3 {
				wait.Go(func() { _, _ = get(t, c, op) })
			}
			wait.Wait()
			if b.Count() != want {
				t.Errorf("%s: %d requests, want %d", on, b.Count(), want)
			}
		})
	}
}

// A server that accepts and says nothing keeps a TLS handshake waiting.
func TestKey_TLSTimeout(t *testing.T) {
	for _, limit := range []time.Duration{3 * time.Second, 9 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			silent := func(context.Context, string, string) (net.Conn, error) {
				c, server := net.Pipe()
				go func() {
					buf := make([]byte, 1<<12)
					for {
						if _, err := server.Read(buf); err != nil {
							return
						}
					}
				}()
				return c, nil
			}
			r := resilience.NewRuntime(resilience.WithDial(silent))
			defer r.Close()
			p := policy.Default()
			p.Transport.TLSTimeout = limit
			op := operation("POST", policy.Unsafe)
			begin := time.Now()
			_, err := get(t, client(t, "https://a.test", p, op, resilience.WithRuntime(r)), op, resilience.WithAttempts(1))
			if e := failed(t, err); e.Kind != resilience.KindTimeout || e.MayHaveApplied || time.Since(begin) != limit {
				t.Errorf("after %s, want %s: got %+v", time.Since(begin), limit, e)
			}
		})
	}
}

// On a connection over which nothing comes any more, a ping finds out before the attempt's time is over.
func TestKey_Ping(t *testing.T) {
	for ping, want := range map[time.Duration]time.Duration{4 * time.Second: 9 * time.Second, 10 * time.Second: 15 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			b := configured(t, faults.Config{TLS: true, HTTP2: true, Script: []faults.Step{faults.Fail(faults.BlackHole)}})
			p := policy.Default()
			p.Transport.Ping = ping
			op := operation("GET", policy.Safe)
			begin := time.Now()
			_, err := resilience.Call[*item](t.Context(), b.client(t, p, op), op, wire.Args(), resilience.WithAttempts(1))
			if e := failed(t, err); e.Kind != resilience.KindTransport || time.Since(begin) != want {
				t.Errorf("after %s, want %s: got %+v", time.Since(begin), want, e)
			}
		})
	}
}
