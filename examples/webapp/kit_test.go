package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
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
	crossmarkConnections   atomic.Int64
	crossmarkURL           string
	services               *services
	log                    journal
	browser                *http.Client
}

// A journal keeps what is logged, as JSON.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

// String returns all lines.
func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// lines returns the lines with a message, as attributes.
func (j *journal) lines(message string) (found []map[string]any) {
	for line := range strings.Lines(j.String()) {
		var attrs map[string]any
		if json.Unmarshal([]byte(line), &attrs) == nil && attrs["msg"] == message {
			found = append(found, attrs)
		}
	}
	return found
}

func newWorld(t *testing.T) *world {
	jar, _ := cookiejar.New(nil)
	w := &world{t: t, browser: &http.Client{Jar: jar}}
	today := time.Now()
	w.events = edrtest.New(edrtest.Options{Events: demo.Events(today)})
	mvretail := crossmarktest.New(crossmarktest.Options{Plans: demo.Plans(today)})
	log := slog.New(slog.NewJSONHandler(&w.log, nil))
	w.crossmarkURL = w.serve(mvretail, &w.crossmarkDown, &w.crossmarkRequests, &w.crossmarkConnections)
	s, err := connectDemo(w.crossmarkURL, w.serve(w.events, &w.edrDown, &w.edrRequests, new(atomic.Int64)), log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	w.services = s
	w.apply(policy.Policy{Retry: policy.Retry{Attempts: 1}}) // no time passes in retries
	server := httptest.NewUnstartedServer(nil)
	server.Config = newServer(t.Context(), newApp(s, log))
	server.Start()
	t.Cleanup(server.Close)
	w.url = server.URL
	return w
}

// apply changes the policies of both services.
func (w *world) apply(p policy.Policy) {
	w.t.Helper()
	config := &policy.Config{APIs: []policy.APIConfig{{Name: "*", Defaults: policy.Of(p, policy.Source{})}}}
	if err := w.services.runtime.Apply(config); err != nil {
		w.t.Fatal(err)
	}
}

// serve serves a fake that responds with 503 while it is down, and returns its URL. It counts
// requests and new connections.
func (w *world) serve(h http.Handler, down *atomic.Bool, requests, connections *atomic.Int64) string {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if down.Load() {
			rw.Header().Set("X-Request-Id", "req-7")
			http.Error(rw, "maintenance", http.StatusServiceUnavailable)
			return
		}
		h.ServeHTTP(rw, r)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
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
