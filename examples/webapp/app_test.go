package main

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/examples/internal/demo"
	"github.com/resgen/resgen/resilience/policy"
)

// A world is the web application with a fake of each service, which can be down.
type world struct {
	t                      *testing.T
	url                    string
	events                 *edrtest.Server
	crossmarkDown, edrDown atomic.Bool
	edrRequests            atomic.Int64
	crossmarkRequests      atomic.Int64
	browser                *http.Client
}

func newWorld(t *testing.T) *world {
	jar, _ := cookiejar.New(nil)
	w := &world{t: t, browser: &http.Client{Jar: jar}}
	today := time.Now()
	w.events = edrtest.New(edrtest.Options{Events: demo.Events(today)})
	mvretail := crossmarktest.New(crossmarktest.Options{Plans: demo.Plans(today)})
	log := slog.New(slog.DiscardHandler)
	s, err := connectDemo(w.serve(mvretail, &w.crossmarkDown, &w.crossmarkRequests),
		w.serve(w.events, &w.edrDown, &w.edrRequests), log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	once := policy.Of(policy.Policy{Retry: policy.Retry{Attempts: 1}}, policy.Source{}) // no time passes in retries
	if err := s.runtime.Apply(&policy.Config{APIs: []policy.APIConfig{{Name: "*", Defaults: once}}}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(newApp(s, log))
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// serve serves a fake that responds with 503 while it is down, and returns its URL.
func (w *world) serve(h http.Handler, down *atomic.Bool, count *atomic.Int64) string {
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		count.Add(1)
		if down.Load() {
			http.Error(rw, "maintenance", http.StatusServiceUnavailable)
			return
		}
		h.ServeHTTP(rw, r)
	}))
	w.t.Cleanup(server.Close)
	return server.URL
}

// A reply is a response with its body.
type reply struct {
	*http.Response
	body string
}

func (w *world) read(r *http.Response, err error) reply {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply{r, string(body)}
}

func (w *world) get(path string) reply {
	w.t.Helper()
	return w.read(w.browser.Get(w.url + path))
}

func (w *world) post(path string, form url.Values) reply {
	w.t.Helper()
	return w.read(w.browser.PostForm(w.url+path, form))
}

// signIn signs in to the EDR through the forms.
func (w *world) signIn() {
	w.t.Helper()
	if r := w.post("/sign-in/code", nil); r.StatusCode != 200 || !strings.Contains(r.body, `name="code"`) {
		w.t.Fatalf("no form for the code: %s\n%s", r.Status, r.body)
	}
	r := w.post("/sign-in", url.Values{"code": {w.events.Code()}})
	if r.StatusCode != 200 || r.Request.URL.Path != "/events" {
		w.t.Fatalf("the sign-in ended at %s with %s\n%s", r.Request.URL, r.Status, r.body)
	}
}

// untilOpen gets a page until its circuit is open, and returns that response and how many requests
// the page made before.
func (w *world) untilOpen(path string, count *atomic.Int64) (reply, int64) {
	w.t.Helper()
	before := count.Load()
	for range 10 {
		sent := count.Load()
		if r := w.get(path); count.Load() == sent {
			return r, sent - before
		}
	}
	w.t.Fatal("the circuit did not open")
	return reply{}, 0
}

// checkUnavailable checks the response of an open circuit.
func checkUnavailable(t *testing.T, r reply, longest int) {
	t.Helper()
	var problem struct {
		Type, Title, Detail string
		Status              int
	}
	err := json.Unmarshal([]byte(r.body), &problem)
	wait, waitErr := strconv.Atoi(r.Header.Get("Retry-After"))
	if err := errors.Join(err, waitErr); err != nil || r.StatusCode != 503 || wait < 1 || wait > longest ||
		r.Header.Get("Content-Type") != "application/problem+json" || problem.Type != "circuit-open" ||
		problem.Status != 503 || problem.Detail == "" {
		t.Errorf("%v: got %s, Retry-After %q, %s", err, r.Status, r.Header.Get("Retry-After"), r.body)
	}
}

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
	w.crossmarkDown.Store(true)
	w.untilOpen("/visits", &w.crossmarkRequests)
	if r := w.get("/health/live"); r.StatusCode != 200 || !strings.Contains(r.body, `"pass"`) {
		t.Errorf("live: %s %s", r.Status, r.body)
	}
	if r := w.get("/health/ready"); r.StatusCode != 200 || !strings.Contains(r.body, `"warn"`) ||
		!strings.Contains(r.body, `"crossmark"`) {
		t.Errorf("ready: %s %s", r.Status, r.body)
	}
	if r := w.get("/status/"); r.StatusCode != 200 || !strings.Contains(r.body, "open") {
		t.Errorf("status: %s", r.Status)
	}
}

// Forms of other sites are refused, and pages carry the headers that protect them.
func TestApp_Protection(t *testing.T) {
	w := newWorld(t)
	foreign, _ := http.NewRequest("POST", w.url+"/sign-in/code", nil)
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	before := w.edrRequests.Load()
	if r := w.read(w.browser.Do(foreign)); r.StatusCode != 403 || w.edrRequests.Load() != before {
		t.Errorf("a form of another site: %s", r.Status)
	}
	r := w.get("/")
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
		if r.Header.Get(name) == "" {
			t.Errorf("no %s", name)
		}
	}
	if r := w.post("/sign-in", url.Values{"code": {strings.Repeat("1", 5<<10)}}); r.StatusCode != 422 {
		t.Errorf("a large form: %s", r.Status)
	}
	for path, want := range map[string]int{"/nothing": 404, "/sign-in/code": 405} {
		if r := w.get(path); r.StatusCode != want {
			t.Errorf("%s: got %s, want %d", path, r.Status, want)
		}
	}
}
