package resilience

import (
	"context"
	"sync/atomic"
	"time"
)

// A bound ends an attempt when its time is over.
type bound struct {
	cancel context.CancelFunc
	timer  *time.Timer // of a stream, whose time ends with the headers; else nil
	late   atomic.Bool // the timer ended it
	kept   bool        // a stream goes on
}

// bounded returns a context for an attempt.
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

// keep lets the context live on after the attempt: until cancel is called.
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
