package edrtest

import "net/http"

// A Block selects how the bot protection stops a client.
type Block string

// The blocks.
const (
	NoBlock        Block = ""
	BlockForbidden Block = "forbidden" // 403 with its page
	BlockPage      Block = "page"      // its page under 200
)

// Block makes the server answer every request like the bot protection until it is called with
// [NoBlock].
func (s *Server) Block(b Block) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocked = b
}

func (b Block) reply() reply {
	status := http.StatusOK
	if b == BlockForbidden {
		status = http.StatusForbidden
	}
	out := page(status, "Robot or human?", `<div id="px-captcha">Press and hold to confirm that you are human.</div>`)
	out.note = "blocked"
	return out
}

// An Answer replaces the normal response to one request. The zero Answer is an empty 200.
type Answer struct {
	Status  int    // 0: 200
	Type    string // Content-Type; empty: application/json
	Body    string
	Headers http.Header
	Reset   bool // break the connection instead
	Hang    bool // send no response until the client cancels
	Work    bool // do the work first; without Reset and Hang, send the normal response plus Headers
}

// Outage is the page that a proxy sends while the server is down.
var Outage = Answer{
	Status: http.StatusServiceUnavailable,
	Type:   "text/html; charset=utf-8",
	Body:   "<html><body><h1>Service Unavailable</h1></body></html>",
}

// Script sets the responses to the next requests of an operation. Later requests are handled
// normally.
func (s *Server) Script(operation string, answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script[operation] = append([]Answer(nil), answers...)
}

// scripted returns the next response of a script.
func (s *Server) scripted(operation string) (Answer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.script[operation]
	if len(list) == 0 {
		return Answer{}, false
	}
	a := list[0]
	s.script[operation] = list[1:]
	if a.Status == 0 {
		a.Status = http.StatusOK
	}
	return a, true
}

// send handles delays, connection faults and headers. It returns false if no response must follow.
func (a Answer) send(w http.ResponseWriter, r *http.Request, out *reply) bool {
	if a.Hang {
		<-r.Context().Done()
	}
	if a.Hang || a.Reset {
		panic(http.ErrAbortHandler) // net/http closes the connection silently
	}
	for name, values := range a.Headers {
		for _, v := range values {
			w.Header().Add(name, v)
		}
	}
	if a.Headers.Get("Set-Cookie") != "" {
		out.cookies = nil
	}
	return true
}
