package variant

import "time"

// Settings are what all variants are set to, as far as they have it. The zero value is of no use:
// start from [Storm].
type Settings struct {
	Attempts       int           // of a call, the first included
	Backoff        time.Duration // before the first repeat; it doubles with each
	AttemptTimeout time.Duration // covers the whole answer

	// The circuit breaker.
	FailureRate float64       // opens at this share of failures
	MinCalls    int           // fewest outcomes before the rate counts
	Window      time.Duration // how far back the rate looks
	CoolDown    time.Duration // how long the circuit stays open
	Spread      float64       // share by which a cool-down varies
	Successes   int           // successful probes that close it

	// The token bucket that pays for repeats.
	Tokens      float64 // size, and content at the start
	Cost        float64 // of a repeat; comes back if it succeeds
	TimeoutCost float64 // of a repeat after a timeout
	Refill      float64 // for a success at the first attempt

	// failsafe-go's budget, at its own defaults.
	BudgetRate  float64 // share of the executions under way that may be repeats
	BudgetLeast uint    // repeats that may be under way at any rate

	Connections int // idle connections kept; how many are open has no bound
}

// Storm returns the settings of the storms.
func Storm() Settings {
	return Settings{
		Attempts: 4, Backoff: 100 * time.Millisecond, AttemptTimeout: 400 * time.Millisecond,
		FailureRate: 0.5, MinCalls: 20, Window: 2 * time.Second, CoolDown: time.Second, Spread: 0.1, Successes: 3,
		Tokens: 500, Cost: 5, TimeoutCost: 10, Refill: 1,
		BudgetRate: 0.2, BudgetLeast: 3,
		Connections: 4096,
	}
}

// Scaled returns the settings with all durations multiplied.
func (s Settings) Scaled(scale float64) Settings {
	for _, d := range []*time.Duration{&s.Backoff, &s.AttemptTimeout, &s.Window, &s.CoolDown} {
		*d = time.Duration(float64(*d) * scale)
	}
	return s
}
