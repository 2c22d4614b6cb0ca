package limit

// This file asks the store for permits and applies the grants.

import (
	"context"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
)

// ask sends a draw if there is a reason and none is on the way: calls wait that have no permits,
// there is something that others must know soon, or permits were not needed for a while.
func (b *Bucket) ask(now time.Duration) {
	s := b.share
	if s.flying || s.apart || s.link.closed.Load() {
		return
	}
	wants := b.wants(now)
	if !wants && !s.urgent && !b.returns(now) && !b.refreshes(now) {
		return
	}
	d := b.draw(now)
	if wants {
		b.want(now, &d)
	}
	s.flying, s.flown, s.asked, s.used = true, d, now, 0
	s.flight++
	go b.exchange(d, s.flight, now)
}

// wants reports whether calls wait for which there are no permits, and another batch may be
// reserved.
func (b *Bucket) wants(now time.Duration) bool {
	later := 0
	for _, l := range b.share.leases {
		if l.from > now {
			later++
		}
	}
	return b.meter.stated > 0 && later < mostLeases && b.queue.cost-b.share.leased() > tokenSlack
}

// returns reports whether there are permits to give back, and if so, puts them into the report.
func (b *Bucket) returns(now time.Duration) bool {
	s := b.share
	if b.queue.head != nil || !s.idle() || now < s.usedAt+returnAfter {
		return false
	}
	s.pending.Spent -= s.leased()
	s.leases = nil
	return true
}

// refreshes reports whether a bucket without a rate should ask whether another process was
// rejected.
func (b *Bucket) refreshes(now time.Duration) bool {
	return b.meter.stated == 0 && (!b.share.known || now-b.share.sent >= refreshEvery)
}

// draw returns a draw with everything that is to be reported, and asks for nothing.
func (b *Bucket) draw(now time.Duration) fleet.Draw {
	s, m := b.share, b.meter.filled(now)
	d := s.pending
	s.pending, s.urgent = fleet.Draw{}, false
	d.Process, d.Since, d.Tokens = s.link.process, -1, m.tokens
	d.Rate = fleet.Rate{
		PerSecond: m.stated, Capacity: m.capacity, Floor: m.floor, Ceiling: m.ceiling, Learns: m.learns,
	}
	if b.policy.Reserve <= 0 && m.capacity > 1 && max(s.members, s.link.members()) > 1 {
		d.Rate.Capacity = max(1, m.capacity-min(m.capacity/10, m.stated*spreadTime.Seconds()))
	}
	if s.known {
		d.Since = now - s.sent
	}
	return d
}

// want asks for the permits of all calls that have none. Those of the first one must come together
// and in time.
func (b *Bucket) want(now time.Duration, d *fleet.Draw) {
	s := b.share
	left := s.leased()
	d.Waiting = b.queue.cost - left
	w := b.queue.head
	for left -= w.cost; left >= -tokenSlack && w.next != nil; left -= w.cost {
		w = w.next
	}
	d.Least, d.Most = -left, max(0, w.latest-now)
	d.Extra = min(b.meter.batch(float64(s.members)), s.used*min(1, batchTime.Seconds()/max(now-s.sent, 1).Seconds()))
	if d.Extra < 1 {
		d.Extra = 0
	}
}

// exchange sends a draw and applies the grant.
func (b *Bucket) exchange(d fleet.Draw, flight uint64, sent time.Duration) {
	g, err := b.share.link.draw(b.key, d)
	b.mu.Lock()
	defer b.mu.Unlock()
	s, now := b.share, b.now()
	if err == nil {
		s.heard(sent, g)
	}
	switch {
	case flight != s.flight && err == nil: // too late: the draw was reported as not sent
		s.pending.Spent -= max(d.Spent, 0) + g.Permits
	case flight != s.flight:
	case err != nil:
		b.part(now, err)
	default:
		s.flying = false
		b.receive(now, d, g)
	}
	b.serve(now)
}

// heard notes that a draw has succeeded. A store that was lost knows too few members as long as
// they are apart.
func (s *share) heard(sent time.Duration, g fleet.Grant) {
	s.known, s.sent = true, max(s.sent, sent)
	s.link.met.Store(true)
	if members := max(1, g.Members); !s.apart || members > s.members { // this one at least
		s.members = members
		s.link.most.Store(int64(members))
	}
}

// receive applies what the store has granted. If permits come too late for the first call without
// permits, that is rejected.
func (b *Bucket) receive(now time.Duration, d fleet.Draw, g fleet.Grant) {
	s, before := b.share, b.meter
	if !s.pending.Throttled.Now {
		m := b.meter.adopted(now, g.Bucket)
		if m.heldUntil > b.meter.heldUntil {
			s.leases = nil
		}
		b.meter = m
		b.meter.tokens -= s.pending.Spent
	}
	switch {
	case g.Permits > 0:
		s.leases = append(s.leases, lease{g.Permits, now + g.Wait})
	case d.Waiting > 0:
		b.rejectFirst(now, g.Wait)
	}
	if b.meter.slowerThan(before) || s.judged == 0 || now-s.judged >= judgeEvery {
		s.judged = now
		b.reject(now)
	}
}

// rejectFirst rejects the first call that has no permits and cannot wait as long as the store says.
func (b *Bucket) rejectFirst(now, wait time.Duration) {
	left := b.share.leased()
	for w := b.queue.head; w != nil; w = w.next {
		if left -= w.cost; left >= -tokenSlack {
			continue
		}
		if w.latest-now < wait {
			b.refused++
			b.queue.settle(w, &WaitError{Need: wait})
		}
		return
	}
}

// adopted returns the meter with what the store says about the bucket. Calls that wait when a hold
// ends leave one after the other.
func (m meter) adopted(now time.Duration, s fleet.Bucket) meter {
	m.tokens, m.at, m.learned = s.Tokens, now+s.Filled, s.Learned
	m.cut, m.resume = s.Cut, now+s.Resume
	if until := now + s.Held; s.Held > 0 && until > m.heldUntil+time.Millisecond {
		m.heldUntil = until
		m = m.spread(until, until+s.Held/spreadShare)
	}
	return m
}

// Leave gives back what the bucket holds of a shared one, because the process ends. It does nothing
// if the store cannot be used.
func (b *Bucket) Leave(ctx context.Context) {
	b.mu.Lock()
	s := b.share
	if s == nil || !s.known || s.apart {
		b.mu.Unlock()
		return
	}
	d := b.draw(b.now())
	d.Leave = true
	d.Spent -= s.leased()
	s.leases = nil
	b.mu.Unlock()
	_, _ = s.link.quotas.Draw(ctx, b.key, d) // permits lapse with time
}
