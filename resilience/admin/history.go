package admin

import "time"

// The history has the calls of the last 15 minutes.
const (
	historyStep   = 15 * time.Second
	historyLength = 60
)

// A history counts calls in steps of time. The zero history is empty.
type history [historyLength]step

// A step has the calls that ended within a step of time.
type step struct {
	number                  int64 // of steps since 1970
	calls, failed, degraded uint32
	elapsed                 time.Duration // of all calls together
}

// at returns the step of a time, empty if it is a new one.
func (h *history) at(now time.Time) *step {
	n := now.UnixNano() / int64(historyStep)
	s := &h[n%historyLength]
	if s.number != n {
		*s = step{number: n}
	}
	return s
}

// points returns the steps until now, oldest first. The last one is not complete.
func (h *history) points(now time.Time) []Point {
	list := make([]Point, historyLength)
	last := now.UnixNano() / int64(historyStep)
	for i := range list {
		n := last - historyLength + 1 + int64(i)
		list[i].At = time.Unix(0, n*int64(historyStep)).UTC()
		if s := &h[n%historyLength]; s.number == n {
			p := &list[i]
			p.Calls, p.Failed, p.Degraded = uint64(s.calls), uint64(s.failed), uint64(s.degraded)
			if s.calls > 0 {
				p.MeanSeconds = (s.elapsed / time.Duration(s.calls)).Seconds()
			}
		}
	}
	return list
}
