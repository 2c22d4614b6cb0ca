package spapitest

// This file implements the stock at Amazon and the listings.

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) summaries(query url.Values) response {
	if query.Get("granularityType") != "Marketplace" || query.Get("granularityId") == "" ||
		query.Get("marketplaceIds") == "" {
		return refusal(
			http.StatusBadRequest,
			"InvalidInput",
			"granularityType, granularityId and marketplaceIds are required",
			"",
		)
	}
	skus := strings.Split(query.Get("sellerSkus"), ",")
	if one := query.Get("sellerSku"); one != "" {
		skus = []string{one}
	}
	if len(skus) > 50 {
		return refusal(http.StatusBadRequest, "InvalidInput", "at most 50 SKUs a call", "")
	}
	rows := []any{}
	for _, sku := range skus {
		if units, known := s.opts.Stock[sku]; known {
			rows = append(rows, map[string]any{"sellerSku": sku, "totalQuantity": units})
		}
	}
	return response{status: http.StatusOK, body: map[string]any{"payload": map[string]any{
		"granularity": map[string]any{
			"granularityType": "Marketplace",
			"granularityId":   query.Get("granularityId"),
		},
		"inventorySummaries": rows,
	}}}
}

func (s *Server) delete(sku string, query url.Values) response {
	if query.Get("marketplaceIds") == "" {
		return refusal(http.StatusBadRequest, "InvalidInput", "marketplaceIds is required", "")
	}
	reply := map[string]any{
		"sku":          sku,
		"status":       "ACCEPTED",
		"submissionId": "submission-" + strconv.Itoa(len(s.listed)),
	}
	switch {
	case !s.listed[sku]:
		return refusal(http.StatusNotFound, "NotFound", "no such listing", "")
	case s.opts.Invalid[sku]:
		reply["status"] = "INVALID"
		reply["issues"] = []any{
			map[string]any{"code": "90000900", "message": "the listing is locked", "severity": "ERROR",
				"categories": []string{"INVALID_ATTRIBUTE"}},
		}
		return response{status: http.StatusOK, body: reply}
	}
	delete(s.listed, sku)
	return response{status: http.StatusOK, body: reply, applied: true}
}

// listing returns a listing with the parts that were asked for.
func (s *Server) listing(sku string, query url.Values) map[string]any {
	body := map[string]any{"sku": sku}
	if slices.Contains(strings.Split(query.Get("includedData"), ","), "fulfillmentAvailability") {
		channels := []any{}
		if units, ok := s.opts.Stock[sku]; ok {
			channels = append(channels, map[string]any{"fulfillmentChannelCode": "AMAZON_NA", "quantity": units})
		}
		if units, ok := s.opts.Own[sku]; ok {
			channels = append(channels, map[string]any{"fulfillmentChannelCode": "DEFAULT", "quantity": units})
		}
		body["fulfillmentAvailability"] = channels
	}
	return body
}

// search implements searchListingsItems for identifiers that are SKUs. It has one page.
func (s *Server) search(query url.Values) response {
	skus := strings.Split(query.Get("identifiers"), ",")
	size, err := strconv.Atoi(query.Get("pageSize"))
	if query.Get("marketplaceIds") == "" || query.Get("identifiersType") != "SKU" || len(skus) > 20 || err != nil ||
		size < len(skus) {
		return refusal(
			http.StatusBadRequest, "InvalidInput", "marketplaceIds, a pageSize and at most 20 SKUs are required", "",
		)
	}
	items := []any{}
	for _, sku := range skus {
		if s.listed[sku] {
			items = append(items, s.listing(sku, query))
		}
	}
	return response{status: http.StatusOK, body: map[string]any{"numberOfResults": len(items), "items": items}}
}
