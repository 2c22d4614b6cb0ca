package edr_test

import (
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
)

// The twelve operations with their classes, limits and hosts. 0 attempts means the default of the
// API, three.
var operations = map[string]struct {
	method, path, server string
	class                policy.Class
	attempts             int
	attempt              time.Duration // 0: the default of 30 s
	pages                bool          // failures are counted in a separate circuit
}{
	edrtest.GetLoginPage:   {"GET", "/login", "Login", policy.Safe, 1, 15 * time.Second, true},
	edrtest.SubmitPassword: {"POST", "/api/login", "Login", policy.Unsafe, 1, 15 * time.Second, false},
	edrtest.RequestMfaCode: {
		"POST",
		"/api/mfa/sendCode",
		"Login",
		policy.Unsafe,
		1,
		15 * time.Second,
		false,
	},
	edrtest.ValidateMfaCode: {
		"POST",
		"/api/mfa/validateCode",
		"Login",
		policy.Unsafe,
		1,
		15 * time.Second,
		false,
	},
	edrtest.RegisterPageAccess: {
		"GET",
		"/rl_portal_services/api/Site/InsertRlPageDetails",
		"Portal",
		policy.Unsafe,
		1,
		10 * time.Second,
		true,
	},
	edrtest.OpenPortal:          {"GET", "/rl_portal/", "Portal", policy.Safe, 2, 10 * time.Second, true},
	edrtest.OpenEventManagement: {"GET", "/", "", policy.Safe, 2, 10 * time.Second, true},
	edrtest.AuthenticateEventManagement: {
		"GET",
		"/api/authenticate",
		"",
		policy.Idempotent,
		2,
		10 * time.Second,
		false,
	},
	edrtest.GetEdrReport:    {"GET", "/api/edrReport", "", policy.Safe, 0, 0, false},
	edrtest.BrowseEventData: {"POST", "/api/browse-event/browse-data", "", policy.Safe, 0, 0, false},
	edrtest.GetDailyScheduleReport: {
		"POST",
		"/api/store-event/daily-schedule-report",
		"",
		policy.Safe,
		2,
		time.Minute,
		false,
	},
	edrtest.UpdateClubEvent: {"POST", "/api/club-details", "", policy.Unsafe, 1, 0, false},
}

// Each operation has the policy of the table and a unique reason.
func TestOperations_Policies(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]*resilience.Operation{}
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		config := w.config()
		config.Options = append(
			config.Options,
			resilience.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
				return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					if info, ok := resilience.OperationFrom(r.Context()); ok {
						mu.Lock()
						seen[info.Operation.ID] = info.Operation
						mu.Unlock()
					}
					return next.RoundTrip(r)
				})
			}),
		)
		c := open(t, config)
		if err := c.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := c.Complete(t.Context(), w.server.Code()); err != nil {
			t.Fatal(err)
		}
		calls(t, c)
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if got, want := slices.Sorted(maps.Keys(seen)), slices.Sorted(maps.Keys(operations)); !slices.Equal(got, want) {
		t.Fatalf("operations %v, want %v", got, want)
	}
	reasons := map[string]string{}
	for id, want := range operations {
		op := seen[id]
		p := op.Policy
		if op.Method != want.method || op.Path != want.path || op.Server != want.server || p.Idempotency != want.class {
			t.Errorf("%s: %s %s on %q is %v", id, op.Method, op.Path, op.Server, p.Idempotency)
		}
		if p.Retry.Attempts != want.attempts || p.Timeout.Attempt != want.attempt ||
			(p.Breaker.Circuit == "pages") != want.pages {
			t.Errorf("%s: %d attempts of %s, circuit %q", id, p.Retry.Attempts, p.Timeout.Attempt, p.Breaker.Circuit)
		}
		if other, taken := reasons[p.Why]; taken || p.Why == "" {
			t.Errorf("%s and %s share the reason %q", id, other, p.Why)
		}
		reasons[p.Why] = id
	}
}

// Three failures in a row open the circuit for 120 s. Calls during that time send nothing and
// report the remaining time.
func TestClient_CircuitOpensAfterThreeFailures(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		w.signIn(t)
		w.server.Script(edrtest.GetDailyScheduleReport, slices.Repeat([]edrtest.Answer{edrtest.Outage}, 3)...)
		for range 2 { // two attempts and one
			if err := w.schedule(t.Context()); err == nil {
				t.Fatal("an outage is no error")
			}
		}
		w.signIn(t) // the sign-in itself does not fail
		for _, c := range []struct {
			wait time.Duration
			open bool
		}{{0, true}, {118 * time.Second, true}, {3 * time.Second, false}} {
			time.Sleep(c.wait)
			sent := w.server.Count(edrtest.BrowseEventData)
			_, err := w.client.Browse(
				t.Context(),
				edr.BrowseQuery{Club: 8135, From: day("2026-03-02"), To: day("2026-03-03")},
			)
			if f := failure(err); (f.Kind == resilience.KindCircuitOpen) != c.open ||
				c.open && (f.RetryAfter <= 0 || resilience.HTTPStatus(err) != 503) {
				t.Errorf("after %s more: %v", c.wait, err)
			}
			if n := w.server.Count(edrtest.BrowseEventData) - sent; (n == 0) != c.open {
				t.Errorf("after %s more: %d requests", c.wait, n)
			}
		}
		if n := w.server.Count(edrtest.GetDailyScheduleReport); n != 3 {
			t.Errorf("%d requests met the outage, want 3", n)
		}
	})
}
