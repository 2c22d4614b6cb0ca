package admin

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/resgen/resgen/browser/chromium"
	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/policy"
)

// What the page shows is true within a second: a circuit and a sign-in that fail and recover.
func TestPage_FollowsCircuitAndSignIn(t *testing.T) {
	p := start(t)
	if err := p.call(); err != nil {
		t.Fatal(err)
	}
	b := p.open()
	b.Shows("pass", has("#announce", "shop: pass"))
	b.Run(chromedp.SendKeys("#q", "sell"), chromedp.Focus("#q"))

	p.down.Store(true)
	for range 3 {
		_ = p.call()
	}
	opened := time.Now()
	b.follows("open", has("#announce", "shop: fail")+" && "+has("table .open", "open")+" && "+has("main", "req-7"),
		opened)
	b.follows("half-open", has("table .half-open", "half open"), opened.Add(500*time.Millisecond))
	p.down.Store(false)
	for p.call() == nil && p.runtime.Snapshot().Gates[0].Circuits[0].State != "closed" {
	}
	b.follows("closed", has("#announce", "shop: pass")+" && "+has("table .closed", "closed"), time.Now())

	p.unsigned.Store(true)
	for p.call() == nil { // the token expires
	}
	b.follows("sign-in fails", "!"+has("#announce", "shop: pass")+" && "+has("main", "Sign-in: resting"), time.Now())
	p.unsigned.Store(false)
	for p.call() != nil { // the sign-in rests for a second
		if err := t.Context().Err(); err != nil {
			t.Fatal(err)
		}
	}
	b.follows("signed in", has("#announce", "shop: pass"), time.Now())
	b.Shows("what was typed and the focus are kept",
		"document.activeElement.id === 'q' && document.activeElement.value === 'sell'")
	b.Quiet()
}

// What the page shows is true within a second: degraded answers, a pause, a configuration and a
// batch.
func TestPage_FollowsTheProgram(t *testing.T) {
	p := start(t)
	b := p.open()
	if h, err := p.hint(); err != nil || h.Text != "buy low" {
		t.Fatal(h, err)
	}
	p.down.Store(true)
	if h, err := p.hint(); err != nil || h.Text != "none" {
		t.Fatal(h, err)
	}
	degraded := `[...document.querySelectorAll("dl.facts div")].some((e) => e.textContent === "Degraded answers1")`
	b.follows("degraded", degraded+" && "+has("main", "a fallback answered"), time.Now())
	p.runtime.Pause("shop", time.Minute)
	b.follows("paused", has("#announce", "shop: fail")+" && "+has("main", "paused: all calls wait"), time.Now())
	p.runtime.Reset("shop")
	b.follows("reset", has("#announce", "shop: pass"), time.Now())
	p.refuse()
	b.follows("refused", has("#announce", "configuration: warn")+" && "+has("main", "policy.yaml:3:7"), time.Now())
	next := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = batch.Run(t.Context(), slices.Values([]string{"a", "b"}), strings.ToLower,
			func(context.Context, string) error {
				<-next
				return nil
			}, batch.WithMonitor(&p.monitor), batch.WithLogger(quiet), batch.WithName("cleanup"))
	}()
	next <- struct{}{}
	b.follows("batch", has("#batch-0", "cleanup")+" && "+has("main", "1 of 2")+" && "+has("main", "running"),
		time.Now())
	next <- struct{}{}
	<-done
	b.follows("end of the batch", has("main", "2 of 2")+" && "+has("main", "finished"), time.Now())
	b.Quiet()
}

// Without a change the page is not fetched, and shows the time nevertheless.
func TestPage_IdleFetchesNothing(t *testing.T) {
	p := start(t)
	b := p.open()
	fetches := func() (n int) {
		b.Run(chromedp.Evaluate(`performance.getEntriesByType("resource").filter((e) =>
			e.initiatorType === "fetch").length`, &n))
		return n
	}
	b.Shows("the first fetch", `performance.getEntriesByType("resource").some((e) => e.initiatorType === "fetch")`)
	b.Run(chromedp.Evaluate(`window.first = document.querySelector("#now time").dateTime; true`, nil))
	before := fetches()
	b.Shows("the time", `new Date(document.querySelector("#now time").dateTime) - new Date(window.first) >= 4000`)
	if n := fetches() - before; n > 1 { // at most the next step of the history
		t.Errorf("the page was fetched %d times without a change", n)
	}
	b.Quiet()
}

func TestPage_Actions(t *testing.T) {
	p := start(t)
	if err := p.call(); err != nil {
		t.Fatal(err)
	}
	b := p.open()
	b.act("isolate")
	b.Shows("isolated", has("main", "isolated: all calls fail"))
	if p.call() == nil {
		t.Error("a call of an isolated API succeeded")
	}
	b.act("reset")
	b.Shows("reset", has("#announce", "shop: pass"))
	b.Quiet()
}

// If there are too many streams, the page is fetched every 5 seconds.
func TestPage_WithoutStream(t *testing.T) {
	p := start(t)
	var streams []*http.Response
	for range 64 {
		r, err := http.Get(p.url + "events")
		if err != nil {
			t.Fatal(err)
		}
		streams = append(streams, r)
	}
	b := browser{chromium.Open(t), t}
	b.Get(p.url)
	b.Shows("no stream", "document.getElementById('live').textContent.includes('every 5 seconds')")
	p.refuse()
	b.Shows("a change", has("#announce", "configuration: warn"))
	p.runtime.Pause("shop", time.Minute)
	b.Shows("a second change", has("main", "paused: all calls wait"))
	for _, r := range streams {
		r.Body.Close()
	}
}

// crowd makes everything that the page can show.
func (p *program) crowd() {
	p.t.Helper()
	for i := range 60 {
		p.others = append(p.others, p.client(fmt.Sprintf("seller-%02d", i)))
	}
	_, _ = p.hint()
	for range 40 {
		_ = p.call()
	}
	p.down.Store(true)
	_, _ = p.hint()
	for range 3 {
		_ = p.call()
	}
	p.refuse()
	config := &policy.Config{APIs: []policy.APIConfig{{
		Name: "shop", Defaults: policy.Of(policy.Policy{Retry: policy.Retry{Attempts: 2}}, policy.Source{}),
	}}}
	if err := p.runtime.Apply(config); err != nil {
		p.t.Fatal(err)
	}
	_, _ = batch.Run(p.t.Context(), slices.Values([]string{"a", "b", "c"}), strings.ToLower,
		func(_ context.Context, item string) error {
			if item == "a" {
				return batch.ErrAlreadySo
			}
			return nil
		}, batch.WithMonitor(&p.monitor), batch.WithLogger(quiet), batch.WithName("cleanup"))
	p.runtime.ForceOpen("shop " + strings.TrimPrefix(p.server, "http://"))
}

func TestPage_Accessible(t *testing.T) {
	p := start(t)
	p.crowd()
	b := p.open()
	b.Inspect("status")
	b.Quiet()
}

func TestPage_ValidHTML(t *testing.T) {
	empty, full := start(t), start(t)
	full.crowd()
	for name, url := range map[string]string{
		"empty": empty.url, "full": full.url, "page 2": full.url + "?page=2&q=seller",
		"nothing found": full.url + "?q=%22%3C",
	} {
		r, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		html, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatal(r.Status, err)
		}
		if found := chromium.Validate(t, string(html)); found != "" {
			t.Errorf("%s: %s", name, found)
		}
	}
}
