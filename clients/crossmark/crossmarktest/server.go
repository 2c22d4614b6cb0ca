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

// Options configures a [Server]. The zero value is an application without faults and work items.
type Options struct {
	UserID   string // user who can sign in; empty: planner
	Password string // empty: secret

	Login       LoginAnswer   // response to a successful sign-in; empty: [LoginSuccess]
	LoginDelay  time.Duration // duration of a sign-in
	SessionLife time.Duration // 0: 1 h
	Ended       EndedAnswer   // response to a call with an expired session; empty: [EndedRedirect]

	Plans  []Plan
	Reps   []Rep
	Denied []string // operationIds for which the user has no permission (403)

	// Twins selects the second spelling of all members that have two, and ids as numbers.
	Twins bool

	// ScheduleAnswer is the body of the response to a booking, with %s for its id. Empty means
	// {"success":true,"scheduleEventID":"%s"}.
	ScheduleAnswer string

	Cap     int              // maximum number of rows of scheduling lists; 0: 500
	Latency [2]time.Duration // minimum and maximum time for a response; zero: none
	Faults  float64          // share of requests that fail, 0 to 1; sign-in is exempt
	Seed    uint64           // seed for random faults and latency; the same seed gives the same sequence
	Log     io.Writer        // one JSON object per line and request, see [Entry]; nil: only [Server.Entries]
}

// A LoginAnswer selects the response to a successful sign-in.
type LoginAnswer string

// The observed responses. All but [LoginNeither] open a session.
const (
	LoginPage     LoginAnswer = "page"     // a redirect to a page that contains the word Scheduling
	LoginRedirect LoginAnswer = "redirect" // JSON with redirectUrl
	LoginSuccess  LoginAnswer = "success"  // JSON with success, sessionId and userId
	LoginNeither  LoginAnswer = "neither"  // JSON with neither: a refusal with status 200
	LoginOther    LoginAnswer = "other"    // another body that is not JSON
)

// An EndedAnswer selects the response to a call with an expired session.
type EndedAnswer string

// The observed responses.
const (
	EndedRedirect  EndedAnswer = "redirect"  // 302 to the login page, which has status 200
	EndedPage      EndedAnswer = "page"      // the login page with status 200
	Ended401       EndedAnswer = "401"       // 401
	EndedForbidden EndedAnswer = "forbidden" // 403
)

// A Server is the fake application. Create one with [New]. It is safe for concurrent use.
type Server struct {
	opts Options
	log  standin.Journal[Entry]

	mu       sync.Mutex
	random   *rand.Rand
	plans    []*Plan
	bookings []Booking
	events   int // number of ids assigned
	sessions map[string]session
	opened   int
	scripts  map[string][]Fault
}

// New returns a server. Serve it with net/http/httptest, or in memory with [resilience/faults].
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

// Entries returns the log in order.
func (s *Server) Entries() []Entry { return s.log.Entries() }

// Count returns the number of requests of an operation, including refused ones.
func (s *Server) Count(operation string) int {
	n := 0
	for _, e := range s.Entries() {
		if e.Operation == operation {
			n++
		}
	}
	return n
}

// Bookings returns all bookings ever made for a work item, including canceled ones.
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

// Plan returns the current work item, or the zero Plan if there is none.
func (s *Server) Plan(id string) Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.find(id); p != nil {
		return *p
	}
	return Plan{}
}

// find returns a work item, or nil. The lock must be held.
func (s *Server) find(id string) *Plan {
	for _, p := range s.plans {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// A call is a request that is being handled.
type call struct {
	*http.Request
	operation operation
	body      []byte
	entry     Entry
}

// ServeHTTP handles one request: fault before the work, session, form, work, fault after the work.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client canceled
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
		s.log.Add(c.entry) // log first, so that a client that has received the response finds the entry
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

// answer performs the operation of a call.
func (s *Server) answer(c *call) response {
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

// A response is what the server sends.
type response struct {
	status  int
	media   string // empty: JSON
	header  map[string]string
	body    any // strings are sent unchanged
	applied bool
}

func ok(body any) response { return response{status: http.StatusOK, body: body} }

func page(status int, text string) response {
	return response{
		status: status,
		media:  "text/html; charset=utf-8",
		body:   "<!DOCTYPE html>\n<html><body>" + text + "</body></html>\n",
	}
}

// envelope returns a failure in the documented form. Its default status is 400.
func envelope(status int, message string) response {
	return response{
		status: or(status, http.StatusBadRequest),
		body:   map[string]any{"error": true, "message": message, "code": "REFUSED"},
	}
}

// headers are sent with every response: PHP's headers against caching.
var headers = map[string]string{
	"Cache-Control":             "no-cache, max-age=0, must-revalidate",
	"Pragma":                    "no-cache",
	"Expires":                   "Thu, 19 Nov 1981 08:52:00 GMT",
	"Strict-Transport-Security": "max-age=63072000; includeSubdomains",
}

func (a response) write(w http.ResponseWriter) {
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
