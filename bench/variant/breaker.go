package variant

import (
	"sync"
	"time"
)

// slots is the number of parts of a breaker's window.
const slots = 10

// A breaker is a minimal circuit breaker: a failure rate over a sliding window, a cool-down, and as
// many concurrent probes as successes are needed to close. A failed probe opens it again. Outcomes
// of an earlier generation are ignored.
type breaker struct {
	rate      float64
	least     int
	slot      time.Duration
	coolDown  time.Duration
	spread    float64
	successes int

	mu         sync.Mutex
	epoch      time.Time
	generation uint64
	open       bool      // cooling down or half-open
	until      time.Time // end of the cool-down
	probes     int       // probes allowed since then
	won        int       // successful probes
	counts     [slots]count
}

// A count holds the outcomes in one part of the window.
type count struct{ tick, ok, failed int }

func newBreaker(s Settings) *breaker {
	return &breaker{
		rate: s.FailureRate, least: s.MinCalls, slot: s.Window / slots, coolDown: s.CoolDown, spread: s.Spread,
		successes: s.Successes,
		epoch:     time.Now(),
	}
}

// allow reports whether a request may be sent, and the generation of its outcome.
func (b *breaker) allow(now time.Time) (generation uint64, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open {
		return b.generation, true
	}
	if now.Before(b.until) || b.probes >= b.successes {
		return b.generation, false
	}
	b.probes++
	return b.generation, true
}

// record records the outcome of a request. random, in [0, 1), varies the cool-down.
func (b *breaker) record(generation uint64, now time.Time, ok bool, random float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case generation != b.generation:
	case b.open && !ok:
		b.trip(now, random)
	case b.open:
		if b.won++; b.won >= b.successes {
			b.newGeneration(false)
		}
	default:
		b.count(now, ok)
		if good, bad := b.sum(now); good+bad >= b.least && float64(bad) >= b.rate*float64(good+bad) {
			b.trip(now, random)
		}
	}
}

// trip starts a cool-down.
func (b *breaker) trip(now time.Time, random float64) {
	b.newGeneration(true)
	b.until = now.Add(time.Duration(float64(b.coolDown) * (1 + b.spread*(2*random-1))))
}

// newGeneration starts a generation.
func (b *breaker) newGeneration(open bool) {
	b.generation++
	b.open, b.probes, b.won, b.counts = open, 0, 0, [slots]count{}
}

// tick returns the number of a part of time.
func (b *breaker) tick(now time.Time) int { return int(now.Sub(b.epoch)/b.slot) + 1 }

// count adds an outcome to the window.
func (b *breaker) count(now time.Time, ok bool) {
	tick := b.tick(now)
	c := &b.counts[tick%slots]
	if c.tick != tick {
		*c = count{tick: tick}
	}
	if ok {
		c.ok++
	} else {
		c.failed++
	}
}

// sum returns the totals of the window.
func (b *breaker) sum(now time.Time) (ok, failed int) {
	newest := b.tick(now)
	for _, c := range b.counts {
		if c.tick > newest-slots {
			ok, failed = ok+c.ok, failed+c.failed
		}
	}
	return ok, failed
}
