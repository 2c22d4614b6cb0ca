package edr_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/clients/internal/clienttest"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
)

// wide allows 200 calls in flight.
func wide(c edr.Config) edr.Config {
	c.Options = append(
		c.Options,
		resilience.WithConfig(
			&policy.Config{
				APIs: []policy.APIConfig{
					{Name: "edr", Defaults: policy.Layer{Policy: policy.Policy{Bulkhead: policy.Bulkhead{Max: 400}}}},
				},
			},
		),
	)
	return c
}

// Three expiries under 200 callers, with renewals that take 300 ms, for each way in which expiry
// shows, with all calls in flight and with two.
func TestClient_ThreeExpiriesUnderLoadAreThreeRenewals(t *testing.T) {
	for _, expiry := range []edrtest.Expiry{edrtest.Unauthorized, edrtest.ToLogin, edrtest.LoginPage} {
		for _, narrow := range []bool{false, true} {
			if narrow && expiry != edrtest.Unauthorized {
				continue
			}
			many := 200
			if expiry != edrtest.Unauthorized {
				many = 50
			}
			opts := edrtest.Options{
				Events:     events(),
				Expiry:     expiry,
				TokenDelay: 300 * time.Millisecond,
				Latency:    time.Millisecond,
			}
			inMemory(t, opts, func(t *testing.T, w *world) {
				client := w.client
				if !narrow {
					client = open(t, wide(w.config()))
				}
				w.signIn(t)
				before := w.server.Count(edrtest.AuthenticateEventManagement)
				done := make(chan struct{})
				spread := func(i int) time.Duration { // over the time between two expiries
					return time.Second + time.Duration(i*1400/many)*time.Millisecond
				}
				wait := clienttest.Callers(context.Background(), many, spread, func(ctx context.Context) error {
					_, err := client.DailySchedule(
						ctx,
						edr.ScheduleQuery{Clubs: []int{8135}, From: day("2026-03-02"), To: day("2026-03-03")},
					)
					return err
				}, done)
				for range 3 {
					time.Sleep(2 * time.Second)
					w.server.ExpireTokens()
				}
				time.Sleep(2 * time.Second)
				close(done)
				calls, err := wait()
				if err != nil {
					t.Errorf("%q, narrow %t: a call failed: %v", expiry, narrow, err)
				}
				if n := w.server.Count(edrtest.AuthenticateEventManagement) - before; n != 3 || calls < 3*many {
					t.Errorf("%q, narrow %t: %d renewals in %d calls, want 3", expiry, narrow, n, calls)
				}
				if client != w.client {
					_ = client.Close()
				}
			})
		}
	}
}

// A session that ends under load costs each call in flight at most one request, and later calls
// none.
func TestClient_SessionEndsUnderLoad(t *testing.T) {
	for _, expiry := range []edrtest.Expiry{edrtest.Unauthorized, edrtest.ToLogin, edrtest.LoginPage} {
		opts := edrtest.Options{
			Events:      events(),
			Expiry:      expiry,
			SessionEnds: expiry,
			TokenDelay:  300 * time.Millisecond,
			Latency:     time.Millisecond,
		}
		inMemory(t, opts, func(t *testing.T, w *world) {
			w.signIn(t)
			w.server.EndSessions()
			before := w.counts(edrtest.AuthenticateEventManagement, edrtest.GetDailyScheduleReport)
			errs := make([]error, 200)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() { errs[i] = w.schedule(context.Background()) })
			}
			wg.Wait()
			for _, err := range errs {
				if !errors.Is(err, edr.ErrSignInNeeded) || errors.Is(err, edr.ErrBlocked) {
					t.Fatalf("%q: %v, want a sign-in", expiry, err)
				}
			}
			after := w.counts(edrtest.AuthenticateEventManagement, edrtest.GetDailyScheduleReport)
			if after[0]-before[0] != 1 || after[1]-before[1] > 200 {
				t.Errorf(
					"%q: %d requests for a token and %d others, want 1 and at most 200",
					expiry,
					after[0]-before[0],
					after[1]-before[1],
				)
			}
			if err := w.schedule(t.Context()); !errors.Is(err, edr.ErrSignInNeeded) ||
				w.server.Count(edrtest.GetDailyScheduleReport) != after[1] {
				t.Errorf(
					"%q: one more: %v, after %d requests",
					expiry,
					err,
					w.server.Count(edrtest.GetDailyScheduleReport)-after[1],
				)
			}
			w.signIn(t)
			if err := w.schedule(t.Context()); err != nil {
				t.Errorf("%q: after another sign-in: %v", expiry, err)
			}
		})
	}
}

// After a response that the session has expired, the call is retried once after a renewal. A second
// such response is an error.
func TestClient_ExpiryTwiceInARowIsAnError(t *testing.T) {
	page := edrtest.Answer{Type: "text/html", Body: "<html><h1>Sign in</h1></html>"}
	for name, c := range map[string]struct {
		answer    edrtest.Answer
		operation string
		kind      resilience.Kind
	}{
		"401":             {edrtest.Answer{Status: 401}, edrtest.GetDailyScheduleReport, resilience.KindAPI},
		"page":            {page, edrtest.GetDailyScheduleReport, resilience.KindContract},
		"page of reports": {page, edrtest.GetEdrReport, resilience.KindContract},
		"text": {
			edrtest.Answer{Type: "text/plain", Body: "Please sign in"}, edrtest.GetDailyScheduleReport,
			resilience.KindContract,
		},
		"login host": {
			redirect(302, hosts.Login+"/login?x=1"), edrtest.GetDailyScheduleReport, resilience.KindAPI,
		},
		"portal": {redirect(307, "/rl_portal/"), edrtest.GetEdrReport, resilience.KindAPI},
		"404":    {edrtest.Answer{Status: 404}, edrtest.BrowseEventData, resilience.KindAPI},
	} {
		inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
			w.signIn(t)
			call := map[string]func() error{
				edrtest.GetDailyScheduleReport: func() error { return w.schedule(t.Context()) },
				edrtest.GetEdrReport: func() error {
					_, err := w.client.Report(t.Context(), 601234)
					return err
				},
				edrtest.BrowseEventData: func() error {
					_, err := w.client.Browse(
						t.Context(), edr.BrowseQuery{Club: 8135, From: day("2026-03-02"), To: day("2026-03-03")},
					)
					return err
				},
			}[c.operation]
			w.server.Script(c.operation, c.answer)
			if err := call(); err != nil {
				t.Errorf("%s once: %v", name, err)
			}
			if n := w.counts(edrtest.AuthenticateEventManagement, c.operation); !slices.Equal(n, []int{2, 2}) {
				t.Errorf("%s once: %v requests for tokens and of the operation, want 2 each", name, n)
			}
			w.server.Script(c.operation, c.answer, c.answer, c.answer)
			if err := call(); failure(err).Kind != c.kind || errors.Is(err, edr.ErrSignInNeeded) {
				t.Errorf("%s twice: %v", name, err)
			}
			if n := w.counts(edrtest.AuthenticateEventManagement, c.operation); !slices.Equal(n, []int{3, 4}) {
				t.Errorf("%s twice: %v requests for tokens and of the operation, want 3 and 4", name, n)
			}
		})
	}
}

func redirect(status int, location string) edrtest.Answer {
	return edrtest.Answer{Status: status, Headers: map[string][]string{"Location": {location}}}
}

// Other failures are not treated as expiry.
func TestClient_OtherFailures(t *testing.T) {
	for name, answer := range map[string]edrtest.Answer{
		"403": {Status: 403}, "404": {Status: 404}, "broken JSON": {Body: `[{"eventId":`},
		"another type": {Body: `"nothing"`}, "304": {Status: 304},
	} {
		inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
			w.signIn(t)
			w.server.Script(edrtest.GetDailyScheduleReport, answer)
			if err := w.schedule(t.Context()); err == nil || errors.Is(err, edr.ErrBlocked) {
				t.Errorf("%s: %v", name, err)
			}
			if n := w.counts(edrtest.AuthenticateEventManagement, edrtest.GetDailyScheduleReport); !slices.Equal(
				n,
				[]int{1, 1},
			) {
				t.Errorf("%s: %v requests for tokens and of the operation, want 1 each", name, n)
			}
		})
	}
}

// An update is sent once, even if the response says that the session has expired. The token is
// renewed for the next call.
func TestClient_UpdatesAreSentOnce(t *testing.T) {
	for _, c := range []struct {
		answer  edrtest.Answer
		applied bool
		tokens  int
	}{
		{edrtest.Answer{Status: 401}, false, 2},
		{redirect(302, hosts.Login+"/login"), false, 2},
		{redirect(302, "/rl_portal/"), true, 2},
		{edrtest.Answer{Type: "text/html", Body: "<html><h1>Sign in</h1></html>"}, true, 2},
		{edrtest.Answer{Reset: true, Work: true}, true, 1},
		{edrtest.Answer{Status: 503}, true, 1},
		{edrtest.Answer{Status: 429}, false, 1},
	} {
		inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
			w.signIn(t)
			w.server.Script(edrtest.UpdateClubEvent, c.answer)
			update := edr.Update{
				Event:  601234,
				Club:   8135,
				Day:    day("2026-03-09"),
				Status: edr.StatusApproved,
				User:   "somebody",
			}
			err := w.client.UpdateEvent(t.Context(), update)
			if err == nil || failure(err).MayHaveApplied != c.applied {
				t.Errorf("%+v: %v, want may have applied %t", c.answer, err, c.applied)
			}
			if n := w.counts(edrtest.UpdateClubEvent, edrtest.AuthenticateEventManagement); !slices.Equal(
				n,
				[]int{1, c.tokens},
			) {
				t.Errorf("%+v: %v requests and tokens, want 1 and %d", c.answer, n, c.tokens)
			}
			if err := w.client.UpdateEvent(t.Context(), update); err != nil ||
				w.server.Events()[0].Day != "2026-03-09" {
				t.Errorf("%+v: the next one: %v", c.answer, err)
			}
			w.refusals(t)
		})
	}
}

// A server failure does not end the session: the next call requests a token again.
func TestClient_FailedRenewal(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		w.server.ExpireTokens()
		w.server.Script(edrtest.AuthenticateEventManagement, edrtest.Outage, edrtest.Outage)
		if err := w.schedule(t.Context()); err == nil || errors.Is(err, edr.ErrSignInNeeded) {
			t.Errorf("%v, want the failure of the renewal", err)
		}
		time.Sleep(31 * time.Second)
		if err := w.schedule(t.Context()); err != nil {
			t.Errorf("later: %v", err)
		}
	})
}

// A malformed token has a distinct error in renewals too, and is not requested repeatedly.
func TestClient_RenewalWithoutAToken(t *testing.T) {
	for header, want := range map[string]error{
		"auth-token=abc; Path=/EventManagement; Domain=edr.test": edr.ErrTokenFormat,
		"other=abc": edr.ErrSignInNeeded,
	} {
		inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
			w.signIn(t)
			w.server.ExpireTokens()
			bad := edrtest.Answer{Headers: map[string][]string{"Set-Cookie": {header}}}
			w.server.Script(edrtest.AuthenticateEventManagement, bad, bad, bad)
			for range 3 {
				if err := w.schedule(t.Context()); !errors.Is(err, want) {
					t.Errorf("%s: %v, want %v", header, err, want)
				}
			}
			if n := w.server.Count(edrtest.AuthenticateEventManagement); n != 2 {
				t.Errorf("%s: %d requests for tokens, want that of the sign-in and one more", header, n)
			}
		})
	}
}

// Errors contain no tokens and cookies.
func TestClient_CallErrorsContainNoTokens(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		for _, answer := range []edrtest.Answer{
			{Status: 500, Body: "token+/-5=="}, {Type: "text/html", Body: "<p>session-4</p>"},
		} {
			w.server.Script(edrtest.GetDailyScheduleReport, answer, answer, answer)
			err := w.schedule(t.Context())
			if text := fmt.Sprintf("%v %+v", err, err); err == nil || contains(text, "token+/") ||
				contains(text, "session-") {
				t.Errorf("the error is %v", err)
			}
		}
	})
}

// If the three hosts are one, the login page is recognized by its path.
func TestClient_RedirectsWithinOneHost(t *testing.T) {
	for location, applied := range map[string]bool{
		"/login": false, "/base/login?from=x": true, "http://portal.edr.test/login": false, "/rl_portal/": true,
		"http://else.test/login": true,
	} {
		inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
			config := w.config()
			config.BaseURLs = edr.BaseURLs{
				Login:           "http://portal.edr.test/",
				Portal:          "http://portal.edr.test",
				EventManagement: "http://portal.edr.test/EventManagement/",
			}
			c := open(t, config)
			if err := errors.Join(c.RequestCode(t.Context()), c.Complete(t.Context(), w.server.Code())); err != nil {
				t.Fatal(err)
			}
			w.server.Script(edrtest.UpdateClubEvent, redirect(302, location))
			err := c.UpdateEvent(
				t.Context(),
				edr.Update{Event: 601234, Club: 8135, Day: day("2026-03-09"), User: "somebody"},
			)
			if failure(err).Status != 302 || failure(err).MayHaveApplied != applied {
				t.Errorf("%s: %v, want may have applied %t", location, err, applied)
			}
			if n := w.counts(edrtest.UpdateClubEvent, edrtest.AuthenticateEventManagement); !slices.Equal(
				n,
				[]int{1, 2},
			) {
				t.Errorf("%s: %v requests", location, n)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
