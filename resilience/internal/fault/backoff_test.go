package fault

import (
	"math"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

func TestDelay(t *testing.T) {
	const s, ms = time.Second, time.Millisecond
	retry := policy.Retry{
		Throttle:   policy.Backoff{Base: 1 * s, Factor: 2, Max: 60 * s},
		Server:     policy.Backoff{Base: 500 * ms, Factor: 3, Max: 30 * s},
		Connection: policy.Backoff{Base: 100 * ms, Factor: 2, Max: 5 * s},
		Jitter:     policy.NoJitter,
	}
	with := func(change func(*policy.Retry)) policy.Retry {
		r := retry
		change(&r)
		return r
	}
	equal := with(func(r *policy.Retry) { r.Jitter = policy.EqualJitter })
	full := with(func(r *policy.Retry) { r.Jitter = policy.FullJitter })
	tests := []struct {
		name       string
		policy     policy.Retry
		class      Wait
		attempt    int
		instructed time.Duration
		random     float64
		want       time.Duration
	}{
		{"throttled", retry, WaitThrottle, 1, 0, 0.5, 1 * s},
		{"throttled, second", retry, WaitThrottle, 2, 0, 0.5, 2 * s},
		{"throttled, fourth", retry, WaitThrottle, 4, 0, 0.5, 8 * s},
		{"throttled, at the cap", retry, WaitThrottle, 7, 0, 0.5, 60 * s},
		{"throttled, far beyond", retry, WaitThrottle, 1_000_000, 0, 0.5, 60 * s},
		{"server", retry, WaitServer, 1, 0, 0.5, 500 * ms},
		{"server, third", retry, WaitServer, 3, 0, 0.5, 4500 * ms},
		{"connection", retry, WaitConnection, 1, 0, 0.5, 100 * ms},
		{"connection, cap", retry, WaitConnection, 9, 0, 0.5, 5 * s},
		{"none", retry, WaitNone, 3, 0, 0.5, 0},
		{"an attempt that cannot be", retry, WaitServer, 0, 0, 0.5, 500 * ms},

		{"equal jitter, least", equal, WaitThrottle, 2, 0, 0, 1 * s},
		{"equal jitter, middle", equal, WaitThrottle, 2, 0, 0.5, 1500 * ms},
		{"equal jitter, near the most", equal, WaitThrottle, 2, 0, 0.99, 1990 * ms},
		{"equal jitter, then the cap", equal, WaitThrottle, 8, 0, 0.5, 60 * s}, // 64 to 128 s
		{"equal is the default", with(func(r *policy.Retry) { r.Jitter = "" }), WaitThrottle, 2, 0, 0.5, 1500 * ms},
		{"full jitter, least", full, WaitThrottle, 2, 0, 0, 0},
		{"full jitter, middle", full, WaitThrottle, 2, 0, 0.5, 1 * s},

		{"instructed", retry, WaitThrottle, 3, 7 * s, 0, 7 * s},
		{"instructed, spread upward only", retry, WaitThrottle, 3, 10 * s, 0.5, 10500 * ms},
		{"instructed, at most a tenth", retry, WaitThrottle, 3, 10 * s, 0.99, 10990 * ms},
		{"instructed beats the back-off, shorter too", retry, WaitThrottle, 6, 1 * s, 0, 1 * s},
		{"instructed knows no cap", retry, WaitThrottle, 1, 600 * s, 0, 600 * s},
		{"instructed beyond all bounds", retry, WaitThrottle, 1, math.MaxInt64, 0.5, math.MaxInt64},
		{"instructed where nothing else is waited for", retry, WaitNone, 1, 2 * s, 0, 2 * s},
		{"a negative instruction is none", retry, WaitServer, 1, -5 * s, 0.5, 500 * ms},

		{"no cap", with(func(r *policy.Retry) { r.Server.Max = 0 }), WaitServer, 4, 0, 0.5, 13500 * ms},
		{
			"no cap, no overflow",
			with(func(r *policy.Retry) { r.Server.Max = 0 }),
			WaitServer,
			1_000_000,
			0,
			0.5,
			math.MaxInt64,
		},
		{
			"a factor below 1 is 1",
			with(func(r *policy.Retry) { r.Server.Factor = 0.1 }),
			WaitServer,
			4,
			0,
			0.5,
			500 * ms,
		},
	}
	for _, tt := range tests {
		if got := Delay(tt.policy, tt.class, tt.attempt, tt.instructed, tt.random); (got - tt.want).Abs() > 1 {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
