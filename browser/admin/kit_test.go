package admin

// This file starts a program with a status page, and Chromium.

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

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

// A browser is a page in Chromium and what its console reported.
type browser struct {
	context.Context
	t *testing.T

	mu     sync.Mutex
	errors []string
}

func open(t *testing.T, url string) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is not installed; run make browser, or install Debian's package chromium")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	ctx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(stop)
	b := &browser{Context: ctx, t: t}
	chromedp.ListenTarget(ctx, b.listen)
	b.run(log.Enable(), chromedp.Navigate(url))
	return b
}

// listen keeps what is an error.
func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.errors = append(b.errors, e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning {
			b.errors = append(b.errors, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// run runs actions.
func (b *browser) run(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// within is how late the page may be.
const within = time.Second

// follows is shows for what has changed at the given time. The page must show it within a second.
func (b *browser) follows(what, expression string, since time.Time) {
	b.t.Helper()
	b.shows(what, expression)
	late := time.Since(since)
	b.t.Logf("%s: shown after %s", what, late.Round(time.Millisecond))
	if late > within {
		b.t.Errorf("%s: shown after %s, want at most %s", what, late, within)
	}
}

// shows waits until a JavaScript expression is true, for 10 s at most.
func (b *browser) shows(what, expression string) {
	b.t.Helper()
	var ok bool
	poll := chromedp.Poll(expression, &ok,
		chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(10*time.Second))
	err := chromedp.Run(b, poll)
	for err != nil && !errors.Is(err, chromedp.ErrPollingTimeout) && b.Err() == nil {
		err = chromedp.Run(b, poll) // the page was left, for example after an action
	}
	if err != nil {
		var text string
		_ = chromedp.Run(b, chromedp.Text("body", &text))
		b.t.Fatalf("%s: %v; the page shows\n%s", what, err, text)
	}
}

// act does an action by its button and waits until the browser is back on the page.
func (b *browser) act(action string) {
	b.t.Helper()
	b.run(chromedp.Evaluate(`window.before = true; document.querySelector('form[action="actions/`+action+
		`"] button').click()`, nil))
	b.shows("back after "+action, "!window.before && document.readyState === 'complete'")
}

// as sets the width of the window and the color scheme.
func (b *browser) as(width int64, scheme string) {
	b.t.Helper()
	b.run(chromedp.EmulateViewport(width, 900), emulation.SetEmulatedMedia().WithFeatures(
		[]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
}

// screenshot writes a screenshot of the whole page.
func (b *browser) screenshot(name string) {
	b.t.Helper()
	var image []byte
	b.run(chromedp.FullScreenshot(&image, 100))
	dir := filepath.Join("..", "..", "bin", "screenshots")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), image, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// quiet fails the test if the console reported an error.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, text := range b.errors {
		b.t.Errorf("console: %s", text)
	}
}
