package edrtest

import "net/http"

// Block is how the bot protection stops a client.
type Block string

// The blocks.
const (
	NoBlock        Block = ""
	BlockForbidden Block = "forbidden" // 403 with its page
	BlockPage      Block = "page"      // its page under 200
)

// Block makes the server answer every request as the bot protection does, until it is called with
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

// An Answer is what one request gets in place of its proper answer. The zero Answer is an empty
// 200.
type Answer struct {
	Status  int    // 0: 200
	Type    string // Content-Type; empty: application/json
	Body    string
	Headers http.Header
	Reset   bool // the connection breaks instead
	Hang    bool // there is no answer until the client goes away
	Work    bool // the work is done first; with neither Reset nor Hang the answer is the proper one, with Headers
}

// Outage is the page that a proxy shows while the server is down.
var Outage = Answer{
	Status: http.StatusServiceUnavailable,
	Type:   "text/html; charset=utf-8",
	Body:   "<html><body><h1>Service Unavailable</h1></body></html>",
}

// Script sets how the next requests of an operation are answered; those after them are answered
// properly.
func (s *Server) Script(operation string, answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script[operation] = append([]Answer(nil), answers...)
}

// scripted takes the next answer of a script.
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

// send does what is not a matter of the answer's content. It is false if no answer is due any more.
func (a Answer) send(w http.ResponseWriter, r *http.Request, out *reply) bool {
	if a.Hang {
		<-r.Context().Done()
	}
	if a.Hang || a.Reset {
		panic(http.ErrAbortHandler) // net/http closes the connection and prints nothing
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
