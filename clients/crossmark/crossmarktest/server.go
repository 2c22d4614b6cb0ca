package crossmarktest

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/resgen/resgen/clients/internal/standin"
)

// Options configure a [Server]. The zero value is a healthy application without work items.
type Options struct {
	UserID   string // who may sign in; empty: planner
	Password string // empty: secret

	Login       LoginAnswer   // how an accepted sign-in is answered; empty: [LoginSuccess]
	LoginDelay  time.Duration // how long a sign-in takes
	SessionLife time.Duration // 0: 1 h
	Ended       EndedAnswer   // how a call of an ended session is answered; empty: [EndedRedirect]

	Plans  []Plan
	Reps   []Rep
	Denied []string // operations that the user has no permission for, by operationId: 403

	// Twins chooses the second spelling of all members that have two, and writes ids as numbers.
	Twins bool

	// ScheduleAnswer is the body of an accepted booking, with %s for its id. Empty:
	// {"success":true,"scheduleEventID":"%s"}.
	ScheduleAnswer string

	Cap     int              // most rows of a list of the scheduling side; 0: 500
	Latency [2]time.Duration // least and most time that an answer takes; zero: none
	Faults  float64          // share of requests that fail, 0 to 1; sign-in is spared
	Seed    uint64           // of the random choice of faults and latency; the same seed gives the same sequence
	Log     io.Writer        // one JSON object a line and request, see [Entry]; nil: only [Server.Entries]
}

// A LoginAnswer is how an accepted sign-in is answered.
type LoginAnswer string

// The answers that have been seen. All but [LoginNeither] open a session.
const (
	LoginPage     LoginAnswer = "page"     // a redirect to a page with the word Scheduling
	LoginRedirect LoginAnswer = "redirect" // JSON with redirectUrl
	LoginSuccess  LoginAnswer = "success"  // JSON with success, sessionId and userId
	LoginNeither  LoginAnswer = "neither"  // JSON with neither: refused, though under 200
	LoginOther    LoginAnswer = "other"    // something else that is not JSON
)

// An EndedAnswer is how a call of an ended session is answered.
type EndedAnswer string

// The answers that have been seen.
const (
	EndedRedirect  EndedAnswer = "redirect"  // 302 to the login page, which answers 200
	EndedPage      EndedAnswer = "page"      // the login page at once, under 200
	Ended401       EndedAnswer = "401"       // 401
	EndedForbidden EndedAnswer = "forbidden" // 403
)

// A Server is the stand-in. Make one with [New]; it is safe for concurrent use.
type Server struct {
	opts Options
	log  standin.Journal[Entry]

	mu       sync.Mutex
	random   *rand.Rand
	plans    []*Plan
	bookings []Booking
	events   int // ids given out
	sessions map[string]session
	opened   int
	scripts  map[string][]Fault
}

// New makes a server. Serve it with net/http/httptest, or with [resilience/faults] in memory.
func New(opts Options) *Server {
	opts.UserID, opts.Password = or(opts.UserID, "planner"), or(opts.Password, "secret")
	opts.Login, opts.Ended = or(opts.Login, LoginSuccess), or(opts.Ended, EndedRedirect)
	opts.ScheduleAnswer = or(opts.ScheduleAnswer, `{"success":true,"scheduleEventID":"%s"}`)
	opts.SessionLife = or(opts.SessionLife, time.Hour)
	opts.Cap = or(opts.Cap, 500)
	s := &Server{
		opts:     opts,
		log:      standin.Journal[Entry]{To: opts.Log},
		random:   rand.New(rand.NewPCG(opts.Seed, 0)),
		sessions: map[string]session{},
		scripts:  map[string][]Fault{},
		events:   10000000,
	}
	for _, p := range opts.Plans {
		s.plans = append(s.plans, &p)
	}
	return s
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Entries returns what the server did so far, in order.
func (s *Server) Entries() []Entry { return s.log.Entries() }

// Count returns how many requests an operation had, refused ones included.
func (s *Server) Count(operation string) int {
	n := 0
	for _, e := range s.Entries() {
		if e.Operation == operation {
			n++
		}
	}
	return n
}

// Bookings returns all bookings of a work item that were ever made, cancelled ones included.
func (s *Server) Bookings(planID string) (list []Booking) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.bookings {
		if b.PlanID == planID {
			list = append(list, b)
		}
	}
	return list
}

// Plan returns a work item as it is now; the zero Plan if there is none.
func (s *Server) Plan(id string) Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.find(id); p != nil {
		return *p
	}
	return Plan{}
}

// find returns a work item, or nil. The lock is held.
func (s *Server) find(id string) *Plan {
	for _, p := range s.plans {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// A call is one request on its way through the server.
type call struct {
	*http.Request
	operation operation
	body      []byte
	entry     Entry
}

// ServeHTTP answers one request: fault before the work, session, form, work, fault after it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client gave up
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	c := &call{Request: r, operation: route(r), body: body}
	c.entry = Entry{Time: time.Now(), Operation: c.operation.id}
	time.Sleep(s.latency())
	f := s.fault(c.operation.id)
	c.entry.Fault = f.Name
	time.Sleep(f.Delay)
	if f.ends() {
		c.entry.Status = f.sent()
		s.log.Add(c.entry) // before the answer, so that whoever has that finds the entry
		f.apply(w, r)
		return
	}
	a := s.answer(c)
	c.entry.Applied, c.entry.Status = a.applied, a.status
	if f.Late {
		c.entry.Status = f.sent()
	}
	s.log.Add(c.entry)
	if f.Late {
		f.apply(w, r)
		return
	}
	a.write(w)
}

// answer does what a request asks for.
func (s *Server) answer(c *call) answer {
	if c.operation.id == login {
		time.Sleep(s.opts.LoginDelay)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !c.operation.open {
		if refused, ok := s.admit(c); !ok {
			return refused
		}
	}
	if why := c.operation.check(c); why != "" {
		c.entry.Refused = why
		return envelope(c.operation.refusal, why)
	}
	return c.operation.work(s, c)
}

// An answer is what the server sends.
type answer struct {
	status  int
	media   string // empty: JSON
	header  map[string]string
	body    any // a string is sent as it is
	applied bool
}

func ok(body any) answer { return answer{status: http.StatusOK, body: body} }

func page(status int, text string) answer {
	return answer{
		status: status,
		media:  "text/html; charset=utf-8",
		body:   "<!DOCTYPE html>\n<html><body>" + text + "</body></html>\n",
	}
}

// envelope is a failure in the form that documentation tells of. Its status is 400 unless another
// is given.
func envelope(status int, message string) answer {
	return answer{
		status: or(status, http.StatusBadRequest),
		body:   map[string]any{"error": true, "message": message, "code": "REFUSED"},
	}
}

// headers are sent with every answer: those of PHP that let nobody keep it.
var headers = map[string]string{
	"Cache-Control":             "no-cache, max-age=0, must-revalidate",
	"Pragma":                    "no-cache",
	"Expires":                   "Thu, 19 Nov 1981 08:52:00 GMT",
	"Strict-Transport-Security": "max-age=63072000; includeSubdomains",
}

func (a answer) write(w http.ResponseWriter) {
	data, isText := a.body.(string)
	if !isText && a.body != nil {
		encoded, _ := json.Marshal(a.body)
		data = string(encoded)
	}
	for _, set := range []map[string]string{headers, a.header} {
		for name, value := range set {
			w.Header().Set(name, value)
		}
	}
	w.Header().Set("Content-Type", or(a.media, "application/json"))
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, data)
}
