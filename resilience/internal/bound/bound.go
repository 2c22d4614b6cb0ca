package bound

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// A Bound is the context of an attempt, with its time limit. Timers and channels are made when
// something first waits for its end, which round trippers in memory never do. Start must be called
// before anything else; a Bound must not be copied.
type Bound struct {
	parent   context.Context
	deadline time.Time // zero: that of parent
	stream   bool      // the deadline applies until the headers arrive
	kept     bool      // the context outlives the attempt, for a stream
	late     atomic.Bool

	mu     sync.Mutex
	inner  context.Context // what is waited for; nil: nothing was waited for yet
	cancel context.CancelFunc
	timer  *time.Timer // only for streams
	ended  bool        // Cancel was called
}

// Start begins an attempt at the given time, which may take limit at most; 0 is no limit.
func (b *Bound) Start(ctx context.Context, now time.Time, limit time.Duration, stream bool) {
	b.parent, b.stream = ctx, stream
	if limit > 0 {
		b.deadline = now.Add(limit)
	}
}

// Parent returns the context that Start was called with.
func (b *Bound) Parent() context.Context { return b.parent }

// Deadline implements [context.Context]. The limit of a stream is not a deadline, because it does
// not apply to the body.
func (b *Bound) Deadline() (time.Time, bool) {
	at, ok := b.parent.Deadline()
	if own := b.limit(); !b.stream && !own.IsZero() && (!ok || own.Before(at)) {
		return own, true
	}
	return at, ok
}

// limit returns the deadline of the attempt itself, zero for none.
func (b *Bound) limit() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.deadline
}

// Done implements [context.Context].
func (b *Bound) Done() <-chan struct{} { return b.waitable().Done() }

// Err implements [context.Context].
func (b *Bound) Err() error {
	b.mu.Lock()
	inner, ended, at := b.inner, b.ended, b.deadline
	b.mu.Unlock()
	if inner != nil {
		return inner.Err()
	}
	switch err := b.parent.Err(); {
	case err != nil:
		return err
	case ended:
		return context.Canceled
	case passed(at):
		return b.waitable().Err()
	}
	return nil
}

// Value implements [context.Context].
func (b *Bound) Value(key any) any {
	if key == cancelKey {
		return b.waitable().Value(key)
	}
	return b.parent.Value(key)
}

// cancelKey is the key under which package context finds the innermost context that can be
// canceled, which [context.Cause] looks up.
var cancelKey = KeyOf(func(ctx context.Context) { _ = context.Cause(ctx) })

// waitable returns a context that ends with the attempt.
func (b *Bound) waitable() context.Context {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.inner != nil {
		return b.inner
	}
	switch {
	case b.stream:
		b.makeStream()
	case b.deadline.IsZero():
		b.inner, b.cancel = context.WithCancel(b.parent)
	default:
		b.inner, b.cancel = context.WithDeadline(b.parent, b.deadline)
	}
	if b.ended {
		b.cancel()
	}
	return b.inner
}

// makeStream makes the context of a stream. The end of its limit is the cause of a cancellation.
func (b *Bound) makeStream() {
	ctx, cancel := context.WithCancelCause(b.parent)
	b.inner, b.cancel = ctx, func() { cancel(nil) }
	expire := func() {
		b.late.Store(true)
		cancel(context.DeadlineExceeded)
	}
	switch {
	case b.deadline.IsZero():
	case passed(b.deadline):
		expire()
	default:
		b.timer = time.AfterFunc(time.Until(b.deadline), expire)
	}
}

// passed reports whether a deadline has passed; the zero time is none.
func passed(deadline time.Time) bool { return !deadline.IsZero() && !time.Now().Before(deadline) }

// Keep keeps the context alive after the attempt, until Cancel is called.
func (b *Bound) Keep() {
	b.kept = true
	if passed(b.limit()) {
		b.waitable() // it has ended
	}
	b.disarm()
}

// Kept reports whether Keep was called.
func (b *Bound) Kept() bool { return b.kept }

// disarm ends the limit of a stream.
func (b *Bound) disarm() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.timer != nil {
		b.timer.Stop()
	}
	b.deadline = time.Time{}
}

// Cancel ends the attempt.
func (b *Bound) Cancel() {
	b.mu.Lock()
	b.ended = true
	cancel := b.cancel
	b.mu.Unlock()
	if cancel != nil { // not while b is locked, because contexts derived from b may ask it for a value
		cancel()
	}
}

// End ends the attempt, unless Keep was called.
func (b *Bound) End() {
	if b.kept {
		return
	}
	if b.stream {
		b.disarm()
	}
	b.Cancel()
}

// Late reports whether the limit of a stream ended the attempt.
func (b *Bound) Late() bool { return b.late.Load() || b.stream && passed(b.limit()) }
