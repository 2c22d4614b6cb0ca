package spapi_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/resgen/resgen/clients/internal/clienttest"
	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A world is a fake server in memory and an account for it.
type world struct {
	server    *spapitest.Server
	transport *http.Transport
	account   *spapi.Account
	listings  *listingsitems.Client
	plain     *resilience.Caller // for the operations below, without quotas
}

// Handwritten operations: some of models without a generated client, and one without a quota.
var (
	scheme     = []resilience.Requirement{{{Scheme: "accessToken"}}}
	segment    = []wire.Param{{Name: "id", In: wire.Path, Style: wire.Simple, Required: true}}
	getListing = resilience.Operation{
		ID:       "getListing",
		Method:   "GET",
		Path:     "/listings/2021-08-01/items/SELLER/{id}",
		Params:   segment,
		Security: scheme,
	}
	getAddress = resilience.Operation{
		ID:       "getAddress",
		Method:   "GET",
		Path:     "/orders/v0/orders/{id}/address",
		Params:   segment,
		Security: scheme,
		Policy: policy.Policy{
			Auth: policy.Auth{Kind: "restricted", Elements: []string{"shippingAddress", "buyerInfo", "buyerInfo"}},
		},
	}
	getAddressUnmarked = resilience.Operation{
		ID:       "getAddressUnmarked",
		Method:   "GET",
		Path:     "/orders/v0/orders/{id}/address",
		Params:   segment,
		Security: scheme,
	}
	createDocument = resilience.Operation{
		ID:       "createDocument",
		Method:   "POST",
		Path:     "/feeds/2021-06-30/documents",
		Security: scheme,
	}
	scopeless = resilience.Operation{
		ID:       "scopeless",
		Method:   "GET",
		Path:     "/notifications/v1/destinations",
		Security: scheme,
		Policy:   policy.Policy{Auth: policy.Auth{Kind: "grantless"}},
	}
	strange = resilience.Operation{
		ID:       "strange",
		Method:   "GET",
		Path:     "/notifications/v1/destinations",
		Security: scheme,
		Policy:   policy.Policy{Auth: policy.Auth{Kind: "vip"}},
	}
)

func byHand() *resilience.API {
	defaults := policy.Default()
	defaults.Rate.Enabled, defaults.Bulkhead.Max = policy.Off, 1000
	return &resilience.API{
		Name: "byhand", Defaults: defaults,
		Servers: []resilience.Server{{Name: "default", URL: "https://api.test"}},
		Schemes: []resilience.Scheme{
			{Name: "accessToken", Kind: "apiKey", In: wire.Header, Parameter: "x-amz-access-token"},
		},
		Operations: []*resilience.Operation{
			&getListing,
			&getAddress,
			&getAddressUnmarked,
			&createDocument,
			&scopeless,
			&strange,
		},
	}
}

// do calls a handwritten operation.
func (w *world) do(ctx context.Context, op *resilience.Operation, args ...any) error {
	return resilience.Do(ctx, w.plain, op, wire.Args(args...))
}

// wide disables quotas.
var wide = map[string]spapitest.Rate{}

// inMemory runs a test in a synctest bubble with a fake server over a pipe.
func inMemory(t *testing.T, opts spapitest.Options, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if opts.Rates == nil {
			opts.Rates = wide
		}
		w := &world{server: spapitest.New(opts)}
		transport, server := clienttest.Serve(w.server)
		w.transport = transport
		w.account = open(t, w.config())
		var err error
		if w.listings, err = listingsitems.New(w.account.Options()...); err != nil {
			t.Fatal(err)
		}
		if w.plain, err = resilience.NewCaller(byHand(), w.account.Options()...); err != nil {
			t.Fatal(err)
		}
		test(t, w)
		if err := errors.Join(w.listings.Close(), w.plain.Close(), w.account.Close(), server.Close()); err != nil {
			t.Error(err)
		}
		w.transport.CloseIdleConnections()
	})
}

// Secrets that must not appear in errors.
const (
	clientSecret = "the-client-secret"
	refreshToken = "Atzr|the-refresh-token"
)

func (w *world) config() spapi.Config {
	return spapi.Config{
		LWA: spapi.LWA{
			ClientID:     "the-client",
			ClientSecret: auth.NewSecret(clientSecret),
			RefreshToken: auth.NewSecret(refreshToken),
			Account:      "shop",
			Endpoint:     "http://lwa.test/auth/o2/token",
		},
		Application: "Test", Version: "1", BaseURL: "http://api.test", Transport: w.transport,
	}
}

func open(t *testing.T, c spapi.Config) *spapi.Account {
	t.Helper()
	a, err := spapi.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// get fetches a listing.
func (w *world) get(ctx context.Context, sku string) error {
	_, err := w.listings.GetListingsItem(
		ctx,
		"SELLER",
		sku,
		listingsitems.GetListingsItemParams{MarketplaceIDs: []string{"ATVPDKIKX0DER"}},
	)
	return err
}

func (w *world) statuses(operation string) (list []int) {
	for _, e := range w.server.Entries() {
		if e.Operation == operation {
			list = append(list, e.Status)
		}
	}
	return list
}

var stock = map[string]int{"A": 1}
