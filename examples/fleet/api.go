package main

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/resgen/resgen/clients/spapi/spapitest"
)

// This file is the API that the fleet calls, and what it counts.

// An api is a stand-in that counts the requests of each worker.
type api struct {
	handler http.Handler

	mu    sync.Mutex
	first time.Time         // of the first request
	of    map[string]*count // by worker
}

// A count is what one worker has sent.
type count struct {
	Sent      int // requests that arrived
	Throttled int // of those: rejected because they were over the quota
	Down      int // of those: in the outage
}

// newAPI returns the API for the flags.
func newAPI(f *flags) *api {
	return &api{of: map[string]*count{}, handler: spapitest.New(spapitest.Options{
		Stock:   map[string]int{"DEMO-1": 0},
		Rates:   map[string]spapitest.Rate{spapitest.GetListingsItem: {PerSecond: f.rate, Burst: f.burst}},
		Latency: [2]time.Duration{5 * time.Millisecond, 20 * time.Millisecond},
		Outage:  f.outage, OutageAfter: f.outageAfter,
	})}
}

// ServeHTTP passes a request to the stand-in and counts the result. Requests for tokens are not
// counted.
func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		a.handler.ServeHTTP(w, r)
		return
	}
	seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	a.handler.ServeHTTP(seen, r)
	name, _, _ := strings.Cut(r.Header.Get("User-Agent"), "/")
	a.note(name, seen.status)
}

// note counts a response to a worker.
func (a *api) note(name string, status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.first.IsZero() {
		a.first = time.Now()
	}
	c := a.of[name]
	if c == nil {
		c = &count{}
		a.of[name] = c
	}
	c.Sent++
	switch status {
	case http.StatusTooManyRequests:
		c.Throttled++
	case http.StatusServiceUnavailable:
		c.Down++
	}
}

// counts returns what each worker has sent, and how long ago the first request arrived.
func (a *api) counts() (map[string]count, time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	of := map[string]count{}
	for name, c := range a.of {
		of[name] = *c
	}
	if a.first.IsZero() {
		return of, 0
	}
	return of, time.Since(a.first)
}

// statusWriter remembers the status of a response.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader writes the status.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
