package resilience

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// A waitError says that no permit can be had in time, and how long it would have taken.
type waitError struct{ need time.Duration }

// Error tells the wait.
func (e *waitError) Error() string {
	return "the next permit is " + e.need.Round(time.Millisecond).String() + " away; call less often or raise max-wait"
}

// A bucket bounds how often calls go out: a token bucket with a queue in order of arrival. Calls in the queue have no goroutine or timer of
// their own. When the rate changes, they wait by the new one, and those that can no longer be served in time are turned away at once.
// It is safe for concurrent use.
type bucket struct {
	key   string
	epoch time.Time

	mu      sync.Mutex
	policy  policy.Rate
	meter   meter
	queue   waiters
	timer   *time.Timer // fires when the head of the queue can be served; nil until somebody queues
	granted uint64
	refused uint64
	blame   blame
}

// A blame is the last refusal of a request that took a permit of this bucket and one of its account's own.
type blame struct {
	account string
	at      time.Duration
	given   bool
}

// A BucketSnapshot is what a rate limit holds at a moment.
type BucketSnapshot struct {
	Key       string
	PerSecond float64       // tokens a second that come in now; 0: no limit
	Stated    float64       // tokens a second by policy
	Learned   float64       // tokens a second that the server states, within the policy's bounds; 0: it stated none
	Burst     int           // by policy
	Tokens    float64       // calls that could go out at once; 0 without a limit
	Waiting   int           // calls in the queue
	Held      time.Duration // how long all calls are held; 0: they are not
	Granted   uint64        // permits given since the beginning
	Refused   uint64        // calls turned away because the wait would have been too long
}

// newBucket returns a full bucket. A rate of 0, or one that is switched off, sets no limit: then only throttled holds calls up.
func newBucket(key string, p policy.Rate) *bucket {
	return &bucket{key: key, epoch: time.Now(), policy: p, meter: newMeter(p)}
}

// take takes a permit and returns how long it waited for it. If the wait would be longer than maxWait or would not end before the context's
// deadline, take returns a *waitError at once. If the caller gives up while waiting, it returns the context's error and the permit stays in the bucket.
func (b *bucket) take(ctx context.Context, maxWait time.Duration) (time.Duration, error) {
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

// longestWait returns the longest wait that has sense: maxWait, or less if the context ends earlier. A wait that ends with the deadline is
// useless, hence the nanosecond.
func longestWait(ctx context.Context, now time.Time, maxWait time.Duration) time.Duration {
	if deadline, ok := ctx.Deadline(); ok {
		return min(maxWait, deadline.Sub(now)-1)
	}
	return maxWait
}

// enter takes a permit and returns nothing, or returns a place in the queue, or why there is none.
func (b *bucket) enter(begin time.Time, limit time.Duration) (*waiter, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := begin.Sub(b.epoch)
	need := b.meter.need(now, b.queue.length)
	if need > max(limit, 0) {
		b.refused++
		return nil, &waitError{need: need}
	}
	if need == 0 && b.queue.head == nil {
		b.grant(now)
		return nil, nil
	}
	w := b.queue.push(later(now, limit))
	if b.queue.head == w {
		b.arm(now)
	}
	return w, nil
}

// leave gives up a place in the queue, or the permit if it came in the meantime.
func (b *bucket) leave(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.queue.remove(w):
		b.serve(b.now())
	case w.err == nil:
		b.putBack()
	}
}

// refund gives back a permit with which nothing was sent.
func (b *bucket) refund() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.putBack()
}

// putBack puts back the token of a permit. The lock is held.
func (b *bucket) putBack() {
	b.granted--
	b.change(b.meter.refunded())
}

// throttled tells the bucket that the server refused a request because there were too many: the rate falls to 0.7 of itself and comes back by 0.01
// of the whole each second. Nothing goes out until retryAfter is over (at most 15 minutes; 0: no such instruction).
func (b *bucket) throttled(retryAfter time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.change(b.meter.throttled(b.now(), retryAfter))
}

// blamed tells the bucket of an application that the server refused a request of one of its accounts. Only a refusal of two accounts within
// throttleRest is taken to be about what they share; then it is like throttled.
func (b *bucket) blamed(account string, retryAfter time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	both := b.blame.given && b.blame.account != account && now-b.blame.at < throttleRest
	b.blame = blame{account: account, at: now, given: true}
	if both {
		b.change(b.meter.throttled(now, retryAfter))
	}
}

// answered tells the bucket that a request was answered that went out at this time.
func (b *bucket) answered(sent time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.meter.single {
		return
	}
	now := b.now()
	b.meter = b.meter.answered(now, now-sent.Sub(b.epoch))
	b.sift(now)
	b.serve(now)
}

// observe tells the bucket what the server says of its own count. It has an effect only if the policy says learn.
func (b *bucket) observe(q quota) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.change(b.meter.observed(b.now(), q))
}

// retune changes the policy; what the bucket holds stays as far as it fits.
func (b *bucket) retune(p policy.Rate) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.policy = p
	b.change(b.meter.retuned(p, b.now()))
}

// now returns the time since the bucket was made.
func (b *bucket) now() time.Duration { return time.Since(b.epoch) }

// change puts another meter in the place of the one there is, serves the queue by it and turns away those who would wait too long.
// The lock is held, here and below.
func (b *bucket) change(m meter) {
	slower := m.gate > b.meter.gate || m.rate() < b.meter.rate() || m.cut < b.meter.cut
	b.meter = m
	now := b.now()
	if slower {
		b.sift(now)
	}
	b.serve(now)
}

// sift turns away all in the queue who cannot be served in time any more.
func (b *bucket) sift(now time.Duration) {
	place := 0
	for w := b.queue.head; w != nil; {
		next := w.next
		if need := b.meter.need(now, place); later(now, need) > w.latest {
			b.refused++
			b.queue.settle(w, &waitError{need: need})
		} else {
			place++
		}
		w = next
	}
}

// serve gives permits to the head of the queue as long as there are any, and sets the timer for the next.
func (b *bucket) serve(now time.Duration) {
	for b.queue.head != nil && b.meter.need(now, 0) == 0 {
		b.grant(now)
		b.queue.settle(b.queue.head, nil)
	}
	b.arm(now)
}

// grant spends a token.
func (b *bucket) grant(now time.Duration) {
	b.meter = b.meter.spent(now)
	b.granted++
}

// arm sets the timer for the head of the queue, or stops it.
func (b *bucket) arm(now time.Duration) {
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
func (b *bucket) tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.serve(b.now())
}

// snapshot returns what the bucket holds.
func (b *bucket) snapshot() BucketSnapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	m := b.meter.filled(now)
	s := BucketSnapshot{
		Key: b.key, PerSecond: m.pace(now), Stated: m.stated, Learned: m.learned, Burst: b.policy.Burst,
		Waiting: b.queue.length, Held: max(0, m.gate-now), Granted: b.granted, Refused: b.refused,
	}
	if m.stated > 0 {
		s.Tokens = math.Max(0, m.tokens)
	}
	return s
}
