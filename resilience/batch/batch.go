package batch

// This file begins and ends runs: Run. What happens to one item is in item.go.

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"
	"unicode/utf8"
)

// Run calls fn for each item of seq and returns the outcome of each. key returns the name of an
// item, which must be unique and must not be empty.
//
// Run reads the whole sequence first. Then it calls fn concurrently: for 4 items at first, for one
// more after each full window that neither waited nor was throttled, and for half as many after
// throttling. Each call has its own context, which ends with ctx.
//
// The error is not nil if the items could not be processed as a whole: the input is invalid, ctx
// has ended, a rule of [WithStop] ended the run, or the journal failed. If processing had begun,
// the report is complete nonetheless. The failure of items is not an error: see [Report.OK].
func Run[T any](
	ctx context.Context, seq iter.Seq[T], key func(T) string, fn func(context.Context, T) error, opts ...Option,
) (*Report, error) {
	return RunPages(ctx, func(yield func(T, error) bool) {
		for v := range seq {
			if !yield(v, nil) {
				return
			}
		}
	}, key, fn, opts...)
}

// RunPages is [Run] for a sequence with errors, for example an iterator over the pages of a
// listing. If the sequence has an error, no item is processed.
func RunPages[T any](
	ctx context.Context, seq iter.Seq2[T, error], key func(T) string, fn func(context.Context, T) error, opts ...Option,
) (*Report, error) {
	s, err := newSettings(opts)
	if err != nil {
		return nil, err
	}
	r := &run[T]{settings: s, fn: fn}
	if err := errors.Join(
		typed[T](&r.check, "WithVerify", s.verify), typed[T](&r.precheck, "WithPrecheck", s.precheck),
	); err != nil {
		return nil, err
	}
	if err := r.read(seq, key); err != nil {
		return nil, err
	}
	if err := r.open(ctx); err != nil {
		return nil, err
	}
	return r.all(ctx)
}

// typed sets a function from an option, whose type does not depend on T.
func typed[T, F any](to *F, option string, f any) error {
	if f == nil {
		return nil
	}
	is, ok := f.(F)
	if !ok {
		return fmt.Errorf("batch: %s: the function is a %T and does not take a %T", option, f, *new(T))
	}
	*to = is
	return nil
}

// A run is one call of [Run].
type run[T any] struct {
	*settings
	fn       func(context.Context, T) error
	check    func(context.Context, T) (bool, error) // nil: none
	precheck func(context.Context, T) error         // nil: none
	items    []*entry[T]
	report   *Report
	places   *places
	meter    *meter
	outage   outage

	shared  SharedJournal        // nil: this process works alone
	byKey   map[string]*entry[T] // if shared
	claimed int                  // number of items that the shared journal has granted

	mu      sync.Mutex
	tally   tally
	stopped string
	broken  error // of the journal
	halt    context.CancelFunc
}

// An entry is an item in progress.
type entry[T any] struct {
	value   T
	row     *Item
	record  Record
	at      time.Time // no earlier attempt than this
	failure error     // of the last attempt
	tries   int       // number of passes so far
	last    bool      // no further pass follows
	settled bool      // this run does not try it again
	counted counted   // as what the progress counts it
	held    bool      // a shared journal has granted it; guarded by the mutex of the run
}

// adopt takes over the record of an item from the journal.
func (e *entry[T]) adopt(record Record) {
	e.record = record
	e.row.Result = record.Result
	e.row.Earlier = record.Result.Outcome.Final() && !record.Begun
	if record.unknown() {
		e.row.Outcome = Unknown
		e.row.Reason = "an earlier run ended while the item was in progress"
	} else if e.row.Outcome == "" {
		e.row.Outcome = NotTried
	}
}

// read reads the sequence and checks the keys.
func (r *run[T]) read(seq iter.Seq2[T, error], key func(T) string) error {
	seen := map[string]bool{}
	for v, err := range seq {
		if err != nil {
			return fmt.Errorf("batch: reading the items: %w", err)
		}
		n, k := len(r.items)+1, key(v)
		switch {
		case k == "":
			return fmt.Errorf("batch: item %d has an empty key", n)
		case seen[k]:
			return fmt.Errorf("batch: item %d has the key %q of an earlier item; keys must be unique", n, k)
		case !utf8.ValidString(k):
			return fmt.Errorf("batch: item %d has the key %q, which is not UTF-8", n, k)
		}
		seen[k] = true
		r.items = append(r.items, &entry[T]{value: v, row: &Item{Key: k}})
	}
	return nil
}

// open opens the journal and takes over the results of earlier runs.
func (r *run[T]) open(ctx context.Context) error {
	job := Job{Name: r.name, Input: r.input}
	if job.Input == "" {
		job.Input = fingerprint(r.items)
	}
	r.shared, _ = r.journal.(SharedJournal)
	records, err := r.journal.Open(ctx, job)
	if err != nil {
		return err
	}
	if r.shared != nil {
		if err := r.offer(ctx); err != nil {
			return errors.Join(err, r.journal.Close())
		}
	}
	r.report = &Report{Job: job.Name, Input: job.Input, Started: time.Now(), Items: make([]Item, len(r.items))}
	for i, e := range r.items {
		key := e.row.Key
		e.row = &r.report.Items[i]
		e.row.Key = key
		e.adopt(records[key])
		e.row.Earlier = e.row.Earlier && !slices.Contains(r.again, e.row.Outcome)
		if !e.row.Earlier && e.row.Outcome != Unknown {
			e.row.Outcome = NotTried
		}
	}
	return nil
}

// fingerprint returns a hash of the keys in any order.
func fingerprint[T any](items []*entry[T]) string {
	keys := make([]string, len(items))
	for i, e := range items {
		keys[i] = e.row.Key
	}
	slices.Sort(keys)
	h := sha256.New()
	for _, k := range keys {
		fmt.Fprintf(h, "%d:%s", len(k), k)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// all makes the passes and completes the report.
func (r *run[T]) all(ctx context.Context) (*Report, error) {
	r.places = newPlaces(r.most)
	r.outage.since = time.Now()
	r.meter = &meter{
		report: r.progress, log: r.log, places: r.places, start: r.report.Started, logged: r.report.Started,
		now: Progress{Job: r.name, Total: len(r.items), Counts: map[Outcome]int{}},
	}
	r.monitor.add(r.meter)
	soft, halt := context.WithCancel(ctx)
	defer halt()
	r.halt = halt
	if d := r.stop.After; d > 0 {
		defer time.AfterFunc(d, func() { r.end(fmt.Sprintf("%s have passed", d)) }).Stop()
	}
	if r.shared != nil {
		r.share(ctx, soft)
	} else {
		r.alone(ctx, soft)
	}
	r.meter.finish()
	err := r.err(ctx)
	r.report.Ended = time.Now()
	return r.report, err
}

// alone makes the passes of a run that shares its job with no other process.
func (r *run[T]) alone(ctx, soft context.Context) {
	todo, rest := r.todo()
	for n := 1; len(todo) > 0 && soft.Err() == nil; n++ {
		r.meter.pass(n, len(todo))
		todo = r.pass(ctx, soft, todo)
	}
	for _, e := range append(todo, rest...) {
		r.announce(e)
	}
	if len(rest) > 0 {
		r.end(fmt.Sprintf("%d items were processed", r.stop.Count))
	}
}

// todo returns the items that are not finished, and those beyond the count of the stop rules.
func (r *run[T]) todo() (todo, rest []*entry[T]) {
	for _, e := range r.items {
		switch {
		case e.row.Earlier:
			r.announce(e)
		case r.stop.Count > 0 && len(todo) == r.stop.Count:
			rest = append(rest, e)
		default:
			todo = append(todo, e)
		}
	}
	return todo, rest
}

// pass processes the items once and returns those for another pass, or that were not processed
// because the run ends. ctx is that of the calls, soft ends when no further item must begin.
func (r *run[T]) pass(ctx, soft context.Context, items []*entry[T]) []*entry[T] {
	again := make([]bool, len(items))
	var running sync.WaitGroup
	for i, e := range items {
		epoch, err := r.places.enter(soft, false)
		if err != nil {
			for j := range again[i:] {
				again[i+j] = true
			}
			break
		}
		running.Go(func() { again[i] = r.attempt(ctx, soft, e, epoch) })
	}
	running.Wait()
	var rest []*entry[T]
	for i, e := range items {
		if again[i] {
			rest = append(rest, e)
		}
	}
	return rest
}

// attempt processes an item in a pass and reports whether it is for another one.
func (r *run[T]) attempt(ctx, soft context.Context, e *entry[T], epoch int) (again bool) {
	e.tries++
	e.last = e.tries >= r.passes
	if r.item(ctx, soft, e, epoch) {
		return true
	}
	e.settled = true
	r.announce(e)
	r.giveUp(ctx, e) // last, because the item may be granted again then
	return false
}

// announce lets the progress count an item that is settled. If it was settled before, it is counted
// as what it is now.
func (r *run[T]) announce(e *entry[T]) { e.counted = r.meter.settled(e.row, e.counted) }

// end ends the run early.
func (r *run[T]) end(reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopped == "" {
		r.stopped = reason
	}
	r.halt()
}

// fail notes that the journal failed, and ends the run: nothing must be sent that cannot be
// recorded.
func (r *run[T]) fail(err error) {
	r.mu.Lock()
	if r.broken == nil {
		r.broken = err
	}
	r.mu.Unlock()
	r.end("the journal failed")
}

// count applies the stop rules to an outcome.
func (r *run[T]) count(o Outcome) {
	r.mu.Lock()
	r.tally = r.tally.add(o)
	reason := r.stop.reason(r.tally)
	r.mu.Unlock()
	if reason != "" {
		r.end(reason)
	}
}

// err closes the journal and returns why the run ended early, or nil. The report says it too.
func (r *run[T]) err(ctx context.Context) error {
	closing := r.journal.Close()
	r.mu.Lock() // the timer of the stop rules may still end the run
	defer r.mu.Unlock()
	ended := ctx.Err()
	if ended != nil && r.broken == nil {
		r.stopped = "interrupted"
	}
	r.report.Stopped = r.stopped
	switch {
	case r.broken != nil:
		return fmt.Errorf("batch: the run ended early because progress cannot be recorded: %w", r.broken)
	case ended != nil:
		return errors.Join(fmt.Errorf("batch: interrupted: %w", ended), closing)
	case r.stopped != "":
		return errors.Join(&StoppedError{r.stopped}, closing)
	}
	return closing
}

// newKey returns a new idempotency key.
func newKey() string { return rand.Text() }
