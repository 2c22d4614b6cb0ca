package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
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
	journal  *journal

	dry      bool          // report what would be deleted, without deleting
	workers  int           // number of concurrent deletes
	rounds   int           // maximum number of calls per SKU; each makes the attempts of its policy
	patience time.Duration // maximum wait per SKU for an open circuit
	settled  func()        // called once for each SKU when its outcome is known; never for an interrupted one
	fail     func(error)   // called when the journal failed; it must end the context of run
}

// runAll processes every SKU in every marketplace.
func (c *cleaner) runAll(ctx context.Context, stores, skus []string) []item {
	var all []item
	for _, store := range stores {
		c.store = store
		items := c.run(ctx, skus)
		if len(stores) > 1 {
			for i := range items {
				items[i].Store = store
			}
		}
		all = append(all, items...)
	}
	return all
}

// run processes every SKU and returns a row for each, in the given order. SKUs that failed for a
// reason that may have passed by the end are processed a second time. SKUs that remain when ctx
// ends are not tried.
func (c *cleaner) run(ctx context.Context, skus []string) []item {
	items := make([]item, len(skus))
	var valid []*item
	for i, sku := range skus {
		items[i] = item{SKU: sku, Outcome: notTried, Reason: interrupted}
		if err := checkSKU(sku); err != nil {
			items[i].Outcome, items[i].Reason = failed, err.Error()
			c.settled()
			continue
		}
		valid = append(valid, &items[i])
	}
	valid = c.resume(ctx, valid)
	first := &pass{cleaner: c}
	first.run(ctx, valid)
	again := slices.DeleteFunc(valid, func(it *item) bool { return !it.again })
	second := &pass{cleaner: c, last: true}
	second.run(ctx, again)
	return items
}

// interrupted is the reason of SKUs that remain when the program is interrupted.
const interrupted = "interrupted"

// A pass processes SKUs once.
type pass struct {
	*cleaner
	last bool // there is no further pass
}

// run processes the SKUs. It starts nothing after ctx ended.
func (p *pass) run(ctx context.Context, items []*item) {
	empty := make(chan *item) // SKUs without stock
	var lookups, deletes sync.WaitGroup
	for range max(1, p.workers) {
		deletes.Go(func() {
			for it := range empty {
				p.settle(ctx, it, p.delete(ctx, it))
			}
		})
	}
	batches := make(chan []*item)
	for range 2 {
		lookups.Go(func() {
			for batch := range batches {
				p.lookUp(ctx, batch, empty)
			}
		})
	}
	for _, batch := range inBatches(items) {
		batches <- batch
	}
	close(batches)
	lookups.Wait()
	close(empty)
	deletes.Wait()
}

// settle counts a SKU whose outcome is known, or marks it for another pass. An interrupted SKU has
// no outcome and is not counted.
func (p *pass) settle(ctx context.Context, it *item, err error) {
	switch {
	case ctx.Err() != nil && it.Outcome == notTried:
	case !p.last && passing(err):
		it.again = true
	default:
		p.settled()
	}
}

// passing reports whether the reason of a failure may have passed by the end of the run.
func passing(err error) bool {
	var failure *resilience.Error
	return errors.As(err, &failure) && (down(failure) || transient(failure))
}

// inBatches groups SKUs for lookups. A SKU with a comma gets its own batch, because the API would
// read it as two SKUs of a list.
func inBatches(items []*item) [][]*item {
	var all [][]*item
	var batch []*item
	for _, it := range items {
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
// known: they are kept, or unknown if the lookup failed or the response does not mention them. A
// batch that the API refuses is looked up in halves, so that one SKU does not affect the others.
func (p *pass) lookUp(ctx context.Context, batch []*item, empty chan<- *item) {
	if ctx.Err() != nil {
		return
	}
	units, err := p.units(ctx, batch)
	if half := len(batch) / 2; half > 0 && invalid(err) {
		p.lookUp(ctx, batch[:half], empty)
		p.lookUp(ctx, batch[half:], empty)
		return
	}
	for _, it := range batch {
		count, mentioned := units[it.SKU]
		switch {
		case err != nil && ctx.Err() != nil:
			it.Outcome, it.Reason = notTried, interrupted
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
		p.settle(ctx, it, err)
	}
}

// invalid reports whether the API refused what was requested, which may be the fault of one SKU.
func invalid(err error) bool {
	var failure *resilience.Error
	return errors.As(err, &failure) && failure.Kind == resilience.KindAPI &&
		failure.Status == http.StatusBadRequest && !transient(failure)
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

// delete deletes one listing and sets the outcome. The error is that of the last call.
func (c *cleaner) delete(ctx context.Context, it *item) error {
	if c.dry {
		it.Outcome, it.Reason = notTried, "has no stock; --yes deletes it"
		return nil
	}
	if done, err := c.spare(ctx, it); done {
		return err
	}
	if err := c.journal.begin(ctx, c.store, it.SKU); err != nil {
		c.fail(err)
		return err
	}
	defer c.record(ctx, it)
	params := listingsitems.DeleteListingsItemParams{MarketplaceIDs: []string{c.store}}
	maybe, err := c.persist(ctx, func() error {
		var info resilience.Info
		_, err := c.listings.DeleteListingsItem(ctx, c.seller, it.SKU, params, resilience.WithInfo(&info))
		it.record(info)
		return err
	})
	it.maybe = it.maybe || maybe
	it.Outcome, it.Reason = outcomeOf(ctx, err, it.maybe)
	if it.Outcome == unknown {
		c.gone(ctx, it)
	}
	return err
}

// spare looks up whether the seller has stock of a SKU that Amazon has none of, and reports whether
// nothing is to be deleted. It sets the outcome then.
func (c *cleaner) spare(ctx context.Context, it *item) (done bool, err error) {
	found, err := c.listing(ctx, it.SKU)
	switch {
	case isNotFound(err):
		return false, nil // the deletion finds the same, and is recorded
	case err != nil && ctx.Err() != nil:
		it.Outcome, it.Reason = notTried, interrupted
		return true, err
	case err != nil:
		it.Outcome, it.Reason = unknown, "listing lookup: "+reason(err)
		var failure *resilience.Error
		if errors.As(err, &failure) && down(failure) && !it.maybe {
			it.Outcome = notTried
		}
		return true, err
	}
	for _, at := range found.FulfillmentAvailability {
		switch {
		case strings.HasPrefix(at.FulfillmentChannelCode, "AMAZON"):
		case at.Quantity == nil:
			it.Outcome, it.Reason = unknown, "the stock of the channel "+at.FulfillmentChannelCode+" is not stated"
			return true, nil
		case *at.Quantity > 0:
			it.Outcome, it.Reason = kept, ""
			return true, nil
		}
	}
	return false, nil
}

// outcomeOf converts the last error of a delete. maybe means that an earlier request may have been
// applied. A 404 says that the listing is gone: an earlier request or an earlier run deleted it.
func outcomeOf(ctx context.Context, err error, maybe bool) (outcome, string) {
	var failure *resilience.Error
	switch errors.As(err, &failure); {
	case err == nil:
		return deleted, ""
	case failure == nil:
		return unknown, err.Error()
	case failure.Status == http.StatusNotFound && failure.Kind == resilience.KindAPI:
		return deleted, ""
	case failure.Status/100 == 2 && failure.Kind == resilience.KindAPI:
		return refused, reason(err)
	case maybe:
		return unknown, reason(err)
	case ctx.Err() != nil:
		return notTried, interrupted
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
