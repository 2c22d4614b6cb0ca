package breaker

import "time"

// This file has what an operator can do to circuits.

// ForceOpen makes the circuit with a key reject all calls until [Breaker.Reset]. It returns false
// if the breaker has no such circuit.
func (b *Breaker) ForceOpen(key string) bool { return b.command(key, eventForceOpen) }

// ForceClosed makes the circuit with a key admit all calls until [Breaker.Reset] regardless of
// their outcomes. The shared circuit admits those of all accounts.
func (b *Breaker) ForceClosed(key string) bool { return b.command(key, eventForceClosed) }

// Reset closes the circuit with a key and clears its counts. With the shared circuit, those of all
// accounts are reset.
func (b *Breaker) Reset(key string) bool { return b.command(key, eventReset) }

// command applies an event of an operator to the circuit with a key.
func (b *Breaker) command(key string, kind eventKind) bool {
	found, changed := b.obey(key, event{kind: kind}, time.Now())
	if changed {
		b.notify()
	}
	return found
}

func (b *Breaker) obey(key string, e event, now time.Time) (found, changed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.now = now.Sub(b.epoch)
	if key != b.record.key {
		own := b.accounts.find(key)
		if own == nil {
			return false, false
		}
		_, changed = b.stepOwn(own, &e, now)
		return true, changed
	}
	if e.kind != eventForceOpen {
		changed = b.resetAccounts(e.now, now)
	}
	forced := b.host.forced()
	_, hostChanged := b.stepHost(&e, now)
	if b.member != nil {
		hostChanged = b.obeyMember(e, forced, now) || hostChanged
	}
	return true, changed || hostChanged
}
