package limit

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/internal/advice"
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
	key   string
	epoch time.Time

	mu        sync.Mutex
	policy    policy.Rate
	meter     meter
	queue     waiters
	timer     *time.Timer // fires when the head of the queue can be served; nil until a call queues
	granted   uint64
	refused   uint64
	rejection rejection
}

// A rejection is the last one passed to [Bucket.ThrottledFor].
type rejection struct {
	account string
	at      time.Duration
	valid   bool
}

// A BucketSnapshot is the contents of a rate limit at one moment.
type BucketSnapshot struct {
	Key       string
	PerSecond float64       // tokens per second now; 0 means no limit
	Stated    float64       // tokens per second by policy
	Learned   float64       // tokens per second stated by the server, within the policy's bounds; 0 if it stated none
	Burst     int           // by policy
	Tokens    float64       // calls that could be sent at once; 0 without a limit
	Waiting   int           // calls in the queue
	Held      time.Duration // how much longer all calls are held
	Granted   uint64        // permits given so far
	Refused   uint64        // calls rejected so far because the wait would have been too long
}

// NewBucket returns a full bucket. A rate of 0, or one that is switched off, sets no limit; then
// calls wait only after [Bucket.Throttled].
func NewBucket(key string, p policy.Rate) *Bucket {
	return &Bucket{key: key, epoch: time.Now(), policy: p, meter: newMeter(p)}
}

// Take takes a permit and returns how long it waited. If the wait would be longer than maxWait or
// would not end before the context's deadline, it returns a [*WaitError] at once. If the context
// ends during the wait, it returns ctx.Err() and takes no permit.
func (b *Bucket) Take(ctx context.Context, maxWait time.Duration) (time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	begin := time.Now()
	w, err := b.enter(begin, longestWait(ctx, begin, maxWait))
	if w == nil {
		return 0, err
	}
	select {
	case <-w.ready:
		return time.Since(begin), w.err
	case <-ctx.Done():
		b.leave(w)
		return time.Since(begin), ctx.Err()
	}
}

// longestWait returns maxWait, or less if the context ends earlier. A wait that ends with the
// deadline is useless, hence the nanosecond.
func longestWait(ctx context.Context, now time.Time, maxWait time.Duration) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(maxWait, deadline.Sub(now)-1)
	}
	return maxWait
}

// enter takes a permit and returns nil, or returns a new waiter at the end of the queue, or an
// error.
func (b *Bucket) enter(begin time.Time, limit time.Duration) (*waiter, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := begin.Sub(b.epoch)
	need := b.meter.need(now, b.queue.length)
	if need > max(limit, 0) {
		b.refused++
		return nil, &WaitError{Need: need}
	}
	if need == 0 && b.queue.head == nil {
		b.grant(now)
		return nil, nil
	}
	w := b.queue.push(saturate.Add(now, limit))
	if b.queue.head == w {
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
		b.putBack()
	}
}

// Refund gives back a permit with which nothing was sent.
func (b *Bucket) Refund() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.putBack()
}

// putBack puts back the token of a permit. The lock must be held.
func (b *Bucket) putBack() {
	b.granted--
	b.change(b.meter.refunded())
}

// Throttled must be called when the server rejected a request because there were too many. The rate
// falls to 0.7 of its value and recovers by 0.01 of the full rate each second. No call is sent
// before retryAfter is over, 15 minutes at most; 0 holds no call.
func (b *Bucket) Throttled(retryAfter time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.change(b.meter.throttled(b.now(), retryAfter))
}

// ThrottledFor is like [Bucket.Throttled] for a bucket that several accounts share, when a request
// of one account was rejected. It has an effect only if requests of two accounts are rejected
// within a second: a single account may have used up its separate quota.
func (b *Bucket) ThrottledFor(account string, retryAfter time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, last := b.now(), b.rejection
	b.rejection = rejection{account: account, at: now, valid: true}
	if last.valid && last.account != account && now-last.at < throttleRest {
		b.change(b.meter.throttled(now, retryAfter))
	}
}

// Answered must be called when a request that was sent at the given time got a response.
func (b *Bucket) Answered(sent time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.meter.single {
		return
	}
	now := b.now()
	b.meter = b.meter.answered(now, now-sent.Sub(b.epoch))
	b.reject(now)
	b.serve(now)
}

// Observe adapts the bucket to what the server states about its own count. It has no effect unless
// the policy has learn switched on.
func (b *Bucket) Observe(q advice.Quota) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.change(b.meter.observed(b.now(), q))
}

// Update changes the policy. Tokens, queue and throttling are kept.
func (b *Bucket) Update(p policy.Rate) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.policy = p
	b.change(b.meter.tuned(p, b.now()))
}

// now returns the time since the bucket was made.
func (b *Bucket) now() time.Duration { return time.Since(b.epoch) }

// change replaces the meter, rejects the calls that would now wait too long and serves the others.
// The lock must be held, here and below.
func (b *Bucket) change(m meter) {
	slower := m.heldUntil > b.meter.heldUntil || m.rate() < b.meter.rate() || m.cut < b.meter.cut
	b.meter = m
	now := b.now()
	if slower {
		b.reject(now)
	}
	b.serve(now)
}

// reject rejects all queued calls that can no longer be served in time.
func (b *Bucket) reject(now time.Duration) {
	place := 0
	for w := b.queue.head; w != nil; {
		next := w.next
		if need := b.meter.need(now, place); saturate.Add(now, need) > w.latest {
			b.refused++
			b.queue.settle(w, &WaitError{Need: need})
		} else {
			place++
		}
		w = next
	}
}

// serve gives permits to the head of the queue while there are any, and sets the timer for the
// next.
func (b *Bucket) serve(now time.Duration) {
	for b.queue.head != nil && b.meter.need(now, 0) == 0 {
		b.grant(now)
		b.queue.settle(b.queue.head, nil)
	}
	b.arm(now)
}

// grant spends a token.
func (b *Bucket) grant(now time.Duration) {
	b.meter = b.meter.spent(now)
	b.granted++
}

// arm sets the timer for the head of the queue, or stops it if the queue is empty.
func (b *Bucket) arm(now time.Duration) {
	switch {
	case b.queue.head == nil && b.timer != nil:
		b.timer.Stop()
	case b.queue.head == nil:
	case b.timer == nil:
		b.timer = time.AfterFunc(b.meter.need(now, 0), b.tick)
	default:
		b.timer.Reset(b.meter.need(now, 0))
	}
}

// tick serves the queue when the timer fires.
func (b *Bucket) tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.serve(b.now())
}

// Snapshot returns the present contents.
func (b *Bucket) Snapshot() BucketSnapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	m := b.meter.filled(now)
	s := BucketSnapshot{
		Key: b.key, PerSecond: m.pace(now), Stated: m.stated, Learned: m.learned, Burst: b.policy.Burst,
		Waiting: b.queue.length, Held: max(0, m.heldUntil-now), Granted: b.granted, Refused: b.refused,
	}
	if m.stated > 0 {
		s.Tokens = math.Max(0, m.tokens)
	}
	return s
}
