package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A site is a server with cookie sessions. It reports an expired session by a redirect to the
// sign-in page, by that page with status 200, or by 401.
type site struct {
	mu      sync.Mutex
	how     string // redirect, page or 401
	live    string // the valid session
	logins  int
	served  []string // "METHOD session status" of each request
	refuses bool     // every session expires immediately
}

// fetch signs in.
func (s *site) fetch(context.Context, struct{}) (string, time.Time, error) {
	time.Sleep(300 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logins++
	s.live = fmt.Sprintf("session-%d", s.logins)
	return s.live, time.Time{}, nil
}

func (s *site) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live = "none"
}

func (s *site) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session := ""
	if c := r.CookiesNamed("sid"); len(c) == 1 {
		session = c[0].Value
	}
	status, header, body := 200, http.Header{"Content-Type": {"application/json"}}, `{"ok":true}`
	if session != s.live || s.refuses {
		switch s.how {
		case "redirect":
			status, body = 302, ""
			header.Set("Location", "/login")
		case "page":
			header.Set("Content-Type", "text/html")
			body = "<html><title>Login</title></html>"
		default:
			status = 401
		}
	}
	s.served = append(s.served, fmt.Sprintf("%s %s %d", r.Method, session, status))
	return &http.Response{
		StatusCode: status,
		Header:     header,
		Body:       io.NopCloser(strings.NewReader(body)),
		Request:    r,
	}, nil
}

// stale examines the responses of a site.
func stale(a *resilience.Rejection) resilience.Expiry {
	switch {
	case a.Status == 401, a.Status == 302 && a.Header.Get("Location") == "/login":
		return resilience.Expired
	case a.Status == 200 && strings.Contains(string(a.Body), "<title>Login"):
		return resilience.ExpiredInDoubt
	}
	return resilience.NotExpired
}

var (
	cookie = resilience.Scheme{Name: "session", Kind: "apiKey", In: wire.Cookie, Parameter: "sid"}
	needs  = []resilience.Requirement{{{Scheme: "session"}}}
	answer = []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[map[string]any]}}
	read   = resilience.Operation{ID: "read", Method: "GET", Path: "/visits", Success: answer, Security: needs}
	write  = resilience.Operation{
		ID:       "write",
		Method:   "POST",
		Path:     "/visits",
		Success:  answer,
		Security: needs,
		Policy:   policy.Policy{Idempotency: policy.Unsafe},
	}
	once = resilience.Operation{
		ID:       "once",
		Method:   "GET",
		Path:     "/visits",
		Success:  answer,
		Security: needs,
		Policy:   policy.Policy{Retry: policy.Retry{Attempts: 1}},
	}
)

// clientOf returns a caller for the site that signs with the credential.
func clientOf(t *testing.T, s http.RoundTripper, c resilience.Credential) *resilience.Caller {
	t.Helper()
	api := &resilience.API{Name: "visits", Defaults: policy.Default(), Schemes: []resilience.Scheme{cookie},
		Servers: []resilience.Server{
			{Name: "default", URL: "http://visits.test"},
		}, Operations: []*resilience.Operation{&read, &write, &once}}
	caller, err := resilience.NewCaller(api, resilience.WithCredential(c), resilience.WithTransport(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = caller.Close() })
	return caller
}

func session(s *site) *auth.Token {
	return auth.New(
		auth.Mechanism[struct{}, string]{Account: "shop", Fetch: s.fetch, Place: auth.Place, Expired: stale},
	)
}

// An expired session: which operations are retried, and the error of those that must not be.
func TestCredential_StaleSession(t *testing.T) {
	for _, c := range []struct {
		how     string
		op      *resilience.Operation
		served  string // after the session ended
		kind    resilience.Kind
		applied bool
	}{
		{"401", &read, "GET session-1 401, GET session-2 200", 0, false},
		{"401", &write, "POST session-1 401, POST session-2 200", 0, false},
		{"401", &once, "GET session-1 401", resilience.KindAPI, false},
		{"redirect", &read, "GET session-1 302, GET session-2 200", 0, false},
		{"redirect", &write, "POST session-1 302, POST session-2 200", 0, false},
		{"redirect", &once, "GET session-1 302", resilience.KindAPI, false},
		{"page", &read, "GET session-1 200, GET session-2 200", 0, false},
		{"page", &write, "POST session-1 200", resilience.KindContract, true},
		{"page", &once, "GET session-1 200", resilience.KindContract, true},
	} {
		t.Run(c.how+" "+c.op.ID, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &site{how: c.how}
				caller := clientOf(t, s, session(s))
				if err := resilience.Do(t.Context(), caller, &read, wire.Args()); err != nil {
					t.Fatal(err)
				}
				s.end()
				s.served = nil
				_, err := resilience.Call[map[string]any](t.Context(), caller, c.op, wire.Args())
				var failure *resilience.Error
				switch {
				case c.kind == 0 && err != nil:
					t.Errorf("the error is %v", err)
				case c.kind != 0 &&
					(!errors.As(err, &failure) || failure.Kind != c.kind || failure.MayHaveApplied != c.applied):
					t.Errorf("the error is %v, want kind %s and applied %t", err, c.kind, c.applied)
				}
				if got := strings.Join(s.served, ", "); got != c.served {
					t.Errorf("served %q, want %q", got, c.served)
				}
				// The session is renewed for the next call even if this one must not be retried.
				if _, err := resilience.Call[map[string]any](t.Context(), caller, &write, wire.Args()); err != nil ||
					s.logins != 2 {
					t.Errorf("the next call: %v after %d sign-ins, want 2", err, s.logins)
				}
			})
		})
	}
}

// Two expiries in a row are an error, not a loop.
func TestCredential_StaleAgainAtOnce(t *testing.T) {
	for _, how := range []string{"401", "redirect", "page"} {
		synctest.Test(t, func(t *testing.T) {
			s := &site{how: how, refuses: true}
			caller := clientOf(t, s, session(s))
			_, err := resilience.Call[map[string]any](t.Context(), caller, &read, wire.Args())
			if err == nil || len(s.served) != 2 || s.logins != 2 {
				t.Errorf(
					"%s: %v after %v and %d sign-ins, want two requests and two sign-ins",
					how,
					err,
					s.served,
					s.logins,
				)
			}
			_, err = resilience.Call[map[string]any](t.Context(), caller, &read, wire.Args())
			if err == nil || len(s.served) != 3 || s.logins != 2 {
				t.Errorf("%s: %v after %v and %d sign-ins, want the pause to hold", how, err, s.served, s.logins)
			}
		})
	}
}

// Many calls meet one expiry: there is one sign-in and all calls succeed. Calls that were in flight
// when it ended do not cause another.
func TestCredential_OneSignInForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &site{how: "401"}
		c := session(s)
		caller := clientOf(t, slow{s}, c)
		run := func() {
			var all sync.WaitGroup
			for i := range 60 {
				all.Go(func() {
					time.Sleep(time.Duration(i) * 7 * time.Millisecond)
					if err := resilience.Do(t.Context(), caller, &write, wire.Args()); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		}
		run()
		for range 3 { // less than the pause: each session is accepted before it ends
			s.end()
			run()
		}
		if s.logins != 4 {
			t.Errorf("%d sign-ins, want the first and one for each of three expiries", s.logins)
		}
	})
}

// A page in place of data first means that the session has expired, which does not count for the
// circuit. After a renewal it means that the server is failing: the circuit opens and no further
// sign-in follows.
func TestCredential_PagesAndTheCircuit(t *testing.T) {
	for _, c := range []struct {
		ill      bool
		failures int
		logins   int
	}{{false, 0, 2}, {true, 40, 2}} {
		synctest.Test(t, func(t *testing.T) {
			s := &site{how: "page"}
			caller := clientOf(t, slow{s}, session(s))
			if err := resilience.Do(t.Context(), caller, &read, wire.Args()); err != nil {
				t.Fatal(err)
			}
			s.end()
			s.refuses = c.ill
			s.served = nil
			var failures atomic.Int32
			var all sync.WaitGroup
			for range 40 {
				all.Go(func() {
					if err := resilience.Do(t.Context(), caller, &read, wire.Args()); err != nil {
						failures.Add(1)
					}
				})
			}
			all.Wait()
			if int(failures.Load()) != c.failures || s.logins != c.logins {
				t.Errorf(
					"ill %t: %d failures and %d sign-ins, want %d and %d",
					c.ill,
					failures.Load(),
					s.logins,
					c.failures,
					c.logins,
				)
			}
			err := resilience.Do(t.Context(), caller, &read, wire.Args())
			if errors.Is(err, resilience.ErrCircuitOpen) != c.ill || err != nil != c.ill {
				t.Errorf("ill %t: the next call: %v", c.ill, err)
			}
		})
	}
}

// A secret that was fetched after a rejection and never accepted is replaced after another
// ambiguous rejection only once Doubt has passed, and after a 401 once Pause has.
func TestCredential_Doubt(t *testing.T) {
	for _, c := range []struct {
		how    string
		doubt  time.Duration
		after  time.Duration // since the renewal
		logins int
	}{
		{"page", 0, 29 * time.Second, 2}, {"page", 0, 31 * time.Second, 3},
		{"page", 5 * time.Minute, 299 * time.Second, 2}, {"page", 5 * time.Minute, 301 * time.Second, 3},
		{"401", 5 * time.Minute, 29 * time.Second, 2}, {"401", 5 * time.Minute, 31 * time.Second, 3},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &site{how: c.how, refuses: true}
			caller := clientOf(t, s, auth.New(auth.Mechanism[struct{}, string]{
				Account: "shop", Fetch: s.fetch, Place: auth.Place, Expired: stale, Doubt: c.doubt,
			}))
			_ = resilience.Do(t.Context(), caller, &read, wire.Args())
			time.Sleep(c.after)
			_ = resilience.Do(t.Context(), caller, &read, wire.Args())
			if s.logins != c.logins {
				t.Errorf("%s, doubt %v, after %v: %d sign-ins, want %d", c.how, c.doubt, c.after, s.logins, c.logins)
			}
		})
	}
}

// slow delays each response by a different time.
type slow struct{ *site }

func (s slow) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.site.RoundTrip(r)
	s.mu.Lock()
	n := len(s.served)
	s.mu.Unlock()
	time.Sleep(time.Duration(n*37%100) * time.Millisecond)
	return resp, err
}
