package gate

import (
	"maps"
	"slices"
	"sync"

	"github.com/resgen/resgen/resilience/internal/breaker"
)

// mostGates is the number of gates at which a store begins to remove idle ones.
const mostGates = 4096

// A Store holds gates by key. It is safe for concurrent use.
type Store struct {
	onTransition func(breaker.Transition)

	mu    sync.Mutex
	gates map[Key]*Gate
}

// NewStore returns an empty store. The function onTransition is called for each change of a
// circuit.
func NewStore(onTransition func(breaker.Transition)) *Store {
	return &Store{onTransition: onTransition, gates: map[Key]*Gate{}}
}

// Get returns the gate with a key and makes it if there is none. Beyond 4,096 gates the idle ones
// that have not been used for the longest time are removed.
func (s *Store) Get(key Key) *Gate {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.gates[key]
	if g == nil {
		if len(s.gates) >= mostGates {
			s.dropIdle()
		}
		g = New(key, s.onTransition)
		s.gates[key] = g
	}
	return g
}

// dropIdle removes the gates that have been idle for the longest time: up to an eighth of all, so
// that it is not needed again at once. The lock must be held.
func (s *Store) dropIdle() {
	idle := make([]*Gate, 0, len(s.gates))
	for _, g := range s.gates {
		if g.users.Load() == 0 {
			idle = append(idle, g)
		}
	}
	slices.SortFunc(idle, func(a, b *Gate) int { return int(a.used.Load() - b.used.Load()) })
	for _, g := range idle[:min(len(idle), mostGates/8)] {
		g.dropped.Store(true)
		delete(s.gates, g.Key)
	}
}

// All returns all gates in no particular order.
func (s *Store) All() []*Gate {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Values(s.gates))
}
