package quorum

import (
	"context"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/internal/breaker"
)

// A Memory is a [Store] in memory, for tests and simulations. It is safe for concurrent use.
type Memory struct {
	Clock func() time.Duration // time since 1970

	mu    sync.Mutex
	cells map[string]*cell
}

// A cell is what is known about a circuit.
type cell struct {
	text        string
	calls, open map[string]time.Duration // until when, by process
}

// Exchange implements [Store].
func (s *Memory) Exchange(_ context.Context, ballots []Ballot) ([]breaker.Count, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := make([]breaker.Count, len(ballots))
	for i, b := range ballots {
		counts[i] = s.cell(b.Key).cast(b, s.Clock())
	}
	return counts, nil
}

// Swap implements [Store].
func (s *Memory) Swap(_ context.Context, c Change) (breaker.Count, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.cell(c.Key)
	swapped := in.text == c.Old
	if swapped {
		in.text = c.New
		clear(in.open)
	}
	return in.count(s.Clock()), swapped, nil
}

// Lose makes the store forget everything.
func (s *Memory) Lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cells = nil
}

func (s *Memory) cell(key string) *cell {
	if s.cells == nil {
		s.cells = map[string]*cell{}
	}
	if s.cells[key] == nil {
		s.cells[key] = &cell{calls: map[string]time.Duration{}, open: map[string]time.Duration{}}
	}
	return s.cells[key]
}

// cast counts a ballot.
func (c *cell) cast(b Ballot, now time.Duration) breaker.Count {
	until := now + min(b.Calls, Lapse)
	delete(c.calls, b.Process)
	delete(c.open, b.Process)
	if b.Calls > 0 {
		c.calls[b.Process] = until
		if b.Open && b.State == c.text {
			c.open[b.Process] = until
		}
	}
	return c.count(now)
}

// count returns what is known now.
func (c *cell) count(now time.Duration) breaker.Count {
	for _, of := range []map[string]time.Duration{c.calls, c.open} {
		for process, until := range of {
			if now >= until {
				delete(of, process)
			}
		}
	}
	return breaker.Count{Now: now, State: c.text, Members: len(c.calls), Open: len(c.open)}
}
