package seen

import (
	"sync"
	"time"
)

// A Set remembers values and when they were reported. The zero Set is empty. It is safe for
// concurrent use.
type Set[K comparable] struct {
	mu     sync.Mutex
	values map[K]time.Time
}

// Due reports whether a value is to be reported now: it is new, or was last reported at least pause
// ago. The set remembers most values. If there are more, it forgets those that are due again, and
// reports false for new ones if there are none.
func (s *Set[K]) Due(v K, now time.Time, pause time.Duration, most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	last, known := s.values[v]
	if known && now.Sub(last) < pause {
		return false
	}
	if !known && len(s.values) >= most && !s.forget(now, pause) {
		return false
	}
	if s.values == nil {
		s.values = map[K]time.Time{}
	}
	s.values[v] = now
	return true
}

// forget removes the values that are due again and reports whether there were any.
func (s *Set[K]) forget(now time.Time, pause time.Duration) bool {
	size := len(s.values)
	for v, last := range s.values {
		if now.Sub(last) >= pause {
			delete(s.values, v)
		}
	}
	return len(s.values) < size
}
