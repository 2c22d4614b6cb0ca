package limit

import (
	"math"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

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
	Members   int           // processes that share the bucket, this one included; 0: it is not shared
	Apart     time.Duration // how long it has used its part of the bucket without the store; 0: it uses the store
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
	if b.share != nil {
		s.Members = b.share.members
		if b.share.apart {
			s.Apart = max(1, now-b.share.since)
			s.PerSecond /= float64(s.Members)
			m.tokens /= float64(s.Members)
		} else {
			m.tokens = math.Max(0, m.tokens) + b.share.usable(now)
		}
	}
	if m.stated > 0 {
		s.Tokens = math.Max(0, m.tokens)
	}
	return s
}

// burst returns the burst of a policy, which is at least one if there is a rate.
func burst(p policy.Rate) int {
	if p.PerSecond > 0 {
		return max(p.Burst, 1)
	}
	return p.Burst
}

// Full reports whether the bucket is like a new one: it is full, no call waits, it has recovered
// from all throttling and has learned no other rate.
func (b *Bucket) Full() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	rejected := b.rejection.valid && now-b.rejection.at < throttleRest
	return b.queue.head == nil && !rejected && b.meter.full(now) && (b.share == nil || b.share.empty())
}
