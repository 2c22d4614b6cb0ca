package auth

import (
	"context"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience"
)

// A slot keeps one secret. Its renewal fetches it once for all who wait; the slot decides whether
// to.
//
// A rejection is not always the secret's fault: token services have had hours in which they refused
// every token, and some servers answer a missing permission like a stale token. So a secret that
// was fetched because of a rejection and never worked is not replaced for another rejection within
// the pause.
type slot[S any] struct {
	renewal resilience.Renewal[S]
	pause   time.Duration
	rest    time.Duration
	final   func(error) bool

	mu         sync.Mutex
	used       time.Time
	secret     S      // as it was last handed out
	generation uint64 // of secret; 0: none was
	forced     forced
	failed     error     // a final error of the last fetch
	since      time.Time // when it came
}

// forced is the last renewal that followed a rejection.
type forced struct {
	at       time.Time // zero: there was none
	replaced uint64    // the generation that was rejected
	over     bool      // it ended, with err
	err      error
	worked   bool // the secret that came of it, or a later one, was accepted
}

// get returns the secret and its generation.
func (s *slot[S]) get(ctx context.Context) (S, uint64, error) {
	secret, generation, err := s.renewal.Get(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = time.Now()
	if err == nil && generation > s.generation {
		s.secret, s.generation = secret, generation
	}
	return secret, generation, err
}

// fetch runs a fetch unless the last one failed for good a moment ago. It is the renewal's, and
// runs once at a time.
func (s *slot[S]) fetch(run func() (S, time.Time, error)) (secret S, expiry time.Time, err error) {
	s.mu.Lock()
	failed, rests := s.failed, s.failed != nil && time.Since(s.since) < s.rest
	s.mu.Unlock()
	if rests {
		return secret, expiry, failed
	}
	secret, expiry, err = run()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed, s.since = nil, time.Now()
	if err != nil && s.final(err) {
		s.failed = err
	}
	s.settle(err)
	return secret, expiry, err
}

// renew fetches a secret later than the given generation, once for all whose requests were rejected
// with it. It returns false if it is too early for that.
func (s *slot[S]) renew(ctx context.Context, generation uint64) (bool, error) {
	join, err := s.admit(generation)
	if !join {
		return false, err
	}
	_, _, err = s.renewal.Renew(ctx, generation)
	return err == nil, err
}

// admit reports whether a rejection of this generation may fetch, or wait for a fetch under way.
func (s *slot[S]) admit(generation uint64) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	recent := !s.forced.at.IsZero() && time.Since(s.forced.at) < s.pause
	switch {
	case recent && s.forced.replaced == generation:
		return s.forced.err == nil, s.forced.err
	case recent && !s.forced.worked:
		return false, nil
	}
	s.forced = forced{at: time.Now(), replaced: generation}
	return true, nil
}

// settle notes how a renewal ended. The lock is held.
func (s *slot[S]) settle(err error) {
	if !s.forced.at.IsZero() && !s.forced.over {
		s.forced.over, s.forced.err = true, err
	}
}

// doubted returns the present secret if it came of a rejection and has not proved itself yet.
func (s *slot[S]) doubted() (secret S, generation uint64, doubted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secret, s.generation, !s.forced.at.IsZero() && !s.forced.worked && s.generation > s.forced.replaced
}

// rests reports whether the last renewal that followed a rejection is too recent for another.
func (s *slot[S]) rests() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.forced.at) < s.pause
}

// trust notes that the secret of this generation was accepted.
func (s *slot[S]) trust(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if generation > s.forced.replaced {
		s.forced.worked = true
	}
}

// mostSlots bounds how many secrets a credential keeps. Keys can hold values of a request's path.
const mostSlots = 1024

// slots are the secrets of a credential by key.
type slots[K comparable, S any] struct {
	make func(K) *slot[S]

	mu     sync.Mutex
	m      map[K]*slot[S]
	closed bool
}

// close closes all slots, those made later as well.
func (s *slots[K, S]) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, slot := range s.m {
		slot.renewal.Close()
	}
}

// of returns the slot of a key. The one that was not used for longest gives way to a new one when
// there are too many.
func (s *slots[K, S]) of(key K) *slot[S] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found, ok := s.m[key]; ok {
		return found
	}
	if s.m == nil {
		s.m = map[K]*slot[S]{}
	}
	if len(s.m) >= mostSlots {
		delete(s.m, s.idlest())
	}
	made := s.make(key)
	if s.closed {
		made.renewal.Close()
	}
	s.m[key] = made
	return made
}

// idlest returns the key that was not used for longest. The lock is held.
func (s *slots[K, S]) idlest() (oldest K) {
	var at time.Time
	for key, slot := range s.m {
		slot.mu.Lock()
		used := slot.used
		slot.mu.Unlock()
		if at.IsZero() || used.Before(at) {
			oldest, at = key, used
		}
	}
	return oldest
}
