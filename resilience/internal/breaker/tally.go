package breaker

import "time"

// tallySlots is the number of parts of a window. Outcomes leave the window one part at a time.
const tallySlots = 10

// A tally counts outcomes in a window that slides in tenths. The zero value is empty.
type tally struct {
	slots [tallySlots]slot
}

// A slot holds the outcomes of one tenth of a window. Its tick numbers the tenths from 1; 0 marks
// an unused slot.
type slot struct {
	tick                int64
	successes, failures int32
	slow                int32         // of both
	retryAfter          time.Duration // the largest of its failures
}

// tickOf returns the number of the tenth that contains now.
func tickOf(window, now time.Duration) int64 {
	return int64(now/max(1, window/tallySlots)) + 1
}

// add counts an outcome.
func (t *tally) add(window, now time.Duration, o Outcome, slow bool) {
	tick := tickOf(window, now)
	s := &t.slots[tick%tallySlots]
	if s.tick != tick {
		*s = slot{tick: tick}
	}
	if o.Verdict == Failure {
		s.failures++
		s.retryAfter = max(s.retryAfter, o.RetryAfter)
	} else {
		s.successes++
	}
	if slow {
		s.slow++
	}
}

// totals are the counts of a whole window.
type totals struct {
	successes, failures int
	slow                int           // of both
	retryAfter          time.Duration // the largest of the failures
}

func (t totals) calls() int { return t.successes + t.failures }

// sum returns the counts of the window that ends now.
func (t *tally) sum(window, now time.Duration) (sum totals) {
	newest := tickOf(window, now)
	for i := range t.slots {
		if s := &t.slots[i]; s.tick > newest-tallySlots {
			sum.successes += int(s.successes)
			sum.failures += int(s.failures)
			sum.slow += int(s.slow)
			sum.retryAfter = max(sum.retryAfter, s.retryAfter)
		}
	}
	return sum
}
