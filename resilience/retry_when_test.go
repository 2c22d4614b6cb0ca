package resilience_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// A function decides within the limits of class, attempts, budget and deadline.
func TestWithRetryWhen(t *testing.T) {
	always := func(resilience.Failure) bool { return true }
	never := func(resilience.Failure) bool { return false }
	byPolicy := func(f resilience.Failure) bool { return f.Retry }
	one := []resilience.CallOption{resilience.WithAttempts(1)}
	for _, c := range []struct {
		name   string
		f      func(resilience.Failure) bool
		class  policy.Class // empty: safe
		step   faults.Step
		change func(*policy.Policy)
		opts   []resilience.CallOption
		want   string // requests, time, kind and reason to stop
		asked  int
	}{
		{name: "404", f: always, step: faults.Status(404), want: "4 3.5s api attempts", asked: 4},
		{name: "404 not chosen", f: never, step: faults.Status(404), want: "1 0s api final", asked: 1},
		{name: "404 by policy", f: byPolicy, step: faults.Status(404), want: "1 0s api final", asked: 1},
		{name: "404, unsafe", f: always, class: policy.Unsafe, step: faults.Status(404), want: "1 0s api final"},
		{name: "500, unsafe", f: always, class: policy.Unsafe, step: faults.Status(500), want: "1 0s api final"},
		{name: "503", f: always, step: faults.Status(503), want: "4 3.5s api attempts", asked: 4},
		{name: "503 not chosen", f: never, step: faults.Status(503), want: "1 0s api final", asked: 1},
		{name: "503 by policy", f: byPolicy, step: faults.Status(503), want: "4 3.5s api attempts", asked: 4},
		{name: "429, unsafe", f: always, class: policy.Unsafe, step: faults.Status(429),
			want: "4 7s throttled attempts", asked: 4},
		{name: "429, unsafe, not chosen", f: never, class: policy.Unsafe, step: faults.Status(429),
			want: "1 0s throttled final", asked: 1},
		{name: "a status that is retried once", f: always, step: faults.Status(421),
			want: "4 3s api attempts", asked: 4},
		{name: "a status that is retried once by policy", f: byPolicy, step: faults.Status(421),
			want: "2 0s api final", asked: 2},
		{name: "contract", f: always, step: faults.OK(`[]`), want: "4 3.5s contract attempts", asked: 4},
		{name: "a response that forbids it", f: always, step: faults.Status(503).With("X-Should-Retry", "false"),
			want: "1 0s api final"},
		{name: "one attempt", f: always, step: faults.Status(404), opts: one, want: "1 0s api final"},
		{name: "no budget", f: always, step: faults.Status(404), change: tokens(9), want: "2 500ms api budget",
			asked: 2},
		{name: "the deadline", f: always, step: faults.Status(404),
			opts: []resilience.CallOption{resilience.WithTimeout(time.Second)}, want: "2 500ms api deadline", asked: 2},
		{name: "a long Retry-After", f: always, step: faults.Status(404).With("Retry-After", "3600"),
			want: "1 0s api retry-after", asked: 1},
		{name: "the circuit", f: always, step: faults.Status(503),
			change: func(p *policy.Policy) { p.Breaker.MinCalls = 1 }, want: "1 0s api circuit", asked: 1},
		{name: "a batch with failed items", f: always, step: faults.OK(batch),
			change: itemsWith("items", "status"), want: "1 0s partial final"},
		{name: "a success", f: always, step: faults.OK(good), want: "1 0s ok"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := memory(t, c.step)
				p := steady()
				if c.change != nil {
					c.change(&p)
				}
				if c.class == "" {
					c.class = policy.Safe
				}
				op := operation("GET", c.class)
				asked := 0
				option := resilience.WithRetryWhen(func(f resilience.Failure) bool { asked++; return c.f(f) })
				begin := time.Now()
				_, err := get(t, b.client(t, p, op, option), op, c.opts...)
				took := time.Since(begin).Truncate(time.Millisecond)
				got := fmt.Sprintf("%d %s %s", b.Count(), took, observe(err).kind)
				if err != nil {
					got += " " + string(failed(t, err).Stopped)
				}
				if got != c.want || asked != c.asked {
					t.Errorf("got %q, asked %d times, want %q and %d", got, asked, c.want, c.asked)
				}
			})
		})
	}
}

// The function sees the response and what the policy decides.
func TestWithRetryWhen_Failure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.JSON(409, busy).With("X-Queue", "7"), faults.Status(503), faults.JSON(403, limited),
			faults.OK(good))
		b.FailDials(faults.DialRefused)
		p := steady()
		p.Throttled, p.Retry.Attempts = quota, 9
		op := operation("GET", policy.Safe)
		var seen []string
		option := resilience.WithRetryWhen(func(f resilience.Failure) bool {
			line := fmt.Sprintf("%s %d %s %d %s %.9s %t", f.Operation, f.Attempt, f.Kind, f.Status,
				f.Header.Get("X-Queue"), f.Body, f.Retry)
			if d, ok := f.Detail.(*problem); ok {
				line += " " + d.Code
			}
			seen = append(seen, line)
			return true
		})
		if _, err := get(t, b.client(t, p, op, option), op); err != nil {
			t.Error(err)
		}
		want := "op 1 transport 0   true\nop 2 api 409 7 {\"code\":\" false Busy\nop 3 api 503   true\n" +
			"op 4 throttled 403  {\"error\": true "
		if got := strings.Join(seen, "\n"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// Errors of the program itself are not offered to the function.
func TestWithRetryWhen_Local(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(500))
		p := steady()
		openAtOnce(&p)
		p.Retry.Attempts = 4
		op := operation("GET", policy.Safe)
		asked := 0
		c := b.client(t, p, op, resilience.WithRetryWhen(func(resilience.Failure) bool { asked++; return true }))
		_, _ = get(t, c, op)
		if _, err := get(t, c, op); observe(err).kind != "circuit-open" || asked != 1 || b.Count() != 1 {
			t.Errorf("%v, asked %d times, %d requests", err, asked, b.Count())
		}
	})
}
