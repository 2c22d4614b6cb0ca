package lint

import (
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// Waits alone may exceed the deadline. With equal jitter, the shortest wait is half of it.
func TestLateAttempts_Waits(t *testing.T) {
	retry := func(attempts int, change func(*policy.Retry)) policy.Policy {
		p := policy.Policy{Retry: policy.Retry{Attempts: attempts}}
		p.Timeout = policy.Timeout{Attempt: time.Second, Overall: time.Minute}
		change(&p.Retry)
		return p
	}
	throttle := func(base time.Duration) func(*policy.Retry) {
		return func(r *policy.Retry) { r.Throttle.Base, r.Throttle.Factor = base, 1 }
	}
	unsafe := func(p policy.Policy) policy.Policy {
		p.Idempotency = policy.Unsafe
		return p
	}
	for _, c := range []struct {
		name string
		own  policy.Policy
		want string
	}{
		// 3 × 40 s / 2
		{"throttled", retry(4, throttle(40*time.Second)),
			"attempt 4 begins after 1m of waits if the server refuses those before it as too many, the call ends after 1m; " +
				"lower retry.attempts or retry.throttle.base, or raise timeout.overall"},
		{"just before the end", retry(4, throttle(40*time.Second-1)), ""},
		{"throttled and unsafe", unsafe(retry(4, throttle(40*time.Second))),
			"attempt 4 begins after 1m of waits if the server refuses those before it as too many, the call ends after 1m; " +
				"lower retry.attempts or retry.throttle.base, or raise timeout.overall"},
		{"one attempt", retry(1, throttle(time.Hour)), ""},
		{"full jitter", retry(4, func(r *policy.Retry) {
			throttle(40 * time.Second)(r)
			r.Jitter = policy.FullJitter
		}), ""},
		{"a bound of waits", retry(4, func(r *policy.Retry) {
			throttle(40 * time.Second)(r)
			r.Throttle.Max, r.Jitter = 19*time.Second, policy.NoJitter
		}), ""},
		// after timeouts the attempts take 3 s more, which is reported first
		{"a server that fails", retry(4, func(r *policy.Retry) { r.Server.Base, r.Server.Factor = 40*time.Second, 1 }),
			"attempt 4 begins after 1m3s if those before it time out, the call ends after 1m0s; lower retry.attempts or " +
				"timeout.attempt, or raise timeout.overall"},
		{"an unsafe operation is not repeated then",
			unsafe(retry(4, func(r *policy.Retry) { r.Server.Base, r.Server.Factor = 40*time.Second, 1 })), ""},
		{"no connection", unsafe(retry(4, func(r *policy.Retry) {
			r.Connection = policy.Backoff{Base: 40 * time.Second, Factor: 1, Max: time.Minute}
		})),
			"attempt 4 begins after 1m of waits if those before it cannot connect, the call ends after 1m; lower " +
				"retry.attempts or retry.connection.base, or raise timeout.overall"},
	} {
		t.Run(c.name, func(t *testing.T) { checkOne(t, c.own, c.want) })
	}
}

// checkOne compares the findings about one GET with a text without position.
func checkOne(t *testing.T, own policy.Policy, want string) {
	t.Helper()
	a := planned(policy.Policy{Breaker: policy.Breaker{Consecutive: 5}}, op("op", "GET", own))
	if want != "" {
		want = "p.yaml:2:1: warning: operation op: " + want
	}
	if got := Policies(a).Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestLongWaits(t *testing.T) {
	overall := func(d time.Duration, p policy.Policy) policy.Policy {
		p.Timeout = policy.Timeout{Attempt: time.Second, Overall: d}
		return p
	}
	after := policy.Policy{Retry: policy.Retry{MaxRetryAfter: 10 * time.Second, Attempts: 1}}
	place := policy.Policy{Bulkhead: policy.Bulkhead{MaxWait: 10 * time.Second}, Retry: policy.Retry{Attempts: 1}}
	checkOne(t, overall(10*time.Second, after), "")
	checkOne(t, overall(10*time.Second-1, after),
		"a call may wait 10s for a Retry-After, and ends after 9.999999999s; lower retry.max-retry-after or raise "+
			"timeout.overall")
	checkOne(t, overall(10*time.Second, place), "")
	checkOne(t, overall(9*time.Second, place),
		"a call may wait 10s for a place in the bulkhead, and ends after 9s; lower bulkhead.max-wait or raise "+
			"timeout.overall")
	// The default of 60 s was not set by anyone.
	checkOne(t, overall(9*time.Second, policy.Policy{Retry: policy.Retry{Attempts: 1}}), "")
}

// A wait that is set for all operations is meant for those with a longer deadline.
func TestLongWaits_Inherited(t *testing.T) {
	whole := policy.Policy{Bulkhead: policy.Bulkhead{MaxWait: time.Minute}}
	short := policy.Policy{
		Timeout: policy.Timeout{Attempt: time.Second, Overall: 9 * time.Second}, Retry: policy.Retry{Attempts: 1},
	}
	if got := Policies(planned(whole, op("op", "GET", short))).Error(); got != "" {
		t.Errorf("got %s", got)
	}
	whole.Timeout = policy.Timeout{Attempt: time.Second, Overall: 50 * time.Second}
	if got := len(Policies(planned(whole, op("op", "GET", policy.Policy{})))); got != 1 {
		t.Errorf("a wait and a deadline of the whole API: got %d findings", got)
	}
}
