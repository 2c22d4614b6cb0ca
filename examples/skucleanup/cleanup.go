package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/resgen/resgen/generated/spapi/fbainventory"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
)

// batchSize is the maximum number of SKUs in one inventory call.
const batchSize = 50

// A cleaner deletes the listings of SKUs without stock at Amazon.
type cleaner struct {
	stock    fbainventory.Operations
	listings listingsitems.Operations
	seller   string
	store    string // marketplace id

	dry      bool          // report what would be deleted, without deleting
	workers  int           // number of concurrent deletes
	rounds   int           // maximum number of calls per SKU; each makes the attempts of its policy
	patience time.Duration // maximum wait per SKU for an open circuit
	settled  func()        // called once for each SKU when its outcome is known
}

// run processes every SKU and returns a row for each, in the given order. SKUs that remain when ctx
// ends are not tried.
func (c *cleaner) run(ctx context.Context, skus []string) []item {
	items := make([]item, len(skus))
	for i, sku := range skus {
		items[i] = item{SKU: sku, Outcome: notTried, Reason: "interrupted"}
	}
	empty := make(chan *item) // SKUs without stock
	var lookups, deletes sync.WaitGroup
	for range max(1, c.workers) {
		deletes.Go(func() {
			for it := range empty {
				c.delete(ctx, it)
				c.settled()
			}
		})
	}
	batches := make(chan []*item)
	for range 2 {
		lookups.Go(func() {
			for batch := range batches {
				c.lookUp(ctx, batch, empty)
			}
		})
	}
	for _, batch := range c.batches(items) {
		batches <- batch
	}
	close(batches)
	lookups.Wait()
	close(empty)
	deletes.Wait()
	return items
}

// batches groups the valid SKUs and marks the others as failed. A SKU with a comma gets its own
// batch, because the API would read it as two SKUs of a list.
func (c *cleaner) batches(items []item) [][]*item {
	var all [][]*item
	var batch []*item
	for i := range items {
		it := &items[i]
		if err := checkSKU(it.SKU); err != nil {
			it.Outcome, it.Reason = failed, err.Error()
			c.settled()
			continue
		}
		if strings.Contains(it.SKU, ",") {
			all = append(all, []*item{it})
			continue
		}
		if batch = append(batch, it); len(batch) == batchSize {
			all, batch = append(all, batch), nil
		}
	}
	if len(batch) > 0 {
		all = append(all, batch)
	}
	return all
}

// lookUp looks up a batch and sends the SKUs without stock to empty. The outcome of all others is
// known: they are kept, or unknown if the lookup failed or the response does not mention them.
func (c *cleaner) lookUp(ctx context.Context, batch []*item, empty chan<- *item) {
	units, err := c.units(ctx, batch)
	for _, it := range batch {
		count, mentioned := units[it.SKU]
		switch {
		case err != nil:
			it.Outcome, it.Reason = unknown, "stock lookup: "+reason(err)
		case !mentioned:
			it.Outcome, it.Reason = unknown, "not in the inventory response"
		case count > 0:
			it.Outcome, it.Reason = kept, ""
		default:
			empty <- it
			continue
		}
		c.settled()
	}
}

// units returns the number of units of each SKU, over all pages. SKUs with a row that has no count
// are left out. If a page fails or its token has expired, it starts again at the first page.
func (c *cleaner) units(ctx context.Context, batch []*item) (map[string]int64, error) {
	params := fbainventory.GetInventorySummariesParams{
		GranularityID:  c.store,
		MarketplaceIDs: []string{c.store},
	}
	for _, it := range batch {
		params.SellerSkus = append(params.SellerSkus, it.SKU)
	}
	if len(batch) == 1 {
		params.SellerSku, params.SellerSkus = &batch[0].SKU, nil
	}
	var found map[string]int64
	var uncounted map[string]bool
	_, err := c.persist(ctx, func() error {
		found, uncounted = map[string]int64{}, map[string]bool{} // counts of two listings must not be added up
		for row, err := range c.stock.GetInventorySummariesAll(ctx, params) {
			switch {
			case err != nil:
				return err
			case row.SellerSku == nil:
			case row.TotalQuantity == nil:
				uncounted[*row.SellerSku] = true
			default:
				found[*row.SellerSku] += *row.TotalQuantity
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for sku := range uncounted {
		delete(found, sku)
	}
	return found, nil
}

// delete deletes one listing and sets the outcome.
func (c *cleaner) delete(ctx context.Context, it *item) {
	if c.dry {
		it.Outcome, it.Reason = notTried, "has no stock; --yes deletes it"
		return
	}
	params := listingsitems.DeleteListingsItemParams{MarketplaceIDs: []string{c.store}}
	maybe, err := c.persist(ctx, func() error {
		var info resilience.Info
		_, err := c.listings.DeleteListingsItem(ctx, c.seller, it.SKU, params, resilience.WithInfo(&info))
		it.Attempts += len(info.Attempts)
		if info.Status != 0 {
			it.Status, it.RequestID = info.Status, info.RequestID
		}
		return err
	})
	it.Outcome, it.Reason = outcomeOf(ctx, err, maybe)
}

// outcomeOf converts the last error of a delete. maybe means that an earlier request may have been
// applied.
func outcomeOf(ctx context.Context, err error, maybe bool) (outcome, string) {
	var failure *resilience.Error
	switch errors.As(err, &failure); {
	case err == nil:
		return deleted, ""
	case failure == nil:
		return unknown, err.Error()
	case failure.Status == http.StatusNotFound && failure.Kind == resilience.KindAPI && maybe:
		return deleted, "" // an earlier request deleted it, and its response was lost
	case failure.Status/100 == 2 && failure.Kind == resilience.KindAPI:
		return refused, reason(err)
	case maybe:
		return unknown, reason(err)
	case ctx.Err() != nil:
		return notTried, "interrupted"
	case failure.Kind == resilience.KindCircuitOpen, failure.Kind == resilience.KindCredential:
		return notTried, reason(err)
	}
	return failed, reason(err)
}

// persist repeats call until it succeeds, fails permanently or has failed rounds times. It waits up
// to patience for an open circuit and for a sign-in that is unavailable. maybe reports whether a
// failed call may have been applied.
func (c *cleaner) persist(ctx context.Context, call func() error) (maybe bool, err error) {
	var waited time.Duration
	for round := 1; ; {
		err = call()
		var failure *resilience.Error
		if err == nil || !errors.As(err, &failure) {
			return maybe, err
		}
		maybe = maybe || failure.MayHaveApplied
		wait := max(failure.RetryAfter, 50*time.Millisecond)
		if down(failure) {
			if waited += wait; waited > c.patience {
				return maybe, err
			}
		} else if round++; round > c.rounds || !transient(failure) {
			return maybe, err
		}
		select {
		case <-ctx.Done():
			return maybe, err
		case <-time.After(wait):
		}
	}
}

// down reports whether a call ended at once because the API or its sign-in is down.
func down(e *resilience.Error) bool {
	return e.Kind == resilience.KindCircuitOpen ||
		e.Kind == resilience.KindCredential && errors.Is(e, resilience.ErrSignInUnavailable)
}

// transient reports whether a later call may succeed.
func transient(e *resilience.Error) bool {
	switch e.Kind {
	case resilience.KindTransport, resilience.KindTimeout, resilience.KindThrottled, resilience.KindRateLimited,
		resilience.KindBulkheadFull:
		return true
	}
	return e.Status >= 500 || errors.Is(e, resilience.ErrPageTokenExpired)
}

// reason returns the error's text in one line.
func reason(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
