package auth

// This file holds the secrets of a credential that has several.

import (
	"sync"
	"time"

	"github.com/resgen/resgen/resilience"
)

// mostSlots is the maximum number of secrets of a credential. Keys may contain values from request
// paths.
const mostSlots = 1024

// slots holds the secrets of a credential by key.
type slots[K comparable, S any] struct {
	make func(K) *slot[S]

	mu     sync.Mutex
	m      map[K]*slot[S]
	closed bool
}

// close closes all slots, including those created later.
func (s *slots[K, S]) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, slot := range s.m {
		slot.renewal.Close()
	}
}

// of returns the slot of a key. It evicts the least recently used slot if there are too many.
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
		delete(s.m, s.leastRecent())
	}
	made := s.make(key)
	if s.closed {
		made.renewal.Close()
	}
	s.m[key] = made
	return made
}

// leastRecent returns the least recently used key. The lock must be held.
func (s *slots[K, S]) leastRecent() (oldest K) {
	var at time.Time
	for key, slot := range s.m {
		used := slot.lastUsed()
		if at.IsZero() || used.Before(at) {
			oldest, at = key, used
		}
	}
	return oldest
}

// worst returns the state of the secret that is furthest from being fetched, as that of a circuit.
// One that needs a person no longer counts once another was used later and works: the person has
// signed in.
func (s *slots[K, S]) worst(key string) resilience.CircuitSnapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	worst := resilience.CircuitSnapshot{Key: key, State: resilience.CircuitClosed, SignIn: resilience.SignInNone}
	latest := s.latestSignedIn(key)
	for _, slot := range s.m {
		c := slot.renewal.Circuit(key)
		if c.SignIn == resilience.SignInRequired && slot.lastUsed().Before(latest) {
			continue
		}
		if worse(c, worst) {
			worst = c
		}
	}
	return worst
}

// latestSignedIn returns when a secret that works was last used. The lock must be held.
func (s *slots[K, S]) latestSignedIn(key string) (latest time.Time) {
	for _, slot := range s.m {
		if used := slot.lastUsed(); used.After(latest) && slot.renewal.Circuit(key).SignIn == resilience.SignInDone {
			latest = used
		}
	}
	return latest
}

// worse reports whether a sign-in is further from working than another.
func worse(a, b resilience.CircuitSnapshot) bool {
	switch {
	case severity(a) != severity(b):
		return severity(a) > severity(b)
	case a.RetryAfter != b.RetryAfter:
		return a.RetryAfter > b.RetryAfter
	}
	return a.Since.After(b.Since)
}

// severity orders the states of a sign-in.
func severity(c resilience.CircuitSnapshot) int {
	switch {
	case c.State == resilience.CircuitOpen:
		return 4
	case c.State == resilience.CircuitHalfOpen:
		return 3
	case c.SignIn == resilience.SignInRenewing:
		return 2
	case c.SignIn == resilience.SignInDone:
		return 1
	}
	return 0
}
