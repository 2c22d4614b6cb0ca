package admin

// This file starts a program with a status page.

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resgen/resgen/browser/chromium"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/admin"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/policy/policyfile"
	"github.com/resgen/resgen/resilience/wire"
)

// A program calls an API whose server and sign-in can be switched off.
type program struct {
	t        *testing.T
	url      string // of the status page
	server   string // URL of the API
	down     atomic.Bool
	unsigned atomic.Bool
	file     atomic.Pointer[policyfile.FileState]
	monitor  batch.Monitor
	caller   *resilience.Caller
	others   []*resilience.Caller // of more accounts
	api      *resilience.API
	runtime  *resilience.Runtime
}

var quiet = slog.New(slog.DiscardHandler)

func start(t *testing.T) *program {
	t.Helper()
	p := &program{t: t}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "req-7")
		if p.down.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		if r.URL.Path == "/hint" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"text":"buy low"}`))
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(server.Close)
	p.server = server.URL
	p.file.Store(&policyfile.FileState{Path: "policy.yaml", Applied: time.Now()})
	p.runtime = resilience.NewRuntime(resilience.WithRuntimeLogger(quiet))
	t.Cleanup(func() { p.runtime.Close() })
	mux := http.NewServeMux()
	mux.Handle("/status/", http.StripPrefix("/status", admin.Handler(p.runtime, admin.WithLogger(quiet),
		admin.WithBatches(&p.monitor), admin.WithConfiguration(func() policyfile.FileState { return *p.file.Load() }),
		admin.WithAuthorizer(func(*http.Request, admin.Action) (string, error) { return "test", nil }))))
	page := httptest.NewServer(mux)
	t.Cleanup(func() {
		page.CloseClientConnections()
		page.Close()
	})
	p.url = page.URL + "/status/"
	d := policy.Default()
	d.Retry.Attempts, d.Breaker.Consecutive, d.Breaker.Open = 1, 3, 500*time.Millisecond
	d.Rate.PerSecond, d.Rate.Burst = 1000, 1000
	secured := []resilience.Requirement{{{Scheme: "token"}}}
	p.api = &resilience.API{
		Name: "shop", Defaults: d, Schemes: []resilience.Scheme{{Name: "token", Kind: "http", HTTPScheme: "bearer"}},
		Operations: []*resilience.Operation{
			{ID: "getItem", Method: "GET", Path: "/item", Success: []wire.Outcome{{Status: 204}}, Security: secured},
			{ID: "getHint", Method: "GET", Path: "/hint", Security: secured, Success: []wire.Outcome{
				{Status: 200, Media: "application/json", Decode: wire.JSONAs[*hint]},
			}},
		},
	}
	p.caller = p.client("seller", resilience.WithFallback("getHint", resilience.FallbackValue(&hint{"none"})))
	return p
}

// client returns a client of an account.
func (p *program) client(account string, opts ...resilience.Option) *resilience.Caller {
	p.t.Helper()
	token := auth.TokenSource(func(context.Context) (string, time.Time, error) {
		if p.unsigned.Load() {
			return "", time.Time{}, errors.New("the sign-in is down")
		}
		return "secret", time.Now().Add(time.Millisecond), nil
	}, auth.As(account))
	c, err := resilience.NewCaller(p.api, append(opts, resilience.WithBaseURL(p.server),
		resilience.WithRuntime(p.runtime), resilience.WithLogger(quiet), resilience.WithCredential(token))...)
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

// call makes a call.
func (p *program) call() error {
	return resilience.Do(p.t.Context(), p.caller, p.api.Operations[0], wire.Args())
}

// A hint is what the server advises.
type hint struct {
	Text string `json:"text"`
}

// hint makes a call that a fallback answers if it fails.
func (p *program) hint() (*hint, error) {
	return resilience.Call[*hint](p.t.Context(), p.caller, p.api.Operations[1], wire.Args())
}

// refuse makes the configuration file a refused one.
func (p *program) refuse() {
	p.file.Store(&policyfile.FileState{
		Path: "policy.yaml", Applied: time.Now().Add(-time.Hour), Since: time.Now(),
		Refused: errors.New("policy.yaml:3:7: shop: defaults: retries is not a key; write retry"),
	})
}

// A browser is the status page in Chromium.
type browser struct {
	*chromium.Page
	t *testing.T
}

// open opens the status page and waits until it follows the program.
func (p *program) open() browser {
	p.t.Helper()
	b := browser{chromium.Open(p.t), p.t}
	b.Get(p.url)
	b.Shows("live", "document.getElementById('live').dataset.live === 'on'")
	return b
}

// has returns an expression for whether a part of the page has a text.
var has = chromium.Has

// within is how late the page may be.
const within = time.Second

// follows waits until the page shows what has changed at the given time. It must do so within a
// second.
func (b browser) follows(what, expression string, since time.Time) {
	b.t.Helper()
	b.Shows(what, expression)
	late := time.Since(since)
	b.t.Logf("%s: shown after %s", what, late.Round(time.Millisecond))
	if late > within {
		b.t.Errorf("%s: shown after %s, want at most %s", what, late, within)
	}
}

// act does an action by its button, which leads back to the page.
func (b browser) act(action string) {
	b.t.Helper()
	b.Click(`form[action="actions/` + action + `"] button`)
}
