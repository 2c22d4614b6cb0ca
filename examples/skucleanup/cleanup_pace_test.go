package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/faults"
)

// pace sums up the requests of an operation that the fake received.
type pace struct {
	requests, throttled int
	first, last         time.Time
}

// pacesOf returns the pace of each operation in the fake's journal.
func pacesOf(s *spapitest.Server) map[string]pace {
	paces := map[string]pace{}
	for _, e := range s.Entries() {
		p := paces[e.Operation]
		if p.requests == 0 {
			p.first = e.Time
		}
		p.requests++
		p.last = e.Time
		if e.Status == http.StatusTooManyRequests {
			p.throttled++
		}
		paces[e.Operation] = p
	}
	return paces
}

// Deleting ten thousand SKUs with the checked-in policy, against token buckets of the documented
// size and responses that take 50 to 250 ms, takes at most 2 % longer than the quota allows, and no
// request is throttled.
func TestCleaner_TenThousandSKUsAtTheDocumentedRate(t *testing.T) {
	const count = 10_000
	skus, stock := make([]string, count), map[string]int{}
	for i := range skus {
		skus[i] = fmt.Sprintf("SKU-%05d", i)
		stock[skus[i]] = 0
	}
	synctest.Test(t, func(t *testing.T) {
		server := spapitest.New(spapitest.Options{Stock: stock,
			Latency: [2]time.Duration{50 * time.Millisecond, 250 * time.Millisecond}})
		pipe := faults.NewPipe()
		web := &http.Server{Handler: server}
		go func() { _ = web.Serve(pipe) }()
		transport := &http.Transport{DialContext: pipe.DialContext, MaxIdleConnsPerHost: 8}
		s := &session{times: realTimes(), probe: noProbe, log: slog.New(slog.DiscardHandler)}
		config := spapi.Config{
			LWA: spapi.LWA{ClientID: "id", ClientSecret: auth.NewSecret("secret"),
				RefreshToken: auth.NewSecret("refresh"), Endpoint: "http://lwa.test/auth/o2/token"},
			BaseURL: "http://api.test", Transport: transport,
		}
		if err := s.connect(config); err != nil {
			t.Fatal(err)
		}
		c := newCleaner(t, nil)
		c.stocks, c.listings, c.workers = s.stocks, s.listings, 8
		for _, it := range c.clean(t.Context(), t, skus...) {
			if it.Outcome != deleted || it.Attempts != 1 {
				t.Fatalf("%s is %s after %d attempts: %s", it.SKU, it.Outcome, it.Attempts, it.Reason)
			}
		}
		for operation, want := range map[string]struct {
			requests int
			at       spapitest.Rate
		}{
			spapitest.DeleteListingsItem:    {count, spapitest.Rate{PerSecond: 5, Burst: 5}},
			spapitest.GetInventorySummaries: {count / inventoryBatch, spapitest.Rate{PerSecond: 2, Burst: 2}},
		} {
			p := pacesOf(server)[operation]
			least := time.Duration(float64(want.requests-want.at.Burst) / want.at.PerSecond * float64(time.Second))
			took := p.last.Sub(p.first)
			t.Logf("%s: %d requests in %s, %.4f of the minimum, %d throttled", operation, p.requests, took,
				took.Seconds()/least.Seconds(), p.throttled)
			if p.requests != want.requests || p.throttled != 0 || operation == spapitest.DeleteListingsItem &&
				took > least*102/100 {
				t.Errorf("%s: %d requests in %s with %d throttled, want %d in 1.02 of %s", operation, p.requests, took,
					p.throttled, want.requests, least)
			}
		}
		transport.CloseIdleConnections()
		_ = web.Close()
		_ = s.close()
	})
}
