package edrtest

// This file implements sign-in: password, code, session, token.

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The cookies that matter, with the names of the real hosts.
const (
	tokenCookie   = "auth-token"
	pendingCookie = "rlLoginInfo"
	sessionCookie = "RETAILLINKSESSION"
)

// A login is a sign-in, pending or complete.
type login struct {
	code      string // the latest one; empty: none
	failures  int
	validated bool
}

// An issued token belongs to a session.
type issued struct {
	session string
	until   time.Time // zero: unlimited
}

// Code returns the latest code, or "" if none was sent.
func (s *Server) Code() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.codes == 0 {
		return ""
	}
	return code(s.codes)
}

// code returns the nth code.
func code(n int) string { return fmt.Sprintf("%06d", 271828*n%1000000) }

// ExpireTokens invalidates all tokens issued so far. Their sessions continue.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = map[string]issued{}
}

// EndSessions ends all sessions and their tokens.
func (s *Server) EndSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens, s.logins = map[string]issued{}, map[string]*login{}
}

// id returns a new id. The lock must be held.
func (s *Server) id(kind string) string {
	s.count++
	return fmt.Sprintf("%s-%d", kind, s.count)
}

func (s *Server) loginPage(request) reply {
	out := page(http.StatusOK, "Sign in", `<form action="/api/login"><input name="username"></form>`)
	out.cookies = []*http.Cookie{cookie("vtc", s.id("visitor")), cookie("TS01a", s.id("balancer"))}
	return out
}

func cookie(name, value string) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true}
}

func ok() reply { return reply{status: http.StatusOK, body: `{"status":"OK"}`} }

func no(status int) reply { return reply{status: status, body: `{"status":"FAILED"}`} }

func (s *Server) password(q request) reply {
	var in struct{ Username, Password string }
	_ = json.Unmarshal(q.body, &in)
	if in.Username != s.opts.Username || in.Password != s.opts.Password {
		return no(http.StatusUnauthorized)
	}
	id := s.id("login")
	s.logins[id] = &login{}
	out := ok()
	out.cookies = []*http.Cookie{cookie(pendingCookie, id)}
	return out
}

// underWay returns the sign-in of a request, or nil.
func (s *Server) underWay(q request) *login {
	c, err := q.Cookie(pendingCookie)
	if err != nil {
		return nil
	}
	return s.logins[c.Value]
}

func (s *Server) sendCode(q request) reply {
	var in struct{ Credid string }
	_ = json.Unmarshal(q.body, &in)
	l := s.underWay(q)
	if l == nil || in.Credid != s.opts.CredentialID {
		return no(http.StatusUnauthorized)
	}
	s.codes++
	l.code = code(s.codes)
	return ok()
}

// validateCode accepts the latest code of a sign-in once, and locks the sign-in after too many
// wrong codes.
func (s *Server) validateCode(q request) reply {
	var in struct{ Credid, Code string }
	_ = json.Unmarshal(q.body, &in)
	l := s.underWay(q)
	switch {
	case l == nil || in.Credid != s.opts.CredentialID || l.validated || l.code == "" || l.failures >= s.opts.Attempts:
		return no(s.opts.WrongCode)
	case in.Code != l.code:
		l.failures++
		return no(s.opts.WrongCode)
	}
	l.validated, l.code = true, ""
	id := s.id("session")
	s.logins[id] = l
	out := ok()
	for _, name := range []string{sessionCookie, "RLSESSION", "_auth", "_refreshAuth"} {
		out.cookies = append(out.cookies, cookie(name, id))
	}
	return out
}

// session returns the session of a request.
func (s *Server) session(q request) (id string, ok bool) {
	c, err := q.Cookie(sessionCookie)
	if err != nil {
		return "", false
	}
	l := s.logins[c.Value]
	return c.Value, l != nil && l.validated
}

// authenticate issues a token for a session.
func (s *Server) authenticate(q request) reply {
	id, ok := s.session(q)
	if !ok {
		return s.expired(q, s.opts.SessionEnds)
	}
	token := s.id("token+/") + "=="
	t := issued{session: id}
	if s.opts.TokenLife > 0 {
		t.until = time.Now().Add(s.opts.TokenLife)
	}
	s.tokens[token] = t
	content, _ := json.Marshal(map[string]any{"token": token, "userType": "vendor user"})
	c := cookie(tokenCookie, strings.ReplaceAll(url.QueryEscape(string(content)), "+", "%20"))
	c.Path = "/EventManagement"
	return reply{status: http.StatusOK, body: `{"authenticated":true}`, cookies: []*http.Cookie{c}}
}

// authorise checks the cookies and the token of a request. refused is the response if they are
// invalid.
func (s *Server) authorise(q request) (refused reply, ok bool) {
	id, ok := s.session(q)
	t, known := s.tokens[strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer ")]
	if !ok || !known || t.session != id || !t.until.IsZero() && !time.Now().Before(t.until) {
		return s.expired(q, s.opts.Expiry), false
	}
	return reply{}, true
}

// expired returns the response to a request with an expired session or token.
func (s *Server) expired(q request, e Expiry) reply {
	out := no(http.StatusUnauthorized)
	switch e {
	case LoginPage:
		out = page(http.StatusOK, "Sign in", `<form action="/api/login"></form>`)
	case ToLogin:
		out = page(http.StatusFound, "Found", "")
		out.location = s.opts.LoginURL
		if out.location == "" {
			out.location = "/login"
		}
	case Missing:
		if q.operation == BrowseEventData {
			out = no(http.StatusNotFound)
		}
	}
	out.note = "expired"
	return out
}
