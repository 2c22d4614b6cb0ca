package resilience_test

import (
	"context"
	"errors"
	"math"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// timed returns when the requests of a server arrived, in seconds after begin.
func (b bench) timed(begin time.Time) []float64 {
	var at []float64
	for _, r := range b.Records() {
		at = append(at, r.Time.Sub(begin).Seconds())
	}
	return at
}

// A retryScene is two calls, of which the second begins after a pause.
type retryScene struct {
	script []faults.Step
	pause  time.Duration
	change func(*policy.Policy)
	other  bool // the second call is of another operation
	opts   []resilience.CallOption
}

// play returns when the requests arrived and the errors of the two calls.
func (s retryScene) play(t *testing.T) (at []float64, first, second error) {
	b := memory(t, s.script...)
	p := steady()
	p.Retry.Server = policy.Backoff{Base: time.Second, Factor: 1, Max: time.Second}
	if s.change != nil {
		s.change(&p)
	}
	one, two := operation("GET", policy.Safe), operation("GET", policy.Safe)
	if s.other {
		two.ID = "other"
	}
	api := &resilience.API{Name: "items", Defaults: p, Operations: []*resilience.Operation{one, two}}
	c, d := callerOf(t, b, api), callerOf(t, b, api)
	begin := time.Now()
	done := make(chan error)
	go func() {
		_, err := resilience.Call[*item](t.Context(), c, one, wire.Args(), s.opts...)
		done <- err
	}()
	time.Sleep(s.pause)
	_, second = get(t, d, two)
	first = <-done
	return b.timed(begin), first, second
}

// within reports whether x is from least to most.
func within(x, least, most float64) bool { return x >= least-1e-6 && x <= most+1e-6 }

// A 503 with a Retry-After of 10 s delays the retries of the other call, wherever it is.
func TestPause_DelaysRetries(t *testing.T) {
	slow := faults.Status(503).With("Retry-After", "10")
	for name, c := range map[string]struct {
		retryScene
		// the last request arrives between these times, and without the pause after a second
		least, most float64
	}{
		"the other call waits for its retry": {
			retryScene{script: []faults.Step{faults.Status(500), slow, faults.OK(good)}, pause: time.Second / 2},
			10.5, 11.55,
		},
		"the other call fails later": {
			retryScene{script: []faults.Step{slow, faults.Status(500), faults.OK(good)}, pause: time.Second}, 10, 11,
		},
		"the other call times out": {
			retryScene{script: []faults.Step{faults.Fail(faults.Hang), slow, faults.OK(good)}, pause: time.Second,
				change: func(p *policy.Policy) { p.Timeout.Attempt = 2 * time.Second }}, 11, 12.1,
		},
		"a 502": {
			retryScene{script: []faults.Step{faults.Status(500), faults.Status(502).With("Retry-After", "10"),
				faults.OK(good)}, pause: time.Second / 2}, 10.5, 11.55,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				at, first, second := c.play(t)
				if first != nil || second != nil {
					t.Fatal(first, second)
				}
				for _, x := range at[2:] {
					if !within(x, c.least, c.most) {
						t.Errorf("requests after %v s, want all but two from %v to %v", at, c.least, c.most)
					}
				}
			})
		})
	}
}

// What is not delayed: calls of other operations, and everything after other responses.
func TestPause_DelaysNothingElse(t *testing.T) {
	slow := faults.Status(503).With("Retry-After", "10")
	for name, c := range map[string]struct {
		retryScene
		want float64 // when the third request arrives
	}{
		"another operation": {
			retryScene{script: []faults.Step{faults.Status(500), slow, faults.OK(good)}, pause: time.Second / 2,
				other: true}, 1,
		},
		"a 503 without Retry-After": {
			retryScene{script: []faults.Step{faults.Status(500), faults.Status(503), faults.OK(good)},
				pause: time.Second / 2}, 1,
		},
		"a 404 with one": {
			retryScene{script: []faults.Step{faults.Status(500), faults.Status(404).With("Retry-After", "10"),
				faults.OK(good)}, pause: time.Second / 2}, 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				if at, _, _ := c.play(t); !within(at[2], c.want, c.want) {
					t.Errorf("requests after %v s, want the third after %v", at, c.want)
				}
			})
		})
	}
}

// First attempts are made at once, and the bucket is not held.
func TestPause_NotOfFirstAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(503).With("Retry-After", "30"))
		p := steady()
		p.Retry.Attempts, p.Rate.PerSecond, p.Rate.Burst = 1, 100, 100
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		begin := time.Now()
		for range 15 {
			_, err := get(t, c, op)
			expect{kind: resilience.KindAPI, status: 503}.check(t, nil, failed(t, err))
		}
		if b.Count() != 15 || time.Since(begin) != 0 {
			t.Errorf("%d requests after %s, want 15 at once", b.Count(), time.Since(begin))
		}
		for _, g := range b.runtime.Snapshot().Gates {
			for _, s := range g.Buckets {
				if s.Held != 0 || s.PerSecond != 100 {
					t.Errorf("the bucket is %+v, want it untouched", s)
				}
			}
		}
	})
}

// A retry that would have to wait longer than the policy or the call allows is not made.
func TestPause_TooLong(t *testing.T) {
	failing := faults.Status(500)
	for name, c := range map[string]struct {
		retryScene
		stopped    resilience.Stop
		retryAfter time.Duration // at least
	}{
		"more than max-retry-after, while the call waits": {
			retryScene{script: []faults.Step{failing, faults.Status(503).With("Retry-After", "61")},
				pause: time.Second / 2}, resilience.StopRetryAfter, time.Minute,
		},
		"more than max-retry-after, before it fails": {
			retryScene{script: []faults.Step{failing.In(2 * time.Second), faults.Status(503).With("Retry-After", "63")},
				pause: time.Second / 2}, resilience.StopRetryAfter, time.Minute,
		},
		"longer than the call": {
			retryScene{script: []faults.Step{failing, faults.Status(503).With("Retry-After", "20")},
				pause: time.Second / 2, opts: []resilience.CallOption{resilience.WithTimeout(9 * time.Second)}},
			resilience.StopDeadline, 19 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				at, first, _ := c.play(t)
				e := failed(t, first)
				expect{kind: resilience.KindAPI, status: 500, stopped: c.stopped}.check(t, nil, e)
				if e.RetryAfter < c.retryAfter || e.RetryAfter > c.retryAfter+time.Second || len(e.Attempts) != 1 {
					t.Errorf("requests after %v s; %d attempts, retry after %s, want one and %s", at, len(e.Attempts),
						e.RetryAfter, c.retryAfter)
				}
			})
		})
	}
}

// The wait for the end of the pause ends with the context of the call.
func TestPause_Canceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500), faults.Status(503).With("Retry-After", "30"))
		p := steady()
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(7*time.Second, cancel)
		go func() { _, _ = resilience.Call[*item](ctx, c, op, wire.Args(), resilience.WithAttempts(1)) }()
		done := make(chan error)
		go func() {
			_, err := resilience.Call[*item](ctx, c, op, wire.Args())
			done <- err
		}()
		begin := time.Now()
		err := <-done
		expect{requests: 2, kind: resilience.KindCanceled}.check(t, b, failed(t, err))
		if !errors.Is(err, context.Canceled) || time.Since(begin) != 7*time.Second {
			t.Errorf("%v after %s, want the cancellation after 7 s", err, time.Since(begin))
		}
	})
}

// While retries are held back, no copies of slow requests are sent.
func TestPause_NoHedges(t *testing.T) {
	for name, c := range map[string]struct {
		step faults.Step
		want int
	}{
		"held back": {faults.Status(503).With("Retry-After", "30"), 2}, "not held back": {faults.Status(503), 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, c.step, faults.OK(good).In(5*time.Second), faults.OK(good).In(5*time.Second))
				p := steady()
				p.Hedge.Enabled, p.Hedge.After = policy.On, time.Second
				op := operation("GET", policy.Safe)
				client := b.client(t, p, op)
				_, _ = get(t, client, op, resilience.WithAttempts(1))
				if _, err := get(t, client, op); err != nil || b.Count() != c.want {
					t.Errorf("%d requests, want %d: %v", b.Count(), c.want, err)
				}
			})
		})
	}
}

// The wait that an error reports is that of the server up to max-retry-after.
func TestRetryAfter_Reported(t *testing.T) {
	for _, c := range []struct {
		status      int
		value, most time.Duration
		attempts    int
		stopped     resilience.Stop
		want        time.Duration
	}{
		{503, 60 * time.Second, time.Minute, 1, "", time.Minute},
		{503, 61 * time.Second, time.Minute, 1, "", time.Minute},
		{503, 61 * time.Second, time.Minute, 4, resilience.StopRetryAfter, time.Minute},
		{429, 59 * time.Second, time.Minute, 1, "", 59 * time.Second},
		{429, math.MaxInt64, time.Minute, 4, resilience.StopRetryAfter, time.Minute},
		{404, math.MaxInt64, 2 * time.Minute, 4, resilience.StopFinal, 2 * time.Minute},
		{404, time.Second, 2 * time.Minute, 4, resilience.StopFinal, time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.Status(c.status).With("Retry-After", strconv.Itoa(int(c.value/time.Second))))
			p := steady()
			p.Retry.MaxRetryAfter = c.most
			op := operation("GET", policy.Safe)
			_, err := get(t, b.client(t, p, op), op, resilience.WithAttempts(c.attempts))
			e := failed(t, err)
			expect{requests: 1, status: c.status, stopped: c.stopped}.check(t, b, e)
			if e.RetryAfter != c.want {
				t.Errorf("%d with %s: reported %s, want %s", c.status, c.value, e.RetryAfter, c.want)
			}
		})
	}
}

// A pause that another call caused ends with the deadline of the call, although it is lengthened at
// random.
func TestPause_EndsWithTheDeadline(t *testing.T) {
	for range 30 {
		synctest.Test(t, func(t *testing.T) {
			scene := retryScene{
				script: []faults.Step{
					faults.Status(500), faults.Status(503).With("Retry-After", "24").In(4 * time.Second),
					faults.OK(good),
				},
				pause: time.Second,
				change: func(p *policy.Policy) {
					p.Timeout.Overall = 30 * time.Second
					p.Retry.Server = policy.Backoff{Base: 10 * time.Second, Factor: 1, Max: 10 * time.Second}
				},
			}
			at, err, _ := scene.play(t)
			if err != nil {
				if e := failed(t, err); e.Stopped != resilience.StopDeadline || e.Elapsed != 10*time.Second {
					t.Errorf("after %s: %v", e.Elapsed, err)
				}
				at = at[:2] // without that of the other call
			}
			if last := at[min(len(at), 3)-1]; last >= 30 {
				t.Errorf("a request is sent after %v s", last)
			}
		})
	}
}
