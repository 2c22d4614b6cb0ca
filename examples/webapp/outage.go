package main

import (
	"net/http"
	"strconv"
	"sync/atomic"
)

// An outage is a fake of a service that fails while it is down.
type outage struct {
	http.Handler
	name string
	down atomic.Bool
}

// ServeHTTP implements [http.Handler].
func (o *outage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if o.down.Load() {
		http.Error(w, "maintenance", http.StatusServiceUnavailable)
		return
	}
	o.Handler.ServeHTTP(w, r)
}

// outages makes the fakes of a demo fail. nil: there is no demo.
type outages struct{ crossmark, edr outage }

// newOutages returns two fakes that work.
func newOutages(crossmark, edr http.Handler) *outages {
	return &outages{outage{Handler: crossmark, name: "crossmark"}, outage{Handler: edr, name: "edr"}}
}

// change makes a service fail or work, as the form says, and leads back to the first page.
func (o *outages) change(w http.ResponseWriter, r *http.Request) {
	down, err := strconv.ParseBool(r.PostForm.Get("down"))
	for _, s := range []*outage{&o.crossmark, &o.edr} {
		if s.name == r.PathValue("service") && err == nil {
			s.down.Store(down)
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
	}
	http.NotFound(w, r)
}

// A toggle is a button that changes whether a service is down.
type toggle struct {
	Name string
	Down bool
}

// switches returns the buttons of the first page, or nil.
func (o *outages) switches() any {
	if o == nil {
		return nil
	}
	return struct{ Crossmark, EDR toggle }{
		toggle{o.crossmark.name, o.crossmark.down.Load()}, toggle{o.edr.name, o.edr.down.Load()},
	}
}
