package limit

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// ErrBulkheadFull is returned by [Bulkhead.Acquire] when no place became free in time.
var ErrBulkheadFull = errors.New("all places are taken")

// A Bulkhead bounds the number of calls in flight. Callers beyond the bound queue in order of
// arrival.
type Bulkhead struct {
	key   string
	max   atomic.Int64 // no bound if 0 or less; changed with the lock held
	state atomic.Int64 // calls in flight, and full: see there

	mu    sync.Mutex
	queue waiters
}

// full is added to the state of a bulkhead when a call begins to wait, and subtracted when a place
// is given back and none waits any more. Until then, no place changes hands without the lock.
const full = 1 << 40

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
	for n := b.state.Load(); b.free(n); n = b.state.Load() {
		if b.state.CompareAndSwap(n, n+1) {
			return true
		}
	}
	return false
}

// enter takes a free place and returns nil, or returns a new waiter at the end of the queue.
func (b *Bulkhead) enter() *waiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		if b.Try() {
			return nil
		}
		n := b.state.Load()
		if n >= full || !b.free(n) && b.state.CompareAndSwap(n, n+full) {
			return b.queue.push(0, 0)
		}
	}
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
	for n := b.state.Load(); n < full; n = b.state.Load() {
		if b.state.CompareAndSwap(n, n-1) {
			return
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state.Add(-1)
	b.serve()
}

// Update changes the bound. Calls in flight are not interrupted; waiters get places that the new
// bound makes free.
func (b *Bulkhead) Update(p policy.Bulkhead) {
	b.mu.Lock()
	defer b.mu.Unlock()
	most := p.Max
	if p.Enabled == policy.Off {
		most = 0
	}
	b.max.Store(int64(most))
	b.serve()
}

// serve hands free places to the queue. The lock must be held.
func (b *Bulkhead) serve() {
	for b.queue.head != nil && b.free(b.state.Load()-full) {
		b.state.Add(1)
		b.queue.settle(b.queue.head, nil)
	}
	if b.queue.head == nil {
		b.state.And(full - 1)
	}
}

// free reports whether a call may take a place in a state of the bulkhead.
func (b *Bulkhead) free(state int64) bool {
	most := b.max.Load()
	return state < full && (most <= 0 || state < most)
}

// Snapshot returns the present occupancy.
func (b *Bulkhead) Snapshot() BulkheadSnapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return BulkheadSnapshot{
		Key: b.key, Max: max(int(b.max.Load()), 0), InUse: int(b.state.Load() & (full - 1)),
		Waiting: b.queue.length,
	}
}
