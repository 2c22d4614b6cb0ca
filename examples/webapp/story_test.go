package main

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience/policy"
)

// Acceptance: Crossmark opens after 5 failures in a row for 60 s, and calls are then answered with
// 503 and Retry-After at once.
func TestStory_CrossmarkCircuit(t *testing.T) {
	w := newWorld(t)
	if r := w.get("/visits"); r.StatusCode != 200 || !strings.Contains(r.body, "<td>") {
		t.Fatalf("got %s\n%s", r.Status, r.body)
	}
	w.crossmarkDown.Store(true)
	r, failures := w.untilOpen("/visits", &w.crossmarkRequests)
	if failures != 5 {
		t.Errorf("the circuit opened after %d failures, want 5", failures)
	}
	checkUnavailable(t, r, 60)
	w.crossmarkDown.Store(false)
	sent := w.crossmarkRequests.Load()
	if r := w.get("/visits"); r.StatusCode != 503 || w.crossmarkRequests.Load() != sent {
		t.Errorf("within the cool-down: %s", r.Status)
	}
}

// Acceptance: the EDR opens after 3 failures in a row for 120 s; without earlier events the
// response is then 503 with Retry-After at once.
func TestStory_EDRCircuit(t *testing.T) {
	w := newWorld(t)
	w.browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	w.post("/sign-in/code", nil)
	if r := w.post("/sign-in", url.Values{"code": {w.events.Code()}}); r.Header.Get("Location") != "/events" {
		t.Fatalf("the sign-in ended with %s", r.Status)
	}
	w.edrDown.Store(true)
	r, failures := w.untilOpen("/events", &w.edrRequests)
	if failures != 3 {
		t.Errorf("the circuit opened after %d failures, want 3", failures)
	}
	checkUnavailable(t, r, 120)
}

// Acceptance: while the EDR is down, the last events are shown and marked as degraded.
func TestStory_DegradedEvents(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	w.edrDown.Store(true)
	for n := range 3 {
		if r := w.get("/events"); r.StatusCode != 200 || !strings.Contains(r.body, "The EDR does not respond") {
			t.Errorf("failure %d: got %s\n%s", n+1, r.Status, r.body)
		}
	}
	sent := w.edrRequests.Load()
	r := w.get("/events")
	if w.edrRequests.Load() != sent {
		t.Error("a request was sent after three failures")
	}
	if !strings.Contains(r.body, `role="alert"`) || r.Header.Get("Warning") == "" {
		t.Errorf("a degraded answer is not marked: %v\n%s", r.Header, r.body)
	}
}

// Acceptance: a failure of one service does not affect the work with the other.
func TestStory_OtherServiceContinues(t *testing.T) {
	w := newWorld(t)
	w.signIn()
	w.get("/visits") // signs in
	w.crossmarkDown.Store(true)
	w.untilOpen("/visits", &w.crossmarkRequests)
	if r := w.get("/events"); r.StatusCode != 200 || strings.Contains(r.body, `role="alert"`) {
		t.Errorf("events: got %s\n%s", r.Status, r.body)
	}
}

// Acceptance: a person signs in with a code through a form; until then the pages lead to it.
func TestStory_SignInWithCode(t *testing.T) {
	w := newWorld(t)
	if r := w.get("/events"); r.Request.URL.Path != "/sign-in" || !strings.Contains(r.body, "Send a code") {
		t.Fatalf("got %s\n%s", r.Request.URL, r.body)
	}
	w.post("/sign-in/code", nil)
	for _, code := range []string{"", "000000"} {
		if r := w.post("/sign-in", url.Values{"code": {code}}); r.StatusCode != 422 {
			t.Errorf("code %q: got %s", code, r.Status)
		}
	}
	w.signIn()
	if r := w.get("/events"); r.StatusCode != 200 || !strings.Contains(r.body, "<td>") {
		t.Errorf("got %s\n%s", r.Status, r.body)
	}
}

// Acceptance: there are health endpoints and a page with the state of the circuits.
func TestStory_HealthAndStatus(t *testing.T) {
	w := newWorld(t)
	w.get("/visits") // signs in
	w.crossmarkDown.Store(true)
	w.untilOpen("/visits", &w.crossmarkRequests)
	if r := w.get("/health/live"); r.StatusCode != 200 || !strings.Contains(r.body, `"pass"`) {
		t.Errorf("live: %s %s", r.Status, r.body)
	}
	if r := w.get("/health/ready"); r.StatusCode != 200 || !strings.Contains(r.body, `"warn"`) ||
		!strings.Contains(r.body, `"crossmark"`) {
		t.Errorf("ready: %s %s", r.Status, r.body)
	}
	if r := w.get("/status/"); r.StatusCode != 200 || !strings.Contains(r.body, `class="state open"`) {
		t.Errorf("status: %s\n%s", r.Status, r.body)
	}
}

// Acceptance: after the cool-down the work with Crossmark continues by itself.
func TestStory_CrossmarkRecovers(t *testing.T) {
	w := newWorld(t)
	w.apply(policy.Policy{
		Retry: policy.Retry{Attempts: 1}, Breaker: policy.Breaker{Open: 10 * time.Millisecond, Jitter: -1},
	})
	w.get("/visits") // signs in
	w.crossmarkDown.Store(true)
	w.untilOpen("/visits", &w.crossmarkRequests)
	w.crossmarkDown.Store(false)
	for r := w.get("/visits"); r.StatusCode != 200; r = w.get("/visits") {
		if err := t.Context().Err(); err != nil {
			t.Fatalf("%v: %s", err, r.body)
		}
	}
	if r := w.get("/health/ready"); !strings.Contains(r.body, `"pass"`) {
		t.Errorf("ready: %s", r.body)
	}
}

// Acceptance: a failed call leaves one line in the log with its context, and a circuit that opens
// another one.
func TestStory_WebAppLog(t *testing.T) {
	w := newWorld(t)
	w.get("/visits") // signs in
	w.crossmarkDown.Store(true)
	w.untilOpen("/visits", &w.crossmarkRequests)
	failed := 0
	for _, line := range w.log.lines("call failed") {
		if line["kind"] != "api" {
			continue
		}
		failed++
		for name, want := range map[string]any{
			"level": "WARN", "api": "crossmark", "status": 503.0, "request_id": "req-7", "attempts": 1.0,
			"may_have_applied": false,
		} {
			if line[name] != want {
				t.Errorf("%s is %v, want %v", name, line[name], want)
			}
		}
		if line["operation"] == "" || line["account"] == "" {
			t.Errorf("operation %v, account %v", line["operation"], line["account"])
		}
	}
	if failed != 5 {
		t.Errorf("%d lines for 5 failed calls", failed)
	}
	if open := w.log.lines("circuit open"); len(open) != 1 || open[0]["level"] != "WARN" || open[0]["reason"] == "" {
		t.Errorf("lines about the circuit: %v", open)
	}
}

// Acceptance: connections are kept and used again.
func TestStory_CrossmarkConnections(t *testing.T) {
	w := newWorld(t)
	for range 20 {
		if r := w.get("/visits"); r.StatusCode != 200 {
			t.Fatal(r.Status)
		}
	}
	opened, sent := w.crossmarkConnections.Load(), w.crossmarkRequests.Load()
	if opened > 10 || sent < 100 { // a page sends 5 requests at the same time
		t.Errorf("%d connections for %d requests", opened, sent)
	}
}

// Acceptance: the resilience of the calls does not slow the pages down noticeably: a request made
// by the client takes less than a millisecond longer than one without it. The medians of requests
// that take turns are compared.
func TestStory_NoNoticeableSlowDown(t *testing.T) {
	w := newWorld(t)
	w.get("/visits") // signs in and connects
	plain := &http.Client{}
	times := map[string][]time.Duration{}
	measure := func(name string, f func() error) {
		begin := time.Now()
		if err := f(); err != nil {
			t.Fatal(err)
		}
		times[name] = append(times[name], time.Since(begin))
	}
	for range 101 {
		measure("client", func() error {
			_, err := w.services.crossmark.API().GetUserInfo(t.Context())
			return err
		})
		measure("plain", func() error {
			r, err := plain.Post(w.crossmarkURL+"/users/getUserInfo", "", nil)
			if err == nil {
				_, err = io.Copy(io.Discard, r.Body)
				r.Body.Close()
			}
			return err
		})
	}
	median := func(name string) time.Duration {
		slices.Sort(times[name])
		return times[name][len(times[name])/2]
	}
	if more := median("client") - median("plain"); more > time.Millisecond {
		t.Errorf("a call takes %s longer than a plain request", more)
	}
}
