package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"

	"github.com/resgen/resgen/bench/peers/bin/ours"
	"github.com/resgen/resgen/resilience"
)

// resgenClient makes the calls with the client of resgen. All default policies are on.
func resgenClient(base string, over http.RoundTripper) ([operations]call, error) {
	opts := []resilience.Option{
		resilience.WithBaseURL(base), resilience.WithLogger(slog.New(slog.DiscardHandler)),
	}
	if over != nil {
		opts = append(opts, resilience.WithTransport(over))
	}
	client, err := ours.New(opts...)
	if err != nil {
		return [operations]call{}, err
	}
	return resgenCalls(client), nil
}

// resgenCalls returns the calls of a client.
func resgenCalls(client *ours.Client) [operations]call {
	lang := language
	return [operations]call{
		deleteTool: func(ctx context.Context) error {
			r, err := client.DeleteTool(ctx, seller, toolID, ours.DeleteToolParams{Shops: shops, Language: &lang})
			if err != nil {
				return err
			}
			return checkReceipt(string(r.State))
		},
		patchTool: func(ctx context.Context) error {
			r, err := client.PatchTool(ctx, seller, toolID,
				ours.PatchToolParams{Shops: shops, Language: &lang}, oursChanges())
			if err != nil {
				return err
			}
			return checkReceipt(string(r.State))
		},
		getTool: func(ctx context.Context) error {
			r, err := client.GetTool(ctx, seller, toolID,
				ours.GetToolParams{Shops: shops, Language: &lang, Parts: oursParts()})
			if err != nil {
				return err
			}
			if len(r.Stock) == 0 || r.Stock[len(r.Stock)-1].Quantity == nil {
				return errors.New("no stock")
			}
			return checkTool(len(r.Stock), int(*r.Stock[len(r.Stock)-1].Quantity))
		},
		searchProducts: func(ctx context.Context) error {
			size := int64(pageSize)
			r, err := client.SearchProducts(ctx, ours.SearchProductsParams{
				Shops: shops, Words: []string{word}, Parts: oursParts(), PageSize: &size,
			})
			if err != nil {
				return err
			}
			if len(r.Products) == 0 {
				return errors.New("no products")
			}
			last := r.Products[len(r.Products)-1].Summaries
			if len(last) == 0 || last[0].Name == nil {
				return errors.New("no summary")
			}
			return checkPage(len(r.Products), *last[0].Name)
		},
	}
}

// oursChanges returns the body of a change.
func oursChanges() ours.Changes {
	return ours.Changes{Category: "HAND_SAW", Changes: []ours.Change{
		{Action: "replace", Place: "/attributes/weight", Values: changed()},
		{Action: "remove", Place: "/attributes/remarks"},
	}}
}

func oursParts() []ours.PartsParamItem {
	wanted := make([]ours.PartsParamItem, len(parts))
	for i, p := range parts {
		wanted[i] = ours.PartsParamItem(p)
	}
	return wanted
}
