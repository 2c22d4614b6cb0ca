package limit

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
	"github.com/resgen/resgen/resilience/policy"
)

const (
	// firstProbe and nextProbe are when the store is tried again after it could not be used.
	firstProbe = 50 * time.Millisecond
	nextProbe  = 250 * time.Millisecond
	// mostProbes is how many of them may be on the way.
	mostProbes = 8
	// drawTimeout ends a draw for which no call waits any longer.
	drawTimeout = 2 * time.Second
)

// A Link connects the buckets of a runtime with a store. If the store is too slow for one of them,
// all work without it, until it answers a probe in time. It is safe for concurrent use.
type Link struct {
	quotas  fleet.Quotas
	process string
	wait    time.Duration
	changed func(down bool, err error)
	down    atomic.Bool
	closed  atomic.Bool
	met     atomic.Bool  // the store has answered
	most    atomic.Int64 // members of the bucket that was drawn from last

	mu        sync.Mutex
	since     time.Time            // when it went down
	reason    error                // why; nil if it was too slow
	announced bool                 // changed was called
	apart     map[*Bucket]struct{} // those that work without the store
	timer     *time.Timer
	probes    int
}

// NewLink returns a link for a process. Calls wait for the store for at most wait. The function
// changed is called when the store can no longer be used, with the reason if that is known, and
// when it can be used again.
func NewLink(q fleet.Quotas, process string, wait time.Duration, changed func(down bool, err error)) *Link {
	return &Link{quotas: q, process: process, wait: wait, changed: changed, apart: map[*Bucket]struct{}{}}
}

// Down returns since when the store cannot be used, or the zero time.
func (l *Link) Down() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.down.Load() {
		return l.since
	}
	return time.Time{}
}

// members returns how many processes there are, as far as that is known.
func (l *Link) members() int { return max(1, int(l.most.Load())) }

// lost notes that a bucket works without the store.
func (l *Link) lost(b *Bucket, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.apart[b] = struct{}{}
	if l.closed.Load() || l.timer != nil {
		return
	}
	l.timer = time.AfterFunc(firstProbe, l.probe)
	if l.down.CompareAndSwap(false, true) {
		l.since, l.reason, l.announced = time.Now(), err, false
	}
}

// Meet makes the first contact, which takes longer than others because connections are opened. It
// returns when the store has answered, and after a time at the latest. Then calls do not wait for
// the store, until it answers a probe.
func (l *Link) Meet(wait time.Duration) {
	b := NewSharedBucket(l, "contact", policy.Rate{})
	result := make(chan error, 1)
	go func() {
		g, err := l.draw(b.key, fleet.Draw{Process: l.process, Since: -1})
		if err == nil {
			l.most.Store(int64(g.Members))
			l.met.Store(true)
		}
		result <- err
	}()
	timer := time.NewTimer(wait)
	defer timer.Stop()
	err := errSlow
	select {
	case err = <-result:
		if err == nil {
			return
		}
	case <-timer.C:
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.part(b.now(), err)
}

// draw sends a draw.
func (l *Link) draw(bucket string, d fleet.Draw) (fleet.Grant, error) {
	ctx, cancel := context.WithTimeout(context.Background(), drawTimeout)
	defer cancel()
	return l.quotas.Draw(ctx, bucket, d)
}

// probe tries the store with one of the buckets, and sets the timer for the next time.
func (l *Link) probe() {
	b, ok := l.begin()
	if !ok {
		return
	}
	err := b.rejoin()
	l.mu.Lock()
	l.probes--
	announce := l.down.Load() && (err != nil) != l.announced
	if err != nil {
		reason := l.reason
		l.announced = true
		l.mu.Unlock()
		if announce {
			l.changed(true, cmp.Or(reason, err))
		}
		return
	}
	buckets := l.up()
	l.mu.Unlock()
	if announce {
		l.changed(false, nil)
	}
	l.rejoin(buckets)
}

// begin returns a bucket to try the store with. It returns false if there is none, or if too many
// are waiting for it.
func (l *Link) begin() (*Bucket, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed.Load() {
		return nil, false
	}
	for b := range l.apart {
		l.timer.Reset(nextProbe)
		if l.probes >= mostProbes {
			return nil, false
		}
		l.probes++
		return b, true
	}
	l.up()
	return nil, false
}

// up notes that the store can be used, and returns the buckets that work without it. The lock must
// be held.
func (l *Link) up() []*Bucket {
	l.down.Store(false)
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	buckets := slices.Collect(maps.Keys(l.apart))
	clear(l.apart)
	return buckets
}

// rejoin lets buckets use the store again. If it fails meanwhile, the rest must wait.
func (l *Link) rejoin(buckets []*Bucket) {
	for i, b := range buckets {
		if err := b.rejoin(); err != nil {
			for _, b := range buckets[i:] {
				l.lost(b, err)
			}
			return
		}
		b.proceed()
	}
}

// Close ends all probes. No draws are sent any longer.
func (l *Link) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed.Store(true)
	if l.timer != nil {
		l.timer.Stop()
	}
}
