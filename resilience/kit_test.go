package resilience_test

// This file has the test API, clients of it, and an in-memory server for synctest bubbles.

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// quiet discards what is logged.
var quiet = slog.New(slog.DiscardHandler)

// item is the success response of the test API.
type item struct {
	Name string `json:"name"`
}

// problem is its error response.
type problem struct {
	Code string `json:"code"`
}

// good is the JSON text of an item.
const good = `{"name":"a"}`

// quick returns the defaults with back-offs of a millisecond, for real sockets.
func quick() policy.Policy {
	p := policy.Default()
	short := policy.Backoff{Base: time.Millisecond, Factor: 1, Max: time.Millisecond}
	p.Retry.Throttle, p.Retry.Server, p.Retry.Connection = short, short, short
	return p
}

// operation returns an operation of the test API with a JSON response. POST, PUT and PATCH have an
// optional JSON body.
func operation(method string, class policy.Class) *resilience.Operation {
	op := &resilience.Operation{
		ID: "op", Method: method, Path: "/items",
		Success: []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[*item]}},
		Failure: []wire.Outcome{{Status: 0, Media: "application/json", Decode: wire.JSONAs[*problem]}},
		Policy:  policy.Policy{Idempotency: class},
	}
	switch method {
	case "POST", "PUT", "PATCH":
		op.Body = &wire.Body{Media: "application/json", Format: wire.JSON}
	}
	return op
}

// client returns a caller of the test API at a URL. Its credentials may merely name an account.
func client(t testing.TB, url string, p policy.Policy, op *resilience.Operation,
	opts ...resilience.Option) *resilience.Caller {
	t.Helper()
	api := &resilience.API{Name: "items", Defaults: p, Operations: []*resilience.Operation{op}}
	c, err := resilience.NewCaller(api, append([]resilience.Option{resilience.WithBaseURL(url),
		resilience.WithLogger(quiet), resilience.WithoutCredential()}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// serve returns the URL of a server on a socket and the count of its requests.
func serve(t testing.TB, h func(n int, w http.ResponseWriter, r *http.Request)) (string, *atomic.Int64) {
	t.Helper()
	count := new(atomic.Int64)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter,
		r *http.Request) {
		h(int(count.Add(1)), w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, count
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

// A bench is an in-memory server and a runtime that connects to it.
type bench struct {
	*faults.Server
	runtime *resilience.Runtime
}

// memory starts a scripted in-memory server. It must be called in a synctest bubble.
func memory(t testing.TB, script ...faults.Step) bench {
	t.Helper()
	return configured(t, faults.Config{Script: script})
}

// configured starts an in-memory server with any configuration.
func configured(t testing.TB, c faults.Config, opts ...resilience.RuntimeOption) bench {
	t.Helper()
	c.Pipe = true
	s, err := c.Start()
	if err != nil {
		t.Fatal(err)
	}
	opts = append([]resilience.RuntimeOption{
		resilience.WithRuntimeLogger(quiet), resilience.WithDial(s.DialContext),
		resilience.WithTLS(&tls.Config{RootCAs: s.CertPool()}),
	}, opts...)
	r := resilience.NewRuntime(opts...)
	t.Cleanup(func() {
		r.Close()
		s.Close()
	})
	return bench{s, r}
}

// client returns a caller of the server.
func (b bench) client(t testing.TB, p policy.Policy, op *resilience.Operation,
	opts ...resilience.Option) *resilience.Caller {
	t.Helper()
	return client(t, b.URL, p, op, append([]resilience.Option{resilience.WithRuntime(b.runtime)}, opts...)...)
}

// circuit returns the only circuit.
func (b bench) circuit() resilience.CircuitSnapshot { return b.runtime.Snapshot().Gates[0].Circuits[0] }

// get makes a call without arguments.
func get(t testing.TB, c *resilience.Caller, op *resilience.Operation, opts ...resilience.CallOption) (*item, error) {
	t.Helper()
	return resilience.Call[*item](t.Context(), c, op, wire.Args(), opts...)
}

// failed returns the error of a call that must have failed.
func failed(t testing.TB, err error) *resilience.Error {
	t.Helper()
	var e *resilience.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *resilience.Error", err)
	}
	return e
}
