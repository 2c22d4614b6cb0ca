package gate

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
	"github.com/resgen/resgen/resilience/internal/limit"
)

// mostGates is the number of gates at which a store begins to remove those that hold nothing.
const mostGates = 4096

// A Store holds gates by key. It is safe for concurrent use.
type Store struct {
	onTransition func(breaker.Transition)
	fleet        *breaker.Fleet // nil: none
	quotas       *limit.Link    // nil: none

	mu    sync.Mutex
	gates map[Key]*Gate
	sites map[string]*Site // by API
	sweep int              // number of gates at which those that hold nothing are removed
}

// NewStore returns an empty store. The function onTransition is called for each change of a
// circuit.
func NewStore(onTransition func(breaker.Transition)) *Store {
	return &Store{onTransition: onTransition, gates: map[Key]*Gate{}, sites: map[string]*Site{}, sweep: mostGates}
}

// Share makes the circuits of all hosts members of a fleet. It must be called before any other
// method.
func (s *Store) Share(f breaker.Fleet) { s.fleet = &f }

// ShareQuotas makes the buckets shared with other processes. It must be called before any other
// method.
func (s *Store) ShareQuotas(l *limit.Link) { s.quotas = l }

// Get returns the gate with a key and makes it if there is none. From 4,096 gates on, those are
// removed that are not in use and hold nothing, so that a new gate would do the same.
func (s *Store) Get(key Key) *Gate {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.gates[key]
	if g == nil {
		if len(s.gates) >= s.sweep {
			s.dropEmpty(time.Now())
		}
		g = New(key, s.onTransition)
		g.fleet, g.quotas = s.fleet, s.quotas
		s.gates[key] = g
	}
	return g
}

// Site returns the site of an API.
func (s *Store) Site(api string) *Site {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sites[api] == nil {
		s.sites[api] = newSite(api)
	}
	return s.sites[api]
}

// dropEmpty removes up to an eighth of all gates: those that hold nothing, the longest idle first.
// If too many hold something, it is next called when there are an eighth more. The lock must be
// held.
func (s *Store) dropEmpty(now time.Time) {
	eighth := len(s.gates) / 8
	for _, g := range s.longestIdle() {
		if eighth > 0 && g.empty(now) && g.users.CompareAndSwap(0, -removed) {
			delete(s.gates, g.Key)
			eighth--
		}
	}
	s.sweep = max(mostGates, len(s.gates)+len(s.gates)/8)
}

// longestIdle returns the gates that are not in use, the longest idle first.
func (s *Store) longestIdle() []*Gate {
	var idle []*Gate
	for _, g := range s.gates {
		if g.users.Load() == 0 {
			idle = append(idle, g)
		}
	}
	slices.SortFunc(idle, func(a, b *Gate) int { return cmp.Compare(a.used.Load(), b.used.Load()) })
	return idle
}

// All returns all gates in no particular order.
func (s *Store) All() []*Gate {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.gates))
}
