package limit

import (
	"context"
	"errors"
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
	rejection rejection
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
	Granted   uint64        // calls that got their permits so far
	Refused   uint64        // calls rejected so far because the wait would have been too long
	Observed  uint64        // calls sent so far that would have been rejected if rate.mode were enforce
}

// NewBucket returns a full bucket. A rate of 0, or one that is switched off, sets no limit; then
// calls wait only after [Bucket.Throttled].
func NewBucket(key string, p policy.Rate) *Bucket {
	return &Bucket{key: key, epoch: time.Now(), policy: p, meter: newMeter(p)}
}

// ErrClosed is returned by waits that ended because the owner of the call was closed.
var ErrClosed = errors.New("closed")

// Closed are the channels whose end ends the waits of a call: those of a client and its runtime. A
// nil channel never ends.
type Closed [2]<-chan struct{}

// An Ask is what a call asks a bucket for.
type Ask struct {
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

// Watch is Take for a call that is only observed: it never waits. If Take would have waited too
// long, Watch returns the error, takes nothing, and counts the call as observed. If Take would have
// waited and succeeded, the permits are taken in advance.
func (b *Bucket) Watch(ctx context.Context, a Ask) error {
	begin := time.Now()
	limit := longestWait(ctx, begin, a.MaxWait)
	b.mu.Lock()
	defer b.mu.Unlock()
	now := begin.Sub(b.epoch)
	if need := b.need(now, a.cost()); need > max(limit, 0) {
		b.observed++
		return &WaitError{Need: need}
	}
	b.grant(now, a.cost())
	b.reject(now)
	b.arm(now)
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
	return b.needAt(now, b.queue.cost+b.meter.enough(cost), b.queue.length, b.queue.length+1)
}

// needAt returns how long the call at a place in a queue of the given length must wait. amount is
// the number of permits that it needs, with those of the calls before it.
func (b *Bucket) needAt(now time.Duration, amount float64, place, length int) time.Duration {
	return max(b.meter.need(now, amount), b.meter.wait(now, place, length))
}

// headNeed returns how long the head of the queue must wait.
func (b *Bucket) headNeed(now time.Duration) time.Duration {
	return b.needAt(now, b.meter.enough(b.queue.head.cost), 0, b.queue.length)
}

// enter takes the permits and returns nil, or returns a new waiter at the end of the queue, or an
// error.
func (b *Bucket) enter(begin time.Time, cost float64, limit time.Duration) (*waiter, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := begin.Sub(b.epoch)
	need := b.need(now, cost)
	if need > max(limit, 0) {
		b.refused++
		return nil, &WaitError{Need: need}
	}
	if need == 0 && b.queue.head == nil {
		b.grant(now, cost)
		return nil, nil
	}
	w := b.queue.push(saturate.Add(now, limit), cost)
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
		b.putBack(w.cost)
	}
}

// Refund gives back the permits of a call with which nothing was sent. A cost of 0 is one permit.
func (b *Bucket) Refund(cost float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.putBack(Ask{Cost: cost}.cost())
}

// putBack puts back the permits of a call. The lock must be held.
func (b *Bucket) putBack(cost float64) {
	b.granted--
	b.change(b.meter.refunded(cost))
}

// Correct takes more permits after a call turned out to cost more than was taken before, or puts
// permits back if more is negative. It does not wait, and no call waits longer than 15 minutes
// because of it.
func (b *Bucket) Correct(more float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if more < 0 {
		b.change(b.meter.filled(now).refunded(-more))
		return
	}
	b.meter = b.meter.corrected(now, more)
	b.reject(now)
	b.serve(now)
}

// Throttled must be called when the server rejected a request because there were too many. The rate
// falls to 0.7 of its value and recovers by 0.01 of the full rate each second. No call is sent
// before retryAfter is over, 15 minutes at most; 0 holds no call.
func (b *Bucket) Throttled(retryAfter time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.change(b.meter.throttled(b.now(), retryAfter))
}

// Hold makes all calls wait for a time, 15 minutes at most, whatever they were held for before.
func (b *Bucket) Hold(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.change(b.meter.released(now).held(now, d))
}

// Resume ends a hold. The calls that wait leave over a second.
func (b *Bucket) Resume() {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	b.change(b.meter.released(now).spread(now, now+resumeSpread))
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
	if !b.meter.defers {
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

// Key returns the name of the bucket.
func (b *Bucket) Key() string { return b.key }

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
	place, before := 0, 0.0
	for w := b.queue.head; w != nil; {
		next := w.next
		need := b.needAt(now, before+b.meter.enough(w.cost), place, b.queue.length)
		if saturate.Add(now, need) > w.latest {
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
	for b.queue.head != nil && b.headNeed(now) == 0 {
		b.grant(now, b.queue.head.cost)
		b.queue.settle(b.queue.head, nil)
		b.meter = b.meter.left(now, b.queue.length)
	}
	b.arm(now)
}

// grant spends the tokens of a call.
func (b *Bucket) grant(now time.Duration, cost float64) {
	b.meter = b.meter.spent(now, cost)
	b.granted++
}

// arm sets the timer for the head of the queue, or stops it if the queue is empty.
func (b *Bucket) arm(now time.Duration) {
	switch {
	case b.queue.head == nil && b.timer != nil:
		b.timer.Stop()
	case b.queue.head == nil:
	case b.timer == nil:
		b.timer = time.AfterFunc(b.headNeed(now), b.tick)
	default:
		b.timer.Reset(b.headNeed(now))
	}
}

// tick serves the queue when the timer fires.
func (b *Bucket) tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.serve(b.now())
}

// Full reports whether the bucket is like a new one: it is full, no call waits, it has recovered
// from all throttling and has learned no other rate.
func (b *Bucket) Full() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	rejected := b.rejection.valid && now-b.rejection.at < throttleRest
	return b.queue.head == nil && !rejected && b.meter.full(now)
}

// burst returns the burst of a policy, which is at least one if there is a rate.
func burst(p policy.Rate) int {
	if p.PerSecond > 0 {
		return max(p.Burst, 1)
	}
	return p.Burst
}

// Snapshot returns the present contents.
func (b *Bucket) Snapshot() BucketSnapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	m := b.meter.filled(now)
	s := BucketSnapshot{
		Key: b.key, PerSecond: m.pace(now), Stated: m.stated, Learned: m.learned,
		Burst:   burst(b.policy),
		Waiting: b.queue.length, Held: max(0, m.heldUntil-now), Granted: b.granted, Refused: b.refused,
		Observed: b.observed,
	}
	if m.stated > 0 {
		s.Tokens = math.Max(0, m.tokens)
	}
	return s
}
