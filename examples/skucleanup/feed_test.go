package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	feedsapi "github.com/resgen/resgen/generated/spapi/feeds"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/faults"
)

// inMemory runs a test in virtual time with a cleaner that deletes by feeds, and a fake of Amazon.
func inMemory(t *testing.T, opts spapitest.Options, test func(t *testing.T, c *cleaner, server *spapitest.Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server, pipe := spapitest.New(opts), faults.NewPipe()
		web := &http.Server{Handler: server}
		go func() { _ = web.Serve(pipe) }()
		transport := &http.Transport{DialContext: pipe.DialContext}
		s := &session{times: realTimes(), log: slog.New(slog.DiscardHandler)}
		if err := s.connect(spapi.Config{
			LWA: spapi.LWA{ClientID: "id", ClientSecret: auth.NewSecret("secret"),
				RefreshToken: auth.NewSecret("refresh"), Endpoint: "http://lwa.test/auth/o2/token"},
			BaseURL: "http://api.test", Transport: transport,
		}); err != nil {
			t.Fatal(err)
		}
		s.feeds.Documents.Loopback = true
		c := newCleaner(t, nil)
		c.stocks, c.listings, c.feeds, c.via = s.stocks, s.listings, s.feeds, viaFeed
		test(t, c, server)
		transport.CloseIdleConnections()
		_ = web.Close()
		_ = s.close()
	})
}

// sent returns the number of requests of each operation.
func sent(server *spapitest.Server) map[string]int {
	counts := map[string]int{}
	for _, e := range server.Entries() {
		counts[e.Operation]++
	}
	return counts
}

// feedStock is what most tests delete: a and c,d are without stock, and e is locked.
var feedStock = spapitest.Options{
	Stock: map[string]int{"a": 0, "b": 2, "c,d": 0, "own": 0, "e": 0}, Own: map[string]int{"own": 1},
	Invalid: map[string]bool{"e": true}, WorkTime: time.Minute,
}

var (
	feedSKUs = []string{"a", "b", "c,d", "own", "e", "stranger", ".."}
	feedWant = map[string]outcome{"a": deleted, "b": kept, "c,d": deleted, "own": kept, "e": refused,
		"stranger": unknown, "..": failed}
)

// What a feed has deleted is looked up. What it has not is deleted one by one.
func TestCleaner_Feed(t *testing.T) {
	inMemory(t, feedStock, func(t *testing.T, c *cleaner, server *spapitest.Server) {
		start := time.Now()
		expect(t, c.clean(t.Context(), t, feedSKUs...), feedWant)
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("took %s", took) // nothing waits for a listing that the feed has refused
		}
		n := sent(server)
		if n[spapitest.CreateFeed] != 1 || n[spapitest.FeedMessage] != 2 || n[spapitest.DeleteListingsItem] != 1 {
			t.Errorf("requests %v", n)
		}
		// In the survey and after the feed; c,d is looked up alone.
		if n[spapitest.SearchListingsItems] < 2 || n[spapitest.GetListingsItem] > 5 {
			t.Errorf("lookups %v", n)
		}
		before := len(server.Entries())
		got := c.clean(t.Context(), t, feedSKUs...)
		expect(t, got, feedWant)
		if !got["a"].Earlier || got["b"].Earlier {
			t.Errorf("again: %+v", got)
		}
		for _, e := range server.Entries()[before:] {
			if e.SKU == "a" || e.SKU == "c,d" {
				t.Errorf("again: %+v", e)
			}
		}
	})
}

// A feed is used from a number of listings on that are to be deleted.
func TestCleaner_FeedIfMany(t *testing.T) {
	for _, c := range []struct {
		via   via
		bulk  int
		skus  []string
		feeds int
	}{
		{viaAuto, 2, []string{"a", "c,d"}, 1}, {viaAuto, 3, []string{"a", "c,d"}, 0},
		{viaAuto, 3, []string{"a", "c,d", "b", "own"}, 0}, {viaAPI, 1, []string{"a", "c,d"}, 0},
		{viaFeed, 9, []string{"a"}, 1}, {viaFeed, 9, []string{"b"}, 0},
	} {
		inMemory(t, feedStock, func(t *testing.T, cleaner *cleaner, server *spapitest.Server) {
			cleaner.via, cleaner.bulk = c.via, c.bulk
			got := cleaner.clean(t.Context(), t, c.skus...)
			for _, sku := range c.skus {
				if got[sku].Outcome != feedWant[sku] {
					t.Errorf("%+v: %+v", c, got[sku])
				}
			}
			if n := sent(server)[spapitest.CreateFeed]; n != c.feeds {
				t.Errorf("%+v: %d feeds", c, n)
			}
		})
	}
}

// lossy is a client of feeds that loses the responses of createFeed.
type lossy struct{ feedsapi.Operations }

func (l lossy) CreateFeed(
	ctx context.Context, body feedsapi.CreateFeedSpecification, opts ...resilience.CallOption,
) (*feedsapi.CreateFeedResponse, error) {
	if _, err := l.Operations.CreateFeed(ctx, body, opts...); err != nil {
		return nil, err
	}
	return nil, failure(resilience.KindTransport, 0, true)
}

// Whatever happens to a feed, all listings are deleted in the end, and it is sent once.
func TestCleaner_FeedFails(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*spapitest.Options, *cleaner)
		feeds  int
		settle bool // the listings have time to go
	}{
		"no permission": {func(o *spapitest.Options, _ *cleaner) {
			o.Denied = []string{spapitest.CreateFeed}
		}, 1, false},
		"fatal": {func(o *spapitest.Options, _ *cleaner) {
			o.Reports = map[string]spapitest.Report{"JSON_LISTINGS_FEED": {Status: "FATAL"}}
		}, 1, true},
		"canceled": {func(o *spapitest.Options, _ *cleaner) {
			o.Reports = map[string]spapitest.Report{"JSON_LISTINGS_FEED": {Status: "CANCELLED"}}
		}, 1, true},
		"response lost": {func(_ *spapitest.Options, c *cleaner) {
			if c != nil {
				c.feeds.Client = lossy{c.feeds.Client}
			}
		}, 1, true},
		"no search": {func(o *spapitest.Options, _ *cleaner) {
			o.Denied = []string{spapitest.SearchListingsItems}
		}, 1, false},
	} {
		opts := feedStock
		c.change(&opts, nil)
		inMemory(t, opts, func(t *testing.T, cleaner *cleaner, server *spapitest.Server) {
			c.change(&opts, cleaner)
			var log strings.Builder
			cleaner.log = slog.New(slog.NewTextHandler(&log, nil))
			start := time.Now()
			expect(t, cleaner.clean(t.Context(), t, feedSKUs...), feedWant)
			if n := sent(server)[spapitest.CreateFeed]; n != c.feeds {
				t.Errorf("%s: %d feeds", name, n)
			}
			if bad := name != "no search"; strings.Contains(log.String(), "the feed did not end well") != bad ||
				strings.Contains(log.String(), "the API refuses to search") == bad {
				t.Errorf("%s: logged %s", name, &log)
			}
			if took := time.Since(start); (took >= cleaner.times.settle) != c.settle {
				t.Errorf("%s: took %s", name, took)
			}
			if server.Listed("a") || server.Listed("c,d") || !server.Listed("e") {
				t.Errorf("%s: wrong listings are left", name)
			}
		})
	}
}

// A run that is interrupted while it waits for a feed is continued by one that waits for the same
// feed.
func TestCleaner_FeedContinues(t *testing.T) {
	inMemory(t, feedStock, func(t *testing.T, c *cleaner, server *spapitest.Server) {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		var log strings.Builder
		c.log = slog.New(slog.NewTextHandler(&log, nil))
		got := c.clean(ctx, t, "a", "b", "c,d")
		expect(t, got, map[string]outcome{"a": unknown, "b": notTried, "c,d": unknown})
		if strings.Contains(log.String(), "level=WARN") {
			t.Errorf("logged %s", &log)
		}
		var said []string
		c.say = func(format string, _ ...any) { said = append(said, format) }
		c.via = viaAPI
		got = c.clean(t.Context(), t, "a", "b", "c,d")
		expect(t, got, map[string]outcome{"a": deleted, "b": kept, "c,d": deleted})
		n := sent(server)
		if n[spapitest.CreateFeed] != 1 || n[spapitest.DeleteListingsItem] != 0 ||
			!slices.Contains(said, "feed %s of an earlier run: waiting for its end") {
			t.Errorf("requests %v, said %q", n, said)
		}
	})
}

// A feed whose listings could not be recorded is not created, or ends the run.
func TestCleaner_FeedNeedsTheJournal(t *testing.T) {
	inMemory(t, feedStock, func(t *testing.T, c *cleaner, server *spapitest.Server) {
		service := *c.feeds
		c.feeds = &service
		c.feeds.Client = breaking{service.Client, func() { c.journal = filepath.Join(c.journal, "none") }}
		_, err := c.run(t.Context(), targetsOf([]string{"M"}, []string{"a"}))
		if err == nil || !strings.Contains(err.Error(), "before a feed: batch: journal ") ||
			sent(server)[spapitest.CreateFeed] != 1 {
			t.Errorf("%v, requests %v", err, sent(server))
		}
		_, err = c.run(t.Context(), targetsOf([]string{"M"}, []string{"a"}))
		if err == nil || !strings.Contains(err.Error(), "journal ") || sent(server)[spapitest.CreateFeed] != 1 {
			t.Errorf("%v, requests %v", err, sent(server))
		}
	})
}

// breaking is a client of feeds that calls a function after createFeed.
type breaking struct {
	feedsapi.Operations
	after func()
}

func (b breaking) CreateFeed(
	ctx context.Context, body feedsapi.CreateFeedSpecification, opts ...resilience.CallOption,
) (*feedsapi.CreateFeedResponse, error) {
	defer b.after()
	return b.Operations.CreateFeed(ctx, body, opts...)
}

// Each marketplace has its own feed.
func TestCleaner_FeedsOfMarketplaces(t *testing.T) {
	inMemory(t, feedStock, func(t *testing.T, c *cleaner, server *spapitest.Server) {
		targets := targetsOf([]string{"M", "N"}, []string{"a", "c,d"})
		r, err := c.run(t.Context(), targets)
		if err != nil || r.Counts()[batch.Done] != 4 || sent(server)[spapitest.CreateFeed] != 2 {
			t.Errorf("%v, %v, requests %v", r, err, sent(server))
		}
	})
}

func TestMayHaveApplied(t *testing.T) {
	for err, want := range map[error]bool{
		nil: false, errors.New("x"): false, failure(resilience.KindAPI, 500, true): true,
		failure(resilience.KindAPI, 400, false): false,
	} {
		if mayHaveApplied(err) != want {
			t.Errorf("%v: %t", err, !want)
		}
	}
}
