package spapitest

import (
	"net/http"
	"strconv"
	"time"

	"github.com/resgen/resgen/clients/internal/standin"
)

// A fault is how one request goes wrong. The zero fault is none.
type fault struct {
	name string
	kind faultKind
	late bool // after the work
}

type faultKind uint8

const (
	healthy   faultKind = iota
	reset               // the connection breaks without an answer
	serverErr           // 500
	page                // 503 as an HTML page
	cut                 // the answer ends in the middle
)

// before reports whether the work is not done at all.
func (f fault) before() bool { return f.kind != healthy && !f.late }

// kinds are drawn with equal chance. Half of the resets and of the 500s come after the work.
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

// out reports whether the total outage is on.
func (s *Server) out() bool {
	since := time.Duration(float64(time.Since(s.start())) * s.opts.Speed)
	return since >= s.opts.OutageAfter && since < s.opts.OutageAfter+s.opts.Outage
}

// apply answers as the fault wants and returns the status sent, 0 if none.
func (f fault) apply(w http.ResponseWriter, a *answer) int {
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

// latency draws how long an answer takes.
func (s *Server) latency() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return standin.Between(s.random, s.opts.Latency)
}
