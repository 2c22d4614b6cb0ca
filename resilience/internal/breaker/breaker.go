package breaker

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// defaultLease is how long a probe holds its place if the caller sets no lease.
const defaultLease = time.Minute

// historyLength is the number of transitions that a breaker keeps.
const historyLength = 50

// A Transition is a change of a breaker's state.
type Transition struct {
	Key      string
	From, To State
	Reason   string        // for example "failure rate" or "cool-down over"
	At       time.Time     // on the wall clock
	CoolDown time.Duration // if To is Open: how long until the breaker is half-open
}

// A Snapshot is the state of a breaker at one moment.
type Snapshot struct {
	Key         string
	State       State         // half-open as soon as the cool-down is over
	Since       time.Time     // when the breaker entered the state
	RetryAfter  time.Duration // how long calls are rejected at most; 0 if they are not, or if unknown
	Successes   int           // in the window, while closed
	Failures    int           // in the window, while closed
	Consecutive int           // failures in a row, while closed
	Probes      int           // in flight, while half-open
	Won         int           // successful probes, while half-open
	Transitions []Transition  // the last 50, oldest first
}

// A Breaker is a circuit breaker. It is safe for concurrent use.
type Breaker struct {
	key   string
	epoch time.Time

	mu        sync.Mutex
	policy    policy.Breaker
	machine   machine
	since     time.Time
	history   []Transition
	watchers  []*watcher
	pending   []Transition // not yet passed to the watchers
	notifying bool         // a goroutine is calling the watchers
}

// New returns a closed breaker.
func New(key string, b policy.Breaker) *Breaker {
	now := time.Now()
	return &Breaker{key: key, epoch: now, since: now, policy: b, machine: newMachine()}
}

// Key returns the key that was given to [New].
func (b *Breaker) Key() string { return b.key }

// A Permit allows one attempt. Recording with the zero Permit, which a breaker that is switched off
// gives, has no effect. A Permit belongs to one goroutine and must not be copied.
type Permit struct {
	breaker *Breaker
	ticket  ticket
}

// Record reports the outcome of the attempt. Only the first call counts, so that a deferred call
// may follow an explicit one.
func (p *Permit) Record(v Verdict) {
	if p.breaker == nil {
		return
	}
	b := p.breaker
	p.breaker = nil
	b.apply(event{kind: eventReport, ticket: p.ticket, verdict: v}, time.Now())
}

// Peek reports whether a call would be rejected now and, if so, when to ask again (0 if unknown).
// It changes nothing.
func (b *Breaker) Peek(now time.Time) (wait time.Duration, rejected bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.policy.Enabled == policy.Off {
		return 0, false
	}
	wait, ok := b.machine.admits(&b.policy, now.Sub(b.epoch))
	return wait, !ok
}

// Acquire asks for a permit to make an attempt. If ok is false, wait is when to ask again, 0 if
// unknown. The place of a probe becomes free after the lease even if its permit is never recorded;
// a lease of 0 is a minute.
func (b *Breaker) Acquire(now time.Time, lease time.Duration) (p Permit, wait time.Duration, ok bool) {
	if b.off() {
		return Permit{}, 0, true
	}
	if lease <= 0 {
		lease = defaultLease
	}
	r := b.apply(event{kind: eventAsk, lease: lease}, now)
	if !r.ok {
		return Permit{}, r.wait, false
	}
	return Permit{breaker: b, ticket: r.ticket}, 0, true
}

// off reports whether the breaker is switched off.
func (b *Breaker) off() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.policy.Enabled == policy.Off
}

// ForceOpen makes the breaker reject all calls until [Breaker.Reset].
func (b *Breaker) ForceOpen() { b.apply(event{kind: eventForceOpen}, time.Now()) }

// ForceClosed makes the breaker admit all calls until [Breaker.Reset] regardless of their outcomes.
func (b *Breaker) ForceClosed() { b.apply(event{kind: eventForceClosed}, time.Now()) }

// Reset closes the breaker and clears its counts.
func (b *Breaker) Reset() { b.apply(event{kind: eventReset}, time.Now()) }

// Update changes the policy. The state, a running cool-down and the number of consecutive failures
// are kept; the counts of the window are kept unless its length changes.
func (b *Breaker) Update(p policy.Breaker) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.policy.Window != p.Window {
		b.machine.window = tally{}
	}
	b.policy = p
}

// apply steps the machine and notifies the watchers if that changed the state.
func (b *Breaker) apply(e event, now time.Time) reply {
	e.random = rand.Float64()
	e.now = now.Sub(b.epoch)
	r, changed := b.step(e, now)
	if changed {
		b.notify()
	}
	return r
}

// step steps the machine and reports whether that changed the state.
func (b *Breaker) step(e event, now time.Time) (r reply, changed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r, ok := b.machine.admitsUnchanged(e); ok {
		return r, false // the usual case, which needs no copy of the machine
	}
	from := b.machine.state
	b.machine, r = step(b.machine, &b.policy, e)
	changed = b.machine.state != from
	if changed {
		b.log(from, r.reason, e.now, now)
	}
	return r, changed
}

// log appends a change of state to the history. The lock must be held.
func (b *Breaker) log(from State, reason string, at time.Duration, now time.Time) {
	t := Transition{Key: b.key, From: from, To: b.machine.state, Reason: reason, At: now}
	if t.To == Open {
		t.CoolDown = b.machine.until - at
	}
	b.since = now
	if len(b.history) == historyLength {
		b.history = b.history[1:]
	}
	b.history = append(b.history, t)
	b.pending = append(b.pending, t)
}

// Snapshot returns the state at the given time.
func (b *Breaker) Snapshot(now time.Time) Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	at, m := now.Sub(b.epoch), b.machine
	s := Snapshot{
		Key: b.key, State: m.effective(at), Since: b.since, Consecutive: m.run,
		Probes: len(m.live(at)), Won: m.wins, Transitions: slices.Clone(b.history),
	}
	s.RetryAfter, _ = m.admits(&b.policy, at)
	s.Successes, s.Failures = m.window.sum(b.policy.Window, at)
	if s.State != m.state {
		s.Since = b.epoch.Add(m.until)
	}
	return s
}

// A watcher is a function passed to [Breaker.Subscribe]. It is a pointer type so that one can be
// removed.
type watcher struct{ call func(Transition) }

// Subscribe registers f, which is called for each change of state: in order, one call at a time,
// with no lock held, on the goroutine of whichever call caused the change. f must return quickly
// and may use the breaker. After cancel, f is not called for later changes.
func (b *Breaker) Subscribe(f func(Transition)) (cancel func()) {
	w := &watcher{call: f}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watchers = append(slices.Clone(b.watchers), w)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.watchers = slices.DeleteFunc(slices.Clone(b.watchers), func(o *watcher) bool { return o == w })
	}
}

// notify passes all pending transitions to the watchers. If another goroutine is already doing so,
// it delivers them instead.
func (b *Breaker) notify() {
	for {
		t, watchers, ok := b.nextPending()
		if !ok {
			return
		}
		b.callWatchers(t, watchers)
	}
}

// nextPending removes the oldest pending transition and claims the right to deliver it.
func (b *Breaker) nextPending() (Transition, []*watcher, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.notifying || len(b.pending) == 0 {
		return Transition{}, nil, false
	}
	t := b.pending[0]
	b.pending = b.pending[1:]
	b.notifying = true
	return t, b.watchers, true
}

// callWatchers calls the watchers. A panic in one of them does not block later transitions.
func (b *Breaker) callWatchers(t Transition, watchers []*watcher) {
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.notifying = false
	}()
	for _, w := range watchers {
		w.call(t)
	}
}
