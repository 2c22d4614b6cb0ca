package gate

// This file takes the permits of the rate limits of an attempt, and bounds the waits for them.

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/resgen/resgen/resilience/internal/fault"
	"github.com/resgen/resgen/resilience/internal/limit"
)

// A WaitLimit bounds the waits of a call. A zero time is ignored.
type WaitLimit struct {
	Deadline time.Time // of the caller
	Overall  time.Time // of the policy: it does not bound waits for permits, which put it off
	SendBy   time.Time // when the token of a page expires
	Patient  bool      // waits for permits are bounded by times only
	Cost     float64   // permits that the call takes; 0: one
	Closed   limit.Closed
}

// forPermits returns how long the call may still wait for permits, if the policy allows a time.
func (w *WaitLimit) forPermits(now time.Time, most time.Duration) time.Duration {
	if w.Patient {
		most = math.MaxInt64
	}
	return until(now, most, w.Deadline, w.SendBy)
}

// forPlace returns how long the call may wait for a place in the bulkhead, after it waited for
// permits.
func (w WaitLimit) forPlace(most, waited time.Duration) time.Duration {
	if !w.Overall.IsZero() {
		w.Overall = w.Overall.Add(waited)
	}
	return until(time.Now(), most, w.Deadline, w.SendBy, w.Overall)
}

// until returns wait, or less if the call would be of no use after it. A wait that ends with a
// deadline is of no use either, hence the nanosecond.
func until(now time.Time, wait time.Duration, deadlines ...time.Time) time.Duration {
	for _, t := range deadlines {
		if !t.IsZero() {
			wait = min(wait, t.Sub(now)-1)
		}
	}
	return wait
}

// permits are what an attempt has taken from the buckets of its limits.
type permits struct {
	cost     float64
	taken    uint64 // a bit for each bucket that gave permits
	waited   time.Duration
	observed *Overrun
}

// An Overrun is a bucket that would have denied an attempt if its mode were not observe.
type Overrun struct {
	Bucket string        // key of the bucket
	Need   time.Duration // the wait for permits
	Most   time.Duration // the longest wait that was allowed
}

// Waited returns how long the attempt has waited for permits.
func (a *Admission) Waited() time.Duration { return a.permits.waited }

// Observed returns the first bucket that would have denied the attempt, or nil.
func (a *Admission) Observed() *Overrun { return a.permits.observed }

// TakePermits takes the permits of the rate limits. The longest wait is that for all buckets
// together. With several of them, it is known before the first wait if one has no permit in time.
// now is the present time.
func (a *Admission) TakePermits(ctx context.Context, w *WaitLimit, now time.Time) *Denial {
	pausing := a.guards.Site.pausing(now)
	if !pausing && len(a.guards.Limits) == 0 {
		return nil
	}
	ask := limit.Ask{At: now, Cost: a.permits.cost, MaxWait: w.forPermits(now, a.guards.MaxWait), Closed: w.Closed}
	if pausing {
		waited, err := a.guards.Site.await(ctx, ask)
		if a.waited(&ask, w, waited); err != nil {
			return ended(err)
		}
	}
	if len(a.guards.Limits) > 1 {
		for _, l := range a.guards.Limits {
			if err := l.check(ctx, ask); err != nil {
				return ended(err)
			}
		}
	}
	for i, l := range a.guards.Limits {
		waited, err := a.takeFrom(ctx, i, l, ask)
		if a.waited(&ask, w, waited); err != nil {
			return ended(err)
		}
	}
	return nil
}

// waited notes that the attempt has waited for permits, which shortens its further waits.
func (a *Admission) waited(ask *limit.Ask, w *WaitLimit, waited time.Duration) {
	if waited <= 0 {
		return
	}
	a.permits.waited += waited
	ask.At = time.Now()
	ask.MaxWait = w.forPermits(ask.At, a.guards.MaxWait-a.permits.waited)
}

// check returns the error of a quota that has no permit in time.
func (q Quota) check(ctx context.Context, ask limit.Ask) error {
	if q.Observe {
		return nil
	}
	return q.Bucket.Check(ctx, ask)
}

// takeFrom takes permits from the bucket of a quota and returns how long it waited.
func (a *Admission) takeFrom(ctx context.Context, i int, q Quota, ask limit.Ask) (time.Duration, error) {
	if q.Observe {
		a.watch(ctx, i, q, ask)
		return 0, nil
	}
	waited, err := q.Bucket.Take(ctx, ask)
	if err == nil {
		a.permits.note(i)
	}
	return waited, err
}

// watch takes permits from a bucket that denies nothing.
func (a *Admission) watch(ctx context.Context, i int, q Quota, ask limit.Ask) {
	var denied *limit.WaitError
	switch err := q.Bucket.Watch(ctx, ask); {
	case err == nil:
		a.permits.note(i)
	case a.permits.observed == nil && errors.As(err, &denied):
		a.permits.observed = &Overrun{Bucket: q.Bucket.Key(), Need: denied.Need, Most: max(ask.MaxWait, 0)}
	}
}

// note notes that the bucket at an index gave permits. Those of a bucket beyond the 64th are not
// given back.
func (p *permits) note(i int) { p.taken |= 1 << i }

// refund gives back what was taken.
func (p *permits) refund(limits []Quota) {
	for i, l := range limits {
		if p.taken&(1<<i) != 0 {
			l.Bucket.Refund(p.cost)
		}
	}
	p.taken = 0
}

// Correct takes more permits from the buckets that gave some, because the attempt cost more than
// was known before, or puts permits back if more is negative.
func (a *Admission) Correct(more float64) {
	for i, l := range a.guards.Limits {
		if a.permits.taken&(1<<i) != 0 && more != 0 {
			l.Bucket.Correct(more)
		}
	}
}

// ended returns the denial for the error of a wait.
func ended(err error) *Denial {
	var w *limit.WaitError
	switch {
	case errors.As(err, &w):
		return &Denial{Fault: fault.RateLimited, Wait: w.Need, Err: err}
	case errors.Is(err, limit.ErrClosed):
		return &Denial{Fault: fault.Closed}
	}
	return &Denial{Fault: fault.Canceled, Err: err}
}
