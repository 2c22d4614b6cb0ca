package resilience

import (
	"context"
	"sync/atomic"
	"time"
)

// A bound is the time limit of an attempt.
type bound struct {
	cancel context.CancelFunc
	timer  *time.Timer // only for streams, whose limit applies until the headers arrive
	late   atomic.Bool // the timer ended the attempt
	kept   bool        // the context outlives the attempt, for a stream
}

// bounded returns the context of an attempt that may take limit at most, 0 for no limit.
func bounded(ctx context.Context, limit time.Duration, stream bool) (context.Context, *bound) {
	if !stream {
		ctx, cancel := limited(ctx, limit)
		return ctx, &bound{cancel: cancel}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	b := &bound{cancel: func() { cancel(nil) }}
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

// keep keeps the context alive after the attempt, until cancel is called.
func (b *bound) keep() {
	b.kept = true
	b.disarm()
}

func (b *bound) disarm() {
	if b.timer != nil {
		b.timer.Stop()
	}
}

func (b *bound) end() {
	if !b.kept {
		b.disarm()
		b.cancel()
	}
}
