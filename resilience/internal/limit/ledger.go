package limit

// This file is a bucket that several processes share, as a store keeps it: pure functions of its
// contents, the time and what a process reports. Package redisstore has the same as a script.

import (
	"math"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/internal/advice"
)

const (
	// batchTime is how much of the rate a process reserves at a time while others wait too.
	batchTime = 20 * time.Millisecond
	// ownBatchTime is how much of its part of the rate a process reserves at most. In a large
	// fleet that is less, so that what all have reserved does not grow with the fleet.
	ownBatchTime = 200 * time.Millisecond
	// handover is how long processes that were without the store continue so after the first of
	// them has found it again.
	handover = 750 * time.Millisecond
	// brief is an absence after which a process reports what it has sent, instead of a handover.
	brief = 300 * time.Millisecond
	// clockSlack is by how much longer than a process says the time between two of its requests may
	// be, because of transmission.
	clockSlack = 50 * time.Millisecond
	// leap is a change of the clock, or a pause of the store, after which processes may have worked
	// without it.
	leap = time.Second
)

// A ledger is a shared bucket. Times are on the clock of the store.
type ledger struct {
	meter
	drawn  time.Duration // time of the last draw
	united time.Duration // until then, processes that were without the store remain apart
}

// longAgo is before all absences.
const longAgo = 24 * time.Hour

// never is the time of the last draw of a bucket that does not exist.
const never = math.MinInt64

// opened returns the ledger of a bucket that did not exist.
func opened(now time.Duration, d fleet.Draw) ledger {
	l := ledger{meter: meter{cut: 1, tokens: d.Tokens, at: now, resume: now}, drawn: now, united: now - longAgo}
	l.meter = l.under(tuningFor(d.Rate), now)
	if d.Away > 0 {
		return l.parted(now)
	}
	return l
}

// tuningFor returns the tuning for the rate of a draw.
func tuningFor(r fleet.Rate) tuning {
	return tuning{
		stated: r.PerSecond, floor: r.Floor, ceiling: r.Ceiling, capacity: r.Capacity,
		learns: r.Learns && r.PerSecond > 0,
	}
}

// draw returns the ledger after a draw by one of the given number of members, and what the process
// gets.
func (l ledger) draw(now time.Duration, d fleet.Draw, members int) (ledger, fleet.Grant) {
	first := l.drawn == never
	if first {
		l = opened(now, d)
	}
	l = l.timed(now, d.Since)
	l.meter = l.under(tuningFor(d.Rate), now)
	if d.Away >= brief && l.united < now-d.Away && now-l.drawn >= d.Away/2 {
		l = l.parted(now)
	}
	if first || d.Away > 0 && l.united >= now-d.Away {
		d.Spent = 0 // which Tokens or the handover accounts for
	}
	l.drawn = now
	l.meter = l.reported(now, d)
	n, wait := l.offer(now, d, members)
	l.meter = l.spent(now, n)
	g := fleet.Grant{Permits: n, Wait: wait, Members: members, Bucket: fleet.Bucket{
		Tokens: l.tokens, Filled: max(0, l.at-now), Learned: l.learned, Cut: l.cut, Resume: l.resume - now,
		Held: max(0, l.heldUntil-now),
	}}
	if d.Away > 0 {
		g.Apart = max(0, l.united-now)
	}
	return l, g
}

// timed returns the ledger with its times moved if the clock was changed or the store paused: less
// than no time, or more than a process says, cannot have passed since the last draw. After a leap
// forward, processes may have worked without the store.
func (l ledger) timed(now, since time.Duration) ledger {
	gap := now - l.drawn
	passed := max(0, gap)
	if since >= 0 {
		passed = min(passed, since+clockSlack)
	}
	shift := gap - passed
	l.drawn, l.united = l.drawn+shift, l.united+shift
	l.at, l.cutAt, l.resume, l.heldUntil = l.at+shift, l.cutAt+shift, l.resume+shift, l.heldUntil+shift
	if shift >= leap && l.united <= now {
		return l.parted(now)
	}
	return l
}

// parted returns the ledger with all processes apart for the time of a handover, in which no tokens
// come in. What the bucket held has been used by then.
func (l ledger) parted(now time.Duration) ledger {
	l.meter = l.filled(now)
	l.united = now + handover
	l.at, l.tokens = max(l.at, l.united), min(l.tokens, 0)
	return l
}

// batch returns how many permits a process of a fleet gets at a time while others wait too.
func (m meter) batch(members float64) float64 {
	reserved := min(batchTime.Seconds(), ownBatchTime.Seconds()/members)
	return max(1, math.Floor(min(m.rate()*reserved, m.capacity)))
}

// reported returns the meter after what a process reports.
func (l ledger) reported(now time.Duration, d fleet.Draw) meter {
	m := l.meter
	if d.Spent > 0 {
		m = m.corrected(now, d.Spent)
	} else {
		m = m.refunded(-d.Spent)
	}
	m = m.observed(now, advice.Quota(d.Stated))
	if d.Throttled.Now {
		m = m.throttled(now, d.Throttled.Hold)
	}
	return m
}

// offer returns how many permits a process gets and when it can use them: as many as its calls wait
// for, but at most its part of what is there or a batch, so that all take turns. Further permits
// are only for what is there.
func (l ledger) offer(now time.Duration, d fleet.Draw, members int) (float64, time.Duration) {
	part := math.Floor(max(0, l.tokens) / float64(members))
	if l.at > now {
		part = 0
	}
	n := min(d.Waiting, max(l.batch(float64(members)), d.Least, part))
	n = max(n, min(n+d.Extra, part))
	wait := l.need(now, l.enough(n))
	if wait > d.Most {
		n = min(d.Waiting, max(d.Least, 1))
		wait = l.need(now, l.enough(n))
	}
	if n == 0 || wait > d.Most {
		return 0, wait
	}
	return n, wait
}
