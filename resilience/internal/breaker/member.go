package breaker

import (
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/policy"
)

// This file makes a breaker a member of a fleet. Its host circuit then follows the shared circuit
// while that is not closed, and is its own otherwise. What a call needs to know is a copy in this
// process; only the place of a probe is asked for at the store.

// A Fleet connects a breaker to the other processes of a fleet.
type Fleet struct {
	ID string // of this process

	// Wake is called when the fleet should learn something soon. It must return at once and must
	// not call the breaker.
	Wake func()

	// Lead is called on the goroutine of a call that would be a probe. It must submit the proposal
	// and call [Breaker.Settle] with the result. It should return as soon as that is done, or after
	// a short time.
	Lead func(*Breaker, Proposal)
}

// A Proposal replaces the text of a shared state if it is still the old one. The zero Proposal is
// none.
type Proposal struct {
	Old, New string
	next     revision
	through  uint64 // number of the last pending event that it includes
	ticket   ticket // of the probe, if it takes a place
}

// member is what a breaker knows as a member of a fleet. The lock of the breaker guards it.
type member struct {
	Fleet
	called atomic.Int64 // when a call asked last, plus 1; 0: none has. It needs no lock.

	offset   time.Duration // time of the store less that of the breaker
	attached bool          // the last exchange with the store succeeded
	members  int           // by the last exchange
	open     int           // the same

	text     string   // last known text in the store
	stored   revision // the same as a machine
	machine  machine  // the same after the pending events
	pending  []event  // not yet in the store, numbered
	last     uint64   // number of the last event
	lost     bool     // the store has lost the stored revision
	busy     bool     // a proposal is on its way
	doubtful Proposal // the result of its way is not known

	following  bool          // the host circuit is that of the fleet
	generation uint64        // of the fleet that is followed
	held       ticket        // place of a probe that waits for a call
	heldAt     time.Duration // since when
	exchanged  time.Duration // when the last exchange with the store succeeded
}

// mostPending is the number of pending events that are kept.
const mostPending = 16

// Join makes the breaker a member of a fleet. It must be called before any other method.
func (b *Breaker) Join(f Fleet) {
	b.member = &member{Fleet: f, stored: newRevision(), machine: newMachine()}
	f.Wake()
}

// leads reports whether the host circuit is that of the fleet, so that probes need a place that the
// store gives.
func (m *member) leads(h *host) bool {
	return m != nil && m.attached && m.following && (h.state == Open || h.state == HalfOpen)
}

// note notes that a call asks at a given time. A fleet must know soon of a process that has calls
// again. It needs no lock.
func (m *member) note(at time.Duration) {
	next := int64(max(at, 0)) + 1
	for {
		last := m.called.Load()
		if next <= last {
			return
		}
		if m.called.CompareAndSwap(last, next) {
			if last == 0 || next-last > int64(time.Second) {
				m.Wake()
			}
			return
		}
	}
}

// calledAt returns when a call asked last. ok is false if none has.
func (m *member) calledAt() (at time.Duration, ok bool) {
	called := m.called.Load()
	return time.Duration(called - 1), called > 0
}

// admitsHost reports whether the host circuit would admit a call of an account and, if not, when to
// ask again.
func (b *Breaker) admitsHost(account string, at time.Duration) (time.Duration, bool) {
	m := b.member
	switch {
	case !m.leads(&b.host):
		return b.host.admits(&b.policy, account, at)
	case m.held != (ticket{}):
		return 0, true
	case m.busy:
		return probeWait, false
	}
	return b.host.admits(&b.policy, m.ID, at)
}

// lead returns the ticket of a call that the host circuit of the fleet admits, or a proposal that
// the store must accept first.
func (b *Breaker) lead(e event) (t ticket, p Proposal, ok bool) {
	m := b.member
	if m.held != (ticket{}) {
		t, m.held = m.held, ticket{}
		return t, Proposal{}, true
	}
	ask := event{kind: eventAsk, now: e.now, account: m.ID, lease: e.lease}
	next, r := step(m.machine, &b.policy, ask)
	if !r.ok {
		return ticket{}, Proposal{}, false
	}
	p = m.propose(next)
	p.ticket = r.ticket
	return ticket{}, p, true
}

// propose returns the proposal of a machine that follows the pending events.
func (m *member) propose(next machine) Proposal {
	m.busy = true
	r := revision{machine: next, number: m.stored.number + 1}
	return Proposal{Old: m.text, New: r.text(m.offset), next: r, through: m.last}
}

// A Membership says what a circuit has to do with those of other processes.
type Membership struct {
	Shared    bool // the store can be reached
	Follows   bool // the circuit is that of the fleet
	Processes int  // with calls, by the last exchange
	Open      int  // those of them that voted for opening
}

// membership returns the membership of the host circuit.
func (b *Breaker) membership() Membership {
	m := b.member
	if m == nil {
		return Membership{}
	}
	return Membership{Shared: m.attached, Follows: m.leads(&b.host), Processes: m.members, Open: m.open}
}

// Ballot returns the vote of the process.
func (b *Breaker) Ballot(now time.Time) fleet.Ballot {
	b.mu.Lock()
	defer b.mu.Unlock()
	m, at := b.member, now.Sub(b.epoch)
	v := fleet.Ballot{Circuit: b.Key(), Process: m.ID, State: m.text}
	called, ok := m.calledAt()
	if b.policy.Enabled == policy.Off || !ok || b.host.forced() {
		return v
	}
	window := b.policy.Window
	if window <= 0 {
		window = time.Minute
	}
	v.Calls = max(0, called+window-at)
	v.Open = v.Calls > 0 && b.host.state != Closed
	return v
}

// forced reports whether an operator has set the state.
func (m *machine) forced() bool { return m.state == ForcedOpen || m.state == ForcedClosed }

// Pending returns what must be proposed to the store. The result must be passed to
// [Breaker.Settle].
func (b *Breaker) Pending(now time.Time) (Proposal, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.member
	if m.busy || !m.attached || len(m.pending) == 0 && !m.lost {
		return Proposal{}, false
	}
	return m.propose(m.machine), true
}

// Active reports whether the shared circuit is not closed, so that the fleet should be asked more
// often.
func (b *Breaker) Active() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.member.following || b.host.state != Closed
}

// Settle applies the result of a proposal: the store has accepted it, or holds another state, or it
// is not known which because of an error.
func (b *Breaker) Settle(p Proposal, c fleet.Count, accepted bool, err error, now time.Time) {
	if b.settled(p, c, accepted, err, now) {
		b.notify()
	}
}

func (b *Breaker) settled(p Proposal, c fleet.Count, accepted bool, err error, now time.Time) (changed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := b.member
	m.busy = false
	if err != nil {
		m.doubtful, m.attached = p, false
		return false
	}
	if accepted {
		b.accept(p, now.Sub(b.epoch))
	}
	changed, _ = b.adopted(c, now)
	return changed
}

// abandon drops a proposal that is not submitted.
func (b *Breaker) abandon() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.member.busy = false
}
