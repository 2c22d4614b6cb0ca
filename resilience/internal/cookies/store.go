package cookies

import (
	"sync"
	"time"
	"weak"
)

// fewestJars is the number of jars from which on those without cookies are dropped.
const fewestJars = 64

// A Store has the jars of keys. A jar that nothing else refers to stays while it has cookies. It is
// safe for concurrent use.
type Store[K comparable] struct {
	mu    sync.Mutex
	jars  map[K]weak.Pointer[Jar]
	held  map[*Jar]bool // had cookies when last seen
	sweep int           // number of jars at which those without cookies are dropped
}

// NewStore returns an empty store.
func NewStore[K comparable]() *Store[K] {
	return &Store[K]{jars: map[K]weak.Pointer[Jar]{}, held: map[*Jar]bool{}, sweep: fewestJars}
}

// Get returns the jar of a key, and makes it if there is none.
func (s *Store[K]) Get(key K) *Jar {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j := s.jars[key].Value(); j != nil {
		return j
	}
	if len(s.jars) >= s.sweep {
		s.drop(time.Now())
	}
	var j *Jar
	j = newJar(func() { s.hold(j) })
	s.jars[key] = weak.Make(j)
	return j
}

// hold keeps a jar that got cookies.
func (s *Store[K]) hold(j *Jar) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[j] = true
}

// drop releases the jars without cookies, and removes those that nothing refers to. The lock must
// be held.
func (s *Store[K]) drop(now time.Time) {
	for j := range s.held {
		if !j.Live(now) {
			delete(s.held, j)
		}
	}
	for key, w := range s.jars {
		if w.Value() == nil {
			delete(s.jars, key)
		}
	}
	s.sweep = max(fewestJars, 2*len(s.jars))
}
