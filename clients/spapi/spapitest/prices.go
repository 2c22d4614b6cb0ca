package spapitest

// This file implements the price batch, which responds with 200 and a status for each item.

import (
	"encoding/json"
	"net/http"
)

// A priceRequest is one item of a batch.
type priceRequest struct {
	MarketplaceID string `json:"marketplaceId"`
	SKU           string `json:"sku"`
	URI           string `json:"uri"`
	Method        string `json:"method"`
}

// prices implements getFeaturedOfferExpectedPriceBatch. The lock must be held.
func (s *Server) prices(body []byte) response {
	var in struct {
		Requests []priceRequest `json:"requests"`
	}
	if err := json.Unmarshal(body, &in); err != nil || len(in.Requests) == 0 || len(in.Requests) > 40 {
		return refusal(http.StatusBadRequest, "InvalidInput", "requests wants 1 to 40 items", "")
	}
	replies := []any{}
	for _, one := range in.Requests {
		if one.MarketplaceID == "" || one.SKU == "" {
			return refusal(http.StatusBadRequest, "InvalidInput", "each request needs marketplaceId and sku", "")
		}
		replies = append(replies, s.price(one))
	}
	return response{status: http.StatusOK, body: map[string]any{"responses": replies}}
}

// price handles one item.
func (s *Server) price(one priceRequest) map[string]any {
	reply := func(status int, reason string, body map[string]any) map[string]any {
		return map[string]any{
			"headers": map[string]any{},
			"status":  map[string]any{"statusCode": status, "reasonPhrase": reason},
			"request": map[string]any{"marketplaceId": one.MarketplaceID, "sku": one.SKU},
			"body":    body,
		}
	}
	switch {
	case s.busy[one.SKU] > 0:
		s.busy[one.SKU]--
		return reply(
			http.StatusTooManyRequests,
			"Too Many Requests",
			errorList("QuotaExceeded", "the quota of this SKU is used up", ""),
		)
	case !s.listed[one.SKU]:
		return reply(
			http.StatusBadRequest,
			"Client Error",
			errorList("INVALID_SKU", "the SKU is not in the marketplace", ""),
		)
	}
	return reply(http.StatusOK, "Success", map[string]any{
		"offerIdentifier": map[string]any{
			"marketplaceId": one.MarketplaceID,
			"sku":           one.SKU,
			"asin":          "B000000000",
		},
		"featuredOfferExpectedPriceResults": []any{},
	})
}
