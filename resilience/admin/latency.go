package admin

import (
	"math/bits"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The shortest and the longest latency. Others count as the nearest one.
const (
	shortest = time.Microsecond
	longest  = 10 * time.Minute
)

// latencyDigits is the precision of the library in decimal digits. With it, a range of equal values
// is at most a sixteenth wide, so its middle is wrong by 3.2 % at most.
const latencyDigits = 1

// latencies count how long calls took. The zero latencies are empty.
type latencies struct{ h *hdrhistogram.Histogram }

// add counts a call.
func (l *latencies) add(d time.Duration) {
	if l.h == nil {
		l.h = hdrhistogram.New(int64(shortest/time.Microsecond), int64(longest/time.Microsecond), latencyDigits)
	}
	_ = l.h.RecordValue(int64(min(max(d, shortest), longest) / time.Microsecond)) // within the range
}

// quantile returns a duration that the given percentage of calls did not exceed.
func (l *latencies) quantile(percent float64) time.Duration {
	if l.h == nil {
		return 0
	}
	return middle(l.h.ValueAtPercentile(percent))
}

// subBuckets is the number of leading bits in which different values differ.
const subBuckets = 5

// middle returns the middle of the range of equal values of which highest is the last, in
// microseconds.
func middle(highest int64) time.Duration {
	width := int64(1) << max(0, bits.Len64(uint64(highest))-subBuckets)
	return time.Duration(2*highest-width+1) * time.Microsecond / 2
}
