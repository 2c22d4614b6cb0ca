package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// An item is the resource of the API.
type item struct {
	ID   string   `json:"id"`
	Name string   `json:"name"`
	Tags []string `json:"tags,omitempty"`
}

// A problem is the body of its failures.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

var (
	asItem    = []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[*item]}}
	asProblem = []wire.Outcome{{Media: "application/json", Decode: wire.JSONAs[*problem]}}
	itemID    = []wire.Param{{Name: "id", In: wire.Path, Required: true}}
	itemBody  = &wire.Body{Media: "application/json", Format: wire.JSON, Required: true}
)

// The operations, one of each kind.
var (
	read     = operation("read", http.MethodGet, policy.Safe)
	replace  = operation("replace", http.MethodPut, policy.Idempotent)
	order    = operation("order", http.MethodPost, policy.Keyed)
	notify   = operation("notify", http.MethodPost, policy.Unsafe)
	hedged   = operation("hedged", http.MethodGet, policy.Safe)
	download = operation("download", http.MethodGet, policy.Safe)
)

func init() {
	hedged.Policy.Hedge = policy.Hedge{Enabled: policy.On, After: 3 * time.Millisecond, Max: 1}
	download.Success = []wire.Outcome{{Status: 200, Media: "application/json", Stream: true}}
}

func operation(id, method string, class policy.Class) *resilience.Operation {
	op := &resilience.Operation{
		ID: id, Method: method, Path: "/items/{id}", Params: itemID, Success: asItem, Failure: asProblem,
		Policy: policy.Policy{Idempotency: class},
	}
	if method != http.MethodGet {
		op.Body = itemBody
	}
	return op
}

// soakPolicy is the default policy with delays of milliseconds.
func soakPolicy() policy.Policy {
	p := policy.Default()
	wait := policy.Backoff{Base: time.Millisecond, Factor: 2, Max: 20 * time.Millisecond}
	p.Retry.Throttle, p.Retry.Server, p.Retry.Connection = wait, wait, wait
	p.Timeout = policy.Timeout{Overall: time.Second, Attempt: 25 * time.Millisecond, Idle: 25 * time.Millisecond}
	p.Breaker.Window, p.Breaker.Open, p.Breaker.MaxOpen = time.Second, 100*time.Millisecond, 400*time.Millisecond
	p.Transport.MaxAge = time.Second
	return p
}

// newCaller returns a client for the server, and its runtime.
func newCaller(url string) (*resilience.Caller, *resilience.Runtime, error) {
	api := &resilience.API{
		Name: "soak", Defaults: soakPolicy(),
		Operations: []*resilience.Operation{read, replace, order, notify, hedged, download},
	}
	r := resilience.NewRuntime(resilience.WithRuntimeLogger(slog.New(slog.DiscardHandler)))
	c, err := resilience.NewCaller(
		api,
		resilience.WithBaseURL(url),
		resilience.WithRuntime(r),
		resilience.WithCookies(),
		resilience.WithFallback(read.ID, resilience.FallbackLastGood(time.Minute)),
	)
	return c, r, err
}

// call makes the nth call of a worker. It cycles through the operations and cancels every hundredth
// call.
func call(ctx context.Context, c *resilience.Caller, n int) error {
	if n%100 == 99 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Millisecond)
		defer cancel()
	}
	in := wire.Args("item-" + strconv.Itoa(n%1000))
	body := in.With(&item{ID: "4711", Name: "umbrella"})
	var err error
	switch n % 8 {
	case 0, 1, 2:
		_, err = resilience.Call[*item](ctx, c, read, in)
	case 3:
		_, err = resilience.Call[*item](ctx, c, replace, body)
	case 4:
		_, err = resilience.Call[*item](ctx, c, order, body)
	case 5:
		_, err = resilience.Call[*item](ctx, c, notify, body)
	case 6:
		_, err = resilience.Call[*item](ctx, c, hedged, in)
	case 7:
		err = fetch(ctx, c, in, n%16 == 7)
	}
	return err
}

// fetch reads a stream, completely or in part.
func fetch(ctx context.Context, c *resilience.Caller, in wire.Input, whole bool) error {
	s, err := resilience.Call[*resilience.Stream](ctx, c, download, in)
	if err != nil {
		return err
	}
	defer s.Close()
	if !whole {
		_, err = s.Read(make([]byte, 10))
		return ignoreEOF(err)
	}
	_, err = io.Copy(io.Discard, s)
	return err
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// kindOf returns a name for the result of a call.
func kindOf(err error) string {
	var e *resilience.Error
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &e):
		return e.Kind.String()
	}
	return "other"
}
