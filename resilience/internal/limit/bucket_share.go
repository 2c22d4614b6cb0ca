package limit

// This file is the part of a bucket that the processes of a fleet share. The permits come from the
// store, in batches that are usable from a time on. While the store cannot be used, the process
// works with its part of what it knows about the bucket.

import (
	"math"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/saturate"
	"github.com/resgen/resgen/resilience/policy"
)

const (
	// mostLeases is how many batches that are not usable yet a process has at most: one, and one
	// more while calls wait for it.
	mostLeases = 2
	// spreadTime is by how much the times differ that the requests of several processes take, for
	// example because the first ones need connections. What comes in within it, a tenth of the
	// burst at most, is kept in reserve if the policy keeps nothing.
	spreadTime = 100 * time.Millisecond
	// mostPatience is how long calls wait for the store if the process has no permits for them.
	mostPatience = 200 * time.Millisecond
	// returnAfter is how long permits that are not needed are kept.
	returnAfter = 100 * time.Millisecond
	// refreshEvery is how often a bucket without a rate asks whether another process was rejected.
	refreshEvery = time.Second
	// judgeEvery is how often the calls that wait are compared with what the store has granted. It
	// is less often than grants come, because the queue may be long.
	judgeEvery = 100 * time.Millisecond
)

// A share is what a process knows and holds of a shared bucket. The bucket's meter is what the
// bucket held at the last draw, for the whole fleet. The lock of the bucket guards both.
type share struct {
	link    *Link
	leases  []lease // in the order of their times
	pending fleet.Draw
	urgent  bool // pending contains what others must know soon
	members int
	used    float64       // permits since the last draw
	usedAt  time.Duration // time of the last use

	flying bool          // a draw is on the way
	flight uint64        // number of the last draw
	flown  fleet.Draw    // the draw on the way
	asked  time.Duration // when it was sent
	known  bool          // a draw has succeeded
	sent   time.Duration // when the last one that has succeeded was sent
	judged time.Duration // when the calls that wait were last compared with a grant

	apart     bool          // the store is not used
	since     time.Duration // when that began
	returning bool          // the store can be used again from reunion on, with the meter next
	reunion   time.Duration
	next      meter
	accounted bool // what is sent until then is accounted for
}

// A lease is a number of permits that can be used from a time on.
type lease struct {
	permits float64
	from    time.Duration
}

// NewSharedBucket returns a bucket that all processes share that are connected to the same store.
func NewSharedBucket(l *Link, key string, p policy.Rate) *Bucket {
	b := NewBucket(key, p)
	b.share = &share{link: l, members: 1}
	return b
}

// drawing reports whether permits come from the store.
func (b *Bucket) drawing() bool { return b.share != nil && !b.share.apart && b.meter.stated > 0 }

// weighed returns the tokens of the fleet that a call takes. While the process is apart from the
// store, it uses its part of the tokens: each call counts as often as there are members.
func (b *Bucket) weighed(cost float64) float64 {
	if b.share != nil && b.share.apart {
		return cost * float64(b.share.members)
	}
	return cost
}

// inHand reports whether there are permits for a call, not only tokens in the store.
func (b *Bucket) inHand(now time.Duration, cost float64) bool {
	return !b.drawing() || b.share.usable(now) >= cost-tokenSlack
}

// usable returns the number of permits that can be used.
func (s *share) usable(now time.Duration) float64 {
	n := 0.0
	for _, l := range s.leases {
		if l.from <= now {
			n += l.permits
		}
	}
	return n
}

// leased returns the number of permits that can be used now or later.
func (s *share) leased() float64 { return s.usable(math.MaxInt64) }

// take uses permits and reports whether there were enough.
func (s *share) take(now time.Duration, n float64) bool {
	if s.usable(now) < n-tokenSlack {
		return false
	}
	for len(s.leases) > 0 && n >= s.leases[0].permits-tokenSlack {
		n -= s.leases[0].permits
		s.leases = s.leases[1:]
	}
	if n > tokenSlack {
		s.leases[0].permits -= n
	}
	return true
}

// sharedNeed is what a bucket's need is without the spread after a hold: until leased permits can
// be used, or an estimate for permits that the store has not given yet.
func (b *Bucket) sharedNeed(now time.Duration, before, cost float64) time.Duration {
	held := max(0, b.meter.heldUntil-now)
	missing := before + cost
	for _, l := range b.share.leases {
		if missing -= l.permits; missing <= tokenSlack {
			return max(held, l.from-now)
		}
	}
	last := min(cost, missing)
	if b.drawing() {
		permits := missing - last + b.meter.enough(last)
		return b.meter.need(now, b.meter.contended(now, permits, b.share.members))
	}
	return b.meter.need(now, b.weighed(missing-last)+b.meter.enough(b.weighed(last)))
}

// contended returns the tokens that must come in before a process gets a number of permits, if
// others take turns. Each process has up to two batches reserved while calls wait, so the debt
// shows how many take part.
func (m meter) contended(now time.Duration, permits float64, members int) float64 {
	batch := m.batch(float64(members))
	turns := min(max(1, -m.filled(now).tokens/(mostLeases*batch)), float64(members))
	first := min(permits, batch)
	return first + (permits-first)*turns
}

// sharedGrant uses leased permits for a call, or tokens of the meter.
func (b *Bucket) sharedGrant(now time.Duration, cost float64) {
	s := b.share
	s.used, s.usedAt = s.used+cost, now
	if b.meter.stated == 0 {
		b.ask(now)
		return
	}
	if s.take(now, cost) {
		return
	}
	b.meter = b.meter.spent(now, b.weighed(cost))
	s.pending.Spent += cost
}

// sharedRestore puts the permits of a call back, for the next one.
func (b *Bucket) sharedRestore(now time.Duration, cost float64) {
	switch s := b.share; {
	case b.meter.stated == 0:
	case s.apart:
		s.pending.Spent -= cost
		b.meter = b.meter.refunded(b.weighed(cost))
	default:
		s.usedAt = now
		s.leases = append([]lease{{cost, now}}, s.leases...)
	}
	b.serve(now)
}

// empty reports whether the process holds nothing of the bucket and has nothing to report.
func (s *share) empty() bool { return !s.flying && !s.apart && !s.urgent && !s.idle() }

// report notes something that the next draw reports.
func (b *Bucket) report(note func(*fleet.Draw)) {
	if b.share != nil {
		note(&b.share.pending)
		p := &b.share.pending
		b.share.urgent = b.share.urgent || p.Throttled.Now || p.Stated.Counted && p.Stated.Remaining < 1
	}
}

// reopen gives back permits that can be used only later, because the time from which on they can be
// has changed.
func (b *Bucket) reopen(now time.Duration) {
	if !b.drawing() {
		return
	}
	s := b.share
	for i, l := range s.leases {
		if l.from > now {
			n := s.leased() - s.usable(now)
			s.leases = s.leases[:i]
			s.pending.Spent -= n
			b.meter = b.meter.filled(now).refunded(n)
			return
		}
	}
}

// latest returns the last moment at which a grant is useful for a call. Calls also wait for the
// store if they do not wait for permits.
func (b *Bucket) latest(w *waiter) time.Duration {
	if b.share != nil {
		return saturate.Add(w.latest, 2*b.share.link.wait)
	}
	return w.latest
}

// sharedNext returns when there is something to do: the time of a permit, the end of the wait for
// the store, the return to it, or that of permits.
func (b *Bucket) sharedNext(now time.Duration) (time.Duration, bool) {
	s, next := b.share, time.Duration(math.MaxInt64)
	if b.queue.head != nil {
		if s.flying {
			next = min(next, b.patience(now)-now)
		}
		if !b.drawing() || s.leased() >= b.queue.head.cost-tokenSlack {
			next = min(next, b.headNeed(now))
		}
	}
	if s.returning {
		next = min(next, s.reunion-now)
	}
	if b.queue.head == nil && !s.apart && s.idle() && !s.link.closed.Load() {
		next = min(next, s.usedAt+returnAfter-now)
	}
	return max(next, 1), next < math.MaxInt64
}

// idle reports whether there is something to return or to report that nothing is waiting for.
func (s *share) idle() bool {
	return !s.flying && (len(s.leases) > 0 || s.pending.Spent != 0 || s.pending.Stated != fleet.Stated{})
}
