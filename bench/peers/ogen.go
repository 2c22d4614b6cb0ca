package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/go-faster/jx"

	"github.com/resgen/resgen/bench/peers/bin/ogen"
)

// ogenClient makes the calls with the client of ogen, without telemetry.
func ogenClient(base string, over http.RoundTripper) ([operations]call, error) {
	client, err := ogen.NewClient(base, ogen.WithClient(&http.Client{Transport: over}))
	if err != nil {
		return [operations]call{}, err
	}
	return [operations]call{
		deleteTool: func(ctx context.Context) error {
			r, err := client.DeleteTool(ctx, ogen.DeleteToolParams{
				SellerId: seller, ToolId: toolID, Shops: shops, Language: ogen.NewOptString(language),
			})
			if err != nil {
				return err
			}
			return checkOgenReceipt(r)
		},
		patchTool: func(ctx context.Context) error {
			r, err := client.PatchTool(ctx, ogenChanges(), ogen.PatchToolParams{
				SellerId: seller, ToolId: toolID, Shops: shops, Language: ogen.NewOptString(language),
			})
			if err != nil {
				return err
			}
			return checkOgenReceipt(r)
		},
		getTool: func(ctx context.Context) error {
			r, err := client.GetTool(ctx, ogen.GetToolParams{
				SellerId: seller, ToolId: toolID, Shops: shops, Language: ogen.NewOptString(language),
				Parts: ogenParts(),
			})
			if err != nil {
				return err
			}
			t, ok := r.(*ogen.Tool)
			if !ok || len(t.Stock) == 0 {
				return errors.New("no stock")
			}
			return checkTool(len(t.Stock), t.Stock[len(t.Stock)-1].Quantity.Value)
		},
		searchProducts: func(ctx context.Context) error {
			r, err := client.SearchProducts(ctx, ogen.SearchProductsParams{
				Shops: shops, Words: []string{word}, Parts: ogenParts(), PageSize: ogen.NewOptInt(pageSize),
			})
			if err != nil {
				return err
			}
			p, ok := r.(*ogen.ProductPage)
			if !ok || len(p.Products) == 0 || len(p.Products[len(p.Products)-1].Summaries) == 0 {
				return errors.New("no summary")
			}
			return checkPage(len(p.Products), p.Products[len(p.Products)-1].Summaries[0].Name.Value)
		},
	}, nil
}

// ogenChanges returns the body of a change. The values are maps of written JSON, which is what ogen
// has for members without a schema.
func ogenChanges() *ogen.Changes {
	return &ogen.Changes{Category: "HAND_SAW", Changes: []ogen.Change{
		{Action: ogen.ChangeActionReplace, Place: "/attributes/weight", Values: []ogen.ChangeValuesItem{{
			"value": jx.Raw("610.5"), "unit": jx.Raw(`"g"`), "shop": jx.Raw(`"NORTH"`), "exact": jx.Raw("true"),
			"measured": jx.Raw(`{"by":"scale 4","times":3}`),
		}}},
		{Action: ogen.ChangeActionRemove, Place: "/attributes/remarks"},
	}}
}

func ogenParts() []ogen.PartsItem {
	wanted := make([]ogen.PartsItem, len(parts))
	for i, p := range parts {
		wanted[i] = ogen.PartsItem(p)
	}
	return wanted
}

func checkOgenReceipt(r any) error {
	receipt, ok := r.(*ogen.Receipt)
	if !ok {
		return fmt.Errorf("the result is a %T", r)
	}
	return checkReceipt(string(receipt.State))
}
