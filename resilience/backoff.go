package resilience

import (
	"math"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// A waitClass says which of a policy's back-offs a failed attempt is waited for with.
type waitClass uint8

const (
	waitNone       waitClass = iota // no wait: the connection was stale, or another one has to be tried
	waitThrottle                    // the server said that it is asked too often
	waitServer                      // the server failed, was too slow or cut its answer short
	waitConnection                  // the connection did not come about or broke
)

// instructedJitter is the share by which a wait that the server asked for is lengthened at most. It is never shortened.
const instructedJitter = 0.1

// retryDelay returns the wait between the attempt with the given number, counted from 1, and the next one.
//
// instructed is what the server asked for, 0 if it asked for nothing: it replaces the back-off and is only ever lengthened, by up to
// 10 %. random is a number in [0, 1). The result is the same for the same arguments, never negative and never overflows.
func retryDelay(r policy.Retry, class waitClass, attempt int, instructed time.Duration, random float64) time.Duration {
	if instructed > 0 {
		return lengthened(float64(instructed) * (1 + instructedJitter*random))
	}
	switch class {
	case waitThrottle:
		return backoff(r.Throttle, r.Jitter, attempt, random)
	case waitServer:
		return backoff(r.Server, r.Jitter, attempt, random)
	case waitConnection:
		return backoff(r.Connection, r.Jitter, attempt, random)
	}
	return 0
}

// backoff returns base × factor^(attempt-1) spread by the jitter; max holds for the result. A max of 0 is no bound.
func backoff(b policy.Backoff, j policy.Jitter, attempt int, random float64) time.Duration {
	grown := float64(b.Base) * math.Pow(max(b.Factor, 1), float64(max(attempt, 1)-1))
	wait := lengthened(spread(grown, j, random))
	if b.Max > 0 {
		wait = min(wait, b.Max)
	}
	return wait
}

// spread returns a wait within the bounds that the jitter sets: d/2 to d, 0 to d, or d.
func spread(d float64, j policy.Jitter, random float64) float64 {
	switch j {
	case policy.FullJitter:
		return d * random
	case policy.NoJitter:
		return d
	}
	return d/2 + d/2*random
}

// lengthened turns nanoseconds into a duration; what does not fit is the longest duration there is.
func lengthened(ns float64) time.Duration {
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return max(0, time.Duration(ns))
}
