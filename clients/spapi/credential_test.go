package spapi_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/internal/clienttest"
	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/wire"
)

// tokenFaults are the ways in which the token endpoint can be down.
var tokenFaults = map[string]spapitest.TokenFault{
	"503": {Status: 503}, "429": {Status: 429}, "reset": {Reset: true}, "hang": {Hang: true},
	"page": {Type: "text/html", Body: "<html>maintenance</html>"},
}

// down makes the token endpoint fail, or work again.
func (w *world) down(f spapitest.TokenFault, down bool) {
	w.server.FailTokens()
	if down {
		w.server.FailTokens(slices.Repeat([]spapitest.TokenFault{f}, 1000)...)
	}
}

// While Login with Amazon is down, it is asked once per pause, however many calls are made. Calls
// end in time as 503 with the time to wait, and succeed again by themselves.
func TestAccount_SignInDown(t *testing.T) {
	for name, fault := range tokenFaults {
		for down, most := range map[time.Duration]int{20 * time.Second: 10, 10 * time.Minute: 30} {
			if down > time.Minute && name != "503" {
				continue
			}
			t.Run(name+" "+down.String(), func(t *testing.T) {
				inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
					w.down(fault, true)
					done := make(chan struct{})
					call := func(ctx context.Context) error { return w.do(ctx, &getListing, "A") }
					wait := clienttest.Endure(8, call, done)
					time.Sleep(down)
					asked := w.server.TokenRequests()
					w.down(fault, false)
					err := clienttest.Recover(t.Context(), call, time.Minute) // the longest pause
					close(done)
					got := wait()
					if asked < 2 || asked > most || w.server.TokenRequests() > asked+2 {
						t.Errorf("%d token requests, and %d afterwards, want at most %d", asked,
							w.server.TokenRequests()-asked, most)
					}
					if got.Wrong != nil || got.Slowest > 10*time.Second || got.Failed == 0 {
						t.Errorf("%+v, want each failure to be a 503 in time", got)
					}
					if err != nil {
						t.Errorf("afterwards: %v", err)
					}
				})
			})
		}
	}
}

// Short outages of the sign-in while tokens are revoked do not cause too many sign-ins either.
func TestAccount_SignInFlaps(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		done := make(chan struct{})
		wait := clienttest.Endure(8, func(ctx context.Context) error { return w.do(ctx, &getListing, "A") }, done)
		for range 15 {
			w.down(tokenFaults["503"], true)
			w.server.RevokeTokens()
			time.Sleep(10 * time.Second)
			w.down(tokenFaults["503"], false)
			time.Sleep(10 * time.Second)
		}
		time.Sleep(time.Minute)
		close(done)
		got := wait()
		if n := w.server.TokenRequests(); got.Wrong != nil || n > 15*10 || got.Failed == 0 || got.Failed == got.Calls {
			t.Errorf("%+v after %d token requests", got, n)
		}
		if err := w.do(t.Context(), &getListing, "A"); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// A token that has not expired is used while Login with Amazon is down.
func TestAccount_TokenOutlivesTheSignIn(t *testing.T) {
	for name, fault := range tokenFaults {
		inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
			if err := w.do(t.Context(), &getListing, "A"); err != nil {
				t.Fatal(err)
			}
			w.down(fault, true)
			time.Sleep(time.Hour - 50*time.Second) // it is renewed a minute before its end
			for range 40 {
				if err := w.do(t.Context(), &getListing, "A"); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				time.Sleep(time.Second)
			}
			if n := w.server.TokenRequests(); n < 2 || n > 12 {
				t.Errorf("%s: %d token requests", name, n)
			}
		})
	}
}

// A fallback takes the place of calls that cannot sign in.
func TestAccount_SignInDownWithFallback(t *testing.T) {
	inMemory(t, spapitest.Options{Stock: stock}, func(t *testing.T, w *world) {
		w.down(tokenFaults["503"], true)
		for range 3 {
			err := resilience.Do(t.Context(), w.plain, &getListing, wire.Args("A"),
				resilience.WithCallFallback(resilience.FallbackValue[any](nil)))
			if err != nil {
				t.Errorf("got %v", err)
			}
		}
		if n := w.server.TokenRequests(); n != 4 {
			t.Errorf("%d token requests, want those of one fetch", n)
		}
	})
}

// Secrets are not sent over plain http unless the configuration allows it.
func TestNew_RefusesPlainHTTP(t *testing.T) {
	for _, c := range []struct {
		base, endpoint string
		allow          bool
		want           string // of the error; empty: none
	}{
		{"https://api.example", "https://lwa.example", false, ""},
		{"http://api.example", "https://lwa.example", false, "the URL is plain http"},
		{"https://api.example", "http://lwa.example", false, "Endpoint is plain http; use https, or set AllowHTTP"},
		{"http://api.example", "http://lwa.example", true, ""},
		{"http://127.0.0.1:1", "http://localhost:2", false, ""},
	} {
		config := whole()
		config.BaseURL, config.Endpoint, config.AllowHTTP = c.base, c.endpoint, c.allow
		account, err := spapi.New(config)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s and %s: %v, want %q", c.base, c.endpoint, err, c.want)
		}
		if err == nil {
			_ = account.Close()
		}
	}
}
