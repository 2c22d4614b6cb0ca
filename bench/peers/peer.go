package main

import (
	"context"
	"fmt"
	"net/http"
)

// A call makes one call and checks its result.
type call func(context.Context) error

// A peer is a way of making the calls.
type peer struct {
	short string // without spaces
	name  string
	calls [operations]call
}

// own is the short name of resgen, which is the last peer.
const own = "resgen"

// newPeers returns all peers, with clients of the URL that use the round tripper.
func newPeers(url string, over http.RoundTripper) ([]peer, error) {
	var peers []peer
	for _, p := range []struct {
		short, name string
		make        func(url string, over http.RoundTripper) ([operations]call, error)
	}{
		{"hand", "net/http + encoding/json", hand},
		{"oapi", "oapi-codegen", oapiAlone},
		{"oapi-retryable", "oapi-codegen + retryablehttp + gobreaker", oapiRetryable},
		{"oapi-failsafe", "oapi-codegen + failsafehttp", oapiFailsafe},
		{"ogen", "ogen, client only", ogenClient},
		{own, "resgen, all policies", resgenClient},
	} {
		calls, err := p.make(url, over)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		peers = append(peers, peer{p.short, p.name, calls})
	}
	return peers, nil
}

// What the calls ask for.
const (
	seller   = "A1B2C3D4E5F6"
	toolID   = "SAW-4711/07"
	language = "en_GB"
	word     = "saw"
	pageSize = 20
)

var (
	shops = []string{"NORTH", "SOUTH"}
	parts = []string{"summary", "details", "notices", "prices", "stock"}
)

// changed is a value of a change, which is written for each call.
func changed() []map[string]any {
	return []map[string]any{{
		"value": 610.5, "unit": "g", "shop": "NORTH", "exact": true,
		"measured": map[string]any{"by": "scale 4", "times": 3},
	}}
}

// checkReceipt, checkTool and checkPage return an error if a decoded response misses what it must
// have. They look at the last member, so that nothing was skipped.
func checkReceipt(state string) error {
	if state != "ACCEPTED" {
		return fmt.Errorf("state %q, want ACCEPTED", state)
	}
	return nil
}

func checkTool(stocks, quantity int) error {
	if stocks != 2 || quantity != 3 {
		return fmt.Errorf("%d places, quantity %d in the last, want 2 and 3", stocks, quantity)
	}
	return nil
}

func checkPage(count int, name string) error {
	if count != products || name != "Panel saw with a backed blade, No. 19" {
		return fmt.Errorf("%d products, the last is %q", count, name)
	}
	return nil
}
