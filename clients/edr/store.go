package edr

import (
	"bytes"
	"context"
	"sync"
)

// A Store keeps the session between calls and processes. The data gives access to the account: a
// custom store must encrypt it or be wrapped with [Encrypted]. Several clients may use a store
// concurrently.
type Store interface {
	// Load returns what was saved last, or nil without an error if there is nothing.
	Load(ctx context.Context) ([]byte, error)

	// Save replaces the stored data atomically.
	Save(ctx context.Context, data []byte) error
}

// A Locker is a [Store] that can be locked against other processes. A client holds the lock while
// it reads, changes and saves the session. The stores of [NewFile] and [Encrypted] are lockers.
type Locker interface {
	Store

	// Lock waits until no other process holds the lock or ctx ends. Unlock must be called once.
	Lock(ctx context.Context) (unlock func(), err error)
}

// lock locks a store if it is a [Locker].
func lock(ctx context.Context, s Store) (unlock func(), err error) {
	if l, ok := s.(Locker); ok {
		return l.Lock(ctx)
	}
	return func() {}, nil
}

// An exchanger is a [Store] of a session that several processes use.
type exchanger interface {
	Store

	// exchanging waits until no other process exchanges a token or ctx ends. Release must be called
	// once.
	exchanging(ctx context.Context) (release func(), err error)
}

// exchanging waits until no other process exchanges a token, if others use the session.
func exchanging(ctx context.Context, s Store) (release func(), err error) {
	if e, ok := s.(exchanger); ok {
		return e.exchanging(ctx)
	}
	return func() {}, nil
}

// A Memory is a [Store] in memory. The zero value is empty and ready for use.
type Memory struct {
	mu   sync.Mutex
	data func() []byte // a function, so that fmt does not print the session
}

// Load returns a copy of what was saved last.
func (m *Memory) Load(context.Context) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.data == nil {
		return nil, nil
	}
	return bytes.Clone(m.data()), nil
}

// Save keeps a copy.
func (m *Memory) Save(_ context.Context, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := bytes.Clone(data)
	m.data = func() []byte { return kept }
	return nil
}
