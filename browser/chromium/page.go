package chromium

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A Page is a page in Chromium and what its console reported.
type Page struct {
	context.Context
	t *testing.T

	mu     sync.Mutex // guards errors
	errors []string
}

// Open starts Chromium with an empty page.
func Open(t *testing.T) *Page {
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
	p := &Page{Context: ctx, t: t}
	chromedp.ListenTarget(ctx, p.listen)
	p.Run(log.Enable())
	return p
}

// listen keeps what is an error. A status that is an error is not one of the page.
func (p *Page) listen(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		p.errors = append(p.errors, e.ExceptionDetails.Error())
	case *log.EventEntryAdded:
		loud := e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning
		if loud && !strings.Contains(e.Entry.Text, "the server responded with a status of") {
			p.errors = append(p.errors, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// Run runs actions that may be repeated.
func (p *Page) Run(actions ...chromedp.Action) {
	p.t.Helper()
	if err := p.run(actions...); err != nil {
		p.t.Fatal(err)
	}
}

// mostRuns is how often actions are run while pages replace each other.
const mostRuns = 10

// run runs actions, again if another page has replaced the page meanwhile, or if it was reloaded.
func (p *Page) run(actions ...chromedp.Action) (err error) {
	for range mostRuns {
		if err = chromedp.Run(p, actions...); !replaced(err) {
			return err
		}
	}
	return err
}

// replaced reports whether an error means that the page is no longer there. Chromium has one text
// for an expression that begins then, and others for one that was running.
func replaced(err error) bool {
	return err != nil && slices.ContainsFunc([]string{
		"Cannot find context", "Inspected target navigated or closed", "Execution context was destroyed",
	}, func(text string) bool { return strings.Contains(err.Error(), text) })
}

// Get opens a URL and returns the response, which may be one after redirects.
func (p *Page) Get(url string) *network.Response { return p.response(chromedp.Navigate(url)) }

// Click clicks what a selector matches, which leads to another page, and returns the response.
func (p *Page) Click(selector string) *network.Response {
	p.t.Helper()
	return p.response(chromedp.Click(selector, chromedp.ByQuery))
}

func (p *Page) response(actions ...chromedp.Action) *network.Response {
	p.t.Helper()
	r, err := chromedp.RunResponse(p, actions...)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// Shows waits until a JavaScript expression is true, for 10 s at most on each page that replaces
// another one.
func (p *Page) Shows(what, expression string) {
	p.t.Helper()
	var ok bool
	err := p.run(chromedp.Poll(expression, &ok,
		chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(10*time.Second)))
	if err != nil {
		p.t.Fatalf("%s: %v; the page shows\n%s", what, err, p.Text())
	}
}

// Text returns the text of the page.
func (p *Page) Text() string {
	var text string
	_ = chromedp.Run(p, chromedp.Text("body", &text, chromedp.ByQuery))
	return text
}

// Has returns an expression for whether a part of the page has a text.
func Has(selector, text string) string {
	return fmt.Sprintf("(document.querySelector(%q)?.textContent ?? '').includes(%q)", selector, text)
}

// Inspect checks the accessibility of the page, also with axe-core, in windows of 360 and 1600 px,
// light and dark, and writes screenshots to bin/screenshots of the repository.
func (p *Page) Inspect(name string) {
	p.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{360, 1600} {
			p.Run(chromedp.EmulateViewport(width, 900), emulation.SetEmulatedMedia().WithFeatures(
				[]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}))
			var problems []string
			p.Run(chromedp.Evaluate(checks, &problems))
			for _, text := range problems {
				p.t.Errorf("%s, %s, %d px: %s", name, scheme, width, text)
			}
			for _, v := range p.axe() {
				p.t.Errorf("%s, %s, %d px: axe: %s %s: %s: %s", name, scheme, width, v.Impact, v.ID, v.Help, v.Nodes)
			}
			p.screenshot(fmt.Sprintf("%s-%s-%d", name, scheme, width))
		}
	}
}

// screenshot writes a screenshot of the whole page.
func (p *Page) screenshot(name string) {
	p.t.Helper()
	var image []byte
	p.Run(chromedp.FullScreenshot(&image, 100))
	dir := filepath.Join("..", "..", "bin", "screenshots")
	err := os.MkdirAll(dir, 0o755)
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, name+".png"), image, 0o644)); err != nil {
		p.t.Fatal(err)
	}
}

// Quiet fails the test if the console reported an error.
func (p *Page) Quiet() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range p.errors {
		p.t.Errorf("console: %s", text)
	}
}
