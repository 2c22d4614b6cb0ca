package breaker

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/resgen/resgen/resilience/internal/saturate"
	"github.com/resgen/resgen/resilience/policy"
)

// A Verdict is what the outcome of an attempt says about the health of the service.
type Verdict uint8

const (
	Ignored Verdict = iota // nothing: for example the caller canceled, or the request was invalid
	Success
	Failure
)

// An Outcome is what is known of an attempt when it ends.
type Outcome struct {
	Verdict    Verdict
	RetryAfter time.Duration // the wait that the server asked for with a failure; 0: none
	Waited     time.Duration // how much of the attempt was not the server's time
	At         time.Time     // when the attempt ended; zero: now
}

// A State is one of the five states of a breaker.
type State string

// The states of a breaker.
const (
	Closed       State = "closed"        // calls are admitted and their outcomes counted
	Open         State = "open"          // calls are rejected until the cool-down is over
	HalfOpen     State = "half-open"     // a few probes are admitted, and their outcomes decide
	ForcedOpen   State = "forced-open"   // calls are rejected until Reset
	ForcedClosed State = "forced-closed" // calls are admitted until Reset regardless of their outcomes
)

// Reasons for changes of state.
const (
	reasonRate        = "failure rate"
	reasonSlow        = "slow calls"
	reasonConsecutive = "consecutive failures"
	reasonCooledDown  = "cool-down over"
	reasonProbeFailed = "probe failed"
	reasonProbesSlow  = "probes were slow"
	reasonProbed      = "probes succeeded"
	reasonForced      = "forced"
	reasonReset       = "reset"
	reasonFleet       = "fleet" // most processes of a fleet have opened theirs
)

// A machine is the state of a breaker. Times are durations since the breaker was made, on the
// monotonic clock, so that changes of the wall clock have no effect.
type machine struct {
	state      State
	generation uint64        // incremented by every change of state; permits of earlier ones are void
	window     tally         // outcomes while closed
	run        int           // failures in a row while closed
	until      time.Duration // when the cool-down is over
	relapses   int           // failed probes since the breaker was last closed
	leases     []lease       // probes in flight
	lastLease  uint64
	wins       int // successful probes since the breaker became half-open
	slowWins   int // slow ones among them
	culprit    culprit
}

// A lease is a probe in flight. At its end its place becomes free even if no outcome is reported.
type lease struct {
	id  uint64
	end time.Duration
}

// A ticket identifies an admitted call. Its lease is 0 unless the call is a probe.
type ticket struct {
	generation, lease uint64
}

// An eventKind is the kind of an event.
type eventKind uint8

const (
	eventAsk    eventKind = iota // a call asks to be admitted
	eventReport                  // an admitted call reports its outcome
	eventForceOpen
	eventForceClosed
	eventReset
	eventVotes     // processes of a fleet have opened their circuits
	eventRecovered // a process that had lost contact with its fleet has closed its circuit
)

// An event is an input of the machine at a given time.
type event struct {
	kind    eventKind
	now     time.Duration
	account string        // of eventAsk and eventReport
	lease   time.Duration // of eventAsk: how long a probe holds its place
	ticket  ticket        // of eventReport; its generation: of eventVotes and eventRecovered
	outcome Outcome       // of eventReport; of eventVotes: only the wait that the server asked for
	slow    bool          // of eventReport: the attempt took longer than slow-call.after
	held    held          // of eventReport
	votes   votes         // of eventVotes
	number  uint64        // of events of a fleet that the store does not know yet
	random  float64       // in [0, 1): spreads the cool-down if the event opens the circuit
}

// A reply is the output of the machine for an event.
type reply struct {
	ok     bool          // of eventAsk: the call is admitted
	ticket ticket        // of eventAsk, if ok
	wait   time.Duration // of eventAsk, if not ok: when to ask again; 0 if unknown
	reason string        // why the state changed, if it did
}

// newMachine returns a closed machine.
func newMachine() machine { return machine{state: Closed} }

// step returns the machine after an event and the reply to the event.
func step(m machine, b *policy.Breaker, e event) (machine, reply) {
	switch e.kind {
	case eventAsk:
		return ask(m, b, e)
	case eventReport:
		return report(m, b, e)
	case eventForceOpen:
		return m.enter(ForcedOpen), reply{reason: reasonForced}
	case eventForceClosed:
		return m.enter(ForcedClosed), reply{reason: reasonForced}
	case eventVotes:
		return voted(m, b, e)
	case eventRecovered:
		return recovered(m, e)
	}
	return m.enter(Closed), reply{reason: reasonReset}
}

// standing returns what a closed machine replies to every call that asks, which changes nothing. A
// machine in another state must be asked.
func (m *machine) standing() standing {
	return standing{ticket: ticket{generation: m.generation}, ok: m.state == Closed}
}

// step is the function step in place. Nearly all events are outcomes that a closed machine counts,
// which needs no copy of it.
func (m *machine) step(b *policy.Breaker, e *event) reply {
	if m.counts(e) {
		return m.count(b, e)
	}
	return m.replace(b, e)
}

// replace replaces the machine by the one after an event.
func (m *machine) replace(b *policy.Breaker, e *event) (r reply) {
	*m, r = step(*m, b, *e)
	return r
}

// ask handles a call that asks to be admitted.
func ask(m machine, b *policy.Breaker, e event) (machine, reply) {
	var r reply
	if r.wait, r.ok = m.admits(b, e.account, e.now); !r.ok {
		return m, r
	}
	if m.effective(e.now) != m.state {
		m, r.reason = m.enter(HalfOpen), reasonCooledDown
	}
	r.ticket.generation = m.generation
	if m.state == HalfOpen {
		m.leases = append(m.live(e.now), lease{id: m.lastLease + 1, end: saturate.Add(e.now, e.lease)})
		m.lastLease++
		r.ticket.lease = m.lastLease
	}
	return m, r
}

// probeWait is the longest wait reported while all probes are in flight. Most probes end long
// before their lease does, and a caller that waits for the whole lease would avoid a breaker that
// has closed in the meantime.
const probeWait = time.Second

// admits reports whether a call of an account would be admitted now and, if not, when to ask again.
func (m *machine) admits(b *policy.Breaker, account string, now time.Duration) (time.Duration, bool) {
	switch m.effective(now) {
	case Open:
		return max(m.until-now, m.culprit.wait(account, now)), false
	case ForcedOpen:
		return 0, false
	case HalfOpen:
		live := m.live(now)
		if len(live) >= max(b.Probes, 1) {
			return min(live[0].end-now, probeWait), false
		}
		if wait := m.culprit.wait(account, now); wait > 0 {
			return wait, false
		}
	}
	return 0, true
}

// effective returns the state at a given time: an open machine whose cool-down is over is
// half-open, even before a call asks.
func (m *machine) effective(now time.Duration) State {
	if m.state == Open && now >= m.until {
		return HalfOpen
	}
	return m.state
}

// live returns a new slice of the leases that have not ended, the earliest end first.
func (m *machine) live(now time.Duration) []lease {
	live := slices.Clone(m.leases)
	live = slices.DeleteFunc(live, func(l lease) bool { return now >= l.end })
	slices.SortStableFunc(live, func(a, b lease) int { return cmp.Compare(a.end, b.end) })
	return live
}

// report counts the outcome of a call, unless the state has changed since the call was admitted.
func report(m machine, b *policy.Breaker, e event) (machine, reply) {
	if e.ticket.generation != m.generation {
		return m, reply{}
	}
	switch m.state {
	case HalfOpen:
		return probed(m, b, e)
	case Closed:
		return m.counted(b, e)
	}
	return m, reply{}
}

// counted returns the machine after the outcome of a call that it admitted while it was closed.
func (m machine) counted(b *policy.Breaker, e event) (machine, reply) {
	if e.outcome.Verdict == Ignored {
		return m, reply{}
	}
	r := m.count(b, &e)
	return m, r
}

// count counts the outcome of a call in a closed machine.
func (m *machine) count(b *policy.Breaker, e *event) reply {
	tick := tickOf(b.Window, e.now)
	m.window.add(tick, e.outcome, e.slow)
	m.run++
	if e.outcome.Verdict == Success {
		m.run = 0
	}
	reason := m.tripped(b, e, m.window.sum(tick))
	if reason != "" {
		*m = m.open(b, *e)
	}
	return reply{reason: reason}
}

// tripped returns why a closed machine with outcomes in its window must open, or "" if it need not.
func (m *machine) tripped(b *policy.Breaker, e *event, sum totals) string {
	if b.Consecutive > 0 && m.run >= b.Consecutive && !e.held.run {
		return reasonConsecutive
	}
	calls := sum.calls()
	switch {
	case calls < b.MinCalls:
		return ""
	case b.FailureRate > 0 && !e.held.rate && atLeast(int(sum.failures), calls, b.FailureRate):
		return reasonRate
	case !e.held.slow && tooSlow(b, int(sum.slow), calls):
		return reasonSlow
	}
	return ""
}

// tooSlow reports whether so many of some calls were slow that a circuit must open.
func tooSlow(b *policy.Breaker, slow, calls int) bool {
	s := b.SlowCall
	return s.After > 0 && s.Rate > 0 && atLeast(slow, calls, s.Rate)
}

// atLeast reports whether part/whole ≥ rate, exactly as if rate were the decimal fraction in the
// policy. The division is rounded correctly, and so was the conversion of rate: equal fractions
// give equal floats, and different fractions of counts below 2^26 give floats in the same order. A
// product (part ≥ rate × whole) would be wrong, because 0.07 × 100 is more than 7. For a whole of 0
// the result is false.
func atLeast(part, whole int, rate float64) bool { return float64(part)/float64(whole) >= rate }

// probed handles the outcome of a probe. It counts even if the probe's lease has ended, as long as
// the machine is still half-open: an attempt that times out together with its lease is a failure.
func probed(m machine, b *policy.Breaker, e event) (machine, reply) {
	m.leases = slices.DeleteFunc(slices.Clone(m.leases), func(l lease) bool { return l.id == e.ticket.lease })
	switch e.outcome.Verdict {
	case Failure:
		m.relapses++
		return m.open(b, e), reply{reason: reasonProbeFailed}
	case Success:
		m.wins++
		if e.slow {
			m.slowWins++
		}
	}
	switch {
	case m.wins < max(b.Successes, 1):
		return m, reply{}
	case tooSlow(b, m.slowWins, m.wins):
		m.relapses++
		return m.open(b, e), reply{reason: reasonProbesSlow}
	}
	return m.enter(Closed), reply{reason: reasonProbed}
}

// open returns the machine at the start of a cool-down. It is at least as long as the server asked
// for in the window, and at most max-open.
func (m machine) open(b *policy.Breaker, e event) machine {
	opened := m.enter(Open)
	opened.relapses = m.relapses
	asked := max(m.window.sum(tickOf(b.Window, e.now)).retryAfter, e.outcome.RetryAfter)
	wait := max(coolDown(b, m.relapses, e.random), bounded(b, asked))
	opened.until = saturate.Add(e.now, wait)
	opened.culprit = m.culprit.next(e, wait)
	return opened
}

// bounded returns a cool-down that the server asked for, at most max-open.
func bounded(b *policy.Breaker, wait time.Duration) time.Duration {
	if b.MaxOpen > 0 {
		return min(wait, b.MaxOpen)
	}
	return wait
}

// enter returns the machine at the beginning of a state: nothing is counted, no probe is in flight
// and all earlier permits are void. The number of failed probes is kept when the new state is
// half-open.
func (m machine) enter(to State) machine {
	next := machine{state: to, generation: m.generation + 1, lastLease: m.lastLease}
	if to == HalfOpen {
		next.relapses, next.culprit = m.relapses, m.culprit
	}
	return next
}

// coolDown returns how long the machine stays open after the given number of failed probes: open ×
// growth^relapses, spread by ± jitter, at most max-open. random must be in [0, 1).
func coolDown(b *policy.Breaker, relapses int, random float64) time.Duration {
	limit := float64(math.MaxInt64)
	if b.MaxOpen > 0 {
		limit = float64(b.MaxOpen)
	}
	grown := min(limit, float64(b.Open)*math.Pow(max(b.Growth, 1), float64(relapses)))
	spread := 1 + max(b.Jitter, 0)*(2*random-1)
	return saturate.Duration(min(limit, grown*spread))
}
