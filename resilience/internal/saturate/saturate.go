package saturate

import (
	"math"
	"time"
)

// Duration converts nanoseconds to a duration. A negative number is 0.
func Duration(ns float64) time.Duration {
	if ns >= math.MaxInt64 {
		return math.MaxInt64
	}
	return max(0, time.Duration(ns))
}

// Add returns a + b for durations that are not negative.
func Add(a, b time.Duration) time.Duration {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}
