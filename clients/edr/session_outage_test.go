package edr_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/clients/internal/clienttest"
	"github.com/resgen/resgen/resilience"
)

// tokenFaults are the ways in which requests for tokens can fail.
var tokenFaults = map[string]edrtest.Answer{
	"503": edrtest.Outage, "reset": {Reset: true}, "hang": {Hang: true},
	"429": {Status: http.StatusTooManyRequests},
}

// down makes requests for tokens fail, or work again.
func (w *world) down(a edrtest.Answer, down bool) {
	w.server.Script(edrtest.AuthenticateEventManagement)
	if down {
		w.server.Script(edrtest.AuthenticateEventManagement, slices.Repeat([]edrtest.Answer{a}, 1000)...)
	}
}

// While no tokens are issued, they are requested once per pause, however many calls are made. Calls
// end in time as 503 with the time to wait, and succeed again by themselves.
func TestClient_TokensDown(t *testing.T) {
	for name, fault := range tokenFaults {
		for down, most := range map[time.Duration]int{20 * time.Second: 8, 10 * time.Minute: 32} {
			if down > time.Minute && name != "503" {
				continue
			}
			t.Run(name+" "+down.String(), func(t *testing.T) {
				inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
					client := open(t, wide(w.config()))
					w.signIn(t)
					before := w.server.Count(edrtest.AuthenticateEventManagement)
					w.server.ExpireTokens()
					w.down(fault, true)
					done := make(chan struct{})
					wait := clienttest.Endure(8, w.with(client), done)
					time.Sleep(down)
					asked := w.server.Count(edrtest.AuthenticateEventManagement) - before
					w.down(fault, false)
					// The longest wait is that of the sign-in's circuit and the longest pause.
					err := clienttest.Recover(t.Context(), w.with(client), 3*time.Minute)
					close(done)
					got := wait()
					if asked < 1 || asked > most {
						t.Errorf("%d requests for tokens, want at most %d", asked, most)
					}
					if got.Wrong != nil || got.Slowest > 10*time.Second || got.Failed == 0 {
						t.Errorf("%+v, want each failure to be a 503 in time", got)
					}
					if err != nil {
						t.Errorf("afterwards: %v", err)
					}
					if err := client.Close(); err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
}

// Requests for tokens that fail now and then while tokens expire are not repeated too often either.
func TestClient_TokensFlap(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		client := open(t, wide(w.config()))
		w.signIn(t)
		before := w.server.Count(edrtest.AuthenticateEventManagement)
		done := make(chan struct{})
		wait := clienttest.Endure(8, w.with(client), done)
		for range 10 {
			w.down(edrtest.Outage, true)
			w.server.ExpireTokens()
			time.Sleep(10 * time.Second)
			w.down(edrtest.Outage, false)
			time.Sleep(10 * time.Second)
		}
		err := clienttest.Recover(t.Context(), w.with(client), 3*time.Minute)
		close(done)
		got := wait()
		n := w.server.Count(edrtest.AuthenticateEventManagement) - before
		if got.Wrong != nil || n > 10*8 || got.Failed == 0 || got.Failed == got.Calls {
			t.Errorf("%+v after %d requests for tokens", got, n)
		}
		if err := errors.Join(err, client.Close()); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

// Problem documents for a session that is missing or blocked.
func TestErrors_Status(t *testing.T) {
	denied := &resilience.Error{Kind: resilience.KindAPI, Status: 403}
	for _, c := range []struct {
		err    error
		state  error
		status int
		kind   string
	}{
		{edr.ErrSignInNeeded, resilience.ErrSignInRequired, 503, "sign-in-required"},
		{edr.ErrBlocked, resilience.ErrBlocked, 503, "blocked"},
		{fmt.Errorf("%w: %w", edr.ErrBlocked, denied), resilience.ErrBlocked, 503, "blocked"},
		{
			fmt.Errorf("%w: %w", edr.ErrPasswordRefused, denied), resilience.ErrCredentialRefused,
			502, "credential-refused",
		},
	} {
		w := httptest.NewRecorder()
		resilience.WriteError(w, c.err)
		if !errors.Is(c.err, c.state) || w.Code != c.status ||
			!strings.Contains(w.Body.String(), fmt.Sprintf("\"type\":%q", c.kind)) {
			t.Errorf("%v: %d, %s", c.err, w.Code, w.Body)
		}
	}
}

// Calls without a session and of a blocked account have these states.
func TestClient_StatesOfCalls(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		err := w.schedule(t.Context())
		if !errors.Is(err, resilience.ErrSignInRequired) || !errors.Is(err, edr.ErrSignInNeeded) ||
			resilience.HTTPStatus(err) != 503 {
			t.Errorf("without a session: %v", err)
		}
		w.signIn(t)
		w.server.Block(edrtest.BlockForbidden)
		for range 2 {
			err := w.schedule(t.Context())
			if !errors.Is(err, resilience.ErrBlocked) || !errors.Is(err, edr.ErrBlocked) ||
				resilience.HTTPStatus(err) != 503 {
				t.Errorf("blocked: %v", err)
			}
		}
	})
}

// Secrets are not sent over plain http unless the configuration allows it.
func TestNew_RefusesPlainHTTP(t *testing.T) {
	for _, c := range []struct {
		urls  edr.BaseURLs
		allow bool
		want  string // of the error; empty: none
	}{
		{edr.BaseURLs{}, false, ""},
		{
			edr.BaseURLs{Login: "http://login.example"}, false,
			"BaseURLs.Login is plain http; use https, or set AllowHTTP",
		},
		{edr.BaseURLs{Portal: "http://portal.example"}, false, "BaseURLs.Portal is plain http"},
		{edr.BaseURLs{EventManagement: "http://events.example/x"}, false, "BaseURLs.EventManagement is plain http"},
		{
			edr.BaseURLs{
				Login: "http://login.example", Portal: "http://a.example", EventManagement: "http://b.example",
			}, true, "",
		},
		{
			edr.BaseURLs{Login: "http://localhost:1", Portal: "http://[::1]:2", EventManagement: "http://a.test"},
			false, "",
		},
	} {
		w := world{store: &edr.Memory{}}
		config := w.config()
		config.BaseURLs, config.AllowHTTP, config.Transport = c.urls, c.allow, nil
		client, err := edr.New(config)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.urls, err, c.want)
		}
		if err == nil {
			_ = client.Close()
		}
	}
}
