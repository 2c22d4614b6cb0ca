package crossmarktest_test

import (
	"errors"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	api "github.com/resgen/resgen/generated/crossmark"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// Every operation of the document can be called with the generated client, with either spelling of
// members.
func TestServer_AnswersEveryOperation(t *testing.T) {
	for _, twins := range []bool{false, true} {
		s := crossmarktest.New(
			crossmarktest.Options{
				Twins: twins,
				Plans: []crossmarktest.Plan{{ID: "1", Start: "01/01/2026", End: "01/02/2026", SalesTool: "/tool.pdf"}},
				Reps:  []crossmarktest.Rep{{ID: "101", First: "A", Last: "B"}},
			},
		)
		server := httptest.NewServer(s)
		defer server.Close()
		client, err := crossmark.New(
			crossmark.Config{UserID: "planner", Password: auth.NewSecret("secret"), BaseURL: server.URL},
		)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = client.Close() }()
		a, ctx := client.API(), t.Context()
		from := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
		if reps, err := client.AvailableReps(ctx, from, from.Add(time.Hour)); err != nil || len(reps) != 1 {
			t.Errorf("available: %v, %v", reps, err)
		}
		day := crossmark.Date{Year: 2026, Month: 1, Day: 1}
		for _, err := range client.Plans(ctx, day, day, crossmark.Search{}) {
			if err != nil {
				t.Error(err)
			}
		}
		for _, err := range client.ScheduledVisits(ctx, day, day) {
			t.Error(err)
		}
		for _, err := range client.UnscheduledVisits(ctx, day, day) {
			if err != nil {
				t.Error(err)
			}
		}
		made, err := client.Schedule(ctx, crossmark.Booking{PlanID: "1", RepID: "101", Start: from, LocationID: "77"})
		if err != nil {
			t.Fatal(err)
		}
		if err := client.Unschedule(ctx, "1", made.EventID); err != nil {
			t.Error(err)
		}
		event := api.NewEvent{
			StartDateTime: "2026-01-01T09:00:00Z",
			EndDateTime:   "2026-01-01T10:00:00Z",
			RepID:         "1",
			LocationID:    "2",
		}
		for name, call := range map[string]func() (any, error){
			"getUserInfo":               func() (any, error) { return a.GetUserInfo(ctx) },
			"getUserLocale":             func() (any, error) { return a.GetUserLocale(ctx) },
			"getUserLocaleByGet":        func() (any, error) { return a.GetUserLocaleByGet(ctx) },
			"getClientLogo":             func() (any, error) { return a.GetClientLogo(ctx) },
			"getCurrentBranchInfo":      func() (any, error) { return a.GetCurrentBranchInfo(ctx) },
			"getNavOptions":             func() (any, error) { return a.GetNavOptions(ctx) },
			"getSchedulingPrefs":        func() (any, error) { return a.GetSchedulingPrefs(ctx) },
			"getFullCalendarLicenseKey": func() (any, error) { return a.GetFullCalendarLicenseKey(ctx) },
			"getMoreFiltersOptions":     func() (any, error) { return a.GetMoreFiltersOptions(ctx) },
			"getEventDetails": func() (any, error) {
				return a.GetEventDetails(ctx, api.EventQuery{EventID: "1"})
			},
			"getRepAvailability": func() (any, error) {
				return a.GetRepAvailability(ctx, api.AvailabilityQuery{RepID: "1"})
			},
			"saveScheduledEvent": func() (any, error) { return a.SaveScheduledEvent(ctx, event) },
			"updateScheduledEvent": func() (any, error) {
				return a.UpdateScheduledEvent(ctx, api.EventUpdate{EventID: "1"})
			},
			"deleteScheduledEvent": func() (any, error) {
				return a.DeleteScheduledEvent(ctx, api.EventDeletion{EventID: "1"})
			},
			"bulkScheduleEvents": func() (any, error) {
				return a.BulkScheduleEvents(
					ctx,
					api.BulkScheduleRequest{Events: []api.BulkEvent{
						{StartDateTime: "2026-01-01", EndDateTime: "2026-01-01", RepID: "1", LocationID: "2"}, {},
					}},
				)
			},
			"getAppetizePreference": func() (any, error) { return a.GetAppetizePreference(ctx) },
			"getSsoError":           func() (any, error) { return a.GetSsoError(ctx, api.SsoErrorRequest{"a": "b"}) },
			"getTranslations":       func() (any, error) { return a.GetTranslations(ctx, "en") },
			"getPlanningPage":       func() (any, error) { return a.GetPlanningPage(ctx) },
			"getRepSchedulePage":    func() (any, error) { return a.GetRepSchedulePage(ctx) },
			"getLoginPage":          func() (any, error) { return a.GetLoginPage(ctx) },
			"getQualifiedRepsForScheduling": func() (any, error) {
				return a.GetQualifiedRepsForScheduling(
					ctx, api.GetQualifiedRepsForSchedulingParams{MPlanID: "1", StoreID: "2"},
				)
			},
			"bulkPrintMplanLocations": func() (any, error) {
				return a.BulkPrintMplanLocations(
					ctx, api.BulkPrintMplanLocationsParams{},
					api.BulkPrintRequest{
						MplanLocationIDs:  []api.MPlanLocation{{MPlanID: "1", StoreID: "2"}},
						IncludeAttachment: "true",
					},
				)
			},
			"recoverAccount": func() (any, error) {
				return 1, a.RecoverAccount(ctx, api.RecoverAccountParams{Email: "a@b.test"})
			},
		} {
			if got, err := call(); err != nil || reflect.ValueOf(got).IsZero() || s.Count(name) != 1 {
				t.Errorf("%s: %v with error %v after %d requests", name, got, err, s.Count(name))
			}
		}
		var off *resilience.Error
		if _, err := a.GetSsoProviderNames(ctx); !errors.As(err, &off) || off.Status != 404 {
			t.Errorf("SSO: %v, want 404", err)
		}
		if err := client.SignOut(ctx); err != nil || s.Count("logout") != 1 {
			t.Error(err)
		}
	}
}
