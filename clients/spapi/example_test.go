package spapi_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/generated/spapi/fbainventory"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// Reads the stock of an account and deletes the listings without stock. The example uses a fake
// server; programs set a region instead of BaseURL and Endpoint.
func Example() {
	standIn := spapitest.New(spapitest.Options{Stock: map[string]int{"tea": 0, "jam": 7}})
	server := httptest.NewServer(standIn)
	defer server.Close()

	account, err := spapi.New(spapi.Config{
		LWA: spapi.LWA{
			ClientID:     "id",
			ClientSecret: auth.NewSecret("secret"),
			RefreshToken: auth.NewSecret("token"),
			Endpoint:     server.URL + "/auth/o2/token",
		},
		Application: "Cleaner", Version: "1.0", BaseURL: server.URL,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = account.Close() }()
	stock, err1 := fbainventory.New(account.Options()...)
	listings, err2 := listingsitems.New(account.Options()...)
	if err := errors.Join(err1, err2); err != nil {
		log.Fatal(err)
	}

	ctx := context.Background()
	stores := []string{"ATVPDKIKX0DER"}
	granularity := fbainventory.GetInventorySummariesParamsGranularityTypeMarketplace
	for row, err := range stock.GetInventorySummariesAll(ctx, fbainventory.GetInventorySummariesParams{
		GranularityType: &granularity, GranularityID: stores[0], MarketplaceIDs: stores,
		SellerSkus: []string{"jam", "tea"},
	}) {
		if err != nil {
			log.Fatal(err)
		}
		if *row.TotalQuantity > 0 {
			fmt.Println("keep", *row.SellerSku)
			continue
		}
		_, err := listings.DeleteListingsItem(
			ctx,
			"SELLER",
			*row.SellerSku,
			listingsitems.DeleteListingsItemParams{MarketplaceIDs: stores},
		)
		var failed *resilience.Error
		switch {
		case errors.As(err, &failed) && failed.MayHaveApplied: // the response was lost: check first
		case err != nil: // nothing changed
		default:
			fmt.Println("withdrawn", *row.SellerSku)
		}
	}
	// Output:
	// keep jam
	// withdrawn tea
}
