package batch

import (
	"context"
	"errors"
	"sync"
)

// A Journal keeps the progress of a job, so that a later run continues it. [NewFile] returns one
// for the runs of one process at a time. A journal that several processes share must grant an item
// to one process at a time, and must grant it again when a process has died.
//
// Except for Open and Close, the methods are called concurrently. What they have recorded must
// survive the end of the process when they return.
type Journal interface {
	// Open starts or continues a job and returns the records of its items by key. It returns an
	// error if the journal belongs to another job or to other input.
	Open(ctx context.Context, job Job) (map[string]Record, error)

	// Begin records that an item is about to be processed and returns its record from then on. If
	// an earlier Begin has recorded an idempotency key, that one remains. ok is false if another
	// process is processing the item or has finished it.
	Begin(ctx context.Context, key, idempotencyKey string) (r Record, ok bool, err error)

	// Finish records the result of an item that was begun. One that is not [Outcome.Final] allows
	// another Begin.
	Finish(ctx context.Context, key string, result Result) error

	// Close releases the journal.
	Close() error
}

// A Job identifies what a journal belongs to.
type Job struct {
	Name  string // see [WithName]
	Input string // fingerprint of the keys, see [WithInput]
}

// A Record is what a journal knows about an item. The zero Record is that of an item that was never
// begun.
type Record struct {
	IdempotencyKey string
	Begun          bool   // processing has begun, and Result is that of an earlier attempt
	Result         Result // Outcome is empty before the first Finish
}

// unknown reports whether the item may have been processed.
func (r Record) unknown() bool { return r.Begun || r.Result.Outcome == Unknown }

// begin returns the record after a Begin.
func (r Record) begin(idempotencyKey string) Record {
	if r.IdempotencyKey == "" {
		r.IdempotencyKey = idempotencyKey
	}
	r.Begun = true
	return r
}

// A Result is how the processing of an item ended.
type Result struct {
	Outcome   Outcome `json:"outcome"`
	Reason    string  `json:"reason,omitempty"`     // in one line
	Attempts  int     `json:"attempts"`             // calls of the function, without those that had to wait
	Requests  int     `json:"requests"`             // requests written by these calls
	Status    int     `json:"status,omitempty"`     // HTTP status of the last response
	RequestID string  `json:"request_id,omitempty"` // the server's id of that request
	Verified  bool    `json:"verified,omitempty"`   // the outcome was found by verification
}

// memory is the journal of a run that has none. It forgets everything with the process.
type memory struct {
	mu      sync.Mutex
	records map[string]Record
}

// errNotBegun is returned by Finish for an item that was not begun.
var errNotBegun = errors.New("batch: the item was not begun")

func (m *memory) Open(context.Context, Job) (map[string]Record, error) {
	m.records = map[string]Record{}
	return nil, nil
}

func (m *memory) Begin(_ context.Context, key, idempotencyKey string) (Record, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.records[key].begin(idempotencyKey)
	m.records[key] = r
	return r, true, nil
}

func (m *memory) Finish(_ context.Context, key string, result Result) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.records[key]
	if !ok {
		return errNotBegun
	}
	r.Begun, r.Result = false, result
	m.records[key] = r
	return nil
}

func (m *memory) Close() error { return nil }
