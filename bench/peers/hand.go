package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/resgen/resgen/bench/peers/bin/oapi"
)

// hand makes the calls as one writes them with the standard library, with the models of
// oapi-codegen.
func hand(base string, over http.RoundTripper) ([operations]call, error) {
	client := &http.Client{Transport: over}
	tool := func() string {
		return base + "/offers/2026-01-01/sellers/" + url.PathEscape(seller) + "/tools/" + url.PathEscape(toolID) +
			"?" + url.Values{"shops": {strings.Join(shops, ",")}, "language": {language}}.Encode()
	}
	return [operations]call{
		deleteTool: func(ctx context.Context) error {
			var r oapi.Receipt
			if err := send(ctx, client, http.MethodDelete, tool(), nil, &r); err != nil {
				return err
			}
			return checkReceipt(string(r.State))
		},
		patchTool: func(ctx context.Context) error {
			var r oapi.Receipt
			if err := send(ctx, client, http.MethodPatch, tool(), oapiChanges(), &r); err != nil {
				return err
			}
			return checkReceipt(string(r.State))
		},
		getTool: func(ctx context.Context) error {
			var r oapi.Tool
			address := tool() + "&parts=" + url.QueryEscape(strings.Join(parts, ","))
			if err := send(ctx, client, http.MethodGet, address, nil, &r); err != nil {
				return err
			}
			return checkOapiTool(&r)
		},
		searchProducts: func(ctx context.Context) error {
			var r oapi.ProductPage
			address := base + "/library/2026-01-01/products?" + url.Values{
				"shops": {strings.Join(shops, ",")}, "words": {word}, "parts": {strings.Join(parts, ",")},
				"pageSize": {strconv.Itoa(pageSize)},
			}.Encode()
			if err := send(ctx, client, http.MethodGet, address, nil, &r); err != nil {
				return err
			}
			return checkOapiPage(&r)
		},
	}, nil
}

// send sends a request and decodes the response.
func send(ctx context.Context, client *http.Client, method, address string, body, result any) error {
	var payload io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return err
		}
		payload = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, payload)
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, result)
}
