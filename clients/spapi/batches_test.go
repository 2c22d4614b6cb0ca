package spapi_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/generated/spapi/productpricing"
	"github.com/resgen/resgen/resilience"
)

// A batch of prices with the production policy, 0.033/s and burst 1: only throttled SKUs are
// requested again, failures are reported by position, and the prices received are returned
// nevertheless.
func TestBatches_ThrottledAndUnknownSKUs(t *testing.T) {
	opts := spapitest.Options{Stock: map[string]int{"A": 1, "B": 1, "C": 1}, Busy: map[string]int{"B": 1, "C": 1}}
	inMemory(t, opts, func(t *testing.T, w *world) {
		client, err := productpricing.New(w.account.Options()...)
		if err != nil {
			t.Fatal(err)
		}
		var body productpricing.GetFeaturedOfferExpectedPriceBatchRequest
		for _, sku := range []string{"A", "B", "unknown", "C"} {
			body.Requests = append(body.Requests, productpricing.FeaturedOfferExpectedPriceRequest{
				URI: "/products/pricing/2022-05-01/offer/featuredOfferExpectedPrice", Method: "GET",
				MarketplaceID: "ATVPDKIKX0DER", Sku: sku,
			})
		}
		begin := time.Now()
		got, err := client.GetFeaturedOfferExpectedPriceBatch(t.Context(), body)
		var failure *resilience.Error
		if !errors.As(err, &failure) || !errors.Is(err, resilience.ErrPartial) ||
			errors.Is(err, resilience.ErrThrottled) {
			t.Fatalf("the error is %v", err)
		}
		if want := (resilience.FailedItem{
			Index: 2, Status: 400, Code: "INVALID_SKU", Message: "the SKU is not in the marketplace",
		}); len(failure.Items) != 1 ||
			failure.Items[0] != want {
			t.Errorf("the failed items are %+v, want %+v", failure.Items, want)
		}
		var seen strings.Builder
		for _, one := range got.Responses {
			fmt.Fprintf(&seen, "%s %d, ", one.Request.Sku, *one.Status.StatusCode)
		}
		if seen.String() != "A 200, B 200, unknown 400, C 200, " {
			t.Errorf("the answer has %s", seen.String())
		}
		// The second permit is 30 s away, and throttling has reduced the rate to 0.7.
		if n := len(w.statuses(spapitest.GetExpectedPrices)); n != 2 || time.Since(begin) < 30*time.Second ||
			time.Since(begin) > 44*time.Second {
			t.Errorf(
				"%d requests in %s, want the throttled SKUs asked for again when there is a permit",
				n,
				time.Since(begin),
			)
		}
	})
}

// A submission that is refused with status 200 returns its issues.
func TestBatches_IssuesOfARefusedSubmission(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock, Invalid: map[string]bool{"A": true}}, func(t *testing.T, w *world) {
		_, err := w.listings.DeleteListingsItem(
			t.Context(),
			"SELLER",
			"A",
			listingsitems.DeleteListingsItemParams{MarketplaceIDs: []string{"ATVPDKIKX0DER"}},
		)
		var failure *resilience.Error
		if !errors.As(err, &failure) || failure.Kind != resilience.KindAPI || errors.Is(err, resilience.ErrPartial) {
			t.Fatalf("the error is %v", err)
		}
		if want := (resilience.FailedItem{Code: "90000900", Message: "the listing is locked"}); len(
			failure.Items,
		) != 1 ||
			failure.Items[0] != want {
			t.Errorf("the issues are %+v, want %+v", failure.Items, want)
		}
	})
}
