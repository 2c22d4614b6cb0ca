package fault

import (
	"time"

	"github.com/resgen/resgen/resilience/internal/saturate"
	"github.com/resgen/resgen/resilience/policy"
)

// A Wait selects the back-off of a policy that follows a failed attempt.
type Wait uint8

const (
	WaitNone       Wait = iota // no wait: the connection was stale, or another one must be tried
	WaitThrottle               // the server received too many requests
	WaitServer                 // the server failed, was too slow or ended its response early
	WaitConnection             // the connection failed
)

// instructedJitter is the largest share by which a wait that the server asks for is lengthened. It
// is never shortened.
const instructedJitter = 0.1

// Delay returns the wait between an attempt, counted from 1, and the next one.
//
// instructed is the wait that the server asks for, or 0. It replaces the back-off and is lengthened
// by up to 10 %. random must be in [0, 1). Delay is a pure function, and its result is never
// negative and never overflows.
func Delay(
	r policy.Retry, class Wait, attempt int, instructed time.Duration, random float64,
) time.Duration {
	if instructed > 0 {
		return saturate.Duration(float64(instructed) * (1 + instructedJitter*random))
	}
	switch class {
	case WaitThrottle:
		return r.Throttle.Delay(attempt, r.Jitter, random)
	case WaitServer:
		return r.Server.Delay(attempt, r.Jitter, random)
	case WaitConnection:
		return r.Connection.Delay(attempt, r.Jitter, random)
	}
	return 0
}
