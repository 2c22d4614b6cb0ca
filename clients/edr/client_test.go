package edr_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/resilience"
)

// requestOf holds the checked parts of a request.
type requestOf struct{ path, origin, referer, bot string }

type rounder func(*http.Request) (*http.Response, error)

func (f rounder) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func roundTripper(see func(requestOf), next http.RoundTripper) http.RoundTripper {
	return rounder(func(r *http.Request) (*http.Response, error) {
		see(requestOf{r.URL.Path, r.Header.Get("Origin"), r.Header.Get("Referer"), r.Header.Get("X-Bot-Token")})
		return next.RoundTrip(r)
	})
}

// calls makes each call once.
func calls(t *testing.T, c *edr.Client) {
	t.Helper()
	_, report := c.Report(t.Context(), 601234)
	_, browse := c.Browse(t.Context(), edr.BrowseQuery{Club: 8135, From: day("2026-03-01"), To: day("2026-03-31")})
	_, schedule := c.DailySchedule(
		t.Context(),
		edr.ScheduleQuery{Clubs: []int{8135}, From: day("2026-03-01"), To: day("2026-03-31")},
	)
	update := c.UpdateEvent(
		t.Context(),
		edr.Update{Event: 601234, Club: 8135, Day: day("2026-03-09"), Status: edr.StatusApproved, User: "somebody"},
	)
	if err := errors.Join(report, browse, schedule, update); err != nil {
		t.Fatal(err)
	}
}

// must returns a value and panics on an error.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// The underlying generated client is signed in as well.
func TestClient_API(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := w.client.API().OpenEventManagement(ctx); err != nil {
			t.Error(err)
		}
		cancel()
		if _, err := w.client.Report(ctx, 601234); !errors.Is(err, resilience.ErrCanceled) {
			t.Error(err)
		}
	})
}
