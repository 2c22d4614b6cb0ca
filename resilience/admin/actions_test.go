package admin_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/admin"
)

// post returns the response to a form. A header "Name: value" may be added.
func (w *world) post(action string, form url.Values, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "/actions/"+action, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	out := httptest.NewRecorder()
	w.handler.ServeHTTP(out, r)
	return out
}

// allowed authorizes requests with a header.
func allowed(r *http.Request, _ admin.Action) (string, error) {
	if r.Header.Get("User") == "" {
		return "", errors.New("nobody")
	}
	return r.Header.Get("User"), nil
}

func TestActions_ChangeWhatCallsDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		w := newWorld(t, admin.WithAuthorizer(allowed), admin.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		c := w.client("a")
		do := func(action string, form url.Values) {
			t.Helper()
			log.Reset()
			r := w.post(action, form, "User: ann")
			if r.Code != http.StatusSeeOther || r.Header().Get("Location") != "../" {
				t.Fatalf("%s: got %d %s", action, r.Code, r.Body)
			}
			for _, want := range []string{"action=" + action, "who=ann", "result=done", "level=WARN"} {
				if !strings.Contains(log.String(), want) {
					t.Errorf("%s: the audit line has no %s: %s", action, want, log.String())
				}
			}
		}
		open := func(want bool) {
			t.Helper()
			if err := w.call(c); errors.Is(err, resilience.ErrCircuitOpen) != want {
				t.Errorf("got %v; rejected should be %t", err, want)
			}
		}
		api, circuit := url.Values{"api": {"shop"}}, url.Values{"circuit": {"shop shop.test"}}
		open(false)
		do("isolate", api)
		open(true)
		if a := w.statusNow("").APIs[0]; a.IsolatedSince == nil || a.Status != admin.Fail {
			t.Errorf("isolated: got %+v", a)
		}
		do("reset", api)
		open(false)
		do("force-open", circuit)
		open(true)
		do("reset-circuit", circuit)
		open(false)
		w.fail(c)
		open(true)
		do("force-closed", circuit)
		open(false)
		w.down.Store(false)
		do("reset", api)
		do("pause", url.Values{"api": {"shop"}, "for": {"30s"}})
		begun := time.Now()
		if a := w.statusNow("").APIs[0]; a.PausedUntil == nil || !a.PausedUntil.Equal(begun.Add(30*time.Second)) {
			t.Errorf("paused: got %+v", a)
		}
		if err := w.call(c); err != nil || time.Since(begun) < 30*time.Second {
			t.Errorf("a paused call took %s: %v", time.Since(begun), err)
		}
		do("apply", url.Values{"configuration": {"apis: {shop: {defaults: {retry: {attempts: 7}}}}"}})
		changes := w.statusNow("").APIs[0].Changes
		if len(changes) != 1 || changes[0].Key != "retry.attempts" || changes[0].Now != "7" ||
			changes[0].Generated != "1" {
			t.Errorf("got %+v", changes)
		}
		do("apply", nil)
		if changes := w.statusNow("").APIs[0].Changes; len(changes) != 0 {
			t.Errorf("got %+v", changes)
		}
	})
}

func TestActions_Refused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		w := newWorld(t, admin.WithAuthorizer(allowed), admin.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		c := w.client("a")
		api := url.Values{"api": {"shop"}}
		for _, tt := range []struct {
			action string
			form   url.Values
			header []string
			code   int
		}{
			{"isolate", api, nil, 403},
			{"isolate", api, []string{"User: ann", "Sec-Fetch-Site: cross-site"}, 403},
			{"isolate", api, []string{"User: ann", "Origin: http://evil.test"}, 403},
			{"isolate", url.Values{"api": {strings.Repeat("x", 100<<10)}}, nil, 403},
			{"isolate", url.Values{"api": {"other"}}, []string{"User: ann"}, 404},
			{"force-open", url.Values{"circuit": {"other"}}, []string{"User: ann"}, 404},
			{"pause", api, []string{"User: ann"}, 400},
			{"pause", url.Values{"api": {"shop"}, "for": {"-1s"}}, []string{"User: ann"}, 400},
			{"explode", api, []string{"User: ann"}, 404},
			{"apply", url.Values{"configuration": {"apis: ["}}, []string{"User: ann"}, 422},
			{"apply", url.Values{"configuration": {"apis: {none: {}}"}}, []string{"User: ann"}, 422},
			{"apply", url.Values{"configuration": {strings.Repeat("#", 300<<10)}}, []string{"User: ann"}, 400},
		} {
			log.Reset()
			r := w.post(tt.action, tt.form, tt.header...)
			if r.Code != tt.code {
				t.Errorf("%s %.60s %v: got %d %s, want %d", tt.action, tt.form.Encode(), tt.header, r.Code, r.Body,
					tt.code)
			}
			if log.Len() == 0 || log.Len() > 2000 || strings.Contains(log.String(), "result=done") {
				t.Errorf("%s %.60s: audit line %.3000q", tt.action, tt.form.Encode(), log.String())
			}
		}
		if err := w.call(c); err != nil {
			t.Errorf("a refused action had an effect: %v", err)
		}
	})
}

func TestActions_OffWithoutAuthorizer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := w.client("a")
		if r := w.post("isolate", url.Values{"api": {"shop"}}); r.Code != http.StatusForbidden {
			t.Errorf("got %d", r.Code)
		}
		if err := w.call(c); err != nil {
			t.Error(err)
		}
		if page := w.get("GET", "/").Body.String(); strings.Contains(page, `method="post"`) {
			t.Error("the page has forms for actions")
		}
	})
}
