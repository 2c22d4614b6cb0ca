package main

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/admin"
)

//go:embed pages.html style.css
var files embed.FS

var pages = template.Must(template.ParseFS(files, "pages.html"))

// days is how many days the pages show, today included.
const days = 14

// An app has the handlers of the pages.
type app struct {
	*services
	log *slog.Logger
}

// newApp returns the handler of all pages. Forms are accepted from its own pages only.
func newApp(s *services, log *slog.Logger) http.Handler {
	a := &app{s, log}
	own := http.NewServeMux()
	own.HandleFunc("GET /{$}", a.home)
	own.HandleFunc("GET /visits", a.visits)
	own.HandleFunc("GET /events", a.events)
	own.HandleFunc("GET /sign-in", a.signInForm)
	own.HandleFunc("POST /sign-in/code", a.requestCode)
	own.HandleFunc("POST /sign-in", a.signIn)
	own.HandleFunc("GET /style.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, files, "style.css")
	})
	if s.demo != nil {
		own.HandleFunc("POST /demo/{service}", s.demo.change)
	}
	all := http.NewServeMux()
	var opts []admin.Option
	if s.watcher != nil {
		opts = append(opts, admin.WithConfiguration(s.watcher.State))
	}
	state := admin.Handler(s.runtime, opts...)
	all.Handle("/status/", http.StripPrefix("/status", state))
	all.Handle("/health/", state)
	all.Handle("/", secured(own))
	return http.NewCrossOriginProtection().Handler(all)
}

const (
	longestForm = 4 << 10          // bytes
	formTime    = 10 * time.Second // in which a form must arrive
	pageTime    = 10 * time.Second // in which a page must be read
)

// secured reads forms, which must be small and arrive in time, and sets the headers with which a
// browser protects the pages.
func secured(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; " +
				"frame-ancestors 'none'; base-uri 'none'",
			"X-Content-Type-Options": "nosniff",
			"Referrer-Policy":        "same-origin",
			"Cache-Control":          "no-store",
		} {
			w.Header().Set(name, value)
		}
		if status := readForm(w, r); status != http.StatusOK {
			http.Error(w, http.StatusText(status), status)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// readForm reads the form of a request, if it has one, and returns the status with which to refuse
// it, or 200.
func readForm(w http.ResponseWriter, r *http.Request) int {
	r.Body = http.MaxBytesReader(w, r.Body, longestForm)
	connection := http.NewResponseController(w)
	_ = connection.SetReadDeadline(time.Now().Add(formTime)) // not supported by all writers
	err := r.ParseForm()
	if err == nil {
		_ = connection.SetReadDeadline(time.Time{})
		return http.StatusOK
	}
	w.Header().Set("Connection", "close") // otherwise the server would wait for the rest of the form
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return http.StatusRequestTimeout
	}
	return http.StatusBadRequest
}

// A page is what a template shows.
type page struct {
	Title string
	Path  string // of the page, if it is one of Links
	Links []link
	Data  any
}

// A link leads to a page.
type link struct{ Path, Name string }

var links = []link{{"/", "Home"}, {"/visits", "Visits"}, {"/events", "Events"}}

// show writes a page. It is complete before the first byte is sent.
func (a *app) show(w http.ResponseWriter, r *http.Request, status int, name, title string, data any) {
	var text bytes.Buffer
	if err := pages.ExecuteTemplate(&text, name, page{title, r.URL.Path, links, data}); err != nil {
		a.log.Error("page cannot be shown", "page", name, "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(pageTime)) // not supported by all writers
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = text.WriteTo(w)
}

func (a *app) home(w http.ResponseWriter, r *http.Request) {
	a.show(w, r, http.StatusOK, "home", "Schedule", a.demo.switches())
}

// A visit is a row of the page of visits.
type visit struct {
	ID, Name, Store, Condition string
	Day                        crossmark.Date
}

// visits shows what is planned in Crossmark. If some days cannot be read, the page says so; if no
// day can be read, the response is the failure, at once while the circuit is open.
func (a *app) visits(w http.ResponseWriter, r *http.Request) {
	var list []visit
	var failed error
	today := crossmark.DateOf(time.Now())
	for p, err := range a.crossmark.Plans(r.Context(), today, today.AddDays(days-1), crossmark.Search{}) {
		if err != nil {
			failed = err
			continue
		}
		at, _ := p.Scheduled() // without a day if it is not scheduled
		list = append(list, visit{p.ID(), p.Name(), p.StoreName(), string(p.Condition()), at.Date})
	}
	if failed != nil && len(list) == 0 {
		a.fail(w, r, "Crossmark", failed)
		return
	}
	a.show(w, r, http.StatusOK, "visits", "Visits", struct {
		Visits  []visit
		Missing bool
	}{list, failed != nil})
}

// An event is a row of the page of events.
type event struct {
	Number             int64
	Status, Type, Item string
}

// events shows the events of the club. While the EDR is down they are those of the last good
// response, and the page says how old they are.
func (a *app) events(w http.ResponseWriter, r *http.Request) {
	today := time.Now()
	var info resilience.Info
	rows, err := a.edr.Browse(r.Context(), edr.BrowseQuery{
		Club: a.club, From: today, To: today.AddDate(0, 0, days-1),
	}, resilience.WithInfo(&info))
	switch {
	case errors.Is(err, resilience.ErrSignInRequired):
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return
	case err != nil:
		a.fail(w, r, "The EDR", err)
		return
	}
	var list []event
	for _, g := range edr.ByEvent(rows) {
		first := g.Rows[0]
		list = append(list, event{first.Event(), first.Status(), first.Type(), first.ItemName()})
	}
	if info.Degraded {
		w.Header().Set("Warning", `110 - "Response is Stale"`) // also for programs that read the page
	}
	a.show(w, r, http.StatusOK, "events", "Events", struct {
		Events   []event
		Degraded bool
		Age      time.Duration
	}{list, info.Degraded, info.Age.Round(time.Second)})
}
