package seen

import "sync"

// A Set remembers values. The zero Set is empty. It is safe for concurrent use.
type Set[K comparable] struct {
	mu     sync.Mutex
	values map[K]bool
}

// First adds a value and reports whether it is new. A set with most values takes no more and
// reports false.
func (s *Set[K]) First(v K, most int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values[v] || len(s.values) >= most {
		return false
	}
	if s.values == nil {
		s.values = map[K]bool{}
	}
	s.values[v] = true
	return true
}
