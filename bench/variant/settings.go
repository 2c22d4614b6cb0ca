package variant

import "time"

// Settings configures all variants, as far as they support it. The zero value is not usable; start
// from [Storm].
type Settings struct {
	Attempts       int           // per call, including the first
	Backoff        time.Duration // before the first retry, doubled for each further one
	AttemptTimeout time.Duration // for an attempt including its response

	// The circuit breaker.
	FailureRate float64       // share of failures at which it opens
	MinCalls    int           // minimum outcomes before the rate counts
	Window      time.Duration // period over which the rate is measured
	CoolDown    time.Duration // how long the circuit stays open
	Spread      float64       // share by which a cool-down varies
	Successes   int           // successful probes needed to close

	// The token bucket that pays for retries.
	Tokens      float64 // size and initial content
	Cost        float64 // of a retry; refunded if it succeeds
	TimeoutCost float64 // of a retry after a timeout
	Refill      float64 // for a success at the first attempt

	// The budget of failsafe-go with its defaults.
	BudgetRate  float64 // maximum share of running executions that may be retries
	BudgetLeast uint    // number of retries that are always allowed

	Connections int // idle connections kept; open ones are not limited
}

// Storm returns the settings for the storms.
func Storm() Settings {
	return Settings{
		Attempts: 4, Backoff: 100 * time.Millisecond, AttemptTimeout: 400 * time.Millisecond,
		FailureRate: 0.5, MinCalls: 20, Window: 2 * time.Second, CoolDown: time.Second, Spread: 0.1, Successes: 3,
		Tokens: 500, Cost: 5, TimeoutCost: 10, Refill: 1,
		BudgetRate: 0.2, BudgetLeast: 3,
		Connections: 4096,
	}
}

// Scaled returns the settings with all durations multiplied by scale.
func (s Settings) Scaled(scale float64) Settings {
	for _, d := range []*time.Duration{&s.Backoff, &s.AttemptTimeout, &s.Window, &s.CoolDown} {
		*d = time.Duration(float64(*d) * scale)
	}
	return s
}
