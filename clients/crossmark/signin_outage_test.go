package crossmark_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	"github.com/resgen/resgen/clients/internal/clienttest"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// logins are the ways in which the sign-in can be down.
var logins = map[string]crossmarktest.Fault{
	"503": crossmarktest.ErrorPage, "reset": crossmarktest.Reset, "silence": crossmarktest.Silence,
}

// down makes sign-ins fail, or work again.
func (w *world) down(f crossmarktest.Fault, down bool) {
	w.server.Fail("login")
	if down {
		w.server.Fail("login", slices.Repeat([]crossmarktest.Fault{f}, 1000)...)
	}
}

// While sign-ins fail, the application gets one for each pause, however many calls are made.
// Calls end in time as 503 with the time to wait, and succeed again by themselves.
func TestSignIn_Down(t *testing.T) {
	for name, fault := range logins {
		for down, most := range map[time.Duration]int{20 * time.Second: 8, 10 * time.Minute: 28} {
			if down > time.Minute && name != "503" {
				continue
			}
			t.Run(name+" "+down.String(), func(t *testing.T) {
				inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
					w.down(fault, true)
					done := make(chan struct{})
					wait := clienttest.Endure(8, w.who, done) // all have a place in the bulkhead
					time.Sleep(down)
					asked := w.server.Logins()
					w.down(fault, false)
					err := clienttest.Recover(t.Context(), w.who, time.Minute) // the longest pause
					close(done)
					got := wait()
					if asked < 1 || asked > most || w.server.Logins() > asked+2 {
						t.Errorf("%d sign-ins, and %d afterwards, want at most %d", asked,
							w.server.Logins()-asked, most)
					}
					if got.Wrong != nil || got.Slowest > 10*time.Second || got.Failed == 0 {
						t.Errorf("%+v, want each failure to be a 503 in time", got)
					}
					if err != nil {
						t.Errorf("afterwards: %v", err)
					}
				})
			})
		}
	}
}

// Short outages of the sign-in while sessions end do not cause too many sign-ins either.
func TestSignIn_Flaps(t *testing.T) {
	inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
		done := make(chan struct{})
		wait := clienttest.Endure(8, w.who, done)
		for range 10 {
			w.down(crossmarktest.ErrorPage, true)
			w.server.EndSessions()
			time.Sleep(10 * time.Second)
			w.down(crossmarktest.ErrorPage, false)
			time.Sleep(10 * time.Second)
		}
		time.Sleep(time.Minute)
		close(done)
		got := wait()
		if n := w.server.Logins(); got.Wrong != nil || n > 10*7 || got.Failed == 0 || got.Failed == got.Calls {
			t.Errorf("%+v after %d sign-ins", got, n)
		}
	})
}

// A pause that the application asks for is kept.
func TestSignIn_RetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logins := 0
		busy := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			logins++
			rw.Header().Set("Retry-After", "Sat, 01 Jan 2000 02:00:00 GMT") // bubbles start at midnight
			rw.WriteHeader(http.StatusServiceUnavailable)
		})
		serve(t, &world{}, busy, func(t *testing.T, w *world) {
			for _, wait := range []time.Duration{0, 2*time.Hour - 1} {
				time.Sleep(wait)
				err := w.who(t.Context())
				var refused *crossmark.SignInError
				if !errors.As(err, &refused) || refused.RetryAfter != 2*time.Hour ||
					failure(t, err).RetryAfter != 2*time.Hour-wait || logins != 1 {
					t.Errorf("%v after %d sign-ins", err, logins)
				}
			}
			time.Sleep(time.Nanosecond)
			if err := w.who(t.Context()); err == nil || logins != 2 {
				t.Errorf("after the pause: %v after %d sign-ins", err, logins)
			}
		})
	})
}

// Refusals are for an operator: a wrong password is not an outage.
func TestSignIn_RefusalStatus(t *testing.T) {
	inMemory(t, crossmarktest.Options{}, func(t *testing.T, w *world) {
		w.server.Fail("login", crossmarktest.Fault{Status: 401})
		err := w.who(t.Context())
		if !errors.Is(err, resilience.ErrCredentialRefused) || resilience.HTTPStatus(err) != 502 ||
			failure(t, err).RetryAfter != 0 {
			t.Errorf("got %v", err)
		}
	})
}

// The password is not sent over plain http unless the configuration allows it.
func TestNew_RefusesPlainHTTP(t *testing.T) {
	for _, c := range []struct {
		base  string
		allow bool
		ok    bool
	}{
		{"http://crossmark.example", false, false}, {"http://crossmark.example", true, true},
		{"https://crossmark.example", false, true}, {"http://localhost:1", false, true},
	} {
		client, err := crossmark.New(crossmark.Config{
			UserID: "u", Password: auth.NewSecret("p"), BaseURL: c.base, AllowHTTP: c.allow,
		})
		if (err == nil) != c.ok || err != nil && !strings.Contains(err.Error(), "BaseURL is plain http") {
			t.Errorf("%s, allowed %t: %v", c.base, c.allow, err)
		}
		if err == nil {
			_ = client.Close()
		}
	}
}
