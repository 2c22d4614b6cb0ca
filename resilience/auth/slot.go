package auth

import (
	"context"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience"
)

// A slot holds one secret. Its renewal fetches it once for all waiting callers; the slot decides
// whether to fetch.
//
// A rejection is not always caused by the secret: token services have rejected every token for
// hours, and some servers report a missing permission like an expired token. Therefore a secret
// that was fetched because of a rejection and has never been accepted is not replaced after another
// rejection within the pause.
type slot[S any] struct {
	renewal resilience.Renewal[S]
	pause   time.Duration

	mu         sync.Mutex
	used       time.Time
	until      time.Time // when the secret expires that was fetched last; zero: never, or there is none
	secret     S         // last returned
	generation uint64    // of secret; 0: none yet
	accepted   uint64    // latest generation that the server has accepted; 0: none yet
	forced     forced
}

// forced is the last renewal triggered by a rejection.
type forced struct {
	at       time.Time // zero: none yet
	replaced uint64    // the rejected generation
	over     bool      // it ended with err
	err      error
}

// lastUsed returns when a call last needed the secret.
func (s *slot[S]) lastUsed() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
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

// renew fetches a secret newer than the given generation, once for all requests that were rejected
// with it. It returns false if it is too early for another renewal.
func (s *slot[S]) renew(ctx context.Context, generation uint64) (secret S, renewed bool, err error) {
	join, err := s.admit(generation)
	if !join {
		return secret, false, err
	}
	secret, _, err = s.renewal.Renew(ctx, generation)
	return secret, err == nil, err
}

// admit reports whether a rejection of this generation may start a fetch or wait for a running one.
// After an outage of the sign-in, the rest of the renewal decides, and not the pause.
func (s *slot[S]) admit(generation uint64) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	recent := !s.forced.at.IsZero() && time.Since(s.forced.at) < s.pause
	switch {
	case recent && s.forced.replaced == generation:
		if stateOf(s.forced.err) == resilience.ErrSignInUnavailable {
			return true, nil
		}
		return s.forced.err == nil, s.forced.err
	case recent && !s.worked():
		return false, nil
	}
	s.forced = forced{at: time.Now(), replaced: generation}
	return true, nil
}

// worked reports whether the server has accepted a secret that was fetched after the last
// rejection. The lock must be held.
func (s *slot[S]) worked() bool { return s.accepted > s.forced.replaced }

// rejected returns the current secret if the server has rejected it, and whether the server had
// accepted it before.
func (s *slot[S]) rejected() (secret S, proven, rejected bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forced.at.IsZero() || s.forced.replaced != s.generation {
		return secret, false, false
	}
	return s.secret, s.accepted == s.generation, true
}

// life returns for how long the secret that was fetched last can be used, if that is known.
func (s *slot[S]) life() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.until.IsZero() {
		return 0
	}
	return s.until.Sub(time.Now().Round(0))
}

// settle records the result of a renewal.
func (s *slot[S]) settle(until time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.until = until.Round(0)
	}
	if !s.forced.at.IsZero() && !s.forced.over {
		s.forced.over, s.forced.err = true, err
	}
}

// doubted returns the current secret if it was fetched because of a rejection and has not been
// accepted yet.
func (s *slot[S]) doubted() (secret S, doubted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secret, !s.forced.at.IsZero() && !s.worked() && s.generation > s.forced.replaced
}

// unproven returns the current secret if the server has not accepted it yet.
func (s *slot[S]) unproven() (secret S, generation uint64, unproven bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.secret, s.generation, s.generation > s.accepted
}

// renewedWithin reports whether a rejection triggered a renewal less than d ago.
func (s *slot[S]) renewedWithin(d time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.forced.at) < d
}

// trust records that the secret of this generation was accepted.
func (s *slot[S]) trust(generation uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accepted = max(s.accepted, generation)
}
