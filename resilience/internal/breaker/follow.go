package breaker

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/policy"
)

// This file keeps the circuit of a member in step with that of its fleet.

// accept notes that a proposal is in the store.
func (b *Breaker) accept(p Proposal, at time.Duration) {
	m := b.member
	m.pending = slices.DeleteFunc(m.pending, func(e event) bool { return e.number <= p.through })
	m.doubtful = Proposal{}
	if p.ticket != (ticket{}) {
		m.held, m.heldAt = p.ticket, at
	}
	if !p.next.before(&m.stored) {
		m.text, m.stored, m.lost = p.New, p.next, false
		m.replay(&b.policy)
	}
}

// Adopt applies what the store knows. It returns an error if the state cannot be read: the breaker
// uses its own circuit then.
func (b *Breaker) Adopt(c fleet.Count, now time.Time) error {
	changed, err := b.adoptLocked(c, now)
	if changed {
		b.notify()
	}
	return err
}

func (b *Breaker) adoptLocked(c fleet.Count, now time.Time) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.adopted(c, now)
}

// Detach notes that the store cannot be reached. The breaker uses its own circuit, which begins in
// the last known state of the fleet's.
func (b *Breaker) Detach() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.member.attached = false
}

// adopted applies what the store knows, and reports whether the host circuit changed its state.
func (b *Breaker) adopted(c fleet.Count, now time.Time) (changed bool, err error) {
	m, at := b.member, now.Sub(b.epoch)
	m.offset, m.members, m.open, m.exchanged = c.Now-at, c.Members, c.Open, at
	if p := m.doubtful; p.New != "" && p.New == c.State {
		b.accept(p, at)
	}
	if c.State != m.text || !m.attached {
		r, err := readRevision(c.State, m.offset)
		if err != nil {
			m.attached = false
			return false, err
		}
		m.take(r, c.State, at, b.longest())
		m.replay(&b.policy)
	}
	m.attached, m.doubtful = true, Proposal{}
	if m.following && b.host.state == Closed {
		b.apply(event{kind: eventRecovered, now: at, ticket: ticket{generation: m.generation}})
	}
	b.vote(c, at)
	b.giveBack(at)
	return b.mirror(at, now), nil
}

// take replaces the known revision, unless the store has lost it and holds an older one. The times
// of a revision that is known already stay.
func (m *member) take(r revision, text string, at, longest time.Duration) {
	m.text, m.lost = text, r.before(&m.stored)
	if m.stored.before(&r) {
		m.stored = revision{machine: r.machine.atMost(at, longest), number: r.number}
	}
}

// replay applies the pending events to the stored revision. Those without effect are dropped:
// others were faster, or they came too late.
func (m *member) replay(b *policy.Breaker) {
	events := m.pending
	m.machine, m.pending = m.stored.machine, nil
	for _, e := range events {
		if m.apply(b, e) {
			m.pending = append(m.pending, e)
		}
	}
}

// apply applies an event to the shared machine, and reports whether it has changed.
func (m *member) apply(b *policy.Breaker, e event) bool {
	generation, wins, places := m.machine.generation, m.machine.wins, len(m.machine.leases)
	m.machine, _ = step(m.machine, b, e)
	return m.machine.generation != generation || m.machine.wins != wins || len(m.machine.leases) != places
}

// longest returns the longest time for which a shared circuit can be open, or a probe can hold its
// place.
func (b *Breaker) longest() time.Duration {
	if b.policy.MaxOpen > 0 {
		return max(b.policy.MaxOpen, defaultLease)
	}
	return max(24*time.Hour, b.policy.Open)
}

// vote opens the shared circuit if enough processes voted for that.
func (b *Breaker) vote(c fleet.Count, at time.Duration) {
	m := b.member
	if b.policy.Enabled == policy.Off || c.State != m.text || m.lost {
		return
	}
	asked := max(0, b.host.until-at)
	if b.host.state != Open {
		asked = 0
	}
	b.apply(event{
		kind: eventVotes, now: at, votes: votes{members: c.Members, open: c.Open},
		ticket: ticket{generation: uint64(c.Now.Milliseconds())}, outcome: Outcome{RetryAfter: asked},
		random: rand.Float64(),
	})
}

// giveBack gives back a place of a probe that no call wanted for a while.
func (b *Breaker) giveBack(at time.Duration) {
	m := b.member
	if m.held != (ticket{}) && at-m.heldAt > time.Second {
		b.apply(event{kind: eventReport, now: at, account: m.ID, ticket: m.held})
		m.held = ticket{}
	}
}

// apply applies an event to the shared machine. If that changes anything, the event is proposed to
// the store soon.
func (b *Breaker) apply(e event) {
	m := b.member
	if m.apply(&b.policy, e) && len(m.pending) < mostPending {
		m.last++
		e.number = m.last
		m.pending = append(m.pending, e)
		m.Wake()
	}
}

// mirror makes the host circuit the same as that of the fleet while that is not closed, and closes
// it with that of the fleet. States that an operator has forced stay. It reports whether the state
// changed.
func (b *Breaker) mirror(at time.Duration, now time.Time) bool {
	m := b.member
	shared := &m.machine
	if !m.attached || b.host.forced() || shared.state == Closed && !m.following {
		return false
	}
	from, reason := b.host.state, reasonFleet
	if !m.following || m.generation != shared.generation || from != shared.state {
		b.host = host{machine: b.host.enter(shared.state)}
		b.accounts.dropClosed()
		b.withdraw()
	}
	m.following, m.generation = shared.state != Closed, shared.generation
	if m.held.generation != shared.generation {
		m.held = ticket{}
	}
	h := &b.host.machine
	h.until, h.relapses, h.leases, h.lastLease = shared.until, shared.relapses, shared.leases, shared.lastLease
	h.wins, h.slowWins, h.culprit = shared.wins, shared.slowWins, shared.culprit
	return b.log(&b.record, from, h, reason, at, now)
}

// reportMember counts the outcome of a call in the host circuit, and in that of the fleet if the
// call was its probe. It reports whether the state changed.
func (b *Breaker) reportMember(p *Permit, e *event, now time.Time) (changed bool) {
	m := b.member
	if p.shared != (ticket{}) {
		probe := *e
		probe.account, probe.ticket, probe.held = m.ID, p.shared, held{several: m.members > 1}
		probe.random = rand.Float64()
		b.apply(probe)
	}
	if m.leads(&b.host) {
		changed = b.mirror(e.now, now)
	} else {
		_, changed = b.stepHost(e, now)
	}
	if changed || e.outcome.Verdict == Failure && e.now-m.exchanged > fewestApart {
		m.Wake()
	}
	return changed
}

// fewestApart is the time after which a failure makes a process ask what its fleet knows.
const fewestApart = 100 * time.Millisecond

// obeyMember applies an event of an operator to the circuit of the fleet. A forced state is that of
// this process alone; after it, the process follows the fleet again. It reports whether the state
// changed.
func (b *Breaker) obeyMember(e event, forced bool, now time.Time) bool {
	m := b.member
	if e.kind != eventReset || !m.attached || !m.following {
		return false
	}
	if !forced {
		b.apply(e)
	}
	return b.mirror(e.now, now)
}
