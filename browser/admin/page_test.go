package admin

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// has returns an expression for whether a part of the page has a text.
func has(selector, text string) string {
	return fmt.Sprintf("(document.querySelector(%q)?.textContent ?? '').includes(%q)", selector, text)
}

func TestPage_FollowsCircuitAndSignIn(t *testing.T) {
	p := start(t)
	if err := p.call(); err != nil {
		t.Fatal(err)
	}
	b := open(t, p.url)
	b.shows("live", "document.getElementById('live').dataset.live === 'on'")
	b.shows("pass", has("#announce", "shop: pass"))
	b.run(chromedp.SendKeys("#q", "sell"), chromedp.Focus("#q"))

	p.down.Store(true)
	for range 3 {
		_ = p.call()
	}
	b.shows("open", has("#announce", "shop: fail")+" && "+has("table .open", "open")+" && "+has("main", "req-7"))
	b.shows("half-open", has("table .half-open", "half open"))
	p.down.Store(false)
	for p.call() == nil && p.runtime.Snapshot().Gates[0].Circuits[0].State != "closed" {
	}
	b.shows("closed", has("#announce", "shop: pass")+" && "+has("table .closed", "closed"))

	p.unsigned.Store(true)
	for p.call() == nil { // the token expires
	}
	b.shows("sign-in fails", "!"+has("#announce", "shop: pass")+" && "+has("main", "Sign-in: resting"))
	p.unsigned.Store(false)
	for p.call() != nil { // the sign-in rests for a second
		if err := t.Context().Err(); err != nil {
			t.Fatal(err)
		}
	}
	b.shows("signed in", has("#announce", "shop: pass"))
	b.shows("what was typed and the focus are kept",
		"document.activeElement.id === 'q' && document.activeElement.value === 'sell'")
	b.quiet()
}

func TestPage_Actions(t *testing.T) {
	p := start(t)
	if err := p.call(); err != nil {
		t.Fatal(err)
	}
	b := open(t, p.url)
	b.act("isolate")
	b.shows("isolated", has("main", "isolated: all calls fail"))
	if p.call() == nil {
		t.Error("a call of an isolated API succeeded")
	}
	b.act("reset")
	b.shows("reset", has("#announce", "shop: pass"))
	b.quiet()
}

// The checks of accessibility are those of WCAG 2.2 that a program can make.
func TestPage_Accessible(t *testing.T) {
	p := start(t)
	_ = p.call()
	p.down.Store(true)
	for range 3 {
		_ = p.call()
	}
	b := open(t, p.url)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{360, 1600} {
			b.as(width, scheme)
			b.run(chromedp.Reload())
			b.shows("live", "document.getElementById('live').dataset.live === 'on'")
			var problems []string
			b.run(chromedp.Evaluate(checks, &problems))
			for _, text := range problems {
				t.Errorf("%s, %d px: %s", scheme, width, text)
			}
			b.screenshot(fmt.Sprintf("status-%s-%d", scheme, width))
		}
	}
	b.quiet()
}
