package resilience

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// deadline is when a call ends, with all its attempts and waits. The zero deadline is none.
type deadline struct {
	caller     time.Time    // the context's or that of an option; zero: none
	contextual bool         // caller is that of the context
	policy     time.Time    // by timeout.overall, without waits for permits; zero: none
	waited     atomic.Int64 // time spent waiting for permits, which puts off the policy's
}

// set sets the deadlines of a call that began at start. An option replaces the policy's timeout.
func (d *deadline) set(ctx context.Context, start time.Time, overall time.Duration, set *callSettings) {
	switch {
	case set.timed:
		d.caller = start.Add(set.timeout)
	case overall > 0:
		d.policy = start.Add(overall)
	}
	if at, ok := ctx.Deadline(); ok && (d.caller.IsZero() || at.Before(d.caller)) {
		d.caller, d.contextual = at, true
	}
}

// putOff notes that the call waited for permits, which does not count against the policy's timeout.
func (d *deadline) putOff(wait time.Duration) { d.waited.Add(int64(wait)) }

// overall returns the policy's deadline at present; zero: none.
func (d *deadline) overall() time.Time {
	if d.policy.IsZero() {
		return time.Time{}
	}
	return d.policy.Add(time.Duration(d.waited.Load()))
}

// next returns the earlier deadline, zero if there is none, and whether the caller chose it, so
// that exceeding it says nothing about the server.
func (d *deadline) next() (at time.Time, own bool) {
	at = d.overall()
	if at.IsZero() || !d.caller.IsZero() && d.caller.Before(at) {
		return d.caller, !d.caller.IsZero()
	}
	return at, false
}

// left returns the time until the deadline. ok is false if there is none.
func (d *deadline) left() (left time.Duration, ok bool) {
	at, _ := d.next()
	if at.IsZero() {
		return 0, false
	}
	return time.Until(at), true
}

// context returns ctx with the deadline.
func (d *deadline) context(ctx context.Context) (context.Context, context.CancelFunc) {
	at, _ := d.next()
	if at.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, at)
}

// attemptLimit returns how long an attempt that begins now may take, 0 if only the caller's context
// bounds it, and whether exceeding that is the caller's choice and says nothing about the server.
// counted is the number of attempts before. If the context ends first, no other timer is set, so
// that the end of the attempt is attributed to the context.
func (d *deadline) attemptLimit(now time.Time, t *policy.Timeout, counted int) (limit time.Duration, own bool) {
	attempt := t.Attempt
	if t.Overall > 0 && (attempt <= 0 || t.Overall < attempt) {
		attempt = t.Overall
	}
	at, own := d.next()
	left := at.Sub(now)
	if at.IsZero() || attempt > 0 && attempt <= left {
		return attempt, false
	}
	if own && d.contextual {
		return 0, true
	}
	return max(left, 1), own || attempt > 0 && left < attempt && counted > 0
}
