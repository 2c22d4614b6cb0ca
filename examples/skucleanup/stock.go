package main

// This file looks up what must not be deleted: stock at Amazon, and stock that the seller ships.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/resgen/resgen/generated/spapi/fbainventory"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/batch"
)

const (
	inventoryBatch = 50 // maximum number of SKUs in a call of getInventorySummaries
	searchBatch    = 20 // maximum number of SKUs in a call of searchListingsItems
	mostWalks      = 3  // how often pages are read again from the first one, because a token has expired
)

// units is the stock of a SKU at Amazon.
type units struct {
	count int64
	err   error // the API refuses the SKU
}

// inventory returns the stock of SKUs at Amazon. SKUs that the response does not mention, or that
// have a row without a count, are left out. SKUs that the API refuses are looked up in halves, so
// that one does not affect the others.
func (c *cleaner) inventory(ctx context.Context, store string, skus []string) (map[string]units, error) {
	found, err := c.counts(ctx, store, skus)
	half := len(skus) / 2
	switch {
	case !invalid(err):
		return found, err
	case half == 0:
		return map[string]units{skus[0]: {err: err}}, nil
	}
	all := map[string]units{}
	for _, part := range [][]string{skus[:half], skus[half:]} {
		found, err := c.inventory(ctx, store, part)
		if err != nil {
			return nil, err
		}
		for sku, u := range found {
			all[sku] = u
		}
	}
	return all, nil
}

// invalid reports whether the API refused what was requested, which may be the fault of one SKU.
func invalid(err error) bool {
	var failure *resilience.Error
	return errors.As(err, &failure) && failure.Kind == resilience.KindAPI &&
		failure.Status == http.StatusBadRequest && !errors.Is(err, resilience.ErrPageTokenExpired)
}

// counts adds up the rows of all pages. If a page token has expired, it starts again.
func (c *cleaner) counts(ctx context.Context, store string, skus []string) (map[string]units, error) {
	params := fbainventory.GetInventorySummariesParams{
		GranularityID: store, MarketplaceIDs: []string{store}, SellerSkus: skus,
	}
	if len(skus) == 1 {
		params.SellerSku, params.SellerSkus = &skus[0], nil
	}
	for n := 1; ; n++ {
		found, err := c.walk(ctx, params)
		if n == mostWalks || !errors.Is(err, resilience.ErrPageTokenExpired) {
			return found, err
		}
	}
}

// walk reads all pages once. Counts of two walks must not be added up.
func (c *cleaner) walk(
	ctx context.Context, params fbainventory.GetInventorySummariesParams,
) (map[string]units, error) {
	found, uncounted := map[string]units{}, map[string]bool{}
	for row, err := range c.stocks.GetInventorySummariesAll(ctx, params) {
		switch {
		case err != nil:
			return nil, err
		case row.SellerSku == nil:
		case row.TotalQuantity == nil:
			uncounted[*row.SellerSku] = true
		default:
			u := found[*row.SellerSku]
			u.count += *row.TotalQuantity
			found[*row.SellerSku] = u
		}
	}
	for sku := range uncounted {
		delete(found, sku)
	}
	return found, nil
}

// A shelf is what the seller has of a SKU.
type shelf = []listingsitems.FulfillmentAvailability

// listing looks up one listing, which may not exist.
func (c *cleaner) listing(ctx context.Context, t target) (s shelf, exists bool, err error) {
	found, err := c.listings.GetListingsItem(ctx, c.seller, t.sku, listingsitems.GetListingsItemParams{
		MarketplaceIDs: []string{t.store},
		IncludedData: []listingsitems.GetListingsItemParamsIncludedDataItem{
			listingsitems.GetListingsItemParamsIncludedDataItemFulfillmentAvailability,
		},
	})
	switch {
	case isNotFound(err):
		return nil, false, nil
	case err != nil:
		return nil, false, err
	}
	return found.FulfillmentAvailability, true, nil
}

// search looks up many listings. Those that do not exist are left out. If the API refuses to
// search, it looks up one listing after the other.
func (c *cleaner) search(ctx context.Context, store string, skus []string) (map[string]shelf, error) {
	if len(skus) > 1 && !c.searchless.Load() {
		found, err := c.searched(ctx, store, skus)
		if !refusedSearch(err) {
			return found, err
		}
		c.searchless.Store(true)
		c.log.Warn("the API refuses to search for listings; they are looked up one by one", "error", err)
	}
	found := map[string]shelf{}
	for _, sku := range skus {
		s, exists, err := c.listing(ctx, target{store, sku})
		if err != nil {
			return nil, err
		}
		if exists {
			found[sku] = s
		}
	}
	return found, nil
}

// searched makes one search.
func (c *cleaner) searched(ctx context.Context, store string, skus []string) (map[string]shelf, error) {
	kind, size := listingsitems.SearchListingsItemsParamsIdentifiersTypeSKU, int64(searchBatch)
	found := map[string]shelf{}
	for item, err := range c.listings.SearchListingsItemsAll(ctx, c.seller, listingsitems.SearchListingsItemsParams{
		MarketplaceIDs: []string{store}, Identifiers: skus, IdentifiersType: &kind, PageSize: &size,
		IncludedData: []listingsitems.SearchListingsItemsParamsIncludedDataItem{
			listingsitems.SearchListingsItemsParamsIncludedDataItemFulfillmentAvailability,
		},
	}) {
		if err != nil {
			return nil, err
		}
		found[item.Sku] = item.FulfillmentAvailability
	}
	return found, nil
}

// refusedSearch reports whether the API does not search, at least not for these SKUs.
func refusedSearch(err error) bool {
	switch batch.OutcomeOf(err) {
	case batch.Refused, batch.Failed:
		return true
	}
	return false
}

// isNotFound reports whether the API says that there is no such listing.
func isNotFound(err error) bool {
	var failure *resilience.Error
	return errors.As(err, &failure) && failure.Kind == resilience.KindAPI && failure.Status == http.StatusNotFound
}

// stocked reports whether the seller has stock, which keeps the listing. The error says why that is
// not known. A listing without stock at Amazon that the inventory does not mention must be one that
// only the seller ships.
func stocked(s shelf, mentioned bool) (bool, error) {
	var unclear error
	if !mentioned && len(s) == 0 {
		unclear = errUnmentioned
	}
	for _, at := range s {
		switch amazon := strings.HasPrefix(at.FulfillmentChannelCode, "AMAZON"); {
		case amazon && mentioned: // counted by the inventory
		case amazon:
			unclear = errUnmentioned
		case at.Quantity == nil:
			unclear = fmt.Errorf("the stock of the channel %s is not stated", at.FulfillmentChannelCode)
		case *at.Quantity > 0:
			return true, nil
		}
	}
	return false, unclear
}

var errUnmentioned = errors.New("not in the inventory response")
