package crossmarktest

import (
	"net/http"
	"time"

	"github.com/resgen/resgen/clients/internal/standin"
)

// A Fault describes how one request fails. The zero Fault means a normal response.
type Fault struct {
	Name   string        // name in the log
	Delay  time.Duration // before the response
	Status int           // status of the response; 0: the normal one
	Type   string        // Content-Type; empty: application/json
	Body   string        // sent unchanged
	Hang   bool          // send no response until the client cancels
	Reset  bool          // break the connection instead
	Cut    bool          // truncate the response
	Late   bool          // fail after the work was done
}

// Faults of real servers.
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

// random lists the faults of [Options.Faults], drawn with equal probability.
var random = []Fault{ServerError, LateError, ErrorPage, Reset, LateReset, CutAnswer}

// Fail sets the faults of the next requests of an operation. Later requests are handled normally.
func (s *Server) Fail(operation string, script ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[operation] = script
}

// fault returns the next fault of an operation's script, or a random one.
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

// ends reports whether the work is skipped.
func (f Fault) ends() bool { return !f.Late && (f.Status != 0 || f.Hang || f.Reset) }

// sent returns the status of the response, or 0 if there is none.
func (f Fault) sent() int {
	if f.Hang || f.Reset {
		return 0
	}
	return f.Status
}

// apply sends the faulty response.
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

// latency returns a random delay for a response.
func (s *Server) latency() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return standin.Between(s.random, s.opts.Latency)
}
