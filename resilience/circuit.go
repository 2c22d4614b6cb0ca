package resilience

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// leaseDefault is how long a probe may stay away where no attempt timeout bounds it.
const leaseDefault = time.Minute

// historyLength is how many changes of state a circuit remembers.
const historyLength = 50

// A Transition is a change of a circuit's state.
type Transition struct {
	Circuit  string // key of the circuit
	From, To CircuitState
	Reason   string        // failure rate, consecutive failures, cool-down over, probe failed, probes succeeded, forced or reset
	At       time.Time     // by the wall clock
	CoolDown time.Duration // when it opened: how long until it is half-open
}

// A CircuitSnapshot is what is known of a circuit at a moment.
type CircuitSnapshot struct {
	Key         string
	State       CircuitState  // by the clock: half-open as soon as the cool-down is over
	Since       time.Time     // when it came into that state
	RetryAfter  time.Duration // how long calls are refused at most; 0: they are not, or nobody knows
	Successes   int           // in the window, while closed
	Failures    int           // in the window, while closed
	Consecutive int           // failures in a row, while closed
	Probes      int           // under way, while half-open
	Won         int           // successful probes, while half-open
	Transitions []Transition  // the last 50, oldest first
}

// A circuit is a circuit breaker: it lets calls pass, watches what comes of them and refuses them for a while when too many fail.
// It is safe for concurrent use.
type circuit struct {
	key   string
	epoch time.Time

	mu         sync.Mutex
	policy     policy.Breaker
	machine    machine
	since      time.Time
	history    []Transition
	watchers   []*watcher
	news       []Transition // not yet told to the watchers
	delivering bool         // somebody tells them
}

// newCircuit returns a closed circuit.
func newCircuit(key string, b policy.Breaker) *circuit {
	now := time.Now()
	return &circuit{key: key, epoch: now, since: now, policy: b, machine: newMachine()}
}

// A permit is the leave to make one attempt. The zero permit is one of a circuit that is switched off: recording does nothing.
// It belongs to one goroutine and is not copied.
type permit struct {
	circuit *circuit
	ticket  ticket
}

// record tells the circuit what came of the attempt. Only the first call counts, so that a deferred one may follow.
func (p *permit) record(v verdict) {
	if p.circuit == nil {
		return
	}
	c := p.circuit
	p.circuit = nil
	c.happen(event{kind: eventReport, ticket: p.ticket, verdict: v}, time.Now())
}

// peek reports whether a call would be refused now and when to ask again (0: unknown), without taking anything.
func (c *circuit) peek(now time.Time) (wait time.Duration, refused bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.policy.Enabled == policy.Off {
		return 0, false
	}
	wait, ok := c.machine.admits(&c.policy, now.Sub(c.epoch))
	return wait, !ok
}

// acquire asks for leave to make an attempt. If it is refused, wait is when asking again makes sense, 0 if nobody knows.
// If the attempt is a probe, its place becomes free after the lease even if its permit is never recorded; 0 is a minute.
func (c *circuit) acquire(now time.Time, lease time.Duration) (p permit, wait time.Duration, ok bool) {
	if c.off() {
		return permit{}, 0, true
	}
	if lease <= 0 {
		lease = leaseDefault
	}
	r := c.happen(event{kind: eventAsk, lease: lease}, now)
	if !r.ok {
		return permit{}, r.wait, false
	}
	return permit{circuit: c, ticket: r.ticket}, 0, true
}

// off reports whether the circuit is switched off.
func (c *circuit) off() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.policy.Enabled == policy.Off
}

// forceOpen makes the circuit refuse all calls until it is reset.
func (c *circuit) forceOpen() { c.happen(event{kind: eventForceOpen}, time.Now()) }

// forceClosed makes the circuit let all calls pass, whatever comes of them, until it is reset.
func (c *circuit) forceClosed() { c.happen(event{kind: eventForceClosed}, time.Now()) }

// reset closes the circuit and forgets all it has counted.
func (c *circuit) reset() { c.happen(event{kind: eventReset}, time.Now()) }

// retune changes the policy. The state, a running cool-down and failures in a row stay; what was counted stays unless the window changed.
func (c *circuit) retune(b policy.Breaker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.policy.Window != b.Window {
		c.machine.window = tally{}
	}
	c.policy = b
}

// happen lets an event happen to the machine and tells the watchers if it changed the state.
func (c *circuit) happen(e event, now time.Time) reply {
	e.random = rand.Float64()
	e.now = now.Sub(c.epoch)
	r, changed := c.step(e, now)
	if changed {
		c.deliver()
	}
	return r
}

// step lets an event happen to the machine and reports whether the state is another one.
func (c *circuit) step(e event, now time.Time) (r reply, changed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r, ok := c.machine.passes(e); ok {
		return r, false // the usual case, without a copy of the machine
	}
	from := c.machine.state
	c.machine, r = step(c.machine, &c.policy, e)
	changed = c.machine.state != from
	if changed {
		c.note(from, r.reason, e.now, now)
	}
	return r, changed
}

// note remembers a change of state. The lock is held.
func (c *circuit) note(from CircuitState, reason string, at time.Duration, now time.Time) {
	t := Transition{Circuit: c.key, From: from, To: c.machine.state, Reason: reason, At: now}
	if t.To == CircuitOpen {
		t.CoolDown = c.machine.until - at
	}
	c.since = now
	if len(c.history) == historyLength {
		c.history = c.history[1:]
	}
	c.history = append(c.history, t)
	c.news = append(c.news, t)
}

// snapshot returns what is known of the circuit.
func (c *circuit) snapshot(now time.Time) CircuitSnapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, m := now.Sub(c.epoch), c.machine
	s := CircuitSnapshot{
		Key: c.key, State: m.effective(at), Since: c.since, Consecutive: m.run,
		Probes: len(m.live(at)), Won: m.wins, Transitions: slices.Clone(c.history),
	}
	s.RetryAfter, _ = m.admits(&c.policy, at)
	s.Successes, s.Failures = m.window.sum(c.policy.Window, at)
	if s.State != m.state {
		s.Since = c.epoch.Add(m.until)
	}
	return s
}

// A watcher is somebody who wants to know of changes.
type watcher struct{ tell func(Transition) }

// subscribe calls f at each change of state, in order, one at a time and outside all locks, on the goroutine of a call: f must be quick.
// It may use the circuit. After cancel f is not called for later changes.
func (c *circuit) subscribe(f func(Transition)) (cancel func()) {
	w := &watcher{tell: f}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watchers = append(slices.Clone(c.watchers), w)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.watchers = slices.DeleteFunc(slices.Clone(c.watchers), func(o *watcher) bool { return o == w })
	}
}

// deliver tells the watchers all news, unless somebody is about it: then that one goes on with ours.
func (c *circuit) deliver() {
	for {
		t, watchers, ok := c.nextNews()
		if !ok {
			return
		}
		c.tell(t, watchers)
	}
}

// nextNews returns the oldest news and claims the right to tell it.
func (c *circuit) nextNews() (Transition, []*watcher, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.delivering || len(c.news) == 0 {
		return Transition{}, nil, false
	}
	t := c.news[0]
	c.news = c.news[1:]
	c.delivering = true
	return t, c.watchers, true
}

// tell calls the watchers; one that panics does not keep later news from being told.
func (c *circuit) tell(t Transition, watchers []*watcher) {
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.delivering = false
	}()
	for _, w := range watchers {
		w.tell(t)
	}
}
