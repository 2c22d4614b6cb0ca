package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/failsafe-go/failsafe-go/budget"
	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/failsafe-go/failsafe-go/timeout"
	"github.com/hashicorp/go-retryablehttp"
	"github.com/sony/gobreaker/v2"

	"github.com/resgen/resgen/bench/peers/bin/oapi"
)

// oapiAlone makes the calls with the client of oapi-codegen.
func oapiAlone(base string, over http.RoundTripper) ([operations]call, error) {
	return oapiCalls(base, &http.Client{Transport: over})
}

// oapiRetryable adds a retry by go-retryablehttp, and around it a circuit breaker by gobreaker.
func oapiRetryable(base string, over http.RoundTripper) ([operations]call, error) {
	retry := retryablehttp.NewClient()
	retry.HTTPClient = &http.Client{Transport: over}
	retry.Logger = slog.New(slog.DiscardHandler)
	breaker := gobreaker.NewCircuitBreaker[*http.Response](gobreaker.Settings{
		Name: "workshop", Interval: time.Minute, Timeout: 30 * time.Second,
		ReadyToTrip: func(c gobreaker.Counts) bool {
			return c.Requests >= 20 && c.TotalFailures*2 >= c.Requests
		},
	})
	return oapiCalls(base, doer(func(r *http.Request) (*http.Response, error) {
		return breaker.Execute(func() (*http.Response, error) {
			again, err := retryablehttp.FromRequest(r)
			if err != nil {
				return nil, err
			}
			return retry.Do(again)
		})
	}))
}

// doer sends requests.
type doer func(*http.Request) (*http.Response, error)

// Do implements oapi.HttpRequestDoer.
func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// oapiFailsafe adds policies of failsafe-go: retry with a budget, circuit breaker, bulkhead and
// timeout.
func oapiFailsafe(base string, over http.RoundTripper) ([operations]call, error) {
	retry := failsafehttp.NewRetryPolicyBuilder().
		WithBackoff(time.Second, time.Minute).WithJitterFactor(0.5).WithMaxAttempts(4).
		WithBudget(budget.New()).ReturnLastFailure().Build()
	breaker := circuitbreaker.NewBuilder[*http.Response]().
		HandleIf(func(r *http.Response, err error) bool { return err != nil || r.StatusCode >= 500 }).
		WithFailureRateThreshold(0.5, 20, time.Minute).WithDelay(30 * time.Second).WithSuccessThreshold(2).Build()
	places := bulkhead.NewBuilder[*http.Response](64).WithMaxWaitTime(time.Second).Build()
	limit := timeout.New[*http.Response](30 * time.Second)
	stack := failsafehttp.NewRoundTripper(over, retry, breaker, places, limit)
	return oapiCalls(base, &http.Client{Transport: stack})
}

// oapiCalls makes the calls with the client of oapi-codegen over what sends requests.
func oapiCalls(base string, sender oapi.HttpRequestDoer) ([operations]call, error) {
	client, err := oapi.NewClientWithResponses(base, oapi.WithHTTPClient(sender))
	if err != nil {
		return [operations]call{}, err
	}
	return [operations]call{
		deleteTool: func(ctx context.Context) error {
			lang := language
			r, err := client.DeleteToolWithResponse(ctx, seller, toolID,
				&oapi.DeleteToolParams{Shops: shops, Language: &lang})
			if err != nil {
				return err
			}
			if r.JSON200 == nil {
				return unexpected(r.StatusCode())
			}
			return checkReceipt(string(r.JSON200.State))
		},
		patchTool: func(ctx context.Context) error {
			lang := language
			r, err := client.PatchToolWithResponse(ctx, seller, toolID,
				&oapi.PatchToolParams{Shops: shops, Language: &lang}, oapiChanges())
			if err != nil {
				return err
			}
			if r.JSON200 == nil {
				return unexpected(r.StatusCode())
			}
			return checkReceipt(string(r.JSON200.State))
		},
		getTool: func(ctx context.Context) error {
			lang := language
			r, err := client.GetToolWithResponse(ctx, seller, toolID,
				&oapi.GetToolParams{Shops: shops, Language: &lang, Parts: &parts})
			if err != nil {
				return err
			}
			if r.JSON200 == nil {
				return unexpected(r.StatusCode())
			}
			return checkOapiTool(r.JSON200)
		},
		searchProducts: func(ctx context.Context) error {
			words, size := []string{word}, pageSize
			r, err := client.SearchProductsWithResponse(ctx,
				&oapi.SearchProductsParams{Shops: shops, Words: &words, Parts: &parts, PageSize: &size})
			if err != nil {
				return err
			}
			if r.JSON200 == nil {
				return unexpected(r.StatusCode())
			}
			return checkOapiPage(r.JSON200)
		},
	}, nil
}

func unexpected(status int) error { return fmt.Errorf("no result with status %d", status) }

// oapiChanges returns the body of a change.
func oapiChanges() oapi.Changes {
	values := changed()
	return oapi.Changes{Category: "HAND_SAW", Changes: []oapi.Change{
		{Action: oapi.Replace, Place: "/attributes/weight", Values: &values},
		{Action: oapi.Remove, Place: "/attributes/remarks"},
	}}
}

func checkOapiTool(r *oapi.Tool) error {
	if r.Stock == nil || len(*r.Stock) == 0 || (*r.Stock)[len(*r.Stock)-1].Quantity == nil {
		return errors.New("no stock")
	}
	return checkTool(len(*r.Stock), *(*r.Stock)[len(*r.Stock)-1].Quantity)
}

func checkOapiPage(r *oapi.ProductPage) error {
	if len(r.Products) == 0 {
		return errors.New("no products")
	}
	last := r.Products[len(r.Products)-1].Summaries
	if last == nil || len(*last) == 0 || (*last)[0].Name == nil {
		return errors.New("no summary")
	}
	return checkPage(len(r.Products), *(*last)[0].Name)
}
