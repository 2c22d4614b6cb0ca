package limit

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// ErrBulkheadFull is returned by [Bulkhead.Acquire] when no place became free in time.
var ErrBulkheadFull = errors.New("all places are taken")

// A Bulkhead bounds the number of calls in flight. Callers beyond the bound queue in order of
// arrival.
type Bulkhead struct {
	key string

	mu    sync.Mutex
	max   int // no bound if 0 or less
	inUse int
	queue waiters
}

// A BulkheadSnapshot is the occupancy of a bulkhead at one moment.
type BulkheadSnapshot struct {
	Key     string
	Max     int // 0 means no bound
	InUse   int
	Waiting int
}

// NewBulkhead returns an empty bulkhead.
func NewBulkhead(key string, p policy.Bulkhead) *Bulkhead {
	b := &Bulkhead{key: key}
	b.Update(p)
	return b
}

// Acquire takes a place, waiting for at most maxWait. It returns [ErrBulkheadFull] when that time
// is over (at once if maxWait is 0 or less), ctx.Err() if the context ends first and [ErrClosed] if
// the call's owner is closed first. After a nil error the caller must call [Bulkhead.Release].
func (b *Bulkhead) Acquire(ctx context.Context, maxWait time.Duration, closed Closed) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := b.enter()
	if w == nil {
		return nil
	}
	return b.await(ctx, w, maxWait, closed)
}

// Try takes a place if that needs no wait, and reports whether it did.
func (b *Bulkhead) Try() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.queue.head != nil || !b.free() {
		return false
	}
	b.inUse++
	return true
}

// enter takes a free place and returns nil, or returns a new waiter at the end of the queue.
func (b *Bulkhead) enter() *waiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.queue.head == nil && b.free() {
		b.inUse++
		return nil
	}
	return b.queue.push(0, 0)
}

// await waits until w is granted a place.
func (b *Bulkhead) await(ctx context.Context, w *waiter, maxWait time.Duration, closed Closed) error {
	if maxWait <= 0 { // no timer of 0: in a synctest bubble it can crash Go's runtime
		b.leave(w)
		return ErrBulkheadFull
	}
	timer := time.NewTimer(maxWait)
	defer timer.Stop()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
		b.leave(w)
		return ctx.Err()
	case <-closed[0]:
		b.leave(w)
		return ErrClosed
	case <-closed[1]:
		b.leave(w)
		return ErrClosed
	case <-timer.C:
		b.leave(w)
		return ErrBulkheadFull
	}
}

// leave removes w from the queue. If w was granted a place in the meantime, the place is released.
func (b *Bulkhead) leave(w *waiter) {
	b.mu.Lock()
	queued := b.queue.remove(w)
	b.mu.Unlock()
	if !queued {
		b.Release()
	}
}

// Release gives a place back. The first waiter in the queue gets it.
func (b *Bulkhead) Release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inUse--
	b.serve()
}

// Update changes the bound. Calls in flight are not interrupted; waiters get places that the new
// bound makes free.
func (b *Bulkhead) Update(p policy.Bulkhead) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.max = p.Max
	if p.Enabled == policy.Off {
		b.max = 0
	}
	b.serve()
}

// serve hands free places to the queue. The lock must be held.
func (b *Bulkhead) serve() {
	for b.queue.head != nil && b.free() {
		b.inUse++
		b.queue.settle(b.queue.head, nil)
	}
}

// free reports whether a place is free. The lock must be held.
func (b *Bulkhead) free() bool { return b.max <= 0 || b.inUse < b.max }

// Snapshot returns the present occupancy.
func (b *Bulkhead) Snapshot() BulkheadSnapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return BulkheadSnapshot{Key: b.key, Max: max(b.max, 0), InUse: b.inUse, Waiting: b.queue.length}
}
