package crossmarktest

// This file implements sessions: sign-in, its responses, and calls with an expired session.

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

const (
	login  = "login"
	cookie = "PHPSESSID"
)

// A session was opened by a sign-in.
type session struct {
	number int // number of the sign-in, from 1
	until  time.Time
}

// EndSessions expires all open sessions.
func (s *Server) EndSessions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions = map[string]session{}
}

// Logins returns the number of sign-ins, including refused ones.
func (s *Server) Logins() int { return s.Count(login) }

// admit checks the session of a call. The lock must be held.
func (s *Server) admit(c *call) (response, bool) {
	cookies := c.CookiesNamed(cookie)
	if len(cookies) > 1 {
		c.entry.Refused = "two session cookies"
		return envelope(http.StatusBadRequest, c.entry.Refused), false
	}
	if len(cookies) == 1 {
		if live, found := s.sessions[cookies[0].Value]; found && time.Now().Before(live.until) {
			c.entry.Session = live.number
			return s.permit(c)
		}
	}
	c.entry.Refused = "session ended"
	return s.ended(), false
}

// permit refuses operations for which the user has no permission.
func (s *Server) permit(c *call) (response, bool) {
	if slices.Contains(s.opts.Denied, c.operation.id) {
		c.entry.Refused = "no permission"
		return envelope(http.StatusForbidden, c.entry.Refused), false
	}
	return response{}, true
}

func (s *Server) ended() response {
	switch s.opts.Ended {
	case EndedPage:
		return loginPage()
	case Ended401:
		return envelope(http.StatusUnauthorized, "Authentication required")
	case EndedForbidden:
		return envelope(http.StatusForbidden, "Forbidden")
	}
	return response{status: http.StatusFound, media: "text/html", header: map[string]string{"Location": "/login"}}
}

func loginPage() response { return page(http.StatusOK, `<div id="login-app"></div>`) }

// checkLogin returns what is wrong with the form of a sign-in, or "". It does not check the
// credentials.
func checkLogin(c *call) string {
	if why := isJSON(c); why != "" {
		return why
	}
	var sent map[string]string
	if err := json.Unmarshal(c.body, &sent); err != nil || sent["UserType"] != "MVEntityUser" || sent["UserID"] == "" ||
		sent["Timezone"] == "" {
		return "UserType, UserID, Password and Timezone are required"
	}
	return ""
}

// signIn opens a session. The lock must be held.
func (s *Server) signIn(c *call) response {
	var sent struct{ UserID, Password string }
	_ = json.Unmarshal(c.body, &sent)
	switch {
	case sent.UserID != s.opts.UserID || sent.Password != s.opts.Password:
		c.entry.Refused = "wrong password"
		return response{status: http.StatusUnauthorized, media: "text/plain", body: "Invalid credentials"}
	case s.opts.Login == LoginNeither:
		c.entry.Refused = "neither"
		return ok(map[string]any{"message": "try again"})
	}
	s.opened++
	id := fmt.Sprintf("session%04d", s.opened)
	s.sessions[id] = session{number: s.opened, until: time.Now().Add(s.opts.SessionLife)}
	c.entry.Session, c.entry.Applied = s.opened, true
	a := s.welcome(id)
	a.header = map[string]string{
		"Set-Cookie": cookie + "=" + id + "; path=/; HttpOnly",
		"Location":   a.header["Location"],
	}
	if a.status == http.StatusOK {
		delete(a.header, "Location")
	}
	a.applied = true
	return a
}

func (s *Server) welcome(id string) response {
	switch s.opts.Login {
	case LoginPage:
		return response{
			status: http.StatusFound, media: "text/html", header: map[string]string{"Location": "/planning/"},
		}
	case LoginRedirect:
		return ok(map[string]any{"redirectUrl": "/planning/"})
	case LoginOther:
		return response{status: http.StatusOK, media: "text/plain", body: "OK"}
	}
	return ok(map[string]any{"success": true, "sessionId": id, "userId": "1"})
}
