package crossmark_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// The five observed responses. Four of them sign in, one only after a redirect.
func TestSignIn_ObservedResponses(t *testing.T) {
	for _, answer := range []crossmarktest.LoginAnswer{
		crossmarktest.LoginPage, crossmarktest.LoginRedirect, crossmarktest.LoginSuccess, crossmarktest.LoginOther,
	} {
		inMemory(t, crossmarktest.Options{Login: answer}, func(t *testing.T, w *world) {
			if err := w.who(t.Context()); err != nil || w.server.Logins() != 1 {
				t.Errorf("%s: %v after %d sign-ins, want one that works", answer, err, w.server.Logins())
			}
		})
	}
}

// JSON with neither redirectUrl nor success is a refusal despite status 200, like a 401. No other
// sign-in is sent for a quarter of an hour, because attempts may lock the account.
func TestSignIn_RefusalsAreNotRetried(t *testing.T) {
	for name, opts := range map[string]crossmarktest.Options{
		"neither": {Login: crossmarktest.LoginNeither}, "401": {},
	} {
		inMemory(t, opts, func(t *testing.T, w *world) {
			c := w.config()
			if name == "401" {
				c.Password = auth.NewSecret(c.Password.Reveal() + " of yesterday")
			}
			client := open(t, c)
			defer func() { _ = client.Close() }()
			for _, step := range []struct {
				wait   time.Duration
				logins int
			}{{0, 1}, {0, 1}, {14 * time.Minute, 1}, {2 * time.Minute, 2}} {
				time.Sleep(step.wait)
				_, err := client.API().GetUserInfo(t.Context())
				f := failure(t, err)
				var refused *crossmark.SignInError
				if f.Kind != resilience.KindCredential || f.MayHaveApplied || !errors.As(err, &refused) ||
					refused.Reason != crossmark.Refused {
					t.Errorf("%s: the error is %v of kind %s, want a refused sign-in", name, err, f.Kind)
				}
				if w.server.Logins() != step.logins || w.server.Count("getUserInfo") != 0 {
					t.Errorf("%s: %d sign-ins after %s more, want %d", name, w.server.Logins(), step.wait, step.logins)
				}
			}
		})
	}
}

// A sign-in is sent a second time only without a response, and never a third time.
func TestSignIn_OneRetryAfterABrokenConnection(t *testing.T) {
	page := crossmarktest.Fault{Status: 200, Type: "text/html", Body: "<html>down for maintenance</html>"}
	for _, c := range []struct {
		name   string
		script []crossmarktest.Fault
		logins int
		reason crossmark.Reason // empty: signed in
		status int
	}{
		{"reset once", []crossmarktest.Fault{crossmarktest.Reset}, 2, "", 0},
		{"reset once, late", []crossmarktest.Fault{crossmarktest.LateReset}, 2, "", 0},
		{"cut once", []crossmarktest.Fault{crossmarktest.CutAnswer}, 2, "", 0},
		{"reset twice", []crossmarktest.Fault{crossmarktest.Reset, crossmarktest.Reset}, 2, crossmark.Unreachable, 0},
		{"silence", []crossmarktest.Fault{crossmarktest.Silence}, 1, crossmark.TimedOut, 0},
		{"server error", []crossmarktest.Fault{crossmarktest.ServerError}, 1, crossmark.Unavailable, 500},
		{"page under 503", []crossmarktest.Fault{crossmarktest.ErrorPage}, 1, crossmark.Unavailable, 503},
		{"page without a cookie", []crossmarktest.Fault{page}, 1, crossmark.NoSession, 200},
		{"empty answer", []crossmarktest.Fault{{Status: 200}}, 1, crossmark.NoSession, 200},
		{"reset, then refused", []crossmarktest.Fault{crossmarktest.Reset, {Status: 401}}, 2, crossmark.Refused, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
				w.server.Fail("login", c.script...)
				err := w.who(t.Context())
				synctest.Wait() // the server detects the canceled request
				if w.server.Logins() != c.logins {
					t.Errorf("%d sign-ins, want %d", w.server.Logins(), c.logins)
				}
				if c.reason == "" {
					if err != nil {
						t.Errorf("the error is %v", err)
					}
					return
				}
				var refused *crossmark.SignInError
				if failure(t, err); !errors.As(err, &refused) || refused.Reason != c.reason ||
					refused.Status != c.status {
					t.Errorf("the error is %v, want %s with status %d", err, c.reason, c.status)
				}
				if c.reason != crossmark.Refused { // the next call signs in again, unless sign-in was refused
					time.Sleep(time.Second) // the longest pause after one failure
					if err := w.who(t.Context()); err != nil || w.server.Logins() != c.logins+1 {
						t.Errorf("the next call: %v after %d sign-ins", err, w.server.Logins())
					}
				}
			})
		})
	}
}

// While the application is down, its sign-in is tried once per pause, however many calls are made,
// and the pauses grow. Calls end at once, as an outage. A success makes the next pause short again.
func TestSignIn_PausesDuringAnOutage(t *testing.T) {
	inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
		w.server.Fail("login", slices.Repeat([]crossmarktest.Fault{crossmarktest.ErrorPage}, 4)...)
		for _, step := range []struct {
			wait   time.Duration
			logins int
			works  bool
		}{
			{0, 1, false}, {400 * time.Millisecond, 1, false}, {600 * time.Millisecond, 2, false},
			{900 * time.Millisecond, 2, false}, {1100 * time.Millisecond, 3, false},
			{4 * time.Second, 4, false}, {3900 * time.Millisecond, 4, false}, {4100 * time.Millisecond, 5, true},
			{2 * time.Hour, 6, true},
		} {
			time.Sleep(step.wait)
			begun := time.Now()
			for range 20 {
				err := w.who(t.Context())
				if (err == nil) != step.works || time.Since(begun) != 0 {
					t.Errorf("%v after %s", err, time.Since(begun))
				}
				if err != nil && (resilience.HTTPStatus(err) != 503 || failure(t, err).RetryAfter <= 0 ||
					!errors.Is(err, resilience.ErrSignInUnavailable)) {
					t.Errorf("the error is %+v", err)
				}
			}
			if got := w.server.Logins(); got != step.logins {
				t.Errorf("%d sign-ins after %s more, want %d", got, step.wait, step.logins)
			}
		}
		w.server.Fail("login", crossmarktest.ErrorPage)
		time.Sleep(2 * time.Hour)
		if err := w.who(t.Context()); err == nil {
			t.Error("the sign-in succeeds")
		}
		time.Sleep(time.Second)
		if err := w.who(t.Context()); err != nil {
			t.Errorf("a second after the first failure of an outage: %v", err)
		}
	})
}

// bare answers sign-ins by script and everything else normally. It records sign-ins.
type bare struct {
	script []string // "status Location cookie body"
	seen   []string
	body   string
	header http.Header
}

func (b *bare) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/users/") {
		cookies := r.CookiesNamed("PHPSESSID")
		rw.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(rw, `{"username":%q}`, cookies[0].Value)
		return
	}
	if r.Method == http.MethodPost {
		data, _ := io.ReadAll(r.Body)
		b.body, b.header = string(data), r.Header
	}
	b.seen = append(b.seen, r.Method+" "+r.URL.Path+" "+r.Header.Get("Cookie"))
	if len(b.script) == 0 {
		rw.WriteHeader(http.StatusNotFound)
		return
	}
	var status int
	var location, cookies, body string
	_, _ = fmt.Sscanf(b.script[0], "%d %s %s %s", &status, &location, &cookies, &body)
	b.script = b.script[1:]
	if location != "-" {
		rw.Header().Set("Location", location)
	}
	for cookie := range strings.SplitSeq(cookies, ",") {
		if cookie != "-" {
			rw.Header().Add("Set-Cookie", cookie+"; path=/")
		}
	}
	rw.WriteHeader(status)
	_, _ = io.WriteString(rw, body)
}

// The session is the last cookie of the sign-in and its redirects, otherwise the sessionId.
func TestSignIn_SessionSource(t *testing.T) {
	for _, c := range []struct {
		name    string
		script  []string
		session string
		reason  crossmark.Reason
		seen    []string // after the sign-in itself
	}{
		{"cookie", []string{"200 - PHPSESSID=a {\"redirectUrl\":\"/\"}"}, "a", "", nil},
		{
			"the last of several cookies", []string{"200 - PHPSESSID=a,x=y,PHPSESSID=b {\"redirectUrl\":\"/\"}"}, "b",
			"", nil,
		},
		{
			"a cookie that is ended", []string{"200 - PHPSESSID=a,PHPSESSID=deleted {\"redirectUrl\":\"/\"}"}, "a",
			"", nil,
		},
		{"cookie before sessionId", []string{"200 - PHPSESSID=a {\"success\":true,\"sessionId\":\"b\"}"}, "a", "", nil},
		{"sessionId", []string{"200 - - {\"success\":true,\"sessionId\":\"b\"}"}, "b", "", nil},
		{"success without sessionId", []string{"200 - PHPSESSID=a {\"success\":true}"}, "", crossmark.Refused, nil},
		{
			"no success", []string{"200 - PHPSESSID=a {\"success\":false,\"sessionId\":\"b\"}"}, "",
			crossmark.Refused, nil,
		},
		{
			"success as text", []string{"200 - PHPSESSID=a {\"success\":\"true\",\"sessionId\":\"b\"}"}, "",
			crossmark.Refused, nil,
		},
		{"an empty redirectUrl", []string{"200 - PHPSESSID=a {\"redirectUrl\":\"\"}"}, "", crossmark.Refused, nil},
		{"a list", []string{"200 - PHPSESSID=a []"}, "", crossmark.Refused, nil},
		{
			"redirect", []string{"302 /planning/ PHPSESSID=a", "200 - - <p>Scheduling</p>"}, "a", "",
			[]string{"GET /planning/ PHPSESSID=a"},
		},
		{"a new cookie on the way", []string{"303 /home PHPSESSID=a", "301 /planning/ PHPSESSID=b", "200 - -"}, "b", "",
			[]string{"GET /home PHPSESSID=a", "GET /planning/ PHPSESSID=b"}},
		{
			"redirect without a cookie", []string{"302 /planning/ -", "200 - PHPSESSID=c"}, "c", "",
			[]string{"GET /planning/ "},
		},
		{"back to the login page", []string{"302 /login?again PHPSESSID=a"}, "", crossmark.Refused, nil},
		{"another origin", []string{"302 http://elsewhere.test/planning/ PHPSESSID=a"}, "", crossmark.Astray, nil},
		{"a redirect that repeats the password", []string{"307 /planning/ PHPSESSID=a"}, "", crossmark.Astray, nil},
		{"no end of redirects", slices.Repeat([]string{"302 /planning/ PHPSESSID=a"}, 6), "", crossmark.Astray,
			slices.Repeat([]string{"GET /planning/ PHPSESSID=a"}, 5)},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &bare{script: c.script}
				serve(t, &world{}, b, func(t *testing.T, w *world) {
					who, err := w.client.API().GetUserInfo(t.Context())
					var refused *crossmark.SignInError
					switch {
					case c.reason == "" && (err != nil || *who.Username != c.session):
						t.Errorf("signed in as %v with error %v, want session %q", who, err, c.session)
					case c.reason != "" && (!errors.As(err, &refused) || refused.Reason != c.reason):
						t.Errorf("the error is %v, want %s", err, c.reason)
					}
					if want := append([]string{"POST /login/authenticate "}, c.seen...); !slices.Equal(b.seen, want) {
						t.Errorf("sent %q, want %q", b.seen, want)
					}
				})
			})
		})
	}
}

// The body and headers of a sign-in.
func TestSignIn_Request(t *testing.T) {
	for zone, want := range map[string]string{"": "America/Indianapolis", "America/Chicago": "America/Chicago"} {
		synctest.Test(t, func(t *testing.T) {
			b := &bare{script: []string{"200 - PHPSESSID=a {\"redirectUrl\":\"/\"}"}}
			serve(t, &world{}, b, func(t *testing.T, w *world) {
				c := w.config()
				c.Timezone = zone
				client := open(t, c)
				defer func() { _ = client.Close() }()
				if _, err := client.API().GetUserInfo(t.Context()); err != nil {
					t.Fatal(err)
				}
				var sent map[string]string
				if err := json.Unmarshal([]byte(b.body), &sent); err != nil {
					t.Fatal(err)
				}
				if len(sent) != 4 || sent["UserType"] != "MVEntityUser" || sent["UserID"] != user ||
					sent["Password"] != password ||
					sent["Timezone"] != want {
					t.Errorf("sent %v", sent)
				}
				for name, value := range map[string]string{
					"Content-Type": "application/json", "Accept": "application/json, text/plain, */*",
					"Origin": "http://crossmark.test", "Referer": "http://crossmark.test/login",
				} {
					if got := b.header.Get(name); got != value {
						t.Errorf("%s is %q, want %q", name, got, value)
					}
				}
			})
		})
	}
}

// endless is a body that does not end and ignores contexts.
type endless struct{ closed chan struct{} }

func (e endless) Read([]byte) (int, error) { <-e.closed; return 0, io.ErrClosedPipe }
func (e endless) Close() error             { close(e.closed); return nil }

func TestSignIn_BodyThatDoesNotEnd(t *testing.T) {
	inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
		c := w.config()
		c.Transport = resilience.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: endless{make(chan struct{})}, ContentLength: -1}, nil
		})
		client := open(t, c)
		defer func() { _ = client.Close() }()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		begin := time.Now()
		_, err := client.API().GetUserInfo(ctx)
		if f := failure(t, err); f.Status != 0 || time.Since(begin) > 10*time.Second {
			t.Errorf("%v after %s", err, time.Since(begin))
		}
		time.Sleep(time.Hour) // the sign-in ends, and its body is closed
	})
}
