package breaker

import "time"

// This file lets calls pass without a lock while nothing changes but counts. What they need to know
// is published by a call that takes the lock, and withdrawn by whatever changes a state: calls take
// the lock again then, until one of them publishes the next.

// A calm is what calls get from circuits that they do not change by asking. It never changes.
type calm struct {
	host  ticket
	first ticket // of the circuit of an account, or for one that may be added
	// others has the circuits of accounts whose ticket is another, or that must be asked.
	others map[string]standing
}

// A standing is what a circuit gives to every call, as long as it stays as it is.
type standing struct {
	ticket ticket
	ok     bool // if not, calls must ask
}

// tickets returns the tickets of a call of an account. If ok is false, the call must ask.
func (c *calm) tickets(account string) (host, own ticket, ok bool) {
	if c == nil {
		return ticket{}, ticket{}, false
	}
	if s, found := c.others[account]; found {
		return c.host, s.ticket, s.ok
	}
	return c.host, c.first, true
}

// tickets returns the tickets of a call that need not ask. If ok is false, it must.
func (b *Breaker) tickets(account string, now time.Time) (host, own ticket, ok bool) {
	host, own, ok = b.calm.Load().tickets(account)
	if ok && b.member != nil {
		b.member.note(now.Sub(b.epoch))
	}
	return host, own, ok
}

// publish publishes what calls get from now on, when the shared circuit has given one of them a
// ticket without a change. The circuits of all accounts must be looked at for that, so as many
// calls as there are such circuits must ask first. The lock must be held, here and below.
func (b *Breaker) publish(host ticket) {
	if b.calm.Load() != nil {
		return
	}
	if b.asked++; b.asked <= len(b.accounts.of) {
		return
	}
	b.asked = 0
	c := &calm{host: host, first: ticket{generation: b.firstGeneration()}}
	for name, own := range b.accounts.of {
		if s := own.standing(); s != (standing{c.first, true}) {
			if c.others == nil {
				c.others = map[string]standing{}
			}
			c.others[name] = s
		}
	}
	b.calm.Store(c)
}

// withdraw makes calls ask, because a circuit or the policy has changed.
func (b *Breaker) withdraw() { b.calm.Store(nil) }
