package main

import (
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
	}{{"for 20 s", 20 * time.Second, deleted}, {"for good", time.Hour, unknown}, {"between", 0, notTried}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := spapitest.New(spapitest.Options{Stock: map[string]int{"a": 0, "b": 0}})
				pipe := faults.NewPipe()
				web := &http.Server{Handler: server}
				go func() { _ = web.Serve(pipe) }()
				transport := &http.Transport{DialContext: pipe.DialContext}
				s := &session{patience: time.Minute, probe: noProbe}
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
				stock := s.stock
				if c.down > 0 {
					fail()
					time.AfterFunc(c.down, func() { server.FailTokens() })
				} else {
					stock = &fake{pages: map[string][][]fbainventory.InventorySummary{
						"a": {{row("a", 0), row("b", 0)}},
					}}
					fail()
				}
				cleaner := cleaner{journal: &journal{}, stock: stock, listings: s.listings, seller: "S", store: "M",
					workers: 2, rounds: 3, patience: s.patience, settled: func() {}}
				for _, it := range cleaner.run(t.Context(), []string{"a", "b"}) {
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
