package resilience

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// errNoPlace says that no place in a bulkhead became free in time.
var errNoPlace = errors.New("all places are taken")

// A bulkhead bounds how many calls are in flight at a time. Callers beyond the bound queue in order of arrival.
// It is safe for concurrent use.
type bulkhead struct {
	key string

	mu    sync.Mutex
	max   int // 0 or less: no bound
	inUse int
	queue waiters
}

// A BulkheadSnapshot is how full a bulkhead is at a moment.
type BulkheadSnapshot struct {
	Key     string
	Max     int // 0: no bound
	InUse   int
	Waiting int
}

// newBulkhead returns an empty bulkhead.
func newBulkhead(key string, p policy.Bulkhead) *bulkhead {
	b := &bulkhead{key: key}
	b.retune(p)
	return b
}

// acquire takes a place, waiting for at most maxWait. It returns errNoPlace when that time is over, at once if it is 0 or less, and the
// context's error when the caller gave up. On nil the caller owes one release.
func (b *bulkhead) acquire(ctx context.Context, maxWait time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := b.enter()
	if w == nil {
		return nil
	}
	return b.await(ctx, w, maxWait)
}

// enter takes a free place and returns nothing, or returns a waiter at the end of the queue.
func (b *bulkhead) enter() *waiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.queue.head == nil && b.free() {
		b.inUse++
		return nil
	}
	return b.queue.push(0)
}

// await waits for a place.
func (b *bulkhead) await(ctx context.Context, w *waiter, maxWait time.Duration) error {
	timer := time.NewTimer(maxWait)
	defer timer.Stop()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
		b.leave(w)
		return ctx.Err()
	case <-timer.C:
		b.leave(w)
		return errNoPlace
	}
}

// leave gives up a waiter, and the place too if it was granted in the meantime.
func (b *bulkhead) leave(w *waiter) {
	b.mu.Lock()
	queued := b.queue.remove(w)
	b.mu.Unlock()
	if !queued {
		b.release()
	}
}

// release gives a place back; the first in the queue gets it.
func (b *bulkhead) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inUse--
	b.serve()
}

// retune changes the bound. Calls in flight go on; those in the queue move up if there is more room.
func (b *bulkhead) retune(p policy.Bulkhead) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.max = p.Max
	if p.Enabled == policy.Off {
		b.max = 0
	}
	b.serve()
}

// serve hands free places to the queue.
func (b *bulkhead) serve() {
	for b.queue.head != nil && b.free() {
		b.inUse++
		b.queue.settle(b.queue.head, nil)
	}
}

// free reports whether a place is free.
func (b *bulkhead) free() bool { return b.max <= 0 || b.inUse < b.max }

// snapshot returns how full the bulkhead is.
func (b *bulkhead) snapshot() BulkheadSnapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return BulkheadSnapshot{Key: b.key, Max: max(b.max, 0), InUse: b.inUse, Waiting: b.queue.length}
}
