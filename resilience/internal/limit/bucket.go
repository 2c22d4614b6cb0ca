package limit

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/internal/saturate"
	"github.com/resgen/resgen/resilience/policy"
)

// A WaitError is returned by [Bucket.Take] if no permit is available in time.
type WaitError struct {
	Need time.Duration // how long the wait would have been
}

func (e *WaitError) Error() string {
	return "the next permit is " + e.Need.Round(time.Millisecond).String() + " away; call less often or raise max-wait"
}

// A Bucket limits the rate of calls: a token bucket with a queue in order of arrival. Queued calls
// need no goroutine or timer each. When the rate changes, they wait according to the new rate;
// those that can no longer be served in time are rejected at once.
type Bucket struct {
	key    string
	epoch  time.Time
	defers atomic.Bool // whether the meter does, so that others need no lock; changed with the lock held

	mu        sync.Mutex
	policy    policy.Rate
	meter     meter
	queue     waiters
	timer     *time.Timer // fires when the head of the queue can be served; nil until a call queues
	rejection rejection
	share     *share // nil: no other process shares the bucket
	counts
}

// counts are what a bucket has decided so far, in calls.
type counts struct{ granted, refused, observed uint64 }

// A rejection is the last one passed to [Bucket.ThrottledFor].
type rejection struct {
	account string
	at      time.Duration
	valid   bool
}

// NewBucket returns a full bucket. A rate of 0, or one that is switched off, sets no limit; then
// calls wait only after [Bucket.Throttled].
func NewBucket(key string, p policy.Rate) *Bucket {
	b := &Bucket{key: key, epoch: time.Now(), policy: p, meter: newMeter(p)}
	b.defers.Store(b.meter.defers)
	return b
}

// ErrClosed is returned by waits that ended because the owner of the call was closed.
var ErrClosed = errors.New("closed")

// Closed are the channels whose end ends the waits of a call: those of a client and its runtime. A
// nil channel never ends.
type Closed [2]<-chan struct{}

// An Ask is what a call asks a bucket for.
type Ask struct {
	At      time.Time     // when it asks; zero: now
	Cost    float64       // permits; 0: one
	MaxWait time.Duration // longest wait
	Closed  Closed
}

// cost returns the number of permits.
func (a Ask) cost() float64 {
	if a.Cost == 0 {
		return 1
	}
	return a.Cost
}

// Take takes the permits of a call and returns how long it waited. If the wait would be longer than
// the longest one or would not end before the context's deadline, it returns a [*WaitError] at
// once. If the context ends during the wait, it returns ctx.Err() and takes no permit, and if the
// owner of the call is closed, [ErrClosed].
func (b *Bucket) Take(ctx context.Context, a Ask) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if !a.At.IsZero() && b.takeAt(a.At, a.cost()) {
		return 0, nil
	}
	begin := time.Now()
	w, err := b.enter(begin, a.cost(), longestWait(ctx, begin, a.MaxWait))
	if w == nil {
		return 0, err
	}
	select {
	case <-w.ready:
		return time.Since(begin), w.err
	case <-ctx.Done():
		err = ctx.Err()
	case <-a.Closed[0]:
		err = ErrClosed
	case <-a.Closed[1]:
		err = ErrClosed
	}
	b.leave(w)
	return time.Since(begin), err
}

// Check returns the error of Take if that would not even wait, and nil otherwise. It takes nothing.
func (b *Bucket) Check(ctx context.Context, a Ask) error {
	if !a.At.IsZero() && b.has(a.At, a.cost()) {
		return nil
	}
	begin := time.Now()
	limit := longestWait(ctx, begin, a.MaxWait)
	b.mu.Lock()
	defer b.mu.Unlock()
	if need := b.need(begin.Sub(b.epoch), a.cost()); need > max(limit, 0) {
		b.refused++
		return &WaitError{Need: need}
	}
	return nil
}

// has reports whether a call that asks at a given time need not wait.
func (b *Bucket) has(at time.Time, cost float64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.need(at.Sub(b.epoch), cost) == 0
}

// Watch is Take for a call that is only observed: it never waits. If Take would have waited too
// long, Watch returns the error, takes nothing, and counts the call as observed. If Take would have
// waited and succeeded, the permits are taken in advance.
func (b *Bucket) Watch(ctx context.Context, a Ask) error {
	begin := time.Now()
	limit := longestWait(ctx, begin, a.MaxWait)
	b.mu.Lock()
	defer b.mu.Unlock()
	now := begin.Sub(b.epoch)
	b.follow(now)
	if need := b.need(now, a.cost()); need > max(limit, 0) {
		b.observed++
		return &WaitError{Need: need}
	}
	b.grant(now, a.cost())
	b.reopen(now)
	b.reject(now)
	b.serve(now)
	return nil
}

// longestWait returns maxWait, or less if the context ends earlier. A wait that ends with the
// deadline is useless, hence the nanosecond.
func longestWait(ctx context.Context, now time.Time, maxWait time.Duration) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(maxWait, deadline.Sub(now)-1)
	}
	return maxWait
}

// need returns how long a call at the end of the queue would have to wait. The lock must be held.
func (b *Bucket) need(now time.Duration, cost float64) time.Duration {
	return b.needAt(now, b.queue.cost, cost, b.queue.length, b.queue.length+1)
}

// needAt returns how long the call at a place in a queue of the given length must wait, if the
// calls before it need the given number of permits.
func (b *Bucket) needAt(now time.Duration, before, cost float64, place, length int) time.Duration {
	wait := b.meter.wait(now, place, length)
	if b.share != nil {
		return max(b.sharedNeed(now, before, cost), wait)
	}
	return max(b.meter.need(now, before+b.meter.enough(cost)), wait)
}

// headNeed returns how long the head of the queue must wait.
func (b *Bucket) headNeed(now time.Duration) time.Duration {
	return b.needAt(now, 0, b.queue.head.cost, 0, b.queue.length)
}

// takeAt takes permits that the bucket had at a given time, and reports whether it had them and no
// other call waits. For a call that need not wait, a time that has just passed is as good as the
// present one, which takes a reading of the clock. Shared buckets measure the time of their store,
// so they do not use it.
func (b *Bucket) takeAt(at time.Time, cost float64) bool {
	if b.share != nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := at.Sub(b.epoch)
	b.meter.fill(now)
	if b.queue.head != nil || b.need(now, cost) > 0 {
		return false
	}
	b.grant(now, cost)
	return true
}

// enter takes the permits and returns nil, or returns a new waiter at the end of the queue, or an
// error.
func (b *Bucket) enter(begin time.Time, cost float64, limit time.Duration) (*waiter, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := begin.Sub(b.epoch)
	b.follow(now)
	b.meter.fill(now)
	need := b.need(now, cost)
	if need > max(limit, 0) {
		b.refused++
		return nil, &WaitError{Need: need}
	}
	if need == 0 && b.queue.head == nil && b.inHand(now, cost) {
		b.grant(now, cost)
		return nil, nil
	}
	w := b.queue.push(saturate.Add(now, limit), cost)
	switch {
	case b.share != nil:
		b.serve(now)
	case b.queue.head == w:
		b.arm(now)
	}
	return w, nil
}

// leave removes w from the queue. If w was granted a permit in the meantime, the permit is put
// back.
func (b *Bucket) leave(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.queue.remove(w):
		b.serve(b.now())
	case w.err == nil:
		b.putBack(w.cost)
	}
}

// Key returns the name of the bucket.
func (b *Bucket) Key() string { return b.key }

// now returns the time since the bucket was made.
func (b *Bucket) now() time.Duration { return time.Since(b.epoch) }

// reject rejects all queued calls that can no longer be served in time. The lock must be held, here
// and in the functions below except tick.
func (b *Bucket) reject(now time.Duration) {
	place, before := 0, 0.0
	for w := b.queue.head; w != nil; {
		next := w.next
		need := b.needAt(now, before, w.cost, place, b.queue.length)
		if saturate.Add(now, need) > b.latest(w) {
			b.refused++
			b.queue.settle(w, &WaitError{Need: need})
		} else {
			place++
			before += w.cost
		}
		w = next
	}
}

// serve gives permits to the head of the queue while there are any, and sets the timer for the
// next.
func (b *Bucket) serve(now time.Duration) {
	b.follow(now)
	for b.queue.head != nil && b.headNeed(now) == 0 && b.inHand(now, b.queue.head.cost) {
		b.grant(now, b.queue.head.cost)
		b.queue.settle(b.queue.head, nil)
		b.meter = b.meter.left(now, b.queue.length)
	}
	if b.share != nil {
		b.ask(now)
	}
	b.arm(now)
}

// grant spends the tokens of a call.
func (b *Bucket) grant(now time.Duration, cost float64) {
	b.granted++
	if b.share != nil {
		b.sharedGrant(now, cost)
		return
	}
	b.meter.spend(now, cost)
}

// arm sets the timer for the head of the queue, or stops it if the queue is empty.
func (b *Bucket) arm(now time.Duration) {
	next, ok := b.next(now)
	switch {
	case !ok && b.timer != nil:
		b.timer.Stop()
	case !ok:
	case b.timer == nil:
		b.timer = time.AfterFunc(next, b.tick)
	default:
		b.timer.Reset(next)
	}
}

// next returns when there is something to do without a further event, if ever.
func (b *Bucket) next(now time.Duration) (time.Duration, bool) {
	switch {
	case b.share != nil:
		return b.sharedNext(now)
	case b.queue.head == nil:
		return 0, false
	}
	return b.headNeed(now), true
}

// tick serves the queue when the timer fires.
func (b *Bucket) tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.serve(b.now())
}
