package edr

import (
	"context"
	"sync"
)

// A Store keeps the session between calls and processes. What it is given opens the account: a
// store of one's own encrypts it, or wraps itself in [Encrypted]. Several clients may use one store
// at a time.
type Store interface {
	// Load returns what was saved last, or nothing and no error if there is nothing.
	Load(ctx context.Context) ([]byte, error)

	// Save replaces what is stored, all or nothing.
	Save(ctx context.Context, data []byte) error
}

// A Memory is a [Store] that ends with the process. The zero value is empty and ready for use.
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
