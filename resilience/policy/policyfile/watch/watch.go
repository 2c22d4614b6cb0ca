package watch

import (
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
)

// An Option changes how a file is watched.
type Option func(*Watcher)

// WithLogger sets the logger: at INFO what was applied, at WARN what was refused. The default is
// slog.Default.
func WithLogger(l *slog.Logger) Option { return func(w *Watcher) { w.log = l } }

// WithQuiet sets how long the file must not have changed before it is read, so that half a file is
// not applied. The default is 200 ms.
func WithQuiet(d time.Duration) Option { return func(w *Watcher) { w.quiet = d } }

// pollEvery is the time between two checks without an event, for file systems that send none.
const pollEvery = 30 * time.Second

// A Watcher applies a file whenever its content changes. It is safe for concurrent use.
type Watcher struct {
	path  string
	apply func(*policy.Config) error
	log   *slog.Logger
	quiet time.Duration

	notices *fsnotify.Watcher
	done    chan struct{}
	ended   sync.WaitGroup
	close   sync.Once

	last content // what was read last
	used *string // the text in use; nil: none yet

	mu    sync.Mutex // guards state
	state State
}

// A State is what a [Watcher] has applied and refused.
type State = policyfile.FileState

// File reads a configuration file, calls apply with it, and does so again whenever the content of
// the file changes, until Close. apply is called by one goroutine at a time. It must change nothing
// if it returns an error.
//
// A file that is missing or invalid when File is called is an error. Later it is refused: the
// configuration that was applied last remains. So is an empty file, which a program leaves that was
// interrupted while it wrote; the content "apis: {}" restores the generated policies.
//
// Symbolic links are followed, and may be replaced together with the folders that contain the file.
func File(path string, apply func(*policy.Config) error, opts ...Option) (*Watcher, error) {
	w := &Watcher{
		path: path, apply: apply, log: slog.Default(), quiet: 200 * time.Millisecond, done: make(chan struct{}),
		state: State{Path: path},
	}
	for _, o := range opts {
		o(w)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if w.notices, err = fsnotify.NewWatcher(); err != nil {
		return nil, err
	}
	places := newPlaces(absolute, w.notices)
	places.refresh()
	if err := w.check(); err != nil {
		_ = w.notices.Close()
		return nil, err
	}
	w.log.Info("configuration applied", "path", path)
	changes := make(chan struct{}, 1)
	w.ended.Go(func() { places.follow(changes) })
	w.ended.Go(func() { settle(w.done, changes, w.quiet, w.watched) })
	return w, nil
}

// State returns what is in use and what was refused last.
func (w *Watcher) State() State {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state
}

// Close stops watching and waits for a call of apply in progress. What was applied remains in use.
// It may be called more than once, but not by apply.
func (w *Watcher) Close() error {
	var err error
	w.close.Do(func() {
		close(w.done)
		err = w.notices.Close()
	})
	w.ended.Wait()
	return err
}

// settle calls check when changes come and then none for the time quiet, and every [pollEvery]
// without changes, until done is closed.
func settle(done, changes <-chan struct{}, quiet time.Duration, check func()) {
	timer := time.NewTimer(pollEvery)
	defer timer.Stop()
	for {
		select {
		case <-done:
			return
		case <-changes:
			timer.Reset(quiet)
		case <-timer.C:
			check()
			timer.Reset(pollEvery)
		}
	}
}

// check reads the file and applies it if its content is new. It returns why the file was refused.
// Only one goroutine calls it at a time.
func (w *Watcher) check() error {
	now := read(w.path)
	if now == w.last {
		return nil
	}
	w.last = now
	err := now.err()
	again := err == nil && w.used != nil && *w.used == now.text
	if err == nil && !again {
		err = w.use(now.text)
	}
	w.note(err, again, time.Now())
	if err == nil {
		w.used = &now.text
	}
	return err
}

// watched checks the file and logs what is new.
func (w *Watcher) watched() {
	before := w.State()
	err := w.check()
	switch now := w.State(); {
	case err != nil:
		w.log.Warn("configuration refused; the earlier one remains", "path", w.path, "error", err)
	case now.Applied != before.Applied:
		w.log.Info("configuration applied", "path", w.path)
	case before.Refused != nil && now.Refused == nil:
		w.log.Info("configuration in use again", "path", w.path)
	}
}

// use decodes and applies the content of the file.
func (w *Watcher) use(text string) error {
	config, found := policyfile.DecodeConfig(w.path, []byte(text))
	if err := found.Err(); err != nil {
		return err
	}
	return w.apply(config)
}

// note sets the state after the file was applied, found in use again, or refused.
func (w *Watcher) note(refused error, again bool, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case refused != nil:
		w.state.Refused, w.state.Since = refused, now
	case again:
		w.state.Refused, w.state.Since = nil, time.Time{}
	default:
		w.state = State{Path: w.path, Applied: now}
	}
}
