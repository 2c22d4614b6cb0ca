package crossmarktest

import (
	"net/http"
	"time"

	"github.com/resgen/resgen/clients/internal/standin"
)

// A Fault is how one request goes wrong. The zero Fault is none: the request is answered properly.
type Fault struct {
	Name   string        // in the log
	Delay  time.Duration // before the answer
	Status int           // of the answer; 0: that of the work
	Type   string        // Content-Type; empty: application/json
	Body   string        // sent as it is
	Hang   bool          // there is no answer until the client gives up
	Reset  bool          // the connection breaks instead
	Cut    bool          // the answer ends in the middle
	Late   bool          // after the work was done
}

// The faults of real servers.
var (
	ServerError = Fault{
		Name:   "500",
		Status: http.StatusInternalServerError,
		Body:   `{"error":true,"message":"internal"}`,
	}
	LateError = Fault{
		Name:   "500 after work",
		Status: http.StatusInternalServerError,
		Body:   `{"error":true,"message":"internal"}`,
		Late:   true,
	}
	ErrorPage = Fault{
		Name:   "503 page",
		Status: http.StatusServiceUnavailable,
		Type:   "text/html",
		Body:   "<html><body><h1>Service Unavailable</h1></body></html>",
	}
	StrayPage = Fault{
		Name:   "200 page",
		Status: http.StatusOK,
		Type:   "text/html",
		Body:   "<html><body>Maintenance</body></html>",
	}
	LateStrayPage = Fault{
		Name:   "200 page after work",
		Status: http.StatusOK,
		Type:   "text/html",
		Body:   "<html><body>Maintenance</body></html>",
		Late:   true,
	}
	Reset       = Fault{Name: "reset", Reset: true}
	LateReset   = Fault{Name: "reset after work", Reset: true, Late: true}
	CutAnswer   = Fault{Name: "cut answer", Status: http.StatusOK, Body: `{"suc`, Cut: true, Late: true}
	Silence     = Fault{Name: "silence", Hang: true}
	LateSilence = Fault{Name: "silence after work", Hang: true, Late: true}
)

// random are the faults of [Options.Faults], drawn with equal chance.
var random = []Fault{ServerError, LateError, ErrorPage, Reset, LateReset, CutAnswer}

// Fail sets how the next requests of an operation go wrong; those after them are answered properly.
func (s *Server) Fail(operation string, script ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[operation] = script
}

// fault takes the next fault of an operation's script, or draws one.
func (s *Server) fault(operation string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if script := s.scripts[operation]; len(script) > 0 {
		s.scripts[operation] = script[1:]
		return script[0]
	}
	hit, which := s.random.Float64() < s.opts.Faults, s.random.IntN(len(random))
	if !hit || operation == login {
		return Fault{}
	}
	return random[which]
}

// ends reports whether the work is not done at all.
func (f Fault) ends() bool { return !f.Late && (f.Status != 0 || f.Hang || f.Reset) }

// sent returns the status of the answer, 0 if there is none.
func (f Fault) sent() int {
	if f.Hang || f.Reset {
		return 0
	}
	return f.Status
}

// apply goes wrong.
func (f Fault) apply(w http.ResponseWriter, r *http.Request) {
	switch {
	case f.Hang:
		<-r.Context().Done()
		return
	case f.Reset:
		standin.HangUp(w)
		return
	case f.Cut:
		w.Header().Set("Content-Length", "1000")
	}
	w.Header().Set("Content-Type", or(f.Type, "application/json"))
	w.WriteHeader(f.Status)
	_, _ = w.Write([]byte(f.Body))
}

// latency draws how long an answer takes.
func (s *Server) latency() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return standin.Between(s.random, s.opts.Latency)
}
