package admin

import (
	"bytes"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
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
	views     *views
	routes    *http.ServeMux
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
	h.views = newViews(r.Snapshot, h.report)
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

// serve sets the headers of all responses and calls the handler of the path.
func (h *handler) serve(w http.ResponseWriter, r *http.Request) {
	for name, value := range map[string]string{
		"Cache-Control": "no-store", "Content-Security-Policy": contentPolicy, "Referrer-Policy": "no-referrer",
		"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		w.Header().Set(name, value)
	}
	if code := refusal(r); code != 0 {
		w.Header().Set("Connection", "close") // the rest of the request is not read
		http.Error(w, http.StatusText(code), code)
		return
	}
	limit := http.NewResponseController(w)
	_ = limit.SetWriteDeadline(time.Now().Add(mostTime)) // not supported by all writers
	if r.Method == http.MethodPost {
		_ = limit.SetReadDeadline(time.Now().Add(mostTime))
	}
	h.routes.ServeHTTP(w, r)
}

// report returns the status that a snapshot shows.
func (h *handler) report(s resilience.Snapshot, q Query) Status {
	r := report{snapshot: s, critical: h.critical, sources: h.sources, records: &h.records, query: q}
	return r.status()
}

// json serves the status as JSON.
func (h *handler) json(w http.ResponseWriter, r *http.Request) {
	h.show(w, r, "application/json", writeJSON)
}

// show serves a view of the status.
func (h *handler) show(w http.ResponseWriter, r *http.Request, kind string, write func(*bytes.Buffer, Status) error) {
	text, ok, err := h.views.body(kind, queryOf(r), write)
	switch {
	case !ok:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "too many requests at the same time; try again later", http.StatusServiceUnavailable)
	case err != nil:
		http.Error(w, "the status cannot be shown", http.StatusInternalServerError)
	default:
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(text) // the client is gone
	}
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

// summary returns what an event says about the present state.
func (h *handler) summary() summary { return summaryOf(h.views.status(0)) }
