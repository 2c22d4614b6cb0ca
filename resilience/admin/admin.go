package admin

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/resgen/resgen/resilience"
)

// A handler serves the state of a runtime.
type handler struct {
	runtime   *resilience.Runtime
	critical  map[string]bool
	authorize Authorizer
	log       *slog.Logger
	sources   sources
	records   recorder
	hub       hub
	routes    *http.ServeMux

	mu       sync.Mutex
	snapshot resilience.Snapshot // the last one
}

// An Option configures [Handler].
type Option func(*handler)

// WithCritical makes /health/ready respond with 503 while one of these APIs does not work. All
// others are only listed as degraded. Names are those of the generated packages.
func WithCritical(apis ...string) Option {
	return func(h *handler) {
		for _, name := range apis {
			h.critical[name] = true
		}
	}
}

// WithLogger sets the logger of the audit lines of actions. The default is slog.Default.
func WithLogger(l *slog.Logger) Option { return func(h *handler) { h.log = l } }

// Handler returns a handler for the state of a runtime; the package comment lists its paths. It
// observes the runtime from now on, so it should be called once, before the first call of a client.
func Handler(r *resilience.Runtime, opts ...Option) http.Handler {
	h := &handler{runtime: r, critical: map[string]bool{}}
	for _, o := range opts {
		o(h)
	}
	h.records.since, h.records.changed = time.Now(), h.hub.wake
	h.hub.init(h.summary)
	r.Observe(h.records.observe)
	h.routes = http.NewServeMux()
	h.routes.HandleFunc("GET /health/live", h.live)
	h.routes.HandleFunc("GET /health/ready", h.ready)
	h.routes.HandleFunc("GET /status.json", h.json)
	h.routes.HandleFunc("GET /events", h.hub.serve)
	h.routes.HandleFunc("GET /{$}", h.page)
	h.routes.HandleFunc("GET /assets/{name}", asset)
	h.actions()
	return http.HandlerFunc(h.serve)
}

// contentPolicy allows what the page needs: files of this handler and nothing inline.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// mostQuery is the longest query in bytes.
const mostQuery = 2000

// serve sets the headers of all responses and calls the handler of the path.
func (h *handler) serve(w http.ResponseWriter, r *http.Request) {
	for name, value := range map[string]string{
		"Cache-Control": "no-store", "Content-Security-Policy": contentPolicy, "Referrer-Policy": "no-referrer",
		"X-Content-Type-Options": "nosniff",
	} {
		w.Header().Set(name, value)
	}
	switch {
	case len(r.URL.RawQuery) > mostQuery:
		http.Error(w, "the query is too long", http.StatusRequestURITooLong)
	case !strings.HasPrefix(r.URL.Path, "/"), strings.Contains(r.URL.Path, "//"): // would be redirected
		http.NotFound(w, r)
	default:
		h.routes.ServeHTTP(w, r)
	}
}

// freshness is how old the snapshot of a response may be. It bounds what many requests cost.
const freshness = 200 * time.Millisecond

// state returns a snapshot that is not older than freshness.
func (h *handler) state() resilience.Snapshot {
	h.mu.Lock()
	defer h.mu.Unlock()
	if time.Since(h.snapshot.At) >= freshness {
		h.snapshot = h.runtime.Snapshot()
	}
	return h.snapshot
}

// status returns the present status.
func (h *handler) status(q Query) Status {
	r := report{snapshot: h.state(), critical: h.critical, sources: h.sources, records: &h.records, query: q}
	return r.status()
}

// json serves the status as JSON.
func (h *handler) json(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(h.status(queryOf(r))) // the client is gone
}

// queryOf returns what a request selects: parameters q and page.
func queryOf(r *http.Request) Query {
	text := []rune(strings.TrimSpace(r.URL.Query().Get("q")))
	page, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	return Query{Text: string(text[:min(len(text), mostSearch)]), Page: min(page, mostPage)}
}

// The longest text to search for in characters, and the last page of a list.
const (
	mostSearch = 100
	mostPage   = 1_000_000
)

// forget makes the next response show the present state.
func (h *handler) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.snapshot = resilience.Snapshot{}
}

// summary returns what an event says.
func (h *handler) summary() (text []byte, closed bool) {
	h.forget()
	s := h.status(Query{Page: 1})
	type api struct {
		Name   string `json:"name"`
		Status State  `json:"status"`
	}
	body := struct {
		Status State     `json:"status"`
		At     time.Time `json:"at"`
		APIs   []api     `json:"apis"`
	}{s.Status, s.At, []api{}}
	for _, a := range s.APIs {
		body.APIs = append(body.APIs, api{a.Name, a.Status})
	}
	text, _ = json.Marshal(body) // always encodes
	return text, s.Closed
}
