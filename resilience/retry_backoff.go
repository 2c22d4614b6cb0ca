package resilience

import (
	"time"

	"github.com/resgen/resgen/resilience/internal/saturate"
	"github.com/resgen/resgen/resilience/policy"
)

// A waitClass selects the back-off of a policy that follows a failed attempt.
type waitClass uint8

const (
	waitNone       waitClass = iota // no wait: the connection was stale, or another one must be tried
	waitThrottle                    // the server received too many requests
	waitServer                      // the server failed, was too slow or ended its response early
	waitConnection                  // the connection failed
)

// instructedJitter is the largest share by which a wait that the server asks for is lengthened. It
// is never shortened.
const instructedJitter = 0.1

// retryDelay returns the wait between an attempt, counted from 1, and the next one.
//
// instructed is the wait that the server asks for, or 0. It replaces the back-off and is lengthened
// by up to 10 %. random must be in [0, 1). retryDelay is a pure function, and its result is never
// negative and never overflows.
func retryDelay(
	r policy.Retry, class waitClass, attempt int, instructed time.Duration, random float64,
) time.Duration {
	if instructed > 0 {
		return saturate.Duration(float64(instructed) * (1 + instructedJitter*random))
	}
	switch class {
	case waitThrottle:
		return r.Throttle.Delay(attempt, r.Jitter, random)
	case waitServer:
		return r.Server.Delay(attempt, r.Jitter, random)
	case waitConnection:
		return r.Connection.Delay(attempt, r.Jitter, random)
	}
	return 0
}
