package auth

// This file has the store through which the processes of a fleet share secrets, and its form within
// one process. sealed.go encrypts what is stored, lease.go holds locks.

import (
	"bytes"
	"context"
	"maps"
	"sync"
	"time"
)

// A SecretStore keeps records that processes share: access tokens and sessions, refresh tokens, and
// when a sign-in may be tried again. [NewSecretMemory] returns one for a single process; package
// redisstore has one for a fleet. A store must be safe for concurrent use, and its methods should
// return soon if the store is not available.
//
// Records are secrets. A store that leaves the process must be wrapped by [Sealed].
type SecretStore interface {
	// Load returns the record of a name, or the zero record if there is none.
	Load(ctx context.Context, name string) (SecretRecord, error)

	// Save replaces the record of a name if that still has the version old, "" for no record, and
	// reports whether it did. The new record must have another version.
	Save(ctx context.Context, name, old string, r SecretRecord) (saved bool, err error)

	// Lock locks a name for a holder and the duration of the lease, or extends the lease of the
	// same holder. It reports false if there is another holder. It does not wait.
	Lock(ctx context.Context, name, holder string, lease time.Duration) (held bool, err error)

	// Unlock ends the lease of a holder. The lease of another one stays.
	Unlock(ctx context.Context, name, holder string) error
}

// A SecretRecord is what a [SecretStore] keeps under a name.
type SecretRecord struct {
	Version string `json:"-"` // chosen by the writer, different for each record
	Data    []byte `json:"-"`

	Age  time.Duration // set by Load: the time since Save, by the clock of the store
	Life time.Duration // set for Save: when the record may be removed; 0: never
}

// A SecretMemory is a [SecretStore] within one process. Create one with [NewSecretMemory].
type SecretMemory struct {
	mu      sync.Mutex
	records map[string]remembered
	sweep   int // number of records at which those that are over are removed
	locks   map[string]lock
}

// leastSweep is the smallest number of records that is swept.
const leastSweep = 1000

// remembered is a record in memory. The record is behind a function, so that fmt does not print it.
type remembered struct {
	record func() SecretRecord
	saved  time.Time
	until  time.Time // zero: it stays
}

// over reports whether the life of the record has ended.
func (r remembered) over() bool { return !r.until.IsZero() && !time.Now().Before(r.until) }

// lock is a lease in memory.
type lock struct {
	holder string
	until  time.Time
}

// NewSecretMemory returns an empty store.
func NewSecretMemory() *SecretMemory {
	return &SecretMemory{records: map[string]remembered{}, sweep: leastSweep, locks: map[string]lock{}}
}

// Load implements [SecretStore].
func (m *SecretMemory) Load(_ context.Context, name string) (SecretRecord, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.load(name), nil
}

// load returns the record of a name, and removes one that is over. The lock must be held.
func (m *SecretMemory) load(name string) SecretRecord {
	found, ok := m.records[name]
	if !ok {
		return SecretRecord{}
	}
	if found.over() {
		delete(m.records, name)
		return SecretRecord{}
	}
	r := found.record()
	r.Data, r.Age, r.Life = bytes.Clone(r.Data), time.Since(found.saved), 0
	return r
}

// Save implements [SecretStore].
func (m *SecretMemory) Save(_ context.Context, name, old string, r SecretRecord) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.load(name).Version != old {
		return false, nil
	}
	r.Data = bytes.Clone(r.Data)
	kept := remembered{record: func() SecretRecord { return r }, saved: time.Now()}
	if r.Life > 0 {
		kept.until = kept.saved.Add(r.Life)
	}
	if len(m.records) >= m.sweep { // names of secrets may contain values from request paths
		maps.DeleteFunc(m.records, func(_ string, old remembered) bool { return old.over() })
		m.sweep = max(leastSweep, 2*len(m.records))
	}
	m.records[name] = kept
	return true, nil
}

// Lock implements [SecretStore].
func (m *SecretMemory) Lock(_ context.Context, name, holder string, lease time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l, ok := m.locks[name]; ok && l.holder != holder && time.Now().Before(l.until) {
		return false, nil
	}
	m.locks[name] = lock{holder: holder, until: time.Now().Add(lease)}
	return true, nil
}

// Unlock implements [SecretStore].
func (m *SecretMemory) Unlock(_ context.Context, name, holder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.locks[name].holder == holder {
		delete(m.locks, name)
	}
	return nil
}
