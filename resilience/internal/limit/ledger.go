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
	// leap is by how much more time than a process says must have passed between two of its
	// requests for a change of the clock, or a pause of the store, after which processes may have
	// worked without it.
	leap = time.Second
)

// A ledger is a shared bucket. Its clock is that of the store without its changes and pauses.
type ledger struct {
	meter
	offset time.Duration // from the clock of the store to that of the ledger
	drawn  time.Duration // time of the last draw
	leapt  time.Duration // when the clock of the store went forward
	united time.Duration // until then, processes that were without the store remain apart
}

// longAgo is before all absences.
const longAgo = 24 * time.Hour

// never is the time of the last draw of a bucket that does not exist.
const never = math.MinInt64

// opened returns the ledger of a bucket that did not exist.
func opened(now time.Duration, d fleet.Draw) ledger {
	l := ledger{
		meter: meter{cut: 1, tokens: d.Tokens, at: now, resume: now}, drawn: now, leapt: now - longAgo,
		united: now - longAgo,
	}
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

// draw returns the ledger after a draw by one of the given number of members, at a time of the
// ledger, and what the process gets.
func (l ledger) draw(now time.Duration, d fleet.Draw, members int) (ledger, fleet.Grant) {
	first := l.drawn == never
	if first {
		l = opened(now, d)
	}
	l.meter = l.under(tuningFor(d.Rate), now)
	others := now-l.drawn >= d.Away/2 || l.leapt > now-d.Away // were without the store too
	if d.Away >= brief && l.united < now-d.Away && others {
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

// timed returns the ledger with its clock set, and the time on it, for a draw of a process whose
// previous one was at last, or never. The clock of the store may have been changed, or the store
// paused: less than no time, or more than the process says, cannot have passed since the last draw
// of any process. If the clock has gone forward since the previous draw of this one, the process
// knows best how much time has passed.
func (l ledger) timed(clock, last, since time.Duration) (ledger, time.Duration) {
	now := clock + l.offset
	if l.drawn == never {
		return l, now
	}
	gap := now - l.drawn
	passed := max(0, gap)
	if since >= 0 {
		passed = min(passed, since+clockSlack)
	}
	if since >= 0 && last != never && now-last-since >= leap {
		passed = max(0, min(passed, last+since-l.drawn))
	}
	moved := gap - passed
	l.offset, now = l.offset-moved, now-moved
	if moved >= leap {
		l.leapt = now
	}
	return l, now
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
