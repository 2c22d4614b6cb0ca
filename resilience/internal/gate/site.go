package gate

// This file holds what an operator has decided about all calls of an API: they are rejected, or
// they wait.

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/resilience/internal/limit"
	"github.com/resgen/resgen/resilience/policy"
)

// MostPause is the longest pause of an API, or of the retries of an operation.
const MostPause = limit.MostHold

// A Site is what all calls of an API share, at all hosts and for all accounts. It is safe for
// concurrent use. All calls of a nil site are admitted.
type Site struct {
	isolated atomic.Pointer[time.Time] // since when; nil: it is not
	queue    *limit.Bucket             // calls that wait for the end of a pause
	quiet    atomic.Int64              // until when calls ask the queue, in nanoseconds since 1970; 0: never

	mu    sync.Mutex
	pause Pause
}

// A Pause is a time in which no attempt begins. The zero Pause is none.
type Pause struct{ Since, Until time.Time }

// newSite returns the site of an API.
func newSite(api string) *Site { return &Site{queue: limit.NewBucket(api+" pause", policy.Rate{})} }

// Isolate makes all calls fail until Reset.
func (s *Site) Isolate(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isolated.Load() == nil {
		s.isolated.Store(&now)
	}
}

// Isolated returns since when calls are rejected, or the zero time.
func (s *Site) Isolated() time.Time {
	if s != nil {
		if since := s.isolated.Load(); since != nil {
			return *since
		}
	}
	return time.Time{}
}

// Pause makes attempts wait for a time, [MostPause] at most, which replaces an earlier pause. Those
// that waited leave over a tenth of the time.
func (s *Site) Pause(now time.Time, d time.Duration) {
	d = min(d, MostPause)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pause = Pause{Since: now, Until: now.Add(d)}
	s.quiet.Store(now.Add(d + d/4).UnixNano())
	s.queue.Hold(d)
}

// Paused returns the present pause, or the zero Pause.
func (s *Site) Paused(now time.Time) Pause {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !now.Before(s.pause.Until) {
		return Pause{}
	}
	return s.pause
}

// Reset ends isolation and pause. Attempts that wait leave over a second.
func (s *Site) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.isolated.Store(nil)
	if s.pause != (Pause{}) {
		s.pause = Pause{}
		s.queue.Resume()
	}
}

// pausing reports whether calls must ask the queue.
func (s *Site) pausing(now time.Time) bool {
	if s == nil {
		return false
	}
	quiet := s.quiet.Load()
	return quiet != 0 && now.UnixNano() < quiet
}

// await waits for the end of a pause, as for permits, and returns how long that took.
func (s *Site) await(ctx context.Context, ask limit.Ask) (time.Duration, error) {
	ask.Cost = 0
	return s.queue.Take(ctx, ask)
}
