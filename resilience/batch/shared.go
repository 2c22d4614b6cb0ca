package batch

// This file runs a job on which several processes work at the same time: run.share.

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A SharedJournal is a [Journal] through which several processes work on a job at the same time.
// Each of them calls [Run] with the same items. Run processes the items that are granted to it,
// waits until all are finished, takes over those of a process that has died, and reports what
// became of every item in any process.
type SharedJournal interface {
	Journal

	// Offer adds those of the items to the job that it does not have and that are not finished.
	Offer(ctx context.Context, keys []string) error

	// Claim grants an item to this process until it is finished or released, or the process dies.
	// An item that the process still has may be granted to it again, which changes nothing.
	Claim(ctx context.Context) (Grant, error)

	// Release gives up a granted item that is not finished. It can be offered again.
	Release(ctx context.Context, key string) error

	// Records returns the records of all items by key.
	Records(ctx context.Context) (map[string]Record, error)
}

// A Grant is what a [SharedJournal] returns for a claim.
type Grant struct {
	Key    string // empty: no item can be granted at present
	Record Record // of the item
	Left   bool   // without a key: other processes have items that may be granted later
}

// claimInterval is the wait while other processes have all items that are left.
const claimInterval = 200 * time.Millisecond

// offer offers all items.
func (r *run[T]) offer(ctx context.Context) error {
	r.byKey = make(map[string]*entry[T], len(r.items))
	keys := make([]string, len(r.items))
	for i, e := range r.items {
		r.byKey[e.row.Key], keys[i] = e, e.row.Key
	}
	return r.shared.Offer(ctx, keys)
}

// share processes the items that are granted to this process until none is left in any process. ctx
// is that of the calls, soft ends when no further item must begin.
func (r *run[T]) share(ctx, soft context.Context) {
	r.meter.pass(1, len(r.items))
	for soft.Err() == nil {
		again, left, err := r.claims(ctx, soft)
		for len(again) > 0 && soft.Err() == nil {
			again = r.pass(ctx, soft, again)
		}
		if err == nil && !left && !r.enough() {
			left, err = r.reoffer(soft)
		}
		switch {
		case err != nil:
			if soft.Err() == nil {
				r.fail(err)
			}
		case !left:
			r.conclude(ctx)
			return
		default:
			sleep(soft, claimInterval)
		}
	}
	r.conclude(ctx)
}

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// claims processes items until none is granted, and returns those for another pass.
func (r *run[T]) claims(ctx, soft context.Context) (again []*entry[T], left bool, err error) {
	var mu sync.Mutex
	var running sync.WaitGroup
	for {
		epoch, ended := r.places.enter(soft, false)
		if ended != nil {
			break
		}
		var e *entry[T]
		if e, left, err = r.claim(soft); e == nil {
			r.places.leave(pace{epoch: epoch, waited: true})
			break
		}
		running.Go(func() {
			if r.attempt(ctx, soft, e, epoch) {
				mu.Lock()
				defer mu.Unlock()
				again = append(again, e)
			}
		})
	}
	running.Wait()
	return again, left, err
}

// claim returns an item that was granted, or nil. Items that this run does not have are left to the
// processes that have them.
func (r *run[T]) claim(ctx context.Context) (e *entry[T], left bool, err error) {
	for !r.enough() {
		g, err := r.shared.Claim(ctx)
		if err != nil || g.Key == "" {
			return nil, g.Left, err
		}
		if e := r.byKey[g.Key]; e != nil && r.take(e) {
			if e.tries == 0 {
				r.claimed++
			}
			e.settled = false
			e.adopt(g.Record)
			return e, false, nil
		}
	}
	return nil, false, nil
}

// take notes that an item was granted. It returns false if the run has it already: if its lease has
// ended because the journal was not available for a while, it can be granted again.
func (r *run[T]) take(e *entry[T]) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	had := e.held
	e.held = true
	return !had
}

// enough reports whether the run has begun as many items as the stop rules allow.
func (r *run[T]) enough() bool { return r.stop.Count > 0 && r.claimed >= r.stop.Count }

// giveUp releases a granted item that is not finished and that this run does not try again.
func (r *run[T]) giveUp(ctx context.Context, e *entry[T]) {
	r.mu.Lock()
	held := e.held
	e.held = false
	r.mu.Unlock()
	if !held || e.row.Outcome.Final() {
		return
	}
	if err := r.shared.Release(context.WithoutCancel(ctx), e.row.Key); err != nil {
		r.fail(err)
	}
}

// reoffer offers items again that the journal has lost although no process has finished them, and
// reports whether there are any.
func (r *run[T]) reoffer(ctx context.Context) (lost bool, err error) {
	records, err := r.shared.Records(ctx)
	if err != nil {
		return false, err
	}
	var keys []string
	for _, e := range r.items {
		if e.tries == 0 && records[e.row.Key] == (Record{}) {
			keys = append(keys, e.row.Key)
		}
	}
	if len(keys) == 0 {
		return false, nil
	}
	return true, r.shared.Offer(ctx, keys)
}

// conclude takes over what other processes did.
func (r *run[T]) conclude(ctx context.Context) {
	records, err := r.shared.Records(context.WithoutCancel(ctx))
	if err != nil {
		r.fail(err)
	}
	open := 0
	for _, e := range r.items {
		if record, ok := records[e.row.Key]; ok && !(e.settled && e.row.Outcome.Final()) {
			e.adopt(record)
		}
		if e.counted != (counted{e.row.Outcome, e.row.Earlier}) {
			r.announce(e)
		}
		if e.tries == 0 && !e.row.Outcome.Final() {
			open++
		}
	}
	if r.enough() && open > 0 {
		r.end(fmt.Sprintf("%d items were processed", r.stop.Count))
	}
}
