package admin_test

// This file has a runtime with a client, a server and a sign-in that tests switch on and off.

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/admin"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A world is a runtime with one API and its server.
type world struct {
	t       testing.TB
	runtime *resilience.Runtime
	handler http.Handler
	api     *resilience.API
	down    atomic.Bool           // the server responds with 500
	denies  atomic.Pointer[error] // the sign-in fails with it
}

// newWorld returns a world, for a synctest bubble, whose circuit opens after 2 failures in a row.
func newWorld(t testing.TB, opts ...admin.Option) *world {
	t.Helper()
	w := &world{t: t}
	pipe := faults.NewPipe()
	server := &http.Server{Handler: http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("X-Request-Id", "req-7")
		if w.down.Load() {
			out.WriteHeader(http.StatusInternalServerError)
			return
		}
		out.WriteHeader(http.StatusNoContent)
	})}
	go func() { _ = server.Serve(pipe) }()
	t.Cleanup(func() { server.Close() })
	w.runtime = resilience.NewRuntime(resilience.WithDial(pipe.DialContext),
		resilience.WithRuntimeLogger(quiet))
	t.Cleanup(func() { w.runtime.Close() })
	w.handler = admin.Handler(w.runtime, opts...)
	p := policy.Default()
	p.Retry.Attempts, p.Breaker.Consecutive, p.Breaker.Open = 1, 2, time.Minute
	p.Breaker.Jitter = -1
	w.api = &resilience.API{Name: "shop", Defaults: p, Operations: []*resilience.Operation{{
		ID: "getItem", Method: "GET", Path: "/item", Success: []wire.Outcome{{Status: 204}},
		Security: []resilience.Requirement{{{Scheme: "token"}}},
	}}, Schemes: []resilience.Scheme{{Name: "token", Kind: "http", HTTPScheme: "bearer"}}}
	return w
}

// client returns a client of an account.
func (w *world) client(account string) *resilience.Caller {
	w.t.Helper()
	c, err := resilience.NewCaller(w.api, resilience.WithBaseURL("http://shop.test"), resilience.WithRuntime(w.runtime),
		resilience.WithLogger(quiet), resilience.WithCredential(w.credential(account)))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Close() })
	return c
}

// secret is the text that no response may contain.
const secret = "s3cr3t-token"

func (w *world) credential(account string) resilience.Credential {
	return auth.TokenSource(func(context.Context) (string, time.Time, error) {
		if err := w.denies.Load(); err != nil {
			return "", time.Time{}, *err
		}
		return secret, time.Time{}, nil
	}, auth.As(account))
}

// call makes a call.
func (w *world) call(c *resilience.Caller) error {
	return resilience.Do(w.t.Context(), c, w.api.Operations[0], wire.Args())
}

// fail opens the circuit.
func (w *world) fail(c *resilience.Caller) {
	w.t.Helper()
	w.down.Store(true)
	for range 2 {
		if w.call(c) == nil {
			w.t.Fatal("the call succeeded")
		}
	}
}

// get returns the response to a request without a body.
func (w *world) get(method, path string) *httptest.ResponseRecorder {
	r := httptest.NewRecorder()
	w.handler.ServeHTTP(r, httptest.NewRequest(method, path, nil))
	return r
}

// status returns the status as JSON. It waits until the snapshot of an earlier request has expired,
// so the world must be in a synctest bubble.
func (w *world) status(query string) admin.Status {
	w.t.Helper()
	time.Sleep(time.Second)
	return w.statusNow(query)
}

// statusNow returns the status without waiting.
func (w *world) statusNow(query string) admin.Status {
	w.t.Helper()
	r := w.get("GET", "/status.json"+query)
	var s admin.Status
	d := json.NewDecoder(strings.NewReader(r.Body.String()))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil || r.Code != 200 {
		w.t.Fatalf("%d %v: %s", r.Code, err, r.Body)
	}
	return s
}

// errDown is an outage of the sign-in.
var errDown = errors.New("the sign-in is down")
