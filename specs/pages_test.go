package specs_test

import (
	"context"
	"io"
	"iter"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/generated/spapi/catalogitems"
	"github.com/resgen/resgen/generated/spapi/fbainventory"
	"github.com/resgen/resgen/generated/spapi/feeds"
	"github.com/resgen/resgen/generated/spapi/listingsitems"
	"github.com/resgen/resgen/generated/spapi/notifications"
	"github.com/resgen/resgen/generated/spapi/orders"
	"github.com/resgen/resgen/generated/spapi/reports"
	"github.com/resgen/resgen/resilience"
)

// A book returns pages in turn and records the queries.
type book struct {
	pages   []string
	queries []string
}

func (b *book) RoundTrip(r *http.Request) (*http.Response, error) {
	page := b.pages[len(b.queries)]
	b.queries = append(b.queries, r.URL.RawQuery)
	return &http.Response{
		StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Content-Type": {"application/json"}},
		Request: r,
		Body:    io.NopCloser(strings.NewReader(page)), ContentLength: int64(len(page)),
	}, nil
}

// count returns the number of items of an iterator.
func count[I any](t *testing.T, seq iter.Seq2[I, error]) int {
	n := 0
	for _, err := range seq {
		if err != nil {
			t.Error(err)
			break
		}
		n++
	}
	return n
}

// TestPages iterates over two pages of each listing of the Selling Partner API: one with an item
// and a token, and one with two items.
func TestPages(t *testing.T) {
	ctx, store := context.Background(), []string{"M"}
	one, two := `{}`, `{},{}`
	for _, test := range []struct {
		name    string
		page    string // ITEMS and TOKEN are placeholders
		walk    func(o ...resilience.Option) int
		queries []string
	}{
		{"catalogitems.SearchCatalogItems", `{"numberOfResults":3,"pagination":{TOKEN},"refinements":{"brands":[],` +
			`"classifications":[]},"items":[ITEMS]}`, func(o ...resilience.Option) int {
			c, _ := catalogitems.New(o...)
			return count(
				t,
				c.SearchCatalogItemsAll(
					ctx, catalogitems.SearchCatalogItemsParams{MarketplaceIDs: store, Keywords: []string{"red"}},
				),
			)
		}, []string{"marketplaceIds=M&keywords=red", "marketplaceIds=M&keywords=red&pageToken=t%2B1"}},
		{"fbainventory.GetInventorySummaries", `{"payload":{"granularity":{},"inventorySummaries":[ITEMS]},` +
			`"pagination":{TOKEN}}`, func(o ...resilience.Option) int {
			c, _ := fbainventory.New(o...)
			return count(
				t,
				c.GetInventorySummariesAll(
					ctx, fbainventory.GetInventorySummariesParams{GranularityID: "M", MarketplaceIDs: store},
				),
			)
		}, []string{
			"granularityType=Marketplace&granularityId=M&marketplaceIds=M",
			"granularityType=Marketplace&granularityId=M&nextToken=t%2B1&marketplaceIds=M",
		}},
		{"feeds.GetFeeds", `{"feeds":[ITEMS],TOKEN}`, func(o ...resilience.Option) int {
			c, _ := feeds.New(o...)
			return count(t, c.GetFeedsAll(ctx, feeds.GetFeedsParams{FeedTypes: []string{"F"}}))
		}, []string{"feedTypes=F", "nextToken=t%2B1"}},
		{"listingsitems.SearchListingsItems", `{"numberOfResults":3,"pagination":{TOKEN},"items":[ITEMS]}`,
			func(o ...resilience.Option) int {
				c, _ := listingsitems.New(o...)
				return count(
					t,
					c.SearchListingsItemsAll(ctx, "S", listingsitems.SearchListingsItemsParams{MarketplaceIDs: store}),
				)
			}, []string{"marketplaceIds=M", "marketplaceIds=M&pageToken=t%2B1"}},
		{"notifications.GetSubscriptions", `{"payload":{TOKEN,"subscriptions":[ITEMS]}}`,
			func(o ...resilience.Option) int {
				c, _ := notifications.New(o...)
				return count(
					t,
					c.GetSubscriptionsAll(ctx, notifications.GetSubscriptionsParams{NotificationTypes: []string{"N"}}),
				)
			}, []string{"notificationTypes=N", "notificationTypes=N&nextToken=t%2B1"}},
		{"orders.SearchOrders", `{"orders":[ITEMS],"pagination":{TOKEN}}`, func(o ...resilience.Option) int {
			c, _ := orders.New(o...)
			return count(t, c.SearchOrdersAll(ctx, orders.SearchOrdersParams{MarketplaceIDs: store}))
		}, []string{"marketplaceIds=M", "marketplaceIds=M&paginationToken=t%2B1"}},
		{"reports.GetReports", `{"reports":[ITEMS],TOKEN}`, func(o ...resilience.Option) int {
			c, _ := reports.New(o...)
			return count(
				t, c.GetReportsAll(ctx, reports.GetReportsParams{ReportTypes: []string{"R"}, MarketplaceIDs: store}),
			)
		}, []string{"reportTypes=R&marketplaceIds=M", "nextToken=t%2B1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := &book{}
			for _, page := range [][2]string{{one, `"nextToken":"t+1"`}, {two, `"nextToken":null`}} {
				b.pages = append(b.pages, strings.NewReplacer("ITEMS", page[0], "TOKEN", page[1]).Replace(test.page))
			}
			if n := test.walk(resilience.WithTransport(b), resilience.WithoutCredential()); n != 3 ||
				!slices.Equal(b.queries, test.queries) {
				t.Errorf("%d items with\n%q, want 3 with\n%q", n, b.queries, test.queries)
			}
		})
	}
}

// TestPages_All checks that TestPages covers all listings of the checked-in clients.
func TestPages_All(t *testing.T) {
	var got []string
	for name, make := range clients {
		c, err := make(resilience.WithoutCredential(), resilience.WithServer("default", "https://a.example"))
		if err != nil {
			t.Fatal(err)
		}
		for m := range reflect.TypeOf(c).Methods() {
			if walk, ok := strings.CutSuffix(m.Name, "Pages"); ok && m.Type.Out(0).Kind() == reflect.Func {
				got = append(got, name[strings.Index(name, "/")+1:]+"."+walk)
			}
		}
	}
	slices.Sort(got)
	want := []string{
		"catalogitems.SearchCatalogItems", "fbainventory.GetInventorySummaries", "feeds.GetFeeds",
		"listingsitems.SearchListingsItems",
		"notifications.GetSubscriptions", "orders.SearchOrders", "reports.GetReports",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
}
