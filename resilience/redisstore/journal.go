package redisstore

// This file is the journal of a batch that several processes work on. journal.lua changes what the
// server has; journal_confirm.go makes sure that a failover does not undo it.

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience/batch"
)

// JournalOptions changes how a [Journal] works.
type JournalOptions struct {
	// Lease is how long the items of a process that has died stay with it. Another process takes
	// them over then, and verifies those that were in progress. It must be longer than the server
	// may still work on a request whose client is gone, and at least 100 ms: a process that lives
	// reports it four times in a lease. 0 means a minute.
	Lease time.Duration

	// Patience is how long an operation is tried while the server is not available or does not
	// confirm. After that the run ends with an error, and a later one continues. 0 means 30 s.
	Patience time.Duration

	// Keep is how long the journal stays after its last use, at least Lease. 0 means 30 days.
	Keep time.Duration
}

// A Journal is the journal of a [batch.Run] that several processes make together, each with the
// same items. It is a [batch.SharedJournal]: every item is granted to one process at a time, and to
// another one if that dies.
//
// What a server confirmed can be lost when one of its replicas takes its place. Therefore no item
// is begun before a replica has confirmed it, if the server has one: what a failover can lose are
// items that were not begun, and results, whose items are verified as after the death of a process.
//
// The items are a stream that the processes read as a consumer group. An item takes about 300 bytes
// and twice its key, in addition to the text of its result.
type Journal struct {
	store *Store
	name  string
	opts  JournalOptions

	worker string // the name of this process in the group

	mu    sync.Mutex
	held  map[string]bool    // keys of the items that were granted to this process
	quit  context.CancelFunc // ends beats; nil: not open
	beats sync.WaitGroup

	server serverState
}

var _ batch.SharedJournal = (*Journal)(nil)

const (
	journalFormat = "resgen-journal-1"
	scriptItems   = 500 // most items per run of the script, which cannot take 8,000
	shortestLease = 100 * time.Millisecond
)

// Journal returns the journal of a job, whose name must be unique. Nothing is sent before
// [batch.Run] opens it, which returns an error if the options are invalid.
func (s *Store) Journal(name string, opts JournalOptions) *Journal {
	if opts.Lease <= 0 {
		opts.Lease = time.Minute
	}
	if opts.Patience <= 0 {
		opts.Patience = 30 * time.Second
	}
	if opts.Keep <= 0 {
		opts.Keep = 30 * 24 * time.Hour
	}
	return &Journal{store: s, name: name, opts: opts}
}

// check returns an error if a process that lives could not keep its items with the options.
func (o JournalOptions) check() error {
	switch {
	case o.Lease < shortestLease:
		return fmt.Errorf("the option Lease is %s, want at least %s", o.Lease, shortestLease)
	case o.Keep < o.Lease:
		return fmt.Errorf("the option Keep is %s, want at least the lease, which is %s", o.Keep, o.Lease)
	}
	return nil
}

// Open implements [batch.Journal].
func (j *Journal) Open(ctx context.Context, job batch.Job) (map[string]batch.Record, error) {
	if j.quit != nil {
		return nil, j.errorf(errors.New("is open already; use one journal for each run"))
	}
	if err := j.opts.check(); err != nil {
		return nil, j.errorf(err)
	}
	j.worker, j.held = rand.Text(), map[string]bool{}
	if err := j.patiently(ctx, j.examine); err != nil {
		return nil, err
	}
	found, err := j.confirmed(ctx, "open", journalFormat, job.Name, job.Input)
	if err != nil {
		return nil, err
	}
	if err := belongs(found, job); err != nil {
		return nil, j.errorf(err)
	}
	records, err := j.Records(ctx)
	if err != nil {
		return nil, err
	}
	beating, quit := context.WithCancel(context.Background())
	j.quit = quit
	j.beats.Go(func() { j.beat(beating) })
	return records, nil
}

// belongs returns an error if a journal, as the script returns it, belongs to something else.
func belongs(found []string, job batch.Job) error {
	switch {
	case len(found) != 4 || found[0] != "journal":
		return errors.New("is not a journal; choose another name")
	case found[1] != journalFormat:
		return fmt.Errorf("has the format %q, want %q; use the program that wrote it", found[1], journalFormat)
	case found[2] != job.Name:
		return fmt.Errorf("belongs to the job %q, not to %q; choose another name", found[2], job.Name)
	case found[3] != job.Input:
		return fmt.Errorf("belongs to other input (%s, not %s); choose another name", found[3], job.Input)
	}
	return nil
}

// Offer implements [batch.SharedJournal].
func (j *Journal) Offer(ctx context.Context, keys []string) error {
	for part := range slices.Chunk(keys, scriptItems) {
		if _, err := j.confirmed(ctx, "offer", part...); err != nil {
			return err
		}
	}
	return nil
}

// Claim implements [batch.SharedJournal]. A process that has begun nothing of what it was granted
// loses nothing by a failover, so no confirmation is needed.
func (j *Journal) Claim(ctx context.Context) (batch.Grant, error) {
	j.mu.Lock()
	known := len(j.held)
	j.mu.Unlock()
	reply, err := j.run(ctx, "claim", j.worker, fmt.Sprint(millis(j.opts.Lease)), fmt.Sprint(known))
	if err != nil {
		return batch.Grant{}, err
	}
	if reply[0] != "granted" {
		return batch.Grant{Left: reply[0] == "left"}, nil
	}
	record, err := readRecord(reply)
	if err != nil {
		return batch.Grant{}, j.errorf(err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.held[reply[1]] = true
	return batch.Grant{Key: reply[1], Record: record}, nil
}

// Begin implements [batch.Journal]. Only an item that was granted by Claim can be begun.
func (j *Journal) Begin(ctx context.Context, key, idempotencyKey string) (batch.Record, bool, error) {
	reply, err := j.confirmed(ctx, "begin", j.worker, key, idempotencyKey)
	if err != nil {
		return batch.Record{}, false, err
	}
	record, err := readRecord(reply)
	if err != nil {
		return batch.Record{}, false, j.errorf(err)
	}
	if reply[0] != "begun" {
		j.drop(key)
		return record, false, nil
	}
	return record, true, nil
}

// Finish implements [batch.Journal].
func (j *Journal) Finish(ctx context.Context, key string, result batch.Result) error {
	data, err := json.Marshal(result)
	if err != nil {
		return j.errorf(err)
	}
	final := "o"
	if result.Outcome.Final() {
		final = "f"
	}
	reply, err := j.confirmed(ctx, "finish", j.worker, key, final, string(data))
	if err == nil && reply[0] == "not begun" {
		err = j.errorf(errors.New("the item was not begun"))
	}
	if err == nil && final == "f" {
		j.drop(key)
	}
	return err
}

// Release implements [batch.SharedJournal].
func (j *Journal) Release(ctx context.Context, key string) error {
	j.drop(key)
	_, err := j.run(ctx, "release", j.worker, key)
	return err
}

// drop forgets an item.
func (j *Journal) drop(key string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.held, key)
}

// keys returns the items that were granted to this process.
func (j *Journal) keys() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := make([]string, 0, len(j.held))
	for key := range j.held {
		list = append(list, key)
	}
	return list
}

// beat keeps the items of this process until the journal is closed.
func (j *Journal) beat(ctx context.Context) {
	t := time.NewTicker(j.opts.Lease / 4)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			j.beatOnce(ctx)
		}
	}
}

// beatOnce keeps the items of this process for a lease. If it fails, another beat follows.
func (j *Journal) beatOnce(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, j.opts.Lease/4)
	defer cancel()
	_ = j.examine(ctx)
	_, _ = j.once(ctx, 0, "beat", j.worker) // keeps the journal
	for part := range slices.Chunk(j.keys(), scriptItems) {
		_, _ = j.once(ctx, 0, "beat", append([]string{j.worker}, part...)...)
	}
}

// Close implements [batch.Journal]. It releases the items that are not finished.
func (j *Journal) Close() error {
	if j.quit == nil {
		return nil
	}
	j.quit()
	j.beats.Wait()
	j.quit = nil
	for part := range slices.Chunk(j.keys(), scriptItems) {
		if _, err := j.run(context.Background(), "release", append([]string{j.worker}, part...)...); err != nil {
			return err
		}
	}
	return nil
}

// errorf returns an error that names the journal.
func (j *Journal) errorf(err error) error {
	return fmt.Errorf("redisstore: journal %s: %w", j.name, err)
}

// key returns the key of a part of the journal.
func (j *Journal) key(part string) string { return j.store.key("batch "+j.name, part) }
