package edr_test

import (
	"cmp"
	"errors"
	"net/http"
	"sync"
	"testing"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/resilience"
)

// A session of a browser is imported by its cookies, and requests carry the headers of the
// configuration. Cookies that the server does not know open no session.
func TestImportSession(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		var mu sync.Mutex
		var cookies []*http.Cookie
		var agents []string
		c := w.config()
		c.Transport = resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			resp, err := w.transport.RoundTrip(r)
			mu.Lock()
			defer mu.Unlock()
			agents = append(agents, r.Header.Get("User-Agent"))
			if err == nil {
				for _, cookie := range resp.Cookies() {
					cookie.Domain = cmp.Or(cookie.Domain, r.URL.Hostname())
					cookies = append(cookies, cookie)
				}
			}
			return resp, err
		})
		browser := open(t, c)
		defer func() { _ = browser.Close() }()
		if err := browser.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := browser.Complete(t.Context(), w.server.Code()); err != nil {
			t.Fatal(err)
		}
		list := cookies
		agents = nil
		c.Store, c.Headers = &edr.Memory{}, http.Header{"user-agent": {"Mozilla/5.0"}}
		other := open(t, c)
		defer func() { _ = other.Close() }()
		if err := other.ImportSession(t.Context(), []*http.Cookie{{Name: "a", Value: "b"}}); !errors.Is(
			err, edr.ErrSignInNeeded,
		) {
			t.Errorf("foreign cookies: got %v, want ErrSignInNeeded", err)
		}
		if err := other.ImportSession(t.Context(), list); err != nil {
			t.Fatal(err)
		}
		w.client = other
		if err := w.schedule(t.Context()); err != nil {
			t.Error(err)
		}
		if len(agents) < 3 {
			t.Errorf("%d requests, want at least 3", len(agents))
		}
		for _, agent := range agents {
			if agent != "Mozilla/5.0" {
				t.Errorf("got User-Agent %q", agent)
			}
		}
	})
}
