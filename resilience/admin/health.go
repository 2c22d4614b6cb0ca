package admin

import (
	"encoding/json"
	"net/http"
	"time"
)

// healthType is the media type of health checks.
const healthType = "application/health+json"

// mostChecked is how many accounts of an API a health check lists.
const mostChecked = 20

// A health is the body of a health check.
type health struct {
	Status   State              `json:"status"`
	Output   string             `json:"output,omitempty"`
	Degraded []string           `json:"degraded,omitempty"` // APIs that do not pass, and configuration
	Checks   map[string][]check `json:"checks,omitempty"`   // by "API:what"
}

// A check is the state of a component.
type check struct {
	ID            string    `json:"componentId,omitempty"`
	Type          string    `json:"componentType,omitempty"`
	Status        State     `json:"status"`
	ObservedValue any       `json:"observedValue,omitempty"`
	Time          time.Time `json:"time"`
	Output        string    `json:"output,omitempty"`
}

// live serves the check that the program runs. It depends on nothing else.
func (h *handler) live(w http.ResponseWriter, _ *http.Request) {
	writeHealth(w, http.StatusOK, health{Status: Pass})
}

// ready serves the check that calls can be made.
func (h *handler) ready(w http.ResponseWriter, _ *http.Request) {
	body := healthOf(h.views.status(freshness))
	code := http.StatusOK
	if body.Status == Fail {
		code = http.StatusServiceUnavailable
	}
	writeHealth(w, code, body)
}

func writeHealth(w http.ResponseWriter, code int, body health) {
	w.Header().Set("Content-Type", healthType)
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // the client is gone
}

// healthOf returns the health check of a status.
func healthOf(s Status) health {
	b := health{Status: s.Status, Checks: map[string][]check{}}
	if s.Closed {
		b.Output = "the runtime is closed"
	}
	for i := range s.APIs {
		a := &s.APIs[i]
		if a.Status != Pass {
			b.Degraded = append(b.Degraded, a.Name)
		}
		one := check{Type: "component", Status: a.Status, Time: s.At}
		for _, reason := range a.Reasons {
			one.Output += "; " + reason
		}
		if one.Output != "" {
			one.Output = one.Output[2:]
		}
		b.Checks[a.Name+":api"] = []check{one}
		b.circuits(a, s.At)
		b.signIns(a, s.At)
	}
	b.configurations(s)
	return b
}

// configurations adds the configuration files.
func (b *health) configurations(s Status) {
	const key = "configuration:file"
	for _, c := range s.Configurations {
		if c.Status != Pass {
			b.Degraded = append(b.Degraded, "configuration")
		}
		b.Checks[key] = append(b.Checks[key], check{
			ID: c.Path, Type: "component", Status: c.Status, Time: s.At, Output: c.Refused,
		})
	}
}

// circuits adds the circuits of an API.
func (b *health) circuits(a *API, at time.Time) {
	for i := range a.Circuits {
		c := &a.Circuits[i]
		state := Pass
		switch {
		case c.rejects():
			state = Fail
		case !c.passes():
			state = Warn
		}
		key := a.Name + ":circuit"
		b.Checks[key] = append(b.Checks[key], check{
			ID: c.Key, Type: "component", Status: state, ObservedValue: c.State, Time: at,
		})
	}
}

// signIns adds the sign-ins of an API. Those that work are not listed one by one if there are many.
func (b *health) signIns(a *API, at time.Time) {
	key := a.Name + ":sign-in"
	for _, account := range a.Accounts.List {
		if account.SignIn == nil || len(b.Checks[key]) >= mostChecked {
			continue
		}
		c := check{
			ID: account.Name, Type: "component", Status: account.SignIn.Status, ObservedValue: account.SignIn.State,
			Time: at,
		}
		if next := account.SignIn.NextTry; next != nil {
			c.Output = "next try at " + next.Format(time.RFC3339)
		}
		b.Checks[key] = append(b.Checks[key], c)
	}
}
