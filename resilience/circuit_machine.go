// This file is the circuit breaker as a pure function: [step] takes a machine, an event and the policy and returns the next machine.
// It reads no clock and draws no random number; both come with the event. circuit.go is the goroutine-safe shell around it.

package resilience

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/resgen/resgen/resilience/internal/saturate"
	"github.com/resgen/resgen/resilience/policy"
)

// A verdict is what an attempt says about the health of the service.
type verdict uint8

const (
	verdictIgnored verdict = iota // nothing: the caller gave up, the quota was used up, the fault is the request's
	verdictSuccess
	verdictFailure
)

// A CircuitState is one of the five states of a circuit.
type CircuitState string

// The states of a circuit.
const (
	CircuitClosed       CircuitState = "closed"        // calls pass; their outcomes are counted
	CircuitOpen         CircuitState = "open"          // calls fail at once until the cool-down is over
	CircuitHalfOpen     CircuitState = "half-open"     // a few probes pass; their outcomes decide
	CircuitForcedOpen   CircuitState = "forced-open"   // calls fail at once until somebody resets the circuit
	CircuitForcedClosed CircuitState = "forced-closed" // calls pass whatever comes of them until somebody resets the circuit
)

// Why a circuit changed its state.
const (
	reasonRate        = "failure rate"
	reasonConsecutive = "consecutive failures"
	reasonCooledDown  = "cool-down over"
	reasonProbeFailed = "probe failed"
	reasonProbed      = "probes succeeded"
	reasonForced      = "forced"
	reasonReset       = "reset"
)

// A machine is everything a circuit remembers. Times are durations since the circuit was made, by the monotonic clock, so that a change
// of the wall clock moves nothing.
type machine struct {
	state      CircuitState
	generation uint64        // grows with every change of state; a permit of an earlier one has no say any more
	window     tally         // outcomes while closed
	run        int           // failures in a row while closed
	until      time.Duration // when the cool-down is over
	relapses   int           // failed probes since the circuit was last closed
	leases     []lease       // probes under way
	lastLease  uint64
	wins       int // successful probes since it was half-open
}

// A lease is a probe under way. Its place becomes free at its end even if nothing is heard of it.
type lease struct {
	id  uint64
	end time.Duration
}

// A ticket is what a permitted call holds. Its lease is 0 unless it is a probe.
type ticket struct {
	generation, lease uint64
}

// An eventKind is what happens to a machine.
type eventKind uint8

const (
	eventAsk    eventKind = iota // a call wants to pass
	eventReport                  // a call that passed tells what came of it
	eventForceOpen
	eventForceClosed
	eventReset
)

// An event happens to a machine at a moment.
type event struct {
	kind    eventKind
	now     time.Duration
	lease   time.Duration // of eventAsk: how long a probe may stay away
	ticket  ticket        // of eventReport
	verdict verdict       // of eventReport
	random  float64       // in [0, 1): spreads the cool-down if the event opens the circuit
}

// A reply is what comes of an event.
type reply struct {
	ok     bool          // of eventAsk: the call may pass
	ticket ticket        // of eventAsk, if ok
	wait   time.Duration // of eventAsk, if not ok: when asking again makes sense; 0: unknown
	reason string        // why the state changed, if it did
}

// newMachine returns a closed circuit.
func newMachine() machine { return machine{state: CircuitClosed} }

// step returns the machine after an event, and what the one who raised the event is told.
func step(m machine, b *policy.Breaker, e event) (machine, reply) {
	switch e.kind {
	case eventAsk:
		return ask(m, b, e)
	case eventReport:
		return report(m, b, e)
	case eventForceOpen:
		return m.turn(CircuitForcedOpen), reply{reason: reasonForced}
	case eventForceClosed:
		return m.turn(CircuitForcedClosed), reply{reason: reasonForced}
	}
	return m.turn(CircuitClosed), reply{reason: reasonReset}
}

// passes reports whether the event is a call that passes a closed circuit, which changes nothing, and the reply.
func (m *machine) passes(e event) (reply, bool) {
	return reply{ok: true, ticket: ticket{generation: m.generation}}, e.kind == eventAsk && m.state == CircuitClosed
}

// ask answers a call that wants to pass.
func ask(m machine, b *policy.Breaker, e event) (machine, reply) {
	var r reply
	if m.effective(e.now) != m.state {
		m, r.reason = m.turn(CircuitHalfOpen), reasonCooledDown
	}
	if r.wait, r.ok = m.admits(b, e.now); !r.ok {
		return m, r
	}
	r.ticket.generation = m.generation
	if m.state == CircuitHalfOpen {
		m.leases = append(m.live(e.now), lease{id: m.lastLease + 1, end: saturate.Add(e.now, e.lease)})
		m.lastLease++
		r.ticket.lease = m.lastLease
	}
	return m, r
}

// probeWait is when to ask again while all probes are under way. Most answer much sooner than their lease ends, and a caller that was sent
// away for the whole lease would stay away from a circuit that has long closed.
const probeWait = time.Second

// admits reports whether a call may pass now and, if not, when to ask again.
func (m *machine) admits(b *policy.Breaker, now time.Duration) (time.Duration, bool) {
	switch m.effective(now) {
	case CircuitOpen:
		return m.until - now, false
	case CircuitForcedOpen:
		return 0, false
	case CircuitHalfOpen:
		live := m.live(now)
		if len(live) >= max(b.Probes, 1) {
			return min(live[0].end-now, probeWait), false
		}
	}
	return 0, true
}

// effective returns the state by the clock: an open circuit whose cool-down is over is half-open, though nobody has asked yet.
func (m *machine) effective(now time.Duration) CircuitState {
	if m.state == CircuitOpen && now >= m.until {
		return CircuitHalfOpen
	}
	return m.state
}

// live returns the leases that have not ended, the earliest end first, in a slice of its own.
func (m *machine) live(now time.Duration) []lease {
	live := slices.Clone(m.leases)
	live = slices.DeleteFunc(live, func(l lease) bool { return now >= l.end })
	slices.SortStableFunc(live, func(a, b lease) int { return cmp.Compare(a.end, b.end) })
	return live
}

// report counts what came of a call, unless the state has changed since it passed.
func report(m machine, b *policy.Breaker, e event) (machine, reply) {
	if e.ticket.generation != m.generation {
		return m, reply{}
	}
	switch m.state {
	case CircuitHalfOpen:
		return probed(m, b, e)
	case CircuitClosed:
		return counted(m, b, e)
	}
	return m, reply{}
}

// counted takes the outcome of a call that passed a closed circuit.
func counted(m machine, b *policy.Breaker, e event) (machine, reply) {
	if e.verdict == verdictIgnored {
		return m, reply{}
	}
	m.window.add(b.Window, e.now, e.verdict)
	m.run++
	if e.verdict == verdictSuccess {
		m.run = 0
	}
	if reason := m.tripped(b, e.now); reason != "" {
		return m.open(b, e), reply{reason: reason}
	}
	return m, reply{}
}

// tripped returns why a closed circuit has to open, or nothing.
func (m *machine) tripped(b *policy.Breaker, now time.Duration) string {
	if b.Consecutive > 0 && m.run >= b.Consecutive {
		return reasonConsecutive
	}
	successes, failures := m.window.sum(b.Window, now)
	if b.FailureRate > 0 && successes+failures >= b.MinCalls && atLeast(failures, successes+failures, b.FailureRate) {
		return reasonRate
	}
	return ""
}

// atLeast reports whether part/whole ≥ rate, exactly as if rate were the decimal fraction that was written down. The division is correctly
// rounded, and so was the conversion of rate: equal fractions give equal floats, and fractions of counts below 2^26 that differ give
// floats in the same order. Nothing of nothing is no share. A product (part ≥ rate × whole) would not do: 0.07 × 100 is more than 7.
func atLeast(part, whole int, rate float64) bool { return float64(part)/float64(whole) >= rate }

// probed takes the outcome of a probe. It counts even if the probe's lease has ended, as long as the circuit is still half-open: an attempt
// that timed out with its lease is the very failure that was to be found out.
func probed(m machine, b *policy.Breaker, e event) (machine, reply) {
	m.leases = slices.DeleteFunc(slices.Clone(m.leases), func(l lease) bool { return l.id == e.ticket.lease })
	switch e.verdict {
	case verdictFailure:
		m.relapses++
		return m.open(b, e), reply{reason: reasonProbeFailed}
	case verdictSuccess:
		m.wins++
	}
	if m.wins >= max(b.Successes, 1) {
		return m.turn(CircuitClosed), reply{reason: reasonProbed}
	}
	return m, reply{}
}

// open returns the machine at the start of a cool-down.
func (m machine) open(b *policy.Breaker, e event) machine {
	opened := m.turn(CircuitOpen)
	opened.relapses = m.relapses
	opened.until = saturate.Add(e.now, coolDown(b, m.relapses, e.random))
	return opened
}

// turn returns the machine at the beginning of a state: nothing counted, no probe under way, all earlier permits void. Only the number of
// failed probes outlives the way from open to half-open.
func (m machine) turn(to CircuitState) machine {
	next := machine{state: to, generation: m.generation + 1, lastLease: m.lastLease}
	if to == CircuitHalfOpen {
		next.relapses = m.relapses
	}
	return next
}

// coolDown returns how long the circuit stays open after so many failed probes: open × growth^relapses, spread by ± jitter, at most max-open.
// random is in [0, 1).
func coolDown(b *policy.Breaker, relapses int, random float64) time.Duration {
	limit := float64(math.MaxInt64)
	if b.MaxOpen > 0 {
		limit = float64(b.MaxOpen)
	}
	grown := min(limit, float64(b.Open)*math.Pow(max(b.Growth, 1), float64(relapses)))
	spread := 1 + max(b.Jitter, 0)*(2*random-1)
	return saturate.Duration(min(limit, grown*spread))
}

// tallySlots is into how many parts a window is divided. Outcomes leave it a part at a time.
const tallySlots = 10

// A tally counts outcomes in a window that slides in tenths. The zero value is empty.
type tally struct {
	slots [tallySlots]slot
}

// A slot holds the outcomes of one tenth of a window. Its tick numbers the tenths from 1; 0 marks a slot that was never used.
type slot struct {
	tick                int64
	successes, failures int32
}

// tickOf returns the number of the tenth that a moment falls into.
func tickOf(window, now time.Duration) int64 {
	return int64(now/max(1, window/tallySlots)) + 1
}

// add counts an outcome.
func (t *tally) add(window, now time.Duration, v verdict) {
	tick := tickOf(window, now)
	s := &t.slots[tick%tallySlots]
	if s.tick != tick {
		*s = slot{tick: tick}
	}
	if v == verdictFailure {
		s.failures++
	} else {
		s.successes++
	}
}

// sum returns what was counted within the window that ends now.
func (t *tally) sum(window, now time.Duration) (successes, failures int) {
	newest := tickOf(window, now)
	for _, s := range t.slots {
		if s.tick > newest-tallySlots {
			successes += int(s.successes)
			failures += int(s.failures)
		}
	}
	return successes, failures
}
