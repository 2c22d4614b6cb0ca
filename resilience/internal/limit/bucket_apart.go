package limit

// This file makes a shared bucket work without the store, and return to it.

import (
	"errors"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/saturate"
)

// follow brings the share up to date with the time and the state of the link.
func (b *Bucket) follow(now time.Duration) {
	s := b.share
	if s == nil {
		return
	}
	if s.returning && now >= s.reunion {
		if s.link.down.Load() { // again
			s.returning = false
			s.link.lost(b, nil)
			return
		}
		b.unite(now)
	}
	if !s.apart && (s.link.down.Load() || s.flying && now >= b.patience(now)) {
		b.part(now, nil)
	}
}

// patience returns when the process works without the store if the draw on the way is not answered:
// when calls have waited for it long enough. If its own part of the bucket has no permit for them,
// waiting costs them nothing.
func (b *Bucket) patience(now time.Duration) time.Duration {
	s := b.share
	if b.queue.head == nil || s.leased() >= b.queue.head.cost-tokenSlack {
		return s.asked + max(s.link.wait, mostPatience)
	}
	cost := b.queue.head.cost * float64(max(s.members, s.link.members()))
	m := b.parted(now)
	own := saturate.Add(now, m.need(now, m.enough(cost)))
	return max(s.asked+s.link.wait, min(s.asked+mostPatience, own))
}

// parted returns the meter for work without the store: with what the bucket held for the fleet when
// that was last known. A bucket in demand has less, because the others may each have drawn a batch
// since. A process that has not drawn from it yet does not begin with a burst. If the bucket cannot
// hold a permit for each process, they begin with that debt.
func (b *Bucket) parted(now time.Duration) meter {
	s, m := b.share, b.meter.filled(now)
	if m.stated == 0 {
		return m
	}
	members := float64(s.members)
	if !s.known {
		members = float64(s.link.members())
	}
	if m.tokens < members {
		m.tokens -= (members - 1) * m.batch(members)
	}
	m.tokens -= max(0, members-m.capacity)
	if !s.known && s.link.met.Load() {
		m.tokens = min(m.tokens, members)
	}
	return m
}

// unite makes the bucket use the store again.
func (b *Bucket) unite(now time.Duration) {
	s := b.share
	tuning := b.meter.tuning
	b.meter = s.next.under(tuning, now)
	s.apart, s.returning, s.next = false, false, meter{}
	if s.accounted {
		s.pending.Spent = 0
	}
	b.reject(now)
}

// part makes the bucket work without the store, because of err or because the store is too slow.
// What was on the way there is reported again.
func (b *Bucket) part(now time.Duration, err error) {
	s := b.share
	if s.flying {
		s.flown.Spent = max(s.flown.Spent, 0) // permits that were given back may be in use
		s.pending = merged(s.flown, s.pending)
	}
	s.apart, s.since, s.flying = true, now, false
	s.flight++
	b.meter = b.parted(now)
	if !s.known {
		s.members = s.link.members()
	}
	s.link.lost(b, err)
	b.reject(now)
}

// merged returns what two draws report, the earlier one first.
func merged(a, b fleet.Draw) fleet.Draw {
	out := fleet.Draw{Spent: a.Spent + b.Spent, Stated: b.Stated}
	if b.Stated == (fleet.Stated{}) {
		out.Stated = a.Stated
	}
	out.Throttled = fleet.Throttled{
		Now: a.Throttled.Now || b.Throttled.Now, Hold: max(a.Throttled.Hold, b.Throttled.Hold),
	}
	return out
}

// errSlow is why a store is not used that answers too late.
var errSlow = errors.New("the store is too slow")

// rejoin asks the store once whether the bucket can use it again, and if so, when.
func (b *Bucket) rejoin() error {
	b.mu.Lock()
	s, now := b.share, b.now()
	if !s.apart || s.returning {
		b.mu.Unlock()
		return nil
	}
	d, flight := b.draw(now), s.flight
	d.Away = max(now-s.since, time.Millisecond)
	b.mu.Unlock()
	g, err := s.link.draw(b.key, d)
	b.mu.Lock()
	defer b.mu.Unlock()
	end := b.now()
	if err != nil {
		d.Spent = max(d.Spent, 0)
		s.pending = merged(d, s.pending)
		return err
	}
	s.heard(now, g)
	if end-now > s.link.wait {
		return errSlow
	}
	if s.flight != flight || s.returning {
		return nil
	}
	s.next = b.meter.adopted(end, g.Bucket)
	s.returning, s.reunion, s.accounted = true, end+g.Apart, g.Apart > 0
	return nil
}

// proceed does what has become possible.
func (b *Bucket) proceed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.serve(b.now())
}
