package spapitest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/spapi/spapitest"
)

func TestListings_Channels(t *testing.T) {
	s := spapitest.New(spapitest.Options{
		Stock: map[string]int{"a": 0, "b": 2}, Own: map[string]int{"a": 3}, Listed: []string{"a", "b"},
		Rates: map[string]spapitest.Rate{},
	})
	key := token(t, s)
	const one, all = "/listings/2021-08-01/items/S/", "/listings/2021-08-01/items/S?marketplaceIds=M&"
	for path, want := range map[string]string{
		one + "a?marketplaceIds=M": "200 map[sku:a]",
		one + "a?marketplaceIds=M&includedData=fulfillmentAvailability": "200 map[fulfillmentAvailability:" +
			"[map[fulfillmentChannelCode:AMAZON_NA quantity:0] map[fulfillmentChannelCode:DEFAULT quantity:3]] sku:a]",
		all + "identifiersType=SKU&identifiers=b,c,a&pageSize=20&includedData=summaries": "200 map[items:" +
			"[map[sku:b] map[sku:a]] numberOfResults:2]",
		all + "identifiersType=SKU&identifiers=b,c,a&pageSize=2":  "400 map[errors:",
		all + "identifiersType=ASIN&identifiers=b&pageSize=20":    "400 map[errors:",
		"/listings/2021-08-01/items/S?identifiersType=SKU&x=%20b": "400 map[errors:",
	} {
		status, body := ask(t, s, "GET", path, key, "")
		if got := fmt.Sprint(status, " ", body); got != want && (status == 200 || got[:len(want)] != want) {
			t.Errorf("%s\n got %s\nwant %s", path, got, want)
		}
	}
}

func TestSignInOutage(t *testing.T) {
	s := spapitest.New(spapitest.Options{SignInOutage: time.Hour})
	if status, _ := signIn(t, s, "grant_type", "refresh_token", "refresh_token", "r"); status != 503 {
		t.Errorf("status %d, want 503", status)
	}
	s = spapitest.New(spapitest.Options{SignInOutage: 1})
	_, _ = ask(t, s, "GET", "/", "", "")
	token(t, s)
}
