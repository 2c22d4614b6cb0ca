package admin

import (
	"math/bits"
	"sync/atomic"
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

// The layout of the library's counts for this precision: a value is a power of 2 and the bits after
// its first one.
const (
	subBuckets     = 5 // leading bits in which different values differ
	subBucketHalf  = 1 << (subBuckets - 1)
	latencyBuckets = 432
)

// latencies count how long calls took, in the layout of the library, which is not safe for
// concurrent use. They have 1,728 bytes. The zero latencies are empty.
type latencies [latencyBuckets]atomic.Uint32

// add counts a call. It takes no lock.
func (l *latencies) add(d time.Duration) { l[bucketOf(d)].Add(1) }

// bucketOf returns the index of a latency.
func bucketOf(d time.Duration) int {
	v := uint64(min(max(d, shortest), longest) / time.Microsecond)
	power := max(0, bits.Len64(v)-subBuckets)
	return power*subBucketHalf + int(v>>power)
}

// clear removes all calls.
func (l *latencies) clear() {
	for i := range l {
		l[i].Store(0)
	}
}

// A distribution is what several latencies together contain.
type distribution struct{ counts []int64 }

// add adds latencies.
func (d *distribution) add(l *latencies) {
	if d.counts == nil {
		d.counts = make([]int64, latencyBuckets)
	}
	for i := range l {
		d.counts[i] += int64(l[i].Load())
	}
}

// merge adds another distribution.
func (d *distribution) merge(o distribution) {
	if d.counts == nil {
		d.counts = make([]int64, latencyBuckets)
	}
	for i, n := range o.counts {
		d.counts[i] += n
	}
}

// quantiles returns durations that the given percentages of calls did not exceed, or 0 without a
// call.
func (d distribution) quantiles(percents ...float64) []time.Duration {
	h := hdrhistogram.Import(&hdrhistogram.Snapshot{
		LowestTrackableValue: int64(shortest / time.Microsecond), SignificantFigures: latencyDigits,
		HighestTrackableValue: int64(longest / time.Microsecond), Counts: d.counts,
	})
	list := make([]time.Duration, len(percents))
	for i, percent := range percents {
		if h.TotalCount() > 0 {
			list[i] = middle(h.ValueAtPercentile(percent))
		}
	}
	return list
}

// middle returns the middle of the range of equal values of which highest is the last, in
// microseconds.
func middle(highest int64) time.Duration {
	width := int64(1) << max(0, bits.Len64(uint64(highest))-subBuckets)
	return time.Duration(2*highest-width+1) * time.Microsecond / 2
}
