package simulation

import (
	"slices"
	"time"
)

// A result is what happened in a scenario.
type result struct {
	scenario *scenario
	quota    float64 // per second
	seconds  []second
	shares   []int          // accepted requests of each process that ran from beginning to end, sorted
	failed   map[string]int // calls that failed, by reason
}

// result returns what happened.
func (w *world) result(s *scenario, quota float64, running []*process) result {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	r := result{scenario: s, quota: quota, failed: w.failed}
	r.seconds = slices.Clone(w.server.seconds[:min(len(w.server.seconds), int(s.length/time.Second))])
	for _, p := range running {
		if p.late {
			continue
		}
		r.shares = append(r.shares, w.server.of[p.name])
	}
	slices.Sort(r.shares)
	return r
}

// sum adds up seconds of a result.
func (r *result) sum(from, to time.Duration) second {
	var all second
	for _, s := range r.seconds[int(from/time.Second):min(len(r.seconds), int(to/time.Second))] {
		all.Accepted += s.Accepted
		all.Throttled += s.Throttled
		all.Down += s.Down
		all.Store += s.Store
	}
	return all
}

// total adds up all seconds.
func (r *result) total() second { return r.sum(0, r.scenario.length) }

// used returns the part of the allowed requests that was accepted. The time in which the server was
// down does not count.
func (r *result) used() float64 {
	up := r.scenario.length - (r.scenario.down.to - r.scenario.down.from)
	return float64(r.total().Accepted) / (r.quota + r.quota*up.Seconds())
}

// over returns the part of the requests that was over the quota.
func (r *result) over() float64 {
	all := r.total()
	return float64(all.Throttled) / float64(max(1, all.Throttled+all.Accepted))
}

// spread returns by how much the shares of the middle nine tenths of the processes differ from the
// median, at most, and the same for all.
func (r *result) spread() (most, all float64) {
	n := len(r.shares)
	if n == 0 || r.shares[n/2] == 0 {
		return 0, 0
	}
	median := float64(r.shares[n/2])
	off := func(low, high int) float64 {
		return max(median-float64(r.shares[low]), float64(r.shares[high])-median) / median
	}
	cut := n / 20
	return off(cut, n-1-cut), off(0, n-1)
}

// storeRate returns the requests to the store per second.
func (r *result) storeRate() float64 {
	return float64(r.total().Store) / r.scenario.length.Seconds()
}
