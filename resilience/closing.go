package resilience

// This file ends what waits when a client or its runtime is closed: waits for permits, places and
// retries, and signing.

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/internal/limit"
)

// closeWait is how long [Runtime.Close] waits for calls in flight.
const closeWait = time.Second

// A lifecycle knows whether a runtime is closed and still in use.
type lifecycle struct {
	closed   atomic.Bool
	ctx      context.Context // ends with Close
	cancel   context.CancelFunc
	inFlight atomic.Int64 // calls in flight and streams not yet closed
	streams  atomic.Int64 // those of them that are streams
	once     sync.Once
	idle     chan struct{} // closed once the runtime is closed and no call is in flight
}

func (l *lifecycle) init() {
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.idle = make(chan struct{})
}

// shut ends all waits and waits for the calls in flight, for closeWait at most.
func (l *lifecycle) shut() {
	l.closed.Store(true)
	l.cancel()
	l.notice()
	limit := time.NewTimer(closeWait)
	defer limit.Stop()
	select {
	case <-l.idle:
	case <-limit.C:
	}
}

// notice reports a closed runtime without calls in flight. Streams are not waited for, because the
// goroutine that closes the runtime may be the one that reads them.
func (l *lifecycle) notice() {
	if l.closed.Load() && l.inFlight.Load() <= l.streams.Load() {
		l.once.Do(func() { close(l.idle) })
	}
}

// closing returns what ends the waits of calls.
func (c *Caller) closing() limit.Closed { return limit.Closed{c.ctx.Done(), c.runtime.ctx.Done()} }

// afterClose calls f when the caller or its runtime is closed, unless stop is called first.
func (c *Caller) afterClose(f func()) (stop func()) {
	one, two := context.AfterFunc(c.ctx, f), context.AfterFunc(c.runtime.ctx, f)
	return func() {
		one()
		two()
	}
}

// A closingContext is a context that also ends when a caller or its runtime is closed. Following
// these costs something only if the context is waited for.
type closingContext struct {
	context.Context
	caller *Caller

	once   sync.Once
	merged atomic.Pointer[mergedContext]
}

// A mergedContext ends with several others.
type mergedContext struct {
	context.Context
	cancel func()
}

// Done is closed when the parent ends or the caller or its runtime is closed.
func (c *closingContext) Done() <-chan struct{} {
	c.once.Do(func() {
		ctx, cancel := context.WithCancel(c.Context)
		stop := c.caller.afterClose(cancel)
		c.merged.Store(&mergedContext{ctx, func() {
			stop()
			cancel()
		}})
	})
	return c.merged.Load().Done()
}

// Err returns why Done is closed, or nil.
func (c *closingContext) Err() error {
	if m := c.merged.Load(); m != nil {
		return m.Err()
	}
	return c.Context.Err()
}

// end releases what the context holds.
func (c *closingContext) end() {
	if m := c.merged.Load(); m != nil {
		m.cancel()
	}
}
