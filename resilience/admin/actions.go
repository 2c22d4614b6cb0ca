package admin

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy/policyfile"
)

// An Action is what an operator asks for.
type Action struct {
	Name    string        // isolate, pause, reset, force-open, force-closed, reset-circuit or apply
	API     string        // of isolate, pause and reset
	Circuit string        // key of the circuit of force-open, force-closed and reset-circuit
	For     time.Duration // of pause

	configuration string // of apply; empty: the generated policies
}

// An Authorizer decides whether the sender of a request may do something, and returns who that is
// for the audit line. An error refuses it; its text is logged and not sent.
type Authorizer func(r *http.Request, a Action) (who string, err error)

// WithAuthorizer switches the actions on. Without it the page is read-only.
//
//	POST /actions/isolate        api              Runtime.Isolate
//	POST /actions/pause          api, for         Runtime.Pause
//	POST /actions/reset          api              Runtime.Reset
//	POST /actions/force-open     circuit          Runtime.ForceOpen
//	POST /actions/force-closed   circuit          Runtime.ForceClosed
//	POST /actions/reset-circuit  circuit          Runtime.ResetCircuit
//	POST /actions/apply          configuration    Runtime.Apply; empty: the generated policies
//
// Requests that a browser sends from another site are refused. Every action leaves an audit line at
// WARN, also one that is refused.
func WithAuthorizer(a Authorizer) Option { return func(h *handler) { h.authorize = a } }

// mostForm is the largest form in bytes.
const mostForm = 256 << 10

// actions adds the routes of actions.
func (h *handler) actions() {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(h.deny))
	h.routes.Handle("POST /actions/{name}", protection.Handler(http.HandlerFunc(h.act)))
}

// deny refuses a request that a browser sends from another site.
func (h *handler) deny(w http.ResponseWriter, r *http.Request) {
	h.audit(r, Action{Name: r.PathValue("name")}, "", errors.New("sent from another site"))
	http.Error(w, "not allowed from another site", http.StatusForbidden)
}

// An actionError is why an action is not done, with the status of the response.
type actionError struct {
	code int
	text string
}

func (e *actionError) Error() string { return e.text }

// act does an action and sends the browser back to the page.
func (h *handler) act(w http.ResponseWriter, r *http.Request) {
	if h.authorize == nil {
		http.Error(w, "actions are off; the program must pass admin.WithAuthorizer", http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	a, err := actionOf(r)
	who, refused := h.authorize(r, a)
	if refused != nil {
		h.audit(r, a, who, refused)
		http.Error(w, "not allowed", http.StatusForbidden)
		return
	}
	if err == nil {
		err = h.do(a)
	}
	h.audit(r, a, who, err)
	if err != nil {
		http.Error(w, err.Error(), codeOf(err))
		return
	}
	w.Header().Set("Location", "../")
	w.WriteHeader(http.StatusSeeOther)
}

// codeOf returns the status of the response to an action that is not done.
func codeOf(err error) int {
	if e, ok := err.(*actionError); ok {
		return e.code
	}
	return http.StatusUnprocessableEntity
}

// actionOf returns the action that a request asks for.
func actionOf(r *http.Request) (Action, error) {
	a := Action{Name: r.PathValue("name")}
	if err := r.ParseForm(); err != nil {
		return a, &actionError{http.StatusBadRequest, "the form cannot be read"}
	}
	a.API, a.Circuit = r.PostForm.Get("api"), r.PostForm.Get("circuit")
	var err error
	switch a.Name {
	case "pause":
		if a.For, err = time.ParseDuration(r.PostForm.Get("for")); err != nil || a.For <= 0 {
			return a, &actionError{http.StatusBadRequest, "for: want a duration, for example 5m"}
		}
	case "apply":
		a.configuration = r.PostForm.Get("configuration")
	case "isolate", "reset", "force-open", "force-closed", "reset-circuit":
	default:
		err = &actionError{http.StatusNotFound, "there is no such action"}
	}
	return a, err
}

// do does an action and makes the page show the change at once.
func (h *handler) do(a Action) error {
	var err error
	switch a.Name {
	case "apply":
		err = h.apply(a.configuration)
	case "isolate", "pause", "reset":
		err = found(apiAction(h.runtime, a), "client of an API", a.API)
	default:
		err = found(circuitAction(h.runtime, a), "circuit", a.Circuit)
	}
	h.views.forget()
	h.hub.wake()
	return err
}

// found returns an error if what an action concerns does not exist.
func found(exists bool, what, name string) error {
	if exists {
		return nil
	}
	return &actionError{http.StatusNotFound, fmt.Sprintf("there is no %s %q", what, name)}
}

// apply applies a configuration. An empty one restores the generated policies.
func (h *handler) apply(text string) error {
	if text == "" {
		return h.runtime.Apply(nil)
	}
	config, list := policyfile.DecodeConfig("configuration", []byte(text))
	if err := list.Err(); err != nil {
		return err
	}
	return h.runtime.Apply(config)
}

// apiAction does an action of an API and reports whether there is one.
func apiAction(r *resilience.Runtime, a Action) bool {
	switch a.Name {
	case "isolate":
		return r.Isolate(a.API)
	case "pause":
		return r.Pause(a.API, a.For)
	}
	return r.Reset(a.API)
}

// circuitAction does an action of a circuit and reports whether there is one.
func circuitAction(r *resilience.Runtime, a Action) bool {
	switch a.Name {
	case "force-open":
		return r.ForceOpen(a.Circuit)
	case "force-closed":
		return r.ForceClosed(a.Circuit)
	}
	return r.ResetCircuit(a.Circuit)
}

// audit logs an action and what became of it.
func (h *handler) audit(r *http.Request, a Action, who string, err error) {
	log := h.log
	if log == nil {
		log = slog.Default()
	}
	result := "done"
	if err != nil {
		result = err.Error()
	}
	log.LogAttrs(r.Context(), slog.LevelWarn, "admin action",
		slog.String("action", short(a.Name)), slog.String("api", short(a.API)),
		slog.String("circuit", short(a.Circuit)), slog.Duration("for", a.For), slog.String("who", who),
		slog.String("remote", r.RemoteAddr), slog.String("result", short(result)))
}
