package limit

// This file makes a shared bucket work without the store, and return to it.

import (
	"errors"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
)

// follow brings the share up to date with the time and the state of the link.
func (b *Bucket) follow(now time.Duration) {
	s := b.share
	if s == nil {
		return
	}
	if s.returning && now >= s.reunion {
		b.unite(now)
	}
	if !s.apart && (s.link.down.Load() || s.flying && now >= s.overdue) {
		b.part(now, nil)
	}
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
		s.pending = merged(s.flown, s.pending)
	}
	s.apart, s.since, s.flying = true, now, false
	s.flight++
	if b.meter.stated > 0 {
		b.meter = b.meter.filled(now)
		b.meter.tokens -= max(0, float64(s.members)-b.meter.capacity)
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

// rejoin asks the store once whether the bucket can use it again, and if so, lets it.
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
	b.serve(end)
	return nil
}
