package edr_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	api "github.com/resgen/resgen/generated/edr"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/wire"
)

// maintenance is a page that a server sends with status 200 in place of every response.
var maintenance = edrtest.Answer{Type: "text/html", Body: "<html><h1>We will be back soon</h1></html>"}

// maintain makes every operation but the request for tokens respond with the page, or work again.
func (w *world) maintain(on bool) {
	for _, operation := range []string{
		edrtest.GetDailyScheduleReport, edrtest.GetEdrReport, edrtest.BrowseEventData, edrtest.UpdateClubEvent,
	} {
		w.server.Script(operation)
		if on {
			w.server.Script(operation, slices.Repeat([]edrtest.Answer{maintenance}, 1000)...)
		}
	}
}

// Behind a maintenance page with status 200, a token is requested once, because the page may be
// that of an ended session. A page in response to the new token is a broken response: it opens the
// circuit, whose probes request no tokens, and the client recovers by itself.
func TestClient_MaintenancePage(t *testing.T) {
	for name, used := range map[string]bool{"token that was accepted": true, "token of the sign-in": false} {
		t.Run(name, func(t *testing.T) {
			inMemory(t, edrtest.Options{Events: events(), Latency: time.Millisecond}, func(t *testing.T, w *world) {
				w.signIn(t)
				if used {
					if err := w.schedule(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				before := w.counts(edrtest.AuthenticateEventManagement, edrtest.GetDailyScheduleReport)
				since := func() []int {
					n := w.counts(edrtest.AuthenticateEventManagement, edrtest.GetDailyScheduleReport)
					return []int{n[0] - before[0], n[1] - before[1]}
				}
				w.maintain(true)
				errs := make([]error, 40)
				var wg sync.WaitGroup
				for i := range errs {
					wg.Go(func() { errs[i] = w.schedule(t.Context()) })
				}
				wg.Wait()
				broken := 0
				for _, err := range errs {
					switch f := failure(err); {
					case f.Kind == resilience.KindContract && f.Status == 200 && strings.Contains(err.Error(), "HTML"):
						broken++
					case f.Kind != resilience.KindCircuitOpen:
						t.Errorf("%v, want the page or an open circuit", err)
					}
				}
				// two calls at a time: a few requests with the old token until there is a new one,
				// and at most four with that, because three failures open the circuit
				if n := since(); broken == 0 || n[0] != 1 || n[1] > 12 {
					t.Errorf("%d broken responses, %v requests for tokens and of the operation", broken, n)
				}
				// nine minutes are four cool-downs of the circuit, with one probe each
				asked := since()
				for range 9 * 60 {
					time.Sleep(time.Second)
					_ = w.schedule(t.Context())
				}
				if n := since(); n[0] != asked[0] || n[1] != asked[1]+4 {
					t.Errorf("%v requests after a while, %v before, want 4 probes and no token", n, asked)
				}
				w.maintain(false)
				time.Sleep(2 * time.Minute)
				if err := w.schedule(t.Context()); err != nil {
					t.Errorf("after the maintenance: %v", err)
				}
				if n := since(); n[0] != 1 {
					t.Errorf("%d requests for tokens, want 1", n[0])
				}
			})
		})
	}
}

// A fallback replaces a maintenance page, as it does any broken response.
func TestClient_MaintenancePageWithFallback(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		w.maintain(true)
		request := api.DailyScheduleRequest{
			StartDate: wire.DateOf(day("2026-03-02")), EndDate: wire.DateOf(day("2026-03-03")),
			ClubList: []api.StringOrInteger{wire.ScalarOf(8135)},
		}
		kept, info := &api.DailyScheduleAnswer{}, resilience.Info{}
		got, err := w.client.API().GetDailyScheduleReport(
			t.Context(), request, resilience.WithInfo(&info),
			resilience.WithCallFallback(resilience.FallbackValue(kept)),
		)
		if err != nil || got != kept || !info.Degraded {
			t.Errorf("%v, %v, degraded %t, want the value of the fallback", got, err, info.Degraded)
		}
	})
}

// A page for a token that no response has ever accepted is held against the token again later,
// because the token may have expired during the maintenance.
func TestClient_TokenExpiresDuringMaintenance(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events(), Expiry: edrtest.LoginPage}, func(t *testing.T, w *world) {
		w.signIn(t)
		w.maintain(true)
		_ = w.schedule(t.Context())
		w.maintain(false)
		w.server.ExpireTokens()
		before := w.server.Count(edrtest.AuthenticateEventManagement)
		time.Sleep(9 * time.Minute)
		if err := w.schedule(t.Context()); failure(err).Kind != resilience.KindContract {
			t.Errorf("early: %v, want a broken response", err)
		}
		if n := w.server.Count(edrtest.AuthenticateEventManagement) - before; n != 0 {
			t.Errorf("%d requests for tokens, want none", n)
		}
		time.Sleep(2 * time.Minute)
		if err := w.schedule(t.Context()); err != nil {
			t.Errorf("later: %v", err)
		}
		if n := w.server.Count(edrtest.AuthenticateEventManagement) - before; n != 1 {
			t.Errorf("%d requests for tokens, want 1", n)
		}
	})
}

// A page of the bot protection stops everything: no request for a token follows, and no other.
func TestClient_BlockPageSendsNothingMore(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events(), Latency: time.Millisecond}, func(t *testing.T, w *world) {
		w.signIn(t)
		before := w.counts(edrtest.AuthenticateEventManagement, edrtest.GetDailyScheduleReport)
		w.server.Block(edrtest.BlockPage)
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if err := w.schedule(t.Context()); !errors.Is(err, edr.ErrBlocked) {
					t.Errorf("%v, want a block", err)
				}
			})
		}
		wg.Wait()
		n := w.counts(edrtest.AuthenticateEventManagement, edrtest.GetDailyScheduleReport)
		if n[0] != before[0] || n[1]-before[1] > 4 {
			t.Errorf("%v requests for tokens and of the operation, %v before", n, before)
		}
	})
}
