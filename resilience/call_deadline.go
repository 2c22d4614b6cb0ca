package resilience

import (
	"context"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// deadline is when a call ends, with all its attempts and waits. The zero deadline is none.
type deadline struct {
	at         time.Time // zero: none
	own        bool      // the caller chose it, so exceeding it says nothing about the server
	contextual bool      // the deadline of the given context
}

// newDeadline returns the earliest of the policy's or the option's timeout, counted from start, and
// the deadline of the context.
func newDeadline(ctx context.Context, start time.Time, overall time.Duration, set *callSettings) deadline {
	var d deadline
	if set.timed {
		overall, d.own = set.timeout, true
	}
	if overall > 0 {
		d.at = start.Add(overall)
	}
	if at, ok := ctx.Deadline(); ok && (d.at.IsZero() || at.Before(d.at)) {
		d = deadline{at: at, own: true, contextual: true}
	}
	return d
}

// left returns the time until the deadline. ok is false if there is none.
func (d deadline) left() (left time.Duration, ok bool) {
	if d.at.IsZero() {
		return 0, false
	}
	return time.Until(d.at), true
}

// context returns ctx with the deadline.
func (d deadline) context(ctx context.Context) (context.Context, context.CancelFunc) {
	if d.at.IsZero() {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, d.at)
}

// attemptLimit returns how long an attempt may take, 0 if only the caller's context bounds it, and
// whether exceeding that is the caller's choice and says nothing about the server. counted is the
// number of attempts before. If the context ends first it gets no second timer next to it, so that
// all that follows is attributed to the context.
func (d deadline) attemptLimit(t *policy.Timeout, counted int) (limit time.Duration, own bool) {
	attempt := t.Attempt
	if t.Overall > 0 && (attempt <= 0 || t.Overall < attempt) {
		attempt = t.Overall
	}
	left, ok := d.left()
	if !ok || attempt > 0 && attempt <= left {
		return attempt, false
	}
	if d.contextual {
		return 0, true
	}
	return max(left, 1), d.own || attempt > 0 && left < attempt && counted > 0
}
