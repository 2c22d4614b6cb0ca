package breaker

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// defaultLease is how long a probe holds its place if the caller sets no lease.
const defaultLease = time.Minute

// historyLength is the number of transitions that a circuit keeps.
const historyLength = 50

// A Transition is a change of the state of a circuit.
type Transition struct {
	Key      string
	From, To State
	Reason   string        // for example "failure rate" or "cool-down over"
	At       time.Time     // on the wall clock
	CoolDown time.Duration // if To is Open: how long until the circuit is half-open
	Observed bool          // the mode is observe, so nothing is rejected
}

// A Snapshot is the state of a circuit at one moment.
type Snapshot struct {
	Key         string
	Account     string        // of a circuit of one account
	State       State         // half-open as soon as the cool-down is over
	Since       time.Time     // when the circuit entered the state
	RetryAfter  time.Duration // how long calls are rejected at most; 0 if they are not, or if unknown
	Successes   int           // in the window, while closed
	Failures    int           // in the window, while closed
	Slow        int           // of both, those slower than the policy's slow-call.after
	Consecutive int           // failures in a row, while closed
	Probes      int           // in flight, while half-open
	Won         int           // successful probes, while half-open
	Observed    uint64        // attempts admitted so far that would have been rejected if the mode were enforce
	Transitions []Transition  // the last 50, oldest first
	Fleet       Membership
}

// A Breaker is a circuit breaker of a host: one circuit that all accounts share, and one for each
// account whose failures do not open that one. It is safe for concurrent use.
type Breaker struct {
	// Calls read these without the lock, so they come before what is written all the time.
	calm       atomic.Pointer[calm] // nil: calls must ask
	member     *member              // nil: not in a fleet
	epoch      time.Time
	site, part string

	mu       sync.Mutex
	policy   policy.Breaker
	host     host
	record   record
	accounts accounts
	asked    int     // number of calls since something was published last
	random   float64 // spreads the cool-down of the next circuit that opens

	watchers  []*watcher
	pending   []Transition // not yet passed to the watchers
	notifying bool         // a goroutine is calling the watchers
}

// A record is what is kept of the past of a circuit.
type record struct {
	key      string
	since    time.Time
	history  []Transition
	observed uint64
}

// New returns a closed breaker. The key of the shared circuit is the site, which names API and
// host, and the part, if there is one; the key of an account's circuit has the account between
// them.
func New(site, part string, p policy.Breaker) *Breaker {
	now := time.Now()
	b := &Breaker{site: site, part: part, epoch: now, policy: p, host: host{machine: newMachine()}}
	b.random = rand.Float64()
	b.record = record{key: b.key(site), since: now}
	return b
}

// key returns the key of a circuit whose site or account is given.
func (b *Breaker) key(of string) string {
	if b.part == "" {
		return of
	}
	return of + " " + b.part
}

// Key returns the key of the circuit that all accounts share.
func (b *Breaker) Key() string { return b.record.key }

// noAccount is the name of the account of calls without a credential.
const noAccount = "(no account)"

// keyOf returns the key of an account's circuit.
func (b *Breaker) keyOf(account string) string {
	return b.key(b.site + " " + cmp.Or(account, noAccount))
}

// A Permit allows one attempt. Recording with the zero Permit, which a breaker that is switched off
// gives, has no effect. A Permit belongs to one goroutine and must not be copied.
type Permit struct {
	breaker *Breaker
	account string
	ticket  ticket        // of the shared circuit
	own     ticket        // of the account's circuit
	shared  ticket        // of the circuit of a fleet, if the attempt is a probe for it
	at      time.Duration // when the attempt was admitted
	overrun *Overrun      // of an attempt that is admitted although a circuit would reject it
}

// Record reports the outcome of the attempt. Only the first call counts, so that a deferred call
// may follow an explicit one.
func (p *Permit) Record(o Outcome) {
	if p.breaker == nil {
		return
	}
	if o.At.IsZero() {
		o.At = time.Now()
	}
	p.RecordAt(o, o.At)
}

// RecordAt is Record at a given time.
func (p *Permit) RecordAt(o Outcome, now time.Time) {
	b := p.breaker
	if b == nil {
		return
	}
	p.breaker = nil
	if b.report(p, o, now) {
		b.notify()
	}
}

// Peek reports whether a call of an account would be rejected now and, if so, when to ask again (0
// if unknown). It changes no circuit.
func (b *Breaker) Peek(account string, now time.Time) (wait time.Duration, rejected bool) {
	if _, _, ok := b.tickets(account, now); ok {
		return 0, false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.policy.Enabled == policy.Off {
		return 0, false
	}
	at := now.Sub(b.epoch)
	if b.member != nil {
		b.member.note(at)
	}
	wait, ok := b.admits(account, at)
	if ok || b.observes(account) {
		return 0, false
	}
	return wait, true
}

// admits reports whether both circuits would admit a call of an account and, if not, when to ask
// again. The lock must be held.
func (b *Breaker) admits(account string, at time.Duration) (time.Duration, bool) {
	wait, ok := b.admitsHost(account, at)
	if own := b.accounts.of[account]; own != nil {
		ownWait, ownOK := own.admits(&b.policy, account, at)
		return max(wait, ownWait), ok && ownOK
	}
	return wait, ok
}

// Acquire asks for a permit to make an attempt for an account. If ok is false, wait is when to ask
// again, 0 if unknown. The place of a probe becomes free after the lease even if its permit is
// never recorded; a lease of 0 is a minute. If a watcher panics, the place is free and the panic
// goes on.
func (b *Breaker) Acquire(
	account string, now time.Time, lease time.Duration,
) (p Permit, wait time.Duration, ok bool) {
	host, own, ok := b.tickets(account, now)
	if !ok {
		return b.acquire(account, now, lease)
	}
	return Permit{breaker: b, account: account, ticket: host, own: own, at: now.Sub(b.epoch)}, 0, true
}

// acquire is Acquire for a call that must ask.
func (b *Breaker) acquire(
	account string, now time.Time, lease time.Duration,
) (p Permit, wait time.Duration, ok bool) {
	if lease <= 0 {
		lease = defaultLease
	}
	e := event{kind: eventAsk, account: account, lease: lease}
	a := b.ask(e, now)
	if a.leads {
		b.member.Lead(b, a.proposal)
		if a = b.ask(e, now); a.leads { // the first try was in vain
			b.abandon()
			a = answer{wait: probeWait}
		}
	}
	if a.changed {
		defer func() {
			if !ok {
				a.permit.Record(Outcome{Verdict: Ignored})
			}
		}()
		b.notify()
	}
	return a.permit, a.wait, a.ok
}

// An answer is what a call gets that asks to be admitted.
type answer struct {
	permit  Permit
	wait    time.Duration // if not ok: when to ask again; 0 if unknown
	ok      bool
	changed bool // a circuit changed its state

	leads    bool // the call is admitted once the store accepts the proposal
	proposal Proposal
}

// ask admits a call if both circuits do.
func (b *Breaker) ask(e event, now time.Time) answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.policy.Enabled == policy.Off {
		return answer{ok: true}
	}
	e.now = now.Sub(b.epoch)
	if b.member != nil {
		b.member.note(e.now)
	}
	if wait, ok := b.admits(e.account, e.now); !ok {
		if !b.observes(e.account) {
			return answer{wait: wait}
		}
		return answer{ok: true, permit: Permit{overrun: b.overrun(e.account, e.now, wait)}}
	}
	a := answer{ok: true, permit: Permit{breaker: b, account: e.account, at: e.now}}
	own := b.accounts.of[e.account]
	if b.member.leads(&b.host) {
		var ok bool
		if a.permit.shared, a.proposal, ok = b.lead(e); !ok {
			return answer{wait: probeWait}
		} else if a.leads = a.permit.shared == (ticket{}); a.leads {
			return a
		}
		a.permit.ticket = ticket{generation: b.host.generation, lease: a.permit.shared.lease}
	} else if s := b.host.standing(); s.ok {
		a.permit.ticket = s.ticket
		b.publish(s.ticket)
	} else {
		a.permit.ticket, a.changed = b.stepHost(&e, now)
	}
	if own == nil {
		a.permit.own = ticket{generation: b.firstGeneration()}
		return a
	}
	t, changed := b.stepOwn(own, &e, now)
	a.permit.own, a.changed = t, a.changed || changed
	return a
}

// report counts an outcome in both circuits. It reports whether one changed its state.
func (b *Breaker) report(p *Permit, o Outcome, now time.Time) (changed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := event{kind: eventReport, now: now.Sub(b.epoch), account: p.account, ticket: p.ticket, outcome: o}
	e.slow = b.policy.SlowCall.After > 0 && e.now-p.at-o.Waited > b.policy.SlowCall.After
	counts := b.host.counts(&e)
	if counts {
		b.separate(&e)
	}
	if b.member == nil {
		_, changed = b.stepHost(&e, now)
	} else {
		changed = b.reportMember(p, &e, now)
	}
	own := b.accounts.of[p.account]
	if own == nil && counts && !changed && e.held.several {
		own = b.addAccount(p.account, now)
	}
	if own != nil {
		e.ticket = p.own
		_, ownChanged := b.stepOwn(own, &e, now)
		changed = changed || ownChanged
	}
	return changed
}

// Update changes the policy. The states, running cool-downs and the numbers of consecutive failures
// are kept; the counts of the window are kept unless its length changes.
func (b *Breaker) Update(p policy.Breaker) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.policy.Window != p.Window {
		b.host.window = tally{}
		b.host.crowd.callers, b.host.crowd.failed, b.host.crowd.slow = latest{}, latest{}, latest{}
		for _, own := range b.accounts.of {
			own.window = tally{}
		}
	}
	b.policy = p
	b.withdraw()
}

// stepHost steps the shared machine and reports whether that changed its state. Each change begins
// with empty counts, also those of accounts. The lock must be held, here and below.
func (b *Breaker) stepHost(e *event, now time.Time) (ticket, bool) {
	from, generation := b.host.state, b.host.generation
	e.random = b.random
	r := b.host.step(&b.policy, e)
	if b.host.generation == generation {
		return r.ticket, false
	}
	b.accounts.dropClosed()
	b.changed()
	return r.ticket, b.log(&b.record, from, &b.host.machine, r.reason, e.now, now)
}

// stepOwn steps the machine of an account and reports whether that changed its state.
func (b *Breaker) stepOwn(own *account, e *event, now time.Time) (ticket, bool) {
	from, generation := own.state, own.generation
	e.held, e.random = held{}, b.random
	r := own.step(&b.policy, e)
	if own.generation == generation {
		return r.ticket, false
	}
	b.changed()
	return r.ticket, b.log(&own.record, from, &own.machine, r.reason, e.now, now)
}

// changed notes that a circuit has another generation than before.
func (b *Breaker) changed() {
	b.withdraw()
	b.random = rand.Float64()
}

// log appends a change of state to the history of a circuit and reports whether there is one.
func (b *Breaker) log(r *record, from State, m *machine, reason string, at time.Duration, now time.Time) bool {
	if m.state == from {
		return false
	}
	b.remember(r, from, m, reason, at, now)
	return true
}

// remember appends a change of state to the history of a circuit.
func (b *Breaker) remember(r *record, from State, m *machine, reason string, at time.Duration, now time.Time) {
	t := Transition{
		Key: r.key, From: from, To: m.state, Reason: reason, At: now, Observed: b.policy.Mode == policy.ModeObserve,
	}
	if t.To == Open {
		t.CoolDown = m.until - at
	}
	r.since = now
	if len(r.history) == historyLength {
		r.history = r.history[1:]
	}
	r.history = append(r.history, t)
	b.pending = append(b.pending, t)
}

// Snapshot returns the state of the shared circuit at the given time.
func (b *Breaker) Snapshot(now time.Time) Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.snapshot(&b.record, &b.host.machine, now)
	s.Fleet = b.membership()
	return s
}

func (b *Breaker) snapshot(r *record, m *machine, now time.Time) Snapshot {
	at := now.Sub(b.epoch)
	sum := m.window.sum(tickOf(b.policy.Window, at))
	s := Snapshot{
		Key: r.key, State: m.effective(at), Since: r.since,
		Successes: int(sum.successes), Failures: int(sum.failures), Slow: int(sum.slow), Consecutive: m.run,
		Probes: len(m.live(at)), Won: m.wins, Observed: r.observed, Transitions: slices.Clone(r.history),
	}
	if wait, ok := m.admits(&b.policy, "", at); !ok {
		s.RetryAfter = wait
	}
	if s.State != m.state {
		s.Since = b.epoch.Add(m.until)
	}
	return s
}
