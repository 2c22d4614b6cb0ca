package limit

import (
	"context"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/fleet"
)

// Memory keeps shared buckets in this process. It is what tests compare stores with, and what
// simulations use.
type Memory struct {
	clock func() time.Duration

	mu      sync.Mutex
	ledgers map[string]*account
}

// An account is a bucket in memory, with the last draw of each of its members.
type account struct {
	ledger
	members map[string]time.Duration
}

// NewMemory returns an empty store on a clock.
func NewMemory(clock func() time.Duration) *Memory {
	return &Memory{clock: clock, ledgers: map[string]*account{}}
}

// Draw implements [fleet.Quotas].
func (m *Memory) Draw(_ context.Context, bucket string, d fleet.Draw) (fleet.Grant, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.ledgers[bucket]
	if a == nil {
		a = &account{ledger: ledger{drawn: never}, members: map[string]time.Duration{}}
		m.ledgers[bucket] = a
	}
	last, ok := a.members[d.Process]
	if !ok {
		last = never
	}
	var now time.Duration
	a.ledger, now = a.timed(m.clock(), last, d.Since)
	var g fleet.Grant
	a.ledger, g = a.draw(now, d, a.count(now, d))
	return g, nil
}

// count notes the draw of a member and returns the number of members, at least one.
func (a *account) count(now time.Duration, d fleet.Draw) int {
	for process, at := range a.members {
		if at < now-fleet.MemberFor {
			delete(a.members, process)
		}
	}
	a.members[d.Process] = now
	if d.Leave {
		delete(a.members, d.Process)
	}
	return max(1, len(a.members))
}
