package crossmark_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	"github.com/resgen/resgen/clients/internal/clienttest"
	"github.com/resgen/resgen/resilience"
)

func TestClient_OneSessionForManyCalls(t *testing.T) {
	inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
		for range 3 {
			if err := w.who(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if w.server.Logins() != 1 || w.server.Count("getUserInfo") != 3 {
			t.Errorf("%d sign-ins and %d calls, want 1 and 3", w.server.Logins(), w.server.Count("getUserInfo"))
		}
	})
}

// A session is replaced an hour after its sign-in, independent of use and of the server.
func TestClient_SessionsLastAnHourFromSignIn(t *testing.T) {
	inMemory(t, crossmarktest.Options{SessionLife: 100 * time.Hour}, func(t *testing.T, w *world) {
		for _, step := range []struct {
			wait time.Duration
			want int
		}{
			{0, 1}, {30 * time.Minute, 1}, {30*time.Minute - time.Second, 1}, {2 * time.Second, 2},
			{59 * time.Minute, 2}, {2 * time.Minute, 3},
		} {
			time.Sleep(step.wait)
			if err := w.who(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := w.server.Logins(); got != step.want {
				t.Errorf("%d sign-ins after %s more, want %d", got, step.wait, step.want)
			}
		}
	})
}

// An expired session: which operations are retried, and the error of those that must not be.
func TestClient_EndedSession(t *testing.T) {
	for _, c := range []struct {
		ended     crossmarktest.EndedAnswer
		operation string
		answers   []int // after the session expired
		kind      resilience.Kind
		applied   bool
	}{
		{crossmarktest.EndedRedirect, "getUserInfo", []int{302, 200}, 0, false},
		{crossmarktest.EndedPage, "getUserInfo", []int{200, 200}, 0, false},
		{crossmarktest.Ended401, "getUserInfo", []int{401, 200}, 0, false},
		{crossmarktest.EndedForbidden, "getUserInfo", []int{403, 200}, 0, false},
		{crossmarktest.EndedRedirect, "deleteScheduledEvent", []int{302, 200}, 0, false},
		{crossmarktest.Ended401, "deleteScheduledEvent", []int{401, 200}, 0, false},
		{crossmarktest.EndedPage, "deleteScheduledEvent", []int{200}, resilience.KindContract, true},
		{crossmarktest.EndedForbidden, "deleteScheduledEvent", []int{403}, resilience.KindAPI, false},
	} {
		t.Run(string(c.ended)+" "+c.operation, func(t *testing.T) {
			inMemory(t, crossmarktest.Options{Ended: c.ended}, func(t *testing.T, w *world) {
				call := map[string]func(context.Context) error{
					"getUserInfo": w.who, "deleteScheduledEvent": w.remove,
				}[c.operation]
				if err := w.who(t.Context()); err != nil {
					t.Fatal(err)
				}
				before := w.server.Count(c.operation)
				w.server.EndSessions()
				err := call(t.Context())
				if c.kind == 0 && err != nil {
					t.Errorf("the error is %v", err)
				}
				if c.kind != 0 {
					if f := failure(t, err); f.Kind != c.kind || f.MayHaveApplied != c.applied {
						t.Errorf(
							"the error is %v of kind %s, applied %t; want %s, %t",
							err,
							f.Kind,
							f.MayHaveApplied,
							c.kind,
							c.applied,
						)
					}
				}
				if got := w.statuses(c.operation)[before:]; !slices.Equal(got, c.answers) {
					t.Errorf("answers %v, want %v", got, c.answers)
				}
				// the session is renewed even for calls that must not be retried
				if err := call(t.Context()); err != nil || w.server.Logins() != 2 {
					t.Errorf("the next call: %v after %d sign-ins, want 2", err, w.server.Logins())
				}
			})
		})
	}
}

// Two expiries in a row are an error, neither a loop nor a reason for repeated sign-ins.
func TestClient_ExpiryTwiceInARow(t *testing.T) {
	for _, ended := range []crossmarktest.EndedAnswer{
		crossmarktest.EndedRedirect, crossmarktest.EndedPage, crossmarktest.Ended401, crossmarktest.EndedForbidden,
	} {
		inMemory(
			t,
			crossmarktest.Options{Ended: ended, SessionLife: 1, Latency: [2]time.Duration{time.Millisecond}},
			func(t *testing.T, w *world) {
				failure(t, w.who(t.Context()))
				if got := w.server.Count("getUserInfo"); got != 2 || w.server.Logins() != 2 {
					t.Errorf("%s: %d requests and %d sign-ins, want two of each", ended, got, w.server.Logins())
				}
				failure(t, w.who(t.Context()))
				if got := w.server.Count("getUserInfo"); got != 3 || w.server.Logins() != 2 {
					t.Errorf(
						"%s: %d requests and %d sign-ins after another call, want three and two",
						ended,
						got,
						w.server.Logins(),
					)
				}
			},
		)
	}
}

// A session that expires three times under 200 callers, with sign-ins that take 300 ms.
func TestClient_ThreeExpiriesUnderLoadAreThreeSignIns(t *testing.T) {
	for _, ended := range []crossmarktest.EndedAnswer{
		crossmarktest.EndedRedirect, crossmarktest.EndedPage, crossmarktest.Ended401, crossmarktest.EndedForbidden,
	} {
		opts := crossmarktest.Options{
			Ended:      ended,
			LoginDelay: 300 * time.Millisecond,
			Latency:    [2]time.Duration{time.Millisecond, 20 * time.Millisecond},
		}
		inMemory(t, opts, func(t *testing.T, w *world) {
			done := make(chan struct{})
			wait := clienttest.Callers(t.Context(), 200, clienttest.Every(time.Second), w.who, done)
			for range 3 {
				time.Sleep(3 * time.Second)
				w.server.EndSessions()
			}
			time.Sleep(3 * time.Second)
			close(done)
			calls, err := wait()
			if err != nil {
				t.Errorf("%s: a call failed: %v", ended, err)
			}
			if n := w.server.Logins(); n != 4 || calls < 1000 {
				t.Errorf("%s: %d sign-ins in %d calls, want 4: the first and one for each expiry", ended, n, calls)
			}
		})
	}
}

// A 403 in two sessions is a missing permission: it causes no more sign-ins, even if other calls
// succeed.
func TestClient_MissingPermission(t *testing.T) {
	inMemory(
		t,
		crossmarktest.Options{Denied: []string{"getNavOptions", "deleteScheduledEvent"}, SessionLife: 100 * time.Hour},
		func(t *testing.T, w *world) {
			nav := func() {
				t.Helper()
				_, err := w.client.API().GetNavOptions(t.Context())
				if f := failure(t, err); f.Kind != resilience.KindAPI || f.Status != http.StatusForbidden {
					t.Errorf("the error is %v, want status 403", err)
				}
			}
			for _, step := range []struct {
				wait     time.Duration
				requests int
				logins   int
				// each 403 extends the memory
			}{{0, 2, 2}, {0, 3, 2}, {14 * time.Minute, 4, 2}, {2 * time.Minute, 5, 2}, {16 * time.Minute, 7, 3}} {
				time.Sleep(step.wait)
				nav()
				if err := w.who(t.Context()); err != nil {
					t.Error(err)
				}
				if got := w.server.Count("getNavOptions"); got != step.requests || w.server.Logins() != step.logins {
					t.Errorf(
						"after %s more: %d requests and %d sign-ins, want %d and %d",
						step.wait,
						got,
						w.server.Logins(),
						step.requests,
						step.logins,
					)
				}
			}
			for range 3 { // an unsafe operation is never retried for it
				failure(t, w.remove(t.Context()))
			}
			if got := w.server.Count("deleteScheduledEvent"); got != 3 || w.server.Logins() != 4 {
				t.Errorf("%d requests and %d sign-ins, want 3 and 4", got, w.server.Logins())
			}
		},
	)
}

// Signing out ends the session and opens none for any response; the next call signs in again.
func TestClient_SignOut(t *testing.T) {
	for name, f := range map[string]crossmarktest.Fault{
		"as the server does": {}, "plainly": {Status: 200}, "401": {Status: 401},
	} {
		inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
			if err := w.client.SignOut(t.Context()); err != nil || len(w.server.Entries()) != 0 {
				t.Errorf("%s, before any call: %v after %d requests", name, err, len(w.server.Entries()))
			}
			if err := w.who(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.server.Fail("logout", f)
			if err := w.client.SignOut(t.Context()); err != nil || w.server.Count("logout") != 1 ||
				w.server.Logins() != 1 {
				t.Errorf(
					"%s: %v after %d requests and %d sign-ins",
					name,
					err,
					w.server.Count("logout"),
					w.server.Logins(),
				)
			}
			if err := w.who(t.Context()); err != nil || f.Status == 0 && w.server.Logins() != 2 {
				t.Errorf("%s: the next call: %v after %d sign-ins", name, err, w.server.Logins())
			}
		})
	}
	inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
		if err := w.who(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.server.Fail("logout", crossmarktest.ServerError, crossmarktest.ServerError)
		if f := failure(t, w.client.SignOut(t.Context())); f.Status != 500 {
			t.Errorf("%v, want 500", f)
		}
	})
}

// Text of type text/html in place of JSON counts as a page even without markup.
func TestClient_PagesWithoutMarkup(t *testing.T) {
	for body, media := range map[string]string{
		"Please sign in.": "text/html; charset=utf-8", "<html>Please sign in.</html>": "application/json",
	} {
		inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
			w.server.Fail("getUserInfo", crossmarktest.Fault{Status: 200, Type: media, Body: body})
			if err := w.who(t.Context()); err != nil || w.server.Logins() != 2 || w.server.Count("getUserInfo") != 2 {
				t.Errorf("%q: %v after %d sign-ins, want a new session and one repeat", body, err, w.server.Logins())
			}
		})
	}
}

// Responses that resemble an expired session.
func TestClient_NotExpired(t *testing.T) {
	for name, f := range map[string]crossmarktest.Fault{
		"the word authentication in an answer": {Status: 200, Body: `{"username":"Authentication required? login"}`},
		"the word authentication in a failure": {Status: 400, Body: `{"message":"authentication"}`},
		"a redirect elsewhere":                 {Status: 302, Body: ""},
		"data that is called a page":           {Status: 200, Type: "text/html", Body: `{"username":"x"}`},
		"a list called a page":                 {Status: 200, Type: "text/html", Body: `[{"username":"x"}]`},
		"cut data that is called a page":       {Status: 200, Type: "text/html", Body: `{"username":`},
		"a cut list that is called a page":     {Status: 200, Type: "text/html", Body: `[{"username":`},
		"data of the wrong form called a page": {Status: 200, Type: "text/html", Body: `[]`},
		"a page under 503, for an unsafe call": crossmarktest.ErrorPage,
		"a server error with the word in a page": {
			Status: 500, Type: "text/html", Body: "<html>authentication login</html>",
		},
	} {
		t.Run(name, func(t *testing.T) {
			inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
				if err := w.who(t.Context()); err != nil {
					t.Fatal(err)
				}
				call, operation := w.who, "getUserInfo"
				if f.Status >= 500 {
					call, operation = w.remove, "deleteScheduledEvent"
				}
				before := w.server.Count(operation)
				w.server.Fail(operation, f)
				_ = call(t.Context())
				if got := w.server.Count(operation) - before; got != 1 || w.server.Logins() != 1 {
					t.Errorf("%d requests and %d sign-ins, want one of each", got, w.server.Logins())
				}
			})
		})
	}
}

// Exactly one session cookie is sent, independent of cookies from the server and the caller.
func TestClient_ExactlyOneSessionCookie(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var seen []string
		h := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			rw.Header().Add("Set-Cookie", fmt.Sprintf("PHPSESSID=stray%d; path=/", len(seen)))
			rw.Header().Add("Set-Cookie", fmt.Sprintf("PHPSESSID=other%d; path=/users", len(seen)))
			rw.Header().Add("Set-Cookie", "theme=dark; path=/")
			if r.URL.Path == "/login/authenticate" {
				rw.Header().Add("Set-Cookie", "PHPSESSID=good; path=/")
			}
			seen = append(seen, strings.Join(r.Header.Values("Cookie"), "|"))
			rw.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprint(rw, `{"redirectUrl":"/planning/","username":"u"}`)
		})
		serve(t, &world{}, h, func(t *testing.T, w *world) {
			for range 3 {
				_, err := w.client.API().
					GetUserInfo(t.Context(), resilience.WithHeader("Cookie", "PHPSESSID=mine; a=b"))
				if err != nil {
					t.Fatal(err)
				}
			}
			if seen[0] != "" {
				t.Errorf("sign-in sent %q, want no cookie", seen[0])
			}
			for _, cookies := range seen[1:] {
				if strings.Count(cookies, "PHPSESSID=") != 1 || !strings.Contains(cookies, "PHPSESSID=good") {
					t.Errorf("cookies %q, want the one session", cookies)
				}
			}
		})
	})
}
