package spapi_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/generated/spapi/notifications"
	"github.com/resgen/resgen/generated/spapi/productpricing"
	"github.com/resgen/resgen/resilience"
)

// The quotas that calls use, according to the policy file: getListingsItem has 5/s and burst 5 per
// selling partner and application, and 100/s and burst 10 per application; getDestinations has 1/s
// and burst 5 per application. Each client makes 20 concurrent calls, or 2 calls of
// getDestinations. One token of a burst is kept in reserve.
func TestQuotas(t *testing.T) {
	for _, c := range []struct {
		name     string
		accounts int // per application
		apps     int
		clients  int // per account
		call     func(ctx context.Context, options []resilience.Option) error
		want     time.Duration
	}{
		{"one account", 1, 1, 1, twenty, 3200 * time.Millisecond},                       // (20 − 4) / 5
		{"two clients of one account", 1, 1, 2, twenty, 7200 * time.Millisecond},        // (40 − 4) / 5
		{"one account with two applications", 1, 2, 1, twenty, 3200 * time.Millisecond}, // independent of each other
		{"25 accounts of one application", 25, 1, 1, twenty, 4910 * time.Millisecond},   // (500 − 9) / 100
		// 13 clients need their last permit at once: 9 are available, the others follow every 10 ms
		{"26 accounts of two applications", 13, 2, 1, twenty, 3240 * time.Millisecond},
		{"ten accounts of one application, grantless", 10, 1, 1, destinations, 16 * time.Second}, // (20 − 4) / 1
		// independent of each other
		{"two accounts of two applications, grantless", 1, 2, 1, destinations, 0 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
				runtime := resilience.NewRuntime()
				defer func() { _ = runtime.Close() }()
				var accounts []*spapi.Account
				for i := range c.apps * c.accounts {
					config := w.config()
					config.Runtime, config.Account, config.ClientID = runtime, fmt.Sprint(
						"shop ",
						i%c.accounts,
					), fmt.Sprint("app ", i/c.accounts)
					accounts = append(accounts, open(t, config))
				}
				begin := time.Now()
				var wait sync.WaitGroup
				for _, a := range accounts {
					for range c.clients {
						wait.Go(func() {
							if err := c.call(t.Context(), a.Options()); err != nil {
								t.Error(err)
							}
						})
					}
				}
				wait.Wait()
				if took := time.Since(begin).Round(time.Millisecond); took != c.want {
					t.Errorf("it took %s, want %s", took, c.want)
				}
			})
		})
	}
}

// twenty makes twenty concurrent calls.
func twenty(ctx context.Context, options []resilience.Option) error {
	client, err := listingsitems.New(options...)
	if err != nil {
		return err
	}
	failed := make(chan error, 20)
	for range cap(failed) {
		go func() {
			_, err := client.GetListingsItem(
				ctx,
				"SELLER",
				"A",
				listingsitems.GetListingsItemParams{MarketplaceIDs: []string{"ATVPDKIKX0DER"}},
			)
			failed <- err
		}()
	}
	for range cap(failed) {
		if e := <-failed; e != nil {
			err = e
		}
	}
	return err
}

// destinations makes two calls of a grantless operation.
func destinations(ctx context.Context, options []resilience.Option) error {
	client, err := notifications.New(options...)
	for range 2 {
		if err == nil {
			_, err = client.GetDestinations(ctx)
		}
	}
	return err
}

// A burst of one leaves no token in reserve. Requests with a latency of 50 to 250 ms are still not
// throttled, and at least nine tenths of the quota are used.
func TestQuotas_BurstOfOne(t *testing.T) {
	plan := map[string]spapitest.Rate{spapitest.GetExpectedPrices: {PerSecond: 0.033, Burst: 1}}
	inMemory(
		t,
		spapitest.Options{
			Stock:   stock,
			Rates:   plan,
			Latency: [2]time.Duration{50 * time.Millisecond, 250 * time.Millisecond},
		},
		func(t *testing.T, w *world) {
			client, err := productpricing.New(w.account.Options()...)
			if err != nil {
				t.Fatal(err)
			}
			one := productpricing.FeaturedOfferExpectedPriceRequest{
				URI:           "/x",
				Method:        "GET",
				MarketplaceID: "ATVPDKIKX0DER",
				Sku:           "A",
			}
			begin := time.Now()
			for range 100 {
				if _, err := client.GetFeaturedOfferExpectedPriceBatch(
					t.Context(),
					productpricing.GetFeaturedOfferExpectedPriceBatchRequest{
						Requests: []productpricing.FeaturedOfferExpectedPriceRequest{one},
					},
				); err != nil {
					t.Fatal(err)
				}
			}
			took, least := time.Since(begin), time.Duration(99/0.033*float64(time.Second))
			if n := len(w.statuses(spapitest.GetExpectedPrices)); n != 100 || took > least*102/100 {
				t.Errorf("%d requests in %s, want 100 in 1.02 of %s", n, took, least)
			}
		},
	)
}
