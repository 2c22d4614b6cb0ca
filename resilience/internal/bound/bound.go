package bound

import (
	"context"
	"sync/atomic"
	"time"
)

// A Bound is the time limit of an attempt.
type Bound struct {
	Cancel context.CancelFunc // ends the attempt
	timer  *time.Timer        // only for streams, whose limit applies until the headers arrive
	late   atomic.Bool        // the timer ended the attempt
	kept   bool               // the context outlives the attempt, for a stream
}

// New returns the context of an attempt that may take limit at most, 0 for no limit.
func New(ctx context.Context, limit time.Duration, stream bool) (context.Context, *Bound) {
	if !stream {
		ctx, cancel := limited(ctx, limit)
		return ctx, &Bound{Cancel: cancel}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	b := &Bound{Cancel: func() { cancel(nil) }}
	if limit > 0 {
		b.timer = time.AfterFunc(limit, func() {
			b.late.Store(true)
			cancel(context.DeadlineExceeded)
		})
	}
	return ctx, b
}

// limited returns a context that ends after d, or with its parent if d is 0.
func limited(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, d)
}

// Keep keeps the context alive after the attempt, until Cancel is called.
func (b *Bound) Keep() {
	b.kept = true
	b.disarm()
}

// Kept reports whether Keep was called.
func (b *Bound) Kept() bool { return b.kept }

func (b *Bound) disarm() {
	if b.timer != nil {
		b.timer.Stop()
	}
}

// End ends the attempt, unless Keep was called.
func (b *Bound) End() {
	if !b.kept {
		b.disarm()
		b.Cancel()
	}
}

// Late reports whether the timer of a stream ended the attempt.
func (b *Bound) Late() bool { return b.late.Load() }
