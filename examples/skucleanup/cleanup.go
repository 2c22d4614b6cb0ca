package main

// This file decides about each listing: run, wanted, remove and gone.

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resgen/resgen/clients/spapi/feeds"
	"github.com/resgen/resgen/generated/spapi/fbainventory"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy"
)

// A cleaner deletes the listings of SKUs without stock.
type cleaner struct {
	stocks   fbainventory.Operations
	listings listingsitems.Operations
	feeds    *feeds.Service
	seller   string
	job      batch.Job
	journal  string // path
	syncs    batch.Sync
	log      *slog.Logger
	say      func(format string, args ...any) // prints a line for the user
	show     func(batch.Progress)
	monitor  *batch.Monitor // nil: none

	dry     bool // report what would be deleted, without deleting
	via     via
	bulk    int // number of listings from which on [viaAuto] uses feeds
	workers int // maximum number of listings in progress
	passes  int // maximum number of calls for each, with the attempts of their policies
	times   times

	stock      *lookup[units]
	shelves    *lookup[shelf]
	searchless atomic.Bool     // the API refuses to search
	kept       map[target]bool // known to be in stock, from the survey before a feed
	fed        map[target]bool // may have been deleted by a feed that has ended
	feedEnd    time.Time       // of the last of these feeds
	doubtful   sync.Map        // of targets that existed although they may have been deleted
}

// times has the durations of a run, which are shorter if the server's clock runs faster.
type times struct {
	patience time.Duration // maximum wait for a circuit or the sign-in
	fresh    time.Duration // how long a stock may be known before a deletion
	poll     time.Duration // between two lookups of a listing that a feed deletes
	settle   time.Duration // until a listing must be gone after a feed
}

// realTimes returns the times for Amazon.
func realTimes() times {
	return times{patience: 20 * time.Minute, fresh: time.Minute, poll: 15 * time.Second, settle: 10 * time.Minute}
}

// scaled returns the times for a clock that runs speed times as fast. A failed sign-in rests in
// real time, for which the patience must suffice.
func (t times) scaled(speed float64) times {
	scale := func(d time.Duration) time.Duration { return max(time.Millisecond, time.Duration(float64(d)/speed)) }
	return times{max(scale(t.patience), time.Minute), scale(t.fresh), scale(t.poll), scale(t.settle)}
}

// run processes all targets. If it is interrupted, or the journal fails, the report is complete
// nonetheless.
func (c *cleaner) run(ctx context.Context, targets []target) (*batch.Report, error) {
	valid := slices.DeleteFunc(slices.Clone(targets), func(t target) bool { return checkSKU(t.sku) != nil })
	c.stock = newLookup(valid, inventoryBatch, c.times.fresh, c.inventory)
	c.shelves = newLookup(valid, searchBatch, c.times.poll, c.search)
	c.kept, c.fed = map[target]bool{}, map[target]bool{}
	if err := c.prepare(ctx, targets); err != nil {
		return nil, err
	}
	return batch.Run(ctx, slices.Values(targets), target.key, c.remove, append(c.options(),
		batch.WithPrecheck(func(ctx context.Context, t target) error { return c.wanted(ctx, t, c.listing) }),
		batch.WithVerify(c.gone),
		batch.WithAgain(batch.AlreadySo, batch.Refused, batch.Failed),
		batch.WithProgress(c.show), batch.WithMonitor(c.monitor))...)
}

// options returns what all batches have in common that use the journal.
func (c *cleaner) options() []batch.Option {
	return []batch.Option{
		batch.WithName(c.job.Name), batch.WithInput(c.job.Input), batch.WithJournal(c.file()),
		batch.WithClass(policy.Idempotent), batch.WithMax(c.workers), batch.WithPasses(c.passes),
		batch.WithPatience(c.times.patience), batch.WithLogger(c.log),
	}
}

// file returns the journal, which is not open.
func (c *cleaner) file() *batch.File {
	return batch.NewFile(c.journal, batch.FileOptions{Sync: c.syncs})
}

// wanted returns nil if a listing is to be deleted: there is no stock, neither at Amazon nor at the
// seller's. Stock is [batch.ErrAlreadySo]. look returns the stock of the seller.
func (c *cleaner) wanted(
	ctx context.Context, t target, look func(context.Context, target) (shelf, bool, error),
) error {
	if err := checkSKU(t.sku); err != nil {
		return batch.As(batch.Failed, err)
	}
	if c.kept[t] {
		return batch.ErrAlreadySo
	}
	ctx = logged(ctx, t)
	u, mentioned, err := c.stock.get(ctx, t)
	switch {
	case err != nil:
		return unclear("stock lookup", err)
	case u.err != nil:
		return unclear("stock lookup", u.err)
	case u.count > 0:
		return batch.ErrAlreadySo
	}
	s, _, err := look(ctx, t) // a listing that does not exist is deleted, which finds the same
	if err != nil {
		return unclear("listing lookup", err)
	}
	in, err := stocked(s, mentioned)
	switch {
	case in:
		return batch.ErrAlreadySo
	case err != nil:
		return batch.As(batch.Unknown, err)
	}
	return nil
}

// unclear returns the error of a lookup. If it does not pass, the stock remains unknown.
func unclear(what string, err error) error {
	err = fmt.Errorf("%s: %w", what, err)
	switch batch.OutcomeOf(err) {
	case batch.Refused, batch.Failed:
		return batch.As(batch.Unknown, err)
	}
	return err
}

// remove deletes a listing. A 404 says that it is gone. Only a 200 with status INVALID refuses the
// listing; other refusals are failures of the request.
func (c *cleaner) remove(ctx context.Context, t target) error {
	if c.dry {
		return batch.As(batch.NotTried, errors.New("has no stock; --yes deletes it"))
	}
	_, err := c.listings.DeleteListingsItem(logged(ctx, t), c.seller, t.sku,
		listingsitems.DeleteListingsItemParams{MarketplaceIDs: []string{t.store}})
	var failure *resilience.Error
	switch {
	case isNotFound(err):
		return nil
	case errors.As(err, &failure) && failure.Status/100 != 2 && batch.OutcomeOf(err) == batch.Refused:
		return batch.As(batch.Failed, err)
	}
	return err
}

// gone reports whether a listing that may have been deleted does not exist. After a feed, it waits
// for that.
func (c *cleaner) gone(ctx context.Context, t target) (bool, error) {
	ctx, look := logged(ctx, t), c.listing
	if c.fed[t] {
		look = c.shelves.get
	}
	for {
		_, exists, err := look(ctx, t)
		if err != nil || !exists {
			return !exists, err
		}
		if !c.fed[t] || time.Since(c.feedEnd) > c.times.settle {
			c.doubtful.Store(t, true) // this proves nothing: deletions take a while
			return false, nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(c.times.poll):
		}
	}
}

// items returns the rows of the report.
func (c *cleaner) items(r *batch.Report, targets []target) []item {
	items := make([]item, len(targets))
	several := targets[0].store != targets[len(targets)-1].store
	for i, t := range targets {
		_, doubtful := c.doubtful.Load(t)
		items[i] = itemOf(t.sku, r.Items[i], r.Stopped, doubtful)
		if several {
			items[i].Store = t.store
		}
	}
	return items
}

// logged returns a context whose calls name the marketplace in their log lines, which have the SKU
// anyhow.
func logged(ctx context.Context, t target) context.Context {
	return resilience.WithLogAttrs(ctx, slog.String("marketplace", t.store))
}
