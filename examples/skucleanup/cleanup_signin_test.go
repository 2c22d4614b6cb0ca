package main

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/generated/spapi/fbainventory"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/faults"
)

// A sign-in that is down for a while delays the deletion of SKUs. If it is down for longer than the
// program waits, they are not tried; nothing is reported as failed for good.
func TestCleaner_SignInDown(t *testing.T) {
	for _, c := range []struct {
		name string
		down time.Duration // from the beginning; 0: the sign-in fails after the stock is known
		want outcome
	}{{"for 20 s", 20 * time.Second, deleted}, {"for good", time.Hour, notTried}, {"between", 0, notTried}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := spapitest.New(spapitest.Options{Stock: map[string]int{"a": 0, "b": 0}})
				pipe := faults.NewPipe()
				web := &http.Server{Handler: server}
				go func() { _ = web.Serve(pipe) }()
				transport := &http.Transport{DialContext: pipe.DialContext}
				s := &session{times: realTimes(), probe: noProbe, log: slog.New(slog.DiscardHandler)}
				if err := s.connect(spapi.Config{
					LWA: spapi.LWA{ClientID: "id", ClientSecret: auth.NewSecret("secret"),
						RefreshToken: auth.NewSecret("refresh"), Endpoint: "http://lwa.test/auth/o2/token"},
					BaseURL: "http://api.test", Transport: transport,
				}); err != nil {
					t.Fatal(err)
				}
				fail := func() {
					server.FailTokens(slices.Repeat([]spapitest.TokenFault{{Status: 503}}, 1000)...)
				}
				cleaner := newCleaner(t, nil)
				cleaner.stocks, cleaner.listings = s.stocks, s.listings
				if c.down > 0 {
					fail()
					time.AfterFunc(c.down, func() { server.FailTokens() })
				} else {
					cleaner.stocks = &fake{pages: map[string][][]fbainventory.InventorySummary{
						"a": {{row("a", 0), row("b", 0)}},
					}}
					fail()
				}
				for _, it := range cleaner.clean(t.Context(), t, "a", "b") {
					if it.Outcome != c.want ||
						c.want != deleted && !strings.Contains(it.Reason, "no token from lwa.test") {
						t.Errorf("%s is %s: %s, want %s", it.SKU, it.Outcome, it.Reason, c.want)
					}
				}
				server.FailTokens()
				transport.CloseIdleConnections()
				_ = web.Close()
				_ = s.close()
			})
		})
	}
}
