package resilience_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// quiet is the logger of tests that look at no logs.
var quiet = slog.New(slog.DiscardHandler)

// item is what the test API answers.
type item struct {
	Name string `json:"name"`
}

// problem is what it answers with a failure.
type problem struct {
	Code string `json:"code"`
}

// quick returns the defaults with back-offs of a millisecond, for real sockets.
func quick() policy.Policy {
	p := policy.Default()
	short := policy.Backoff{Base: time.Millisecond, Factor: 1, Max: time.Millisecond}
	p.Retry.Throttle, p.Retry.Server, p.Retry.Connection = short, short, short
	return p
}

// operation returns an operation of the test API: JSON in, JSON out.
func operation(method string, class policy.Class) *resilience.Operation {
	return &resilience.Operation{
		ID: "op", Method: method, Path: "/items",
		Success: []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[*item]}},
		Failure: []wire.Outcome{{Status: 0, Media: "application/json", Decode: wire.JSONAs[*problem]}},
		Policy:  policy.Policy{Idempotency: class},
	}
}

// client returns a caller of the test API at a URL.
func client(t *testing.T, url string, p policy.Policy, op *resilience.Operation, opts ...resilience.Option) *resilience.Caller {
	t.Helper()
	api := &resilience.API{Name: "items", Defaults: p, Operations: []*resilience.Operation{op}}
	c, err := resilience.NewCaller(api, append([]resilience.Option{resilience.WithBaseURL(url), resilience.WithLogger(quiet)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// serve returns the URL of a server and the count of its requests.
func serve(t *testing.T, h func(n int, w http.ResponseWriter, r *http.Request)) (string, *atomic.Int64) {
	t.Helper()
	count := new(atomic.Int64)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h(int(count.Add(1)), w, r) }))
	t.Cleanup(s.Close)
	return s.URL, count
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

func TestCall_Succeeds(t *testing.T) {
	url, count := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { reply(w, 200, `{"name":"a"}`) })
	op := operation("GET", policy.Safe)
	got, err := resilience.Call[*item](context.Background(), client(t, url, quick(), op), op, wire.Args())
	if err != nil || got.Name != "a" || count.Load() != 1 {
		t.Fatalf("got %+v, %v after %d requests", got, err, count.Load())
	}
}

func TestCall_RepeatsUntilItSucceeds(t *testing.T) {
	url, count := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if n < 3 {
			reply(w, 503, `{"code":"busy"}`)
			return
		}
		reply(w, 200, `{"name":"a"}`)
	})
	op := operation("GET", policy.Safe)
	got, err := resilience.Call[*item](context.Background(), client(t, url, quick(), op), op, wire.Args())
	if err != nil || got.Name != "a" || count.Load() != 3 {
		t.Fatalf("got %+v, %v after %d requests, want 3", got, err, count.Load())
	}
}

func TestCall_SendsAnUnsafeRequestOnce(t *testing.T) {
	url, count := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { reply(w, 503, `{"code":"busy"}`) })
	op := operation("POST", policy.Unsafe)
	_, err := resilience.Call[*item](context.Background(), client(t, url, quick(), op), op, wire.Args())
	var e *resilience.Error
	if !errors.As(err, &e) || count.Load() != 1 {
		t.Fatalf("got %v after %d requests, want 1", err, count.Load())
	}
	if e.Status != 503 || e.Kind != resilience.KindAPI || !e.MayHaveApplied || len(e.Attempts) != 1 || e.Stopped != resilience.StopFinal {
		t.Errorf("got %+v", e)
	}
	if d, ok := resilience.Detail[problem](err); !ok || d.Code != "busy" {
		t.Errorf("detail: got %+v, %v", d, ok)
	}
	if want := "items: op: status 503; the server may have run the request"; err.Error() != want {
		t.Errorf("got %q, want %q", err.Error(), want)
	}
}
