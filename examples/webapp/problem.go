package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/resgen/resgen/resilience"
)

// A problem is what a page says about a failure.
type problem struct {
	Detail string
	Again  string // path to try again; empty: none
}

// A document is a response that is kept: a problem document of [resilience.WriteError].
type document struct {
	bytes.Buffer
	header http.Header
	status int
}

func (d *document) Header() http.Header    { return d.header }
func (d *document) WriteHeader(status int) { d.status = status }

// fail responds that a service failed: with a problem document, or with a page for a browser. Both
// have the same status, text and Retry-After.
func (a *app) fail(w http.ResponseWriter, r *http.Request, service string, err error) {
	w.Header().Set("Vary", "Accept")
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		resilience.WriteError(w, err)
		return
	}
	d := document{header: http.Header{}}
	resilience.WriteError(&d, err)
	var p problem
	if json.Unmarshal(d.Bytes(), &p) != nil || p.Detail == "" {
		p.Detail = "Something went wrong in this program; its log says what."
	}
	if wait := d.header.Get("Retry-After"); wait != "" {
		w.Header().Set("Retry-After", wait)
	}
	if r.Method == http.MethodGet {
		p.Again = r.URL.Path
	}
	a.show(w, r, d.status, "problem", service+" is not available", p)
}
