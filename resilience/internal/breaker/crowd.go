package breaker

import (
	"time"

	"github.com/resgen/resgen/resilience/internal/saturate"
	"github.com/resgen/resgen/resilience/policy"
)

// This file makes the circuit of a host from a machine that knows no accounts. The failures of one
// account among several do not open it: they say something about that account. While the window has
// outcomes of one account only, it cannot be known whose fault they are, and they open it.

// A host is a machine whose calls belong to accounts.
type host struct {
	machine
	crowd crowd
}

// A crowd knows whether the outcomes that a machine counts belong to one account or to several.
type crowd struct {
	callers latest // accounts with outcomes in the window
	failed  latest // accounts with failures in the window
	slow    latest // accounts with slow calls in the window
	run     latest // accounts of the failures in a row
}

// A held says which of the rules of a policy must not open the circuit, because the failures belong
// to one account among several.
type held struct{ several, rate, slow, run bool }

// step changes the host by an event and returns the reply to the event.
func (h *host) step(b *policy.Breaker, e *event) (r reply) {
	generation := h.generation
	if h.counts(e) {
		tick := tickOf(b.Window, e.now)
		h.crowd.note(tick, e)
		e.held = h.crowd.held(b, tick)
	}
	r = h.machine.step(b, e)
	if h.generation != generation {
		h.crowd = crowd{}
	}
	return r
}

// counts reports whether the event is an outcome that a closed machine counts.
func (m *machine) counts(e *event) bool {
	return e.kind == eventReport && e.outcome.Verdict != Ignored && m.state == Closed &&
		e.ticket.generation == m.generation
}

// note adds an outcome of a tenth of the window to the crowd.
func (c *crowd) note(tick int64, e *event) {
	c.callers.note(e.account, tick)
	if e.slow {
		c.slow.note(e.account, tick)
	}
	if e.outcome.Verdict == Success {
		c.run = latest{}
		return
	}
	c.failed.note(e.account, tick)
	c.run.note(e.account, tick)
}

// held returns the rules that must not open the circuit in a tenth of the window.
func (c *crowd) held(b *policy.Breaker, tick int64) held {
	several := c.several(b, tick)
	oldest := tick - tallySlots
	return held{
		several: several, rate: several && !c.failed.two(oldest), slow: several && !c.slow.two(oldest),
		run: several && !c.run.two(0),
	}
}

// several reports whether the outcomes in the window that ends with a tenth belong to several
// accounts, or are treated as if they did.
func (c *crowd) several(b *policy.Breaker, tick int64) bool {
	return b.Scope == policy.ScopeAccount || c.callers.two(tick-tallySlots) || c.run.two(0)
}

// latest has the last two accounts that something happened to, and when. That is enough to know
// whether it happened to one account or to several since a given time.
type latest struct{ first, second sighting }

// A sighting is an account and the tenth of a window in which it was seen. Tick 0 means none.
type sighting struct {
	account string
	tick    int64
}

// note notes that it happened to an account.
func (l *latest) note(account string, tick int64) {
	if l.first.account == account && l.first.tick == tick {
		return
	}
	if l.first.tick != 0 && l.first.account != account {
		l.second = l.first
	}
	l.first = sighting{account: account, tick: tick}
}

// two reports whether it happened to two accounts after a tick.
func (l *latest) two(after int64) bool { return l.second.tick > max(after, 0) }

// A culprit is the account whose call opened a circuit, and whether it opened for others as well.
// In a half-open circuit, other accounts are admitted a little earlier: one account with a problem
// must not keep a circuit open for all. The zero culprit is none.
type culprit struct {
	account string
	known   bool
	others  bool          // there are other accounts
	until   time.Duration // other accounts come first until then
}

// mostGrace is the longest time for which others come first.
const mostGrace = time.Second

// next returns the culprit after the call of an event opened the circuit for a while.
func (c culprit) next(e event, wait time.Duration) culprit {
	others := c.others || e.held.several || c.known && c.account != e.account
	return culprit{
		account: e.account, known: true, others: others,
		until: saturate.Add(e.now, saturate.Add(wait, min(wait/10, mostGrace))),
	}
}

// wait returns how long an account must let others go first.
func (c culprit) wait(account string, now time.Duration) time.Duration {
	if !c.others || c.account != account {
		return 0
	}
	return max(0, c.until-now)
}
