package main

import (
	"math"
	"slices"
	"time"
)

// quarter is the resolution of the success rate.
const quarter = 250 * time.Millisecond

// never is the time of an event that does not happen.
var never = math.Inf(1)

// startedIn returns the records of the calls that started within a span.
func startedIn(records []record, s span) []record {
	var in []record
	for _, r := range records {
		if s.has(r.begin) {
			in = append(in, r)
		}
	}
	return in
}

// within counts the times within a span.
func within(times []time.Duration, s span) int {
	n := 0
	for _, t := range times {
		if s.has(t) {
			n++
		}
	}
	return n
}

// success returns the share of successful calls, or NaN if there are none.
func success(records []record) float64 {
	ok := 0
	for _, r := range records {
		if r.ok {
			ok++
		}
	}
	return float64(ok) / float64(len(records))
}

// peak returns the maximum request rate per second over a quarter of a second within a span.
func peak(times []time.Duration, s span) float64 {
	most := 0
	for from := s.from; from < s.to; from += quarter {
		most = max(most, within(times, span{from, from + quarter}))
	}
	return float64(most) / quarter.Seconds()
}

// latencies returns the sorted durations of unsuccessful calls in seconds.
func latencies(records []record) []float64 {
	var took []float64
	for _, r := range records {
		if !r.ok {
			took = append(took, (r.end - r.begin).Seconds())
		}
	}
	slices.Sort(took)
	return took
}

// quantile returns the quantile q of sorted values, or 0 if there are none.
func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// median returns the middle value, or the upper of two, so that one "never" of two counts.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// recovery returns how many seconds after the start of a span the first second starts in which at
// least 99 % of the calls started in each quarter succeed, or never.
func recovery(records []record, s span) float64 {
	well := 0
	for from := s.from; from+quarter <= s.to; from += quarter {
		if success(startedIn(records, span{from, from + quarter})) >= 0.99 {
			well++
		} else {
			well = 0
		}
		if well == 4 {
			return (from - 3*quarter - s.from).Seconds()
		}
	}
	return never
}

// lateness returns the 99th percentile of the start delay in seconds, which is caused by the
// machine and not by the storm.
func lateness(records []record) float64 {
	var late []float64
	for _, r := range records {
		late = append(late, (r.begin - r.due).Seconds())
	}
	slices.Sort(late)
	return quantile(late, 0.99)
}
