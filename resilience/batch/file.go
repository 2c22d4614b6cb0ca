package batch

// This file is the journal of one process at a time: an append-only file. Its lines are described
// in file_record.go, reading is in file_read.go and rewriting in file_compact.go.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// A Sync says when a [File] waits until what it has written is on the disk. If a process is killed,
// nothing that it has written is lost. If the machine loses power, what is not on the disk yet is
// lost.
type Sync int

// The ways to synchronize. The default is SyncEach.
const (
	SyncEach   Sync = iota // before each return; concurrent items share the wait
	SyncSecond             // at most once per second
	SyncClose              // when the journal is rewritten or closed
)

// FileOptions changes how a [File] works.
type FileOptions struct {
	Sync Sync

	// CompactAfter is the number of lines beyond two per item after which the file is rewritten. 0
	// means 1,000.
	CompactAfter int
}

// A File is a [Journal] in a file. A second process that opens it meanwhile gets an error.
//
// A file next to it, with .lock at the end of its name, is locked while the journal is open. It
// remains when the journal is closed and can be removed then.
type File struct {
	path string
	opts FileOptions

	mu      sync.Mutex // guards what follows
	file    *os.File
	lock    *os.File
	head    header
	records map[string]Record
	order   []string // keys in the order of their first records
	lines   int
	size    int64
	written int64 // number of lines written since Open
	broken  error // of an earlier write; nothing is written after it
	notes   []string

	syncing sync.Mutex // is held during a synchronization
	synced  int64      // number of these that are on the disk; guarded by syncing
	last    time.Time  // the last synchronization; guarded by syncing
}

// errInUse is the error of a journal that another process has opened.
var errInUse = errors.New("is in use by another process; wait until that ends")

// NewFile returns a journal in a file, which is created if it does not exist. Nothing is opened
// before [Run] does.
func NewFile(path string, opts FileOptions) *File {
	if opts.CompactAfter == 0 {
		opts.CompactAfter = 1000
	}
	return &File{path: path, opts: opts}
}

// Notes returns what was found when the file was opened, for example that its last line was
// incomplete because a process ended while it wrote.
func (f *File) Notes() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.notes
}

// Open implements [Journal].
func (f *File) Open(_ context.Context, job Job) (map[string]Record, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file != nil {
		return nil, f.errorf(errors.New("is open already; use one journal for each run"))
	}
	lock, err := lockFile(f.path + ".lock")
	if err != nil {
		return nil, f.errorf(err)
	}
	f.lock = lock
	f.removeLeftovers()
	if err := f.open(job); err != nil {
		return nil, errors.Join(f.errorf(err), f.release())
	}
	return maps.Clone(f.records), nil
}

// open reads or creates the file. The lock must be held.
func (f *File) open(job Job) error {
	f.head = header{Format: formatName, Version: formatVersion, Job: job.Name, Input: job.Input}
	f.records, f.order, f.broken, f.notes = map[string]Record{}, nil, nil, nil
	info, err := os.Lstat(f.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return f.rewrite()
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("is not a regular file; choose another name")
	case info.Size() == 0:
		return f.rewrite()
	}
	return f.load(job)
}

// Begin implements [Journal].
func (f *File) Begin(_ context.Context, key, idempotencyKey string) (Record, bool, error) {
	f.mu.Lock()
	before := f.records[key]
	after := before.begin(idempotencyKey)
	if before == after {
		f.mu.Unlock()
		return after, true, nil
	}
	err := f.append(key, after, line{Key: key, Begin: after.IdempotencyKey, Open: true})
	return after, err == nil, err
}

// Finish implements [Journal].
func (f *File) Finish(_ context.Context, key string, result Result) error {
	f.mu.Lock()
	r, ok := f.records[key]
	if !ok {
		f.mu.Unlock()
		return f.errorf(errNotBegun)
	}
	r.Begun, r.Result = false, result
	return f.append(key, r, line{Key: key, Result: &result})
}

// append writes a line, and changes the record of its item when it is written. It unlocks the mutex
// and returns when the line is on the disk, as far as the options require.
func (f *File) append(key string, r Record, l line) error {
	n, err := f.write(key, r, l)
	f.mu.Unlock()
	if err != nil {
		return err
	}
	return f.sync(n)
}

// write is the part of append that holds the mutex. It returns the number of lines written so far.
func (f *File) write(key string, r Record, l line) (int64, error) {
	if f.file == nil {
		return 0, f.errorf(errors.New("is not open"))
	}
	if f.broken != nil {
		return 0, f.broken
	}
	l.Number = f.lines + 1
	data := l.encode()
	if _, err := f.file.WriteAt(data, f.size); err != nil {
		_ = f.file.Truncate(f.size) // so that no incomplete line precedes others
		f.broken = f.errorf(err)
		return 0, f.broken
	}
	f.size += int64(len(data))
	f.lines++
	f.written++
	f.set(key, r)
	if f.lines > 2*len(f.records)+f.opts.CompactAfter {
		if err := f.compact(); err != nil {
			return 0, err
		}
	}
	return f.written, nil
}

// set changes the record of an item.
func (f *File) set(key string, r Record) {
	if _, ok := f.records[key]; !ok {
		f.order = append(f.order, key)
	}
	f.records[key] = r
}

// sync waits until the first n lines are on the disk, if the options require it. Concurrent calls
// wait for one synchronization together.
func (f *File) sync(n int64) error {
	if f.opts.Sync == SyncClose {
		return nil
	}
	f.syncing.Lock()
	defer f.syncing.Unlock()
	if f.synced >= n || f.opts.Sync == SyncSecond && time.Since(f.last) < time.Second {
		return nil
	}
	f.mu.Lock()
	file, written, broken := f.file, f.written, f.broken
	f.mu.Unlock()
	if broken != nil || file == nil {
		return cmp.Or(broken, f.errorf(errors.New("is not open")))
	}
	if err := file.Sync(); err != nil {
		return f.fail(file, err)
	}
	f.synced, f.last = written, time.Now()
	return nil
}

// fail notes that a synchronization failed. What is on the disk is not known after that.
func (f *File) fail(file *os.File, err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file != file {
		return nil // it was rewritten meanwhile, and the new file is on the disk
	}
	if f.broken == nil {
		f.broken = f.errorf(err)
	}
	return f.broken
}

// Close implements [Journal].
func (f *File) Close() error {
	f.syncing.Lock()
	defer f.syncing.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return nil
	}
	var err error
	if f.broken == nil {
		err = f.file.Sync()
	}
	if err = errors.Join(err, f.release()); err != nil {
		return f.errorf(err)
	}
	return nil
}

// release closes the file and unlocks it.
func (f *File) release() (err error) {
	if f.file != nil {
		err = f.file.Close()
	}
	err = errors.Join(err, f.lock.Close())
	f.file, f.lock = nil, nil
	return err
}

// errorf returns an error that names the file.
func (f *File) errorf(err error) error {
	return fmt.Errorf("batch: journal %s: %w", filepath.Clean(f.path), withoutPath(err))
}
