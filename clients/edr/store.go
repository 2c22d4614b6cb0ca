package edr

import (
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

// A Memory is a [Store] in memory. The zero value is empty and ready for use.
type Memory struct {
	mu   sync.Mutex
	data []byte
}

// Load returns a copy of what was saved last.
func (m *Memory) Load(context.Context) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]byte(nil), m.data...), nil
}

// Save keeps a copy.
func (m *Memory) Save(_ context.Context, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.data = append([]byte(nil), data...)
	return nil
}
