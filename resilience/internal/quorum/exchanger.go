package quorum

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/breaker"
)

const (
	calm     = time.Second            // time between exchanges while all circuits are closed
	alert    = 400 * time.Millisecond // time between exchanges while one is not
	apart    = 20 * time.Millisecond  // least time between exchanges
	storeMax = time.Second            // longest time for which the store may be silent
	tries    = 3                      // how often a change is proposed in one exchange
	mostOut  = 8                      // number of requests to the store that may be on their way
)

// An Exchanger keeps circuits in step with those of a fleet.
type Exchanger struct {
	store    fleet.Circuits
	process  string
	patience time.Duration // longest wait of a probe for the store
	circuits func() []*breaker.Breaker
	changed  func(error) // called when the store cannot be reached, and with nil when it can again

	wake   chan struct{}
	ctx    context.Context
	cancel context.CancelFunc
	out    atomic.Int64
	failed bool
}

// Settings are what an [Exchanger] needs.
type Settings struct {
	Store    fleet.Circuits
	Process  string                    // unique name of this process
	Patience time.Duration             // longest wait of a probe for the store
	Circuits func() []*breaker.Breaker // all circuits that have joined
	Changed  func(err error)           // called when the store cannot be reached, and with nil when it can again
}

// New returns an exchanger, which does nothing before Run.
func New(s Settings) *Exchanger {
	x := &Exchanger{
		store: s.Store, process: s.Process, patience: s.Patience, circuits: s.Circuits, changed: s.Changed,
		wake: make(chan struct{}, 1),
	}
	x.ctx, x.cancel = context.WithCancel(context.Background())
	return x
}

// Fleet returns what a circuit must join.
func (x *Exchanger) Fleet() breaker.Fleet {
	return breaker.Fleet{ID: x.process, Wake: x.notify, Lead: x.lead}
}

// notify makes the next exchange come soon.
func (x *Exchanger) notify() {
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// Run exchanges until Close.
func (x *Exchanger) Run() {
	timer := time.NewTimer(apart)
	defer timer.Stop()
	for {
		active := x.round()
		if !x.sleep(timer, apart, nil) || !x.sleep(timer, pause(active), x.wake) {
			return
		}
	}
}

// Close ends Run and all requests to the store.
func (x *Exchanger) Close() { x.cancel() }

// sleep waits for a time or until it is woken. It returns false after Close.
func (x *Exchanger) sleep(timer *time.Timer, d time.Duration, wake <-chan struct{}) bool {
	timer.Reset(d)
	select {
	case <-timer.C:
	case <-wake:
	case <-x.ctx.Done():
		return false
	}
	return true
}

// pause returns the time until the next exchange. It varies, so that a fleet that was started at
// once does not ask at once.
func pause(active bool) time.Duration {
	d := calm
	if active {
		d = alert
	}
	return d + time.Duration(rand.Float64()*0.1*float64(d))
}

// round exchanges once and reports whether any circuit is not closed.
func (x *Exchanger) round() (active bool) {
	circuits := x.circuits()
	if len(circuits) == 0 {
		return false
	}
	x.announce(x.exchange(circuits))
	for _, c := range circuits {
		x.flush(c)
		active = active || c.Active()
	}
	return active
}

// exchange casts the ballots of circuits and applies what the store knows. Circuits whose state it
// cannot learn use their own.
func (x *Exchanger) exchange(circuits []*breaker.Breaker) (unread error) {
	ballots := make([]fleet.Ballot, len(circuits))
	for i, c := range circuits {
		ballots[i] = c.Ballot(time.Now())
	}
	counts, err := within(x, func(ctx context.Context) ([]fleet.Count, error) {
		return x.store.Exchange(ctx, ballots)
	})
	if err == nil && len(counts) != len(circuits) {
		err = errShort
	}
	for i, c := range circuits {
		if err != nil {
			c.Detach()
		} else if bad := c.Adopt(counts[i], time.Now()); bad != nil {
			unread = bad
		}
	}
	return cmp.Or(err, unread)
}

// flush proposes what has happened to a circuit since.
func (x *Exchanger) flush(c *breaker.Breaker) {
	for range tries {
		p, ok := c.Pending(time.Now())
		if !ok {
			return
		}
		x.submit(c, p)
	}
}

// announce reports a change of whether the store can be reached.
func (x *Exchanger) announce(err error) {
	if failed := err != nil; failed != x.failed && x.ctx.Err() == nil {
		x.failed = failed
		x.changed(err)
	}
}

// lead submits the proposal of a probe and waits for the result for at most the patience. A place
// that comes later is for the next call.
func (x *Exchanger) lead(c *breaker.Breaker, p breaker.Proposal) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		x.submit(c, p)
	}()
	timer := time.NewTimer(x.patience)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

// submit submits a proposal and applies the result.
func (x *Exchanger) submit(c *breaker.Breaker, p breaker.Proposal) {
	type result struct {
		count   fleet.Count
		swapped bool
	}
	r, err := within(x, func(ctx context.Context) (result, error) {
		count, swapped, err := x.store.Swap(ctx, fleet.Change{Circuit: c.Key(), Old: p.Old, New: p.New})
		return result{count, swapped}, err
	})
	c.Settle(p, r.count, r.swapped, err, time.Now())
}

var (
	errBusy  = errors.New("the store does not answer") // too many requests are on their way
	errShort = errors.New("the store does not know all circuits")
)

// within calls f and returns when it does, or storeMax later: a client of a store may take longer
// than its context.
func within[T any](x *Exchanger, f func(context.Context) (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	var zero T
	if x.out.Add(1) > mostOut {
		x.out.Add(-1)
		return zero, errBusy
	}
	ctx, cancel := context.WithTimeout(x.ctx, storeMax)
	defer cancel()
	done := make(chan result, 1)
	go func() {
		defer x.out.Add(-1)
		value, err := f(ctx)
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
		return zero, ctx.Err()
	}
}
