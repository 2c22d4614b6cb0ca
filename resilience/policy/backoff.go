package policy

import (
	"math"
	"time"
)

// Delay returns the wait after the given attempt, counted from 1: Base × Factor^(attempt-1), spread
// by the jitter and bounded by Max. A Factor below 1 counts as 1; a Max of 0 means no limit.
//
// random must be in [0, 1). Delay is a pure function, and its result is never negative and never
// overflows.
func (b Backoff) Delay(attempt int, j Jitter, random float64) time.Duration {
	grown := float64(b.Base) * math.Pow(max(b.Factor, 1), float64(max(attempt, 1)-1))
	spread := j.spread(grown, random)
	wait := time.Duration(math.MaxInt64)
	if spread < math.MaxInt64 {
		wait = max(0, time.Duration(spread))
	}
	if b.Max > 0 {
		wait = min(wait, b.Max)
	}
	return wait
}

// spread returns a wait between the bounds that the jitter sets for d: from d/2 to d for equal
// jitter (the default), from 0 to d for full jitter, and d for none.
func (j Jitter) spread(d, random float64) float64 {
	switch j {
	case FullJitter:
		return d * random
	case NoJitter:
		return d
	}
	return d/2 + d/2*random
}
