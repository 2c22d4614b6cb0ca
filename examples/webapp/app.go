package main

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/admin"
)

//go:embed pages.html
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
	all := http.NewServeMux()
	state := admin.Handler(s.runtime)
	all.Handle("/status/", http.StripPrefix("/status", state))
	all.Handle("/health/", state)
	all.Handle("/", secured(own))
	return http.NewCrossOriginProtection().Handler(all)
}

// secured limits bodies and sets the headers with which a browser protects the pages.
func secured(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "same-origin",
			"Cache-Control":           "no-store",
		} {
			w.Header().Set(name, value)
		}
		r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
		h.ServeHTTP(w, r)
	})
}

// show writes a page. It is complete before the first byte is sent.
func (a *app) show(w http.ResponseWriter, status int, name string, data any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, data); err != nil {
		a.log.Error("page cannot be shown", "page", name, "error", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w)
}

func (a *app) home(w http.ResponseWriter, _ *http.Request) { a.show(w, http.StatusOK, "home", nil) }

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
		resilience.WriteError(w, failed)
		return
	}
	a.show(w, http.StatusOK, "visits", struct {
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
		resilience.WriteError(w, err)
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
	a.show(w, http.StatusOK, "events", struct {
		Events   []event
		Degraded bool
		Age      time.Duration
	}{list, info.Degraded, info.Age.Round(time.Second)})
}

// A signInPage is what the form of the sign-in shows.
type signInPage struct {
	Sent    bool // a code is on its way
	Problem string
}

func (a *app) signInForm(w http.ResponseWriter, _ *http.Request) {
	a.show(w, http.StatusOK, "sign-in", signInPage{})
}

// requestCode has the EDR send a code to the user's phone, once.
func (a *app) requestCode(w http.ResponseWriter, r *http.Request) {
	if err := a.edr.RequestCode(r.Context()); err != nil {
		a.log.Warn("no code was sent", "error", err)
		resilience.WriteError(w, err)
		return
	}
	a.show(w, http.StatusOK, "sign-in", signInPage{Sent: true})
}

// signIn completes the sign-in with the code of the form.
func (a *app) signIn(w http.ResponseWriter, r *http.Request) {
	code := strings.TrimSpace(r.PostFormValue("code"))
	if code == "" {
		a.show(w, http.StatusUnprocessableEntity, "sign-in", signInPage{Sent: true, Problem: "Enter the code."})
		return
	}
	err := a.edr.Complete(r.Context(), code)
	switch {
	case err == nil:
		http.Redirect(w, r, "/events", http.StatusSeeOther)
	case errors.Is(err, resilience.ErrSignInUnavailable), errors.Is(err, resilience.ErrBlocked):
		resilience.WriteError(w, err)
	default:
		a.log.Warn("the sign-in failed", "error", err)
		a.show(w, http.StatusUnprocessableEntity, "sign-in",
			signInPage{Problem: "The code was not accepted. Have another one sent."})
	}
}
