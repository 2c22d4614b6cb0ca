package breaker

import (
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// This file is about breakers that are only observed: what they would reject is counted and
// admitted.

// An Overrun is a circuit that would have rejected an attempt if its mode were not observe.
type Overrun struct {
	Circuit string        // its key
	Wait    time.Duration // when to ask again; 0 if unknown
}

// Observed returns the circuit that would have rejected the attempt, or nil.
func (p *Permit) Observed() *Overrun { return p.overrun }

// observes reports whether the circuits of an account reject nothing: their mode is observe, and no
// operator has forced one to be open.
func (b *Breaker) observes(account string) bool {
	own := b.accounts.of[account]
	return b.policy.Mode == policy.ModeObserve && b.host.state != ForcedOpen &&
		(own == nil || own.state != ForcedOpen)
}

// overrun counts an attempt that a circuit would have rejected and returns the circuit.
func (b *Breaker) overrun(account string, at, wait time.Duration) *Overrun {
	r := &b.record
	if _, ok := b.admitsHost(account, at); ok {
		r = &b.accounts.of[account].record
	}
	r.observed++
	return &Overrun{Circuit: r.key, Wait: wait}
}
