package breaker

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// This file holds the circuits of single accounts. An account has one while its outcomes are
// counted apart from those of others, and for as long as it holds anything.

// accounts are the circuits of accounts. The lock of their breaker guards them.
type accounts struct {
	of    map[string]*account
	sweep int // number of accounts at which those that hold nothing are dropped
}

// An account is the circuit of one account.
type account struct {
	machine
	record
}

// fewestAccounts is the number of accounts from which on circuits that hold nothing are dropped.
const fewestAccounts = 64

// add adds a circuit.
func (a *accounts) add(name string, own *account) {
	if a.of == nil {
		a.of, a.sweep = map[string]*account{}, fewestAccounts
	}
	a.of[name] = own
}

// find returns the circuit with a key, or nil.
func (a *accounts) find(key string) *account {
	for _, own := range a.of {
		if own.key == key {
			return own
		}
	}
	return nil
}

// dropClosed drops all closed circuits.
func (a *accounts) dropClosed() {
	maps.DeleteFunc(a.of, func(_ string, own *account) bool { return own.state == Closed })
	a.shrink()
}

// shrink sets the number of accounts at which circuits are next dropped. It doubles with their
// number, so that dropping costs little per circuit.
func (a *accounts) shrink() {
	a.sweep = max(fewestAccounts, 2*len(a.of))
	if len(a.of) == 0 {
		a.of = nil
	}
}

// addAccount adds the circuit of an account. Permits that were given while the account had none
// count in it, unless the shared circuit has changed its state since.
func (b *Breaker) addAccount(name string, now time.Time) *account {
	if len(b.accounts.of) >= b.accounts.sweep {
		b.dropEmpty(now.Sub(b.epoch))
	}
	own := &account{machine: newMachine(), record: record{key: b.keyOf(name), since: now}}
	own.generation = b.firstGeneration()
	b.accounts.add(name, own)
	return own
}

// firstGeneration returns the generation of an account's circuit that is added now.
func (b *Breaker) firstGeneration() uint64 { return b.host.generation << 16 }

// separate adds the circuit of the account that all outcomes in the window belong to, when the
// first outcome of another account is about to be counted.
func (b *Breaker) separate(e *event) {
	before := &b.host.crowd
	alone := before.callers.first
	if alone.tick == 0 || alone.account == e.account || b.accounts.of[alone.account] != nil ||
		before.several(&b.policy, tickOf(b.policy.Window, e.now)) {
		return
	}
	own := b.addAccount(alone.account, b.epoch.Add(e.now))
	own.window, own.run = b.host.window, b.host.run
}

// dropEmpty drops the circuits that hold nothing.
func (b *Breaker) dropEmpty(at time.Duration) {
	before := len(b.accounts.of)
	maps.DeleteFunc(b.accounts.of, func(_ string, own *account) bool { return b.empty(&own.machine, at) })
	if len(b.accounts.of) != before {
		b.withdraw()
	}
	b.accounts.shrink()
}

// empty reports whether a machine holds nothing: it is closed and no outcome counts any more.
func (b *Breaker) empty(m *machine, at time.Duration) bool {
	return m.state == Closed && m.window.sum(tickOf(b.policy.Window, at)).calls() == 0 &&
		(m.run == 0 || b.policy.Consecutive <= 0)
}

// Empty reports whether no circuit holds anything at the given time: a new breaker would do the
// same.
func (b *Breaker) Empty(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	at := now.Sub(b.epoch)
	if !b.empty(&b.host.machine, at) {
		return false
	}
	b.dropEmpty(at)
	return len(b.accounts.of) == 0
}

// resetAccounts closes the circuits of all accounts and reports whether any was not closed.
func (b *Breaker) resetAccounts(at time.Duration, now time.Time) (changed bool) {
	for _, name := range slices.Sorted(maps.Keys(b.accounts.of)) {
		_, one := b.stepOwn(b.accounts.of[name], &event{kind: eventReset, now: at}, now)
		changed = changed || one
	}
	return changed
}

// Accounts returns the states of the circuits of accounts that are not closed, or have been open,
// sorted by key.
func (b *Breaker) Accounts(now time.Time) []Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []Snapshot
	for name, own := range b.accounts.of {
		if own.state != Closed || len(own.history) > 0 {
			s := b.snapshot(&own.record, &own.machine, now)
			s.Account = name
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b Snapshot) int { return cmp.Compare(a.Key, b.Key) })
	return list
}
