package admin

import "time"

// The history has the calls of the last 15 minutes.
const (
	historyStep   = 15 * time.Second
	historyLength = 60
)

// stepOf returns the number of the step that a time belongs to, counted from 1970.
func stepOf(t time.Time) int64 { return t.UnixNano() / int64(historyStep) }

// Totals are counts of calls since recording began.
type totals struct {
	calls, failed, degraded uint64
	attempts                uint64
	opened, reused          uint64        // connections of attempts
	elapsed                 time.Duration // of all calls together
}

// plus returns the sum of two totals.
func (t totals) plus(o totals) totals {
	return totals{
		t.calls + o.calls, t.failed + o.failed, t.degraded + o.degraded, t.attempts + o.attempts,
		t.opened + o.opened, t.reused + o.reused, t.elapsed + o.elapsed,
	}
}

// A history has the totals at the beginning of steps. The zero history is empty.
type history [historyLength]mark

// A mark has the totals at the beginning of a step.
type mark struct {
	step  int64
	begin totals
}

// mark notes the totals at the beginning of a step.
func (h *history) mark(step int64, begin totals) { h[step%historyLength] = mark{step, begin} }

// points returns the steps until the given one, oldest first. The last one is not complete: now are
// the present totals. A step without a mark had no calls.
func (h *history) points(last int64, now totals) []Point {
	list := make([]Point, historyLength)
	end := now
	for i := historyLength - 1; i >= 0; i-- {
		step := last - historyLength + 1 + int64(i)
		list[i].At = time.Unix(0, step*int64(historyStep)).UTC()
		if m := h[step%historyLength]; m.step == step {
			list[i].count(m.begin, end)
			end = m.begin
		}
	}
	return list
}

// count sets the calls between two totals.
func (p *Point) count(begin, end totals) {
	p.Calls, p.Failed, p.Degraded = end.calls-begin.calls, end.failed-begin.failed, end.degraded-begin.degraded
	if p.Calls > 0 {
		p.MeanSeconds = ((end.elapsed - begin.elapsed) / time.Duration(p.Calls)).Seconds()
	}
}
