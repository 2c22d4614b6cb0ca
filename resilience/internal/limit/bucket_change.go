package limit

// This file changes what a bucket holds: after responses of the server, and by decisions of the
// program.

import (
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/advice"
	"github.com/resgen/resgen/resilience/policy"
)

// Refund gives back the permits of a call with which nothing was sent. A cost of 0 is one permit.
func (b *Bucket) Refund(cost float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.putBack(Ask{Cost: cost}.cost())
}

// putBack puts back the permits of a call. The lock must be held.
func (b *Bucket) putBack(cost float64) {
	b.granted--
	b.restore(cost)
}

// restore puts tokens back.
func (b *Bucket) restore(cost float64) {
	if b.share != nil {
		b.sharedRestore(b.now(), cost)
		return
	}
	b.change(b.meter.refunded(cost))
}

// Correct takes more permits after a call turned out to cost more than was taken before, or puts
// permits back if more is negative. It does not wait, and no call waits longer than 15 minutes
// because of it.
func (b *Bucket) Correct(more float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if more < 0 {
		b.meter = b.meter.filled(now)
		b.restore(-more)
		return
	}
	b.meter = b.meter.corrected(now, b.weighed(more))
	b.report(func(r *fleet.Draw) { r.Spent += more })
	b.reopen(now)
	b.reject(now)
	b.serve(now)
}

// Throttled must be called when the server rejected a request because there were too many. The rate
// falls to 0.7 of its value and recovers by 0.01 of the full rate each second. No call is sent
// before retryAfter is over, 15 minutes at most; 0 holds no call.
func (b *Bucket) Throttled(retryAfter time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.throttle(b.now(), retryAfter)
}

// throttle slows down after the server rejected a request. The lock must be held.
func (b *Bucket) throttle(now, retryAfter time.Duration) {
	b.report(func(r *fleet.Draw) {
		r.Throttled = fleet.Throttled{Now: true, Hold: max(r.Throttled.Hold, retryAfter)}
	})
	b.change(b.meter.throttled(now, retryAfter))
}

// ThrottledFor is like [Bucket.Throttled] for a bucket that several accounts share, when a request
// of one account was rejected. It has an effect only if requests of two accounts are rejected
// within a second: a single account may have used up its separate quota.
func (b *Bucket) ThrottledFor(account string, retryAfter time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, last := b.now(), b.rejection
	b.rejection = rejection{account: account, at: now, valid: true}
	if last.valid && last.account != account && now-last.at < throttleRest {
		b.throttle(now, retryAfter)
	}
}

// Hold makes all calls wait for a time, [MostHold] at most. It replaces an earlier hold, which may
// be shorter or longer.
func (b *Bucket) Hold(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.change(b.meter.released(now).held(now, d))
}

// Resume ends a hold. The calls that wait leave over a second.
func (b *Bucket) Resume() {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.change(b.meter.released(now).spread(now, now+resumeSpread))
}

// Answered must be called when a request that was sent at the given time got a response.
func (b *Bucket) Answered(sent time.Time) {
	if !b.defers.Load() {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	before := b.meter.filled(now).tokens
	b.meter = b.meter.answered(now, now-sent.Sub(b.epoch))
	b.report(func(r *fleet.Draw) { r.Spent += before - b.meter.tokens })
	b.reopen(now)
	b.reject(now)
	b.serve(now)
}

// Observe adapts the bucket to what the server states about its own count. It has no effect unless
// the policy has learn switched on.
func (b *Bucket) Observe(q advice.Quota) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before, now := b.meter.learned, b.now()
	m := b.meter.observed(now, q)
	if m.learns && (q.Counted || m.learned != before) {
		b.report(func(r *fleet.Draw) { r.Stated = fleet.Stated(q) })
	}
	b.change(m)
}

// Update changes the policy. Tokens, queue and throttling are kept.
func (b *Bucket) Update(p policy.Rate) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.policy = p
	b.change(b.meter.tuned(p, b.now()))
	b.defers.Store(b.meter.defers)
}

// change replaces the meter, rejects the calls that would now wait too long and serves the others.
// The lock must be held.
func (b *Bucket) change(m meter) {
	slower := m.slowerThan(b.meter)
	if b.share != nil && m.heldUntil > b.meter.heldUntil {
		b.share.leases = nil
	}
	changed := slower || m.rate() != b.meter.rate()
	b.meter = m
	now := b.now()
	if changed {
		b.reopen(now)
	}
	if slower {
		b.reject(now)
	}
	b.serve(now)
}

// slowerThan reports whether calls wait longer than with the meter n, apart from its tokens.
func (m meter) slowerThan(n meter) bool {
	return m.heldUntil > n.heldUntil || m.rate() < n.rate() || m.cut < n.cut
}
