package spapitest

import (
	"net/http"
	"strconv"
	"time"

	"github.com/resgen/resgen/clients/internal/standin"
)

// A fault describes how one request fails. The zero fault means none.
type fault struct {
	name string
	kind faultKind
	late bool // after the work
}

type faultKind uint8

const (
	healthy   faultKind = iota
	reset               // the connection breaks without a response
	serverErr           // 500
	page                // 503 with an HTML page
	cut                 // the response is truncated
)

// before reports whether the work is skipped.
func (f fault) before() bool { return f.kind != healthy && !f.late }

// kinds are drawn with equal probability. Half of the resets and 500s come after the work.
var kinds = []fault{
	{"reset before work", reset, false},
	{"reset after work", reset, true},
	{"500 before work", serverErr, false},
	{"500 after work", serverErr, true},
	{"503 page", page, false},
	{"cut answer", cut, true},
}

func (s *Server) fault() fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	hit, which := s.random.Float64() < s.opts.Faults, s.random.IntN(len(kinds))
	if !hit {
		return fault{}
	}
	return kinds[which]
}

// out reports whether the outage is in progress.
func (s *Server) out() bool {
	since := s.since()
	return since >= s.opts.OutageAfter && since < s.opts.OutageAfter+s.opts.Outage
}

// since returns the API time since the first request.
func (s *Server) since() time.Duration {
	return time.Duration(float64(time.Since(s.start())) * s.opts.Speed)
}

// apply sends the faulty response and returns its status, or 0 if there is none.
func (f fault) apply(w http.ResponseWriter, a *response) int {
	switch f.kind {
	case reset:
		standin.HangUp(w)
		return 0
	case serverErr:
		writeErrors(w, http.StatusInternalServerError, "InternalFailure", "an internal fault, made on purpose")
		return http.StatusInternalServerError
	case page:
		htmlPage(w, http.StatusServiceUnavailable)
		return http.StatusServiceUnavailable
	}
	w.Header().Set("x-amzn-RequestId", "stand-in")
	if a.rate > 0 {
		w.Header().Set("x-amzn-RateLimit-Limit", strconv.FormatFloat(a.rate, 'f', -1, 64))
	}
	if f.kind == cut {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(a.status)
		_, _ = w.Write([]byte(`{"sku":`))
		return a.status
	}
	writeJSON(w, a.status, a.body)
	return a.status
}

// latency returns a random delay for a response.
func (s *Server) latency() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return standin.Between(s.random, s.opts.Latency)
}
