package quorum

import (
	"context"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
)

// A Memory keeps circuits in memory, for tests and simulations. It implements [fleet.Circuits] and
// is safe for concurrent use.
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

// Exchange casts ballots.
func (s *Memory) Exchange(_ context.Context, ballots []fleet.Ballot) ([]fleet.Count, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := make([]fleet.Count, len(ballots))
	for i, b := range ballots {
		counts[i] = s.cell(b.Circuit).cast(b, s.Clock())
	}
	return counts, nil
}

// Swap replaces the text of a circuit.
func (s *Memory) Swap(_ context.Context, c fleet.Change) (fleet.Count, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.cell(c.Circuit)
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
func (c *cell) cast(b fleet.Ballot, now time.Duration) fleet.Count {
	until := now + min(b.Calls, fleet.Lapse)
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
func (c *cell) count(now time.Duration) fleet.Count {
	for _, of := range []map[string]time.Duration{c.calls, c.open} {
		for process, until := range of {
			if now >= until {
				delete(of, process)
			}
		}
	}
	return fleet.Count{Now: now, State: c.text, Members: len(c.calls), Open: len(c.open)}
}
