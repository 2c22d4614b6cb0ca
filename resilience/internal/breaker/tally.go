package breaker

import "time"

// tallySlots is the number of parts of a window. Outcomes leave the window one part at a time.
const tallySlots = 10

// A tally counts outcomes in a window that slides in tenths. The zero value is empty.
type tally struct {
	slots  [tallySlots]slot
	newest slot // the whole window, when the last outcome was added
}

// A slot holds the outcomes of one tenth of a window. Its tick numbers the tenths from 1; 0 marks
// an unused slot.
type slot struct {
	tick int64
	totals
}

// tickOf returns the number of the tenth that contains now.
func tickOf(window, now time.Duration) int64 {
	return int64(now/max(1, window/tallySlots)) + 1
}

// add counts an outcome of a tenth.
func (t *tally) add(tick int64, o Outcome, slow bool) {
	s := &t.slots[tick%tallySlots]
	if s.tick != tick {
		*s = slot{tick: tick}
	}
	s.count(o, slow)
	if t.newest.tick == tick {
		t.newest.count(o, slow)
		return
	}
	t.newest = slot{tick, t.recount(tick)}
}

// totals are the counts of a window or a part of it.
type totals struct {
	successes, failures int32
	slow                int32         // of both
	retryAfter          time.Duration // the largest of the failures
}

// count counts an outcome.
func (t *totals) count(o Outcome, slow bool) {
	if o.Verdict == Failure {
		t.failures++
		t.retryAfter = max(t.retryAfter, o.RetryAfter)
	} else {
		t.successes++
	}
	if slow {
		t.slow++
	}
}

func (t totals) calls() int { return int(t.successes) + int(t.failures) }

// sum returns the counts of the window that ends with a tenth.
func (t *tally) sum(tick int64) totals {
	if t.newest.tick == tick {
		return t.newest.totals
	}
	return t.recount(tick)
}

// recount adds up the counts of the window that ends with a tenth.
func (t *tally) recount(tick int64) (sum totals) {
	for i := range t.slots {
		if s := &t.slots[i]; s.tick > tick-tallySlots {
			sum.successes += s.successes
			sum.failures += s.failures
			sum.slow += s.slow
			sum.retryAfter = max(sum.retryAfter, s.retryAfter)
		}
	}
	return sum
}
