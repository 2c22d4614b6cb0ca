package edrtest

import (
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/resgen/resgen/clients/internal/pause"
	"github.com/resgen/resgen/clients/internal/standin"
)

// The operationIds of the server.
const (
	GetLoginPage                = "getLoginPage"
	SubmitPassword              = "submitPassword"
	RequestMfaCode              = "requestMfaCode"
	ValidateMfaCode             = "validateMfaCode"
	RegisterPageAccess          = "registerPageAccess"
	OpenPortal                  = "openPortal"
	OpenEventManagement         = "openEventManagement"
	AuthenticateEventManagement = "authenticateEventManagement"
	GetEdrReport                = "getEdrReport"
	BrowseEventData             = "browseEventData"
	GetDailyScheduleReport      = "getDailyScheduleReport"
	UpdateClubEvent             = "updateClubEvent"
)

// routes maps method and path to operations, independent of the host.
var routes = map[string]string{
	"GET /login":                 GetLoginPage,
	"POST /api/login":            SubmitPassword,
	"POST /api/mfa/sendCode":     RequestMfaCode,
	"POST /api/mfa/validateCode": ValidateMfaCode,
	"GET /rl_portal_services/api/Site/InsertRlPageDetails": RegisterPageAccess,
	"GET /rl_portal/":                                             OpenPortal,
	"GET /EventManagement/":                                       OpenEventManagement,
	"GET /EventManagement/api/authenticate":                       AuthenticateEventManagement,
	"GET /EventManagement/api/edrReport":                          GetEdrReport,
	"POST /EventManagement/api/browse-event/browse-data":          BrowseEventData,
	"POST /EventManagement/api/store-event/daily-schedule-report": GetDailyScheduleReport,
	"POST /EventManagement/api/club-details":                      UpdateClubEvent,
}

// An Expiry selects how the end of a token or session shows.
type Expiry string

// The expiries.
const (
	Unauthorized Expiry = ""          // 401
	LoginPage    Expiry = "page"      // the login page under 200
	ToLogin      Expiry = "redirect"  // a redirect to the login page
	Missing      Expiry = "not found" // 404 for the event list, 401 elsewhere
)

// Options configures a [Server]. The zero value has no events and accepts [Username], [Password]
// and [CredentialID].
type Options struct {
	Username, Password, CredentialID string // empty: the constants

	Events []Event
	Texts  bool // send numbers as strings where the API is known to do either
	Object bool // send rows in an object
	Blank  bool // send an empty body instead of null for what is not found

	Expiry      Expiry        // how an expired token shows
	SessionEnds Expiry        // how an expired session shows when a token is requested
	TokenLife   time.Duration // 0: until [Server.ExpireTokens]
	TokenDelay  time.Duration // duration of the request for a token
	Latency     time.Duration // for every request
	WrongCode   int           // status of the response to a wrong code; 0: 401
	Attempts    int           // number of wrong codes that lock a sign-in; 0: 3
	LoginURL    string        // target of redirects; empty: the path of the login page on the same host
	Log         io.Writer     // one JSON object per line and request, see [Entry]; nil: only [Server.Entries]
}

// The default credentials.
const (
	Username     = "demo-user"
	Password     = "demo-password"
	CredentialID = "demo-credential-id"
)

// An Entry describes a request and its result. It contains no secrets.
type Entry struct {
	Time      time.Time `json:"time"`
	Operation string    `json:"operation"` // method and path if unknown
	Status    int       `json:"status"`    // 0: no response was sent
	Refused   string    `json:"refused,omitempty"`
	Note      string    `json:"note,omitempty"` // "blocked", "scripted", "expired"
}

// A Server is the fake API. Create one with [New]. It is safe for concurrent use.
type Server struct {
	opts Options

	log standin.Journal[Entry]

	mu      sync.Mutex
	logins  map[string]*login
	tokens  map[string]issued
	events  []Event
	count   int // number of ids
	codes   int
	blocked Block
	script  map[string][]Answer
}

// New returns a server. Serve it with net/http/httptest, or in memory with package
// resilience/faults.
func New(opts Options) *Server {
	for _, f := range []struct {
		to   *string
		text string
	}{{&opts.Username, Username}, {&opts.Password, Password}, {&opts.CredentialID, CredentialID}} {
		if *f.to == "" {
			*f.to = f.text
		}
	}
	if opts.WrongCode == 0 {
		opts.WrongCode = http.StatusUnauthorized
	}
	if opts.Attempts == 0 {
		opts.Attempts = 3
	}
	return &Server{
		opts:   opts,
		log:    standin.Journal[Entry]{To: opts.Log},
		logins: map[string]*login{},
		tokens: map[string]issued{},
		script: map[string][]Answer{},
		events: append([]Event(nil), opts.Events...),
	}
}

// Entries returns the log in order. Count returns the number of requests of an operation, including
// refused ones.
func (s *Server) Entries() []Entry { return s.log.Entries() }

// Count returns how many requests of an operation the server had, refused ones included.
func (s *Server) Count(operation string) (n int) {
	for _, e := range s.Entries() {
		if e.Operation == operation {
			n++
		}
	}
	return n
}

// Refusals returns the requests that the server refused because no client is known to send them.
func (s *Server) Refusals() (list []string) {
	for _, e := range s.Entries() {
		if e.Refused != "" {
			list = append(list, e.Operation+": "+e.Refused)
		}
	}
	return list
}

// Events returns the current events.
func (s *Server) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Event(nil), s.events...)
}

// A request is the input of an operation.
type request struct {
	*http.Request
	operation string
	body      []byte
}

// A reply is the result of an operation.
type reply struct {
	status   int
	kind     string // content type; empty: JSON
	body     string
	cookies  []*http.Cookie
	location string
	refused  string
	note     string
}

// ServeHTTP handles one request: block, script, form, work.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	q := request{Request: r, operation: operationOf(r), body: body}
	_ = pause.For(r.Context(), s.opts.Latency)
	if q.operation == AuthenticateEventManagement {
		_ = pause.For(r.Context(), s.opts.TokenDelay)
	}
	a, scripted := s.scripted(q.operation)
	var out reply
	switch {
	case scripted && !a.Work:
		out = reply{status: a.Status, kind: a.Type, body: a.Body, note: "scripted"}
	default:
		out = s.answer(q)
	}
	if scripted && a.Work {
		out.note = "scripted"
	}
	if scripted && (a.Reset || a.Hang) {
		out.status = 0
	}
	s.note(q, out)
	if scripted && !a.send(w, r, &out) {
		return
	}
	s.write(w, r, out)
}

func operationOf(r *http.Request) string {
	key := r.Method + " " + r.URL.Path
	if op, ok := routes[key]; ok {
		return op
	}
	return key
}

// answer performs an operation.
func (s *Server) answer(q request) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.blocked != "" {
		return s.blocked.reply()
	}
	if why := refuse(q); why != "" {
		return reply{status: http.StatusBadRequest, body: `{"error":"bad request"}`, refused: why}
	}
	work, ok := works[q.operation]
	if !ok {
		return reply{status: http.StatusNotFound, body: `{"error":"no such page"}`, refused: "no such operation"}
	}
	return work(s, q)
}

// works maps operations to their handlers. The lock is held.
var works = map[string]func(*Server, request) reply{
	GetLoginPage:    (*Server).loginPage,
	SubmitPassword:  (*Server).password,
	RequestMfaCode:  (*Server).sendCode,
	ValidateMfaCode: (*Server).validateCode,
	RegisterPageAccess: func(*Server, request) reply {
		return reply{
			status: http.StatusOK, body: `{"result":1}`,
		}
	},
	OpenPortal:                  func(*Server, request) reply { return page(http.StatusOK, "Portal", "") },
	OpenEventManagement:         func(*Server, request) reply { return page(http.StatusOK, "Event Management", "") },
	AuthenticateEventManagement: (*Server).authenticate,
	GetEdrReport:                (*Server).report,
	BrowseEventData:             (*Server).browse,
	GetDailyScheduleReport:      (*Server).schedule,
	UpdateClubEvent:             (*Server).update,
}

func (s *Server) note(q request, out reply) {
	s.log.Add(Entry{Time: time.Now(), Operation: q.operation, Status: out.status, Refused: out.refused, Note: out.note})
}

func (s *Server) write(w http.ResponseWriter, r *http.Request, out reply) {
	for _, c := range out.cookies {
		c.Domain = domain(r.Host)
		http.SetCookie(w, c)
	}
	if out.kind == "" {
		out.kind = "application/json"
	}
	if out.location != "" {
		w.Header().Set("Location", out.location)
	}
	w.Header().Set("Content-Type", out.kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(out.body)))
	w.WriteHeader(out.status)
	_, _ = io.WriteString(w, out.body)
}

// domain returns the last two labels of a host name, which the three hosts share, or "" for an IP
// address.
func domain(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	labels := strings.Split(host, ".")
	if net.ParseIP(host) != nil || len(labels) < 3 {
		return ""
	}
	return strings.Join(labels[len(labels)-2:], ".")
}

// page returns an HTML page.
func page(status int, title, text string) reply {
	return reply{
		status: status,
		kind:   "text/html; charset=utf-8",
		body: "<!DOCTYPE html>\n<html><head><title>" + title + "</title></head><body>" +
			"<h1>" + title + "</h1>" + text + "</body></html>\n",
	}
}
