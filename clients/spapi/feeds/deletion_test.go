package feeds_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/spapi/feeds"
	"github.com/resgen/resgen/clients/spapi/spapitest"
)

func TestDeleteListings(t *testing.T) {
	stock := map[string]int{"A": 0, "B": 0, "C,1": 0, "é": 0}
	inMemory(
		t,
		spapitest.Options{Stock: stock, Invalid: map[string]bool{"B": true}, WorkTime: time.Minute},
		func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
			d, err := s.DeleteListings(
				t.Context(),
				"SELLER",
				"ATVPDKIKX0DER",
				[]string{"A", "B", "A", "C,1", "é", strings.Repeat("x", 40)},
			)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, item := range d.Items {
				got = append(got, item.SKU[:1]+" "+string(item.Outcome))
			}
			if want := []string{"A accepted", "B invalid", "C accepted", "\xc3 accepted", "x accepted"}; !slices.Equal(
				got,
				want,
			) {
				t.Errorf("outcomes %q, want %q", got, want)
			}
			if issues := d.Items[1].Issues; len(issues) != 1 || issues[0].Message != "the listing is locked" ||
				len(d.Issues) != 0 ||
				len(d.FeedIDs) != 1 {
				t.Errorf("%+v", d)
			}
			if server.Listed("A") || !server.Listed("B") || server.Listed("C,1") {
				t.Error("other listings are left than those that were turned down")
			}
			for _, document := range server.Uploaded() {
				want := `{"header":{"sellerId":"SELLER","version":"2.0"},"messages":[{"messageId":1,"sku":"A",` +
					`"operationType":"DELETE"},{"messageId":2,"sku":"B","operationType":"DELETE"}`
				if !bytes.HasPrefix(document, []byte(want)) {
					t.Errorf("uploaded %s", document)
				}
			}
		},
	)
}

// A feed holds at most 25,000 SKUs.
func TestDeleteListings_ManyFeeds(t *testing.T) {
	inMemory(t, spapitest.Options{}, func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
		var skus []string
		for i := range 50_001 {
			skus = append(skus, fmt.Sprint("sku-", i))
		}
		d, err := s.DeleteListings(t.Context(), "SELLER", "ATVPDKIKX0DER", skus)
		if err != nil || len(d.FeedIDs) != 3 || len(d.Items) != 50_001 {
			t.Fatalf("%d feeds, %d items, error %v", len(d.FeedIDs), len(d.Items), err)
		}
		for _, item := range d.Items {
			if item.Outcome != feeds.Accepted {
				t.Fatalf("%+v", item)
			}
		}
		var sizes []int
		for _, document := range server.Uploaded() {
			var feed struct{ Messages []any }
			if err := json.Unmarshal(document, &feed); err != nil {
				t.Fatal(err)
			}
			sizes = append(sizes, len(feed.Messages))
		}
		if slices.Sort(sizes); !slices.Equal(sizes, []int{1, 25_000, 25_000}) {
			t.Errorf("feeds of %v SKUs", sizes)
		}
	})
}

// If a report is inconsistent, SKUs that it does not name are unknown.
func TestDeleteListings_InconsistentReport(t *testing.T) {
	for _, c := range []struct {
		name, report string
		want         string // outcomes of A and B
		ok           bool
	}{
		{
			"all well", `{"issues":[],"summary":{"messagesProcessed":2,"messagesAccepted":2,"messagesInvalid":0}}`,
			"accepted accepted", true,
		},
		{
			"a warning",
			`{"issues":[{"messageId":1,"severity":"WARNING"}],"summary":{"messagesProcessed":2,` +
				`"messagesAccepted":2,"messagesInvalid":0}}`,
			"accepted accepted", true,
		},
		{
			"two errors of one",
			`{"issues":[{"messageId":1,"severity":"ERROR"},{"messageId":1,"severity":"ERROR"}],` +
				`"summary":{"messagesProcessed":2,"messagesAccepted":1,"messagesInvalid":1}}`,
			"invalid accepted", true,
		},
		{
			"the whole feed",
			`{"issues":[{"code":"4002006","severity":"ERROR"}],"summary":{"messagesProcessed":0,` +
				`"messagesAccepted":0,"messagesInvalid":0}}`,
			"unknown unknown", false,
		},
		{
			"one is missing",
			`{"issues":[],"summary":{"messagesProcessed":2,"messagesAccepted":1,"messagesInvalid":1}}`,
			"unknown unknown", false,
		},
		{
			"one is missing next to another",
			`{"issues":[{"messageId":2,"severity":"ERROR"}],"summary":{"messagesProcessed":2,"messagesAccepted":0,` +
				`"messagesInvalid":2}}`,
			"unknown invalid", false,
		},
		{
			"one too many",
			`{"issues":[],"summary":{"messagesProcessed":3,"messagesAccepted":2,"messagesInvalid":0}}`,
			"unknown unknown", false,
		},
		{
			"fewer accepted",
			`{"issues":[],"summary":{"messagesProcessed":2,"messagesAccepted":1,"messagesInvalid":0}}`,
			"unknown unknown", false,
		},
		{
			"another's message",
			`{"issues":[{"messageId":3,"severity":"ERROR"}],"summary":{"messagesProcessed":2,"messagesAccepted":2,` +
				`"messagesInvalid":0}}`,
			"accepted accepted", true,
		},
		{"no JSON", `<html>`, "unknown unknown", false},
		{"nothing", ``, "unknown unknown", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			opts := spapitest.Options{
				Reports: map[string]spapitest.Report{
					"JSON_LISTINGS_FEED": {Content: []byte(c.report), ContentType: "application/json"},
				},
			}
			inMemory(t, opts, func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
				d, err := s.DeleteListings(t.Context(), "SELLER", "ATVPDKIKX0DER", []string{"A", "B"})
				if (err == nil) != c.ok || d == nil || len(d.FeedIDs) != 1 {
					t.Fatalf("%+v with error %v", d, err)
				}
				if got := string(d.Items[0].Outcome + " " + d.Items[1].Outcome); got != c.want {
					t.Errorf("outcomes %q, want %q", got, c.want)
				}
				if strays := c.name == "the whole feed" ||
					c.name == "another's message"; strays != (len(d.Issues) == 1) {
					t.Errorf("issues of the feed: %+v", d.Issues)
				}
			})
		})
	}
}

// After a failed feed, no further feeds are submitted.
func TestDeleteListings_StopsAfterAFailedFeed(t *testing.T) {
	opts := spapitest.Options{Reports: map[string]spapitest.Report{"JSON_LISTINGS_FEED": {Status: "FATAL"}}}
	inMemory(t, opts, func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
		skus := make([]string, 25_001)
		for i := range skus {
			skus[i] = fmt.Sprint(i)
		}
		d, err := s.DeleteListings(t.Context(), "SELLER", "ATVPDKIKX0DER", skus)
		var ended *feeds.EndedError
		if !errors.As(err, &ended) || len(d.FeedIDs) != 1 || d.Items[25_000].Outcome != feeds.Unknown ||
			count(server, spapitest.CreateFeed) != 1 {
			t.Errorf("%v after %d feeds", err, len(d.FeedIDs))
		}
	})
}

func TestDeleteListings_RefusesBadInputBeforeAnythingIsSent(t *testing.T) {
	for _, c := range []struct {
		seller, marketplace string
		skus                []string
		want                string
	}{
		{"", "m", []string{"A"}, "must be set"},
		{"s", "", []string{"A"}, "must be set"},
		{"s", "m", []string{"A", ""}, `SKU 2 ""`},
		{"s", "m", []string{strings.Repeat("x", 41)}, "want 1 to 40 characters"},
		{"s", "m", []string{"\xff"}, "SKU 1"},
	} {
		if d, err := (&feeds.Service{}).DeleteListings(t.Context(), c.seller, c.marketplace, c.skus); err == nil ||
			d != nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v with error %v", c, d, err)
		}
	}
	if d, err := (&feeds.Service{}).DeleteListings(t.Context(), "s", "m", nil); err != nil || len(d.Items) != 0 {
		t.Errorf("no SKUs: %v with error %v", d, err)
	}
}
