package spapitest

// This file is the sign-in of the stand-in: Login with Amazon, restricted data tokens, and which
// operation takes which.

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/resgen/resgen/clients/internal/standin"
)

// An issued token is one that the server gave out.
type issuedToken struct {
	until time.Time
	scope string     // of a grantless token; empty: the selling partner's
	opens []resource // of a restricted data token; nil: none
}

// A resource is an operation that a restricted data token opens.
type resource struct {
	Method   string   `json:"method"`
	Path     string   `json:"path"` // parameters may stand in braces
	Elements []string `json:"dataElements"`
}

// A TokenFault is how the token endpoint answers one request. The zero TokenFault is an empty 200.
type TokenFault struct {
	Status int           // 0: 200
	Type   string        // Content-Type; empty: application/json
	Body   string        // sent as it is
	Delay  time.Duration // before the answer, real time
	Hang   bool          // there is no answer until the client gives up
	Reset  bool          // the connection breaks instead
	Work   bool          // answer properly after the delay
}

// FailTokens sets how the next token requests are answered; those after them are answered properly.
func (s *Server) FailTokens(script ...TokenFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokenFaults = script
}

// RevokeTokens makes all tokens issued so far as good as expired.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = map[string]issuedToken{}
}

// TokenRequests returns how many requests the token endpoint had, refused ones included.
func (s *Server) TokenRequests() int { return s.count(requestToken) }

// count returns how many requests an operation had.
func (s *Server) count(operation string) int {
	n := 0
	for _, e := range s.Entries() {
		if e.Operation == operation {
			n++
		}
	}
	return n
}

// failToken answers a token request as the script says. It is false if the script is over, and the
// status is 0 if there was no answer.
func (s *Server) failToken(w http.ResponseWriter, r *http.Request) (status int, failed bool) {
	s.mu.Lock()
	if len(s.tokenFaults) == 0 {
		s.mu.Unlock()
		return 0, false
	}
	f := s.tokenFaults[0]
	s.tokenFaults = s.tokenFaults[1:]
	s.mu.Unlock()
	time.Sleep(f.Delay)
	switch {
	case f.Work:
		return 0, false
	case f.Hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case f.Reset:
		standin.HangUp(w)
		return 0, true
	}
	if f.Type == "" {
		f.Type = "application/json"
	}
	if f.Status == 0 {
		f.Status = http.StatusOK
	}
	w.Header().Set("Content-Type", f.Type)
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, f.Body)
	return f.Status, true
}

// token is the token endpoint's work. The lock is held.
func (s *Server) token(body []byte) answer {
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("client_id") == "" || form.Get("client_secret") == "" {
		return oauthError("invalid_request")
	}
	switch form.Get("grant_type") {
	case "refresh_token":
		if form.Get("refresh_token") == "" {
			return oauthError("invalid_request")
		}
		return s.issue(issuedToken{}, form.Get("refresh_token"))
	case "client_credentials":
		if !strings.HasPrefix(form.Get("scope"), "sellingpartnerapi::") {
			return oauthError("invalid_scope")
		}
		return s.issue(issuedToken{scope: form.Get("scope")}, "")
	}
	return oauthError("invalid_request")
}

func oauthError(code string) answer {
	return answer{
		status: http.StatusBadRequest,
		body:   map[string]any{"error": code, "error_description": "a parameter is missing or wrong"},
	}
}

// issue gives out a token of Login with Amazon.
func (s *Server) issue(t issuedToken, refresh string) answer {
	name, life := s.register(t)
	reply := map[string]any{"access_token": name, "token_type": "bearer", "expires_in": max(1, int(life.Seconds()))}
	if refresh != "" {
		reply["refresh_token"] = refresh
	}
	return answer{status: http.StatusOK, body: reply}
}

// register keeps a token under a new name.
func (s *Server) register(t issuedToken) (name string, life time.Duration) {
	s.issued++
	name = "stand-in-token-" + strconv.Itoa(s.issued)
	life = time.Duration(float64(s.opts.TokenLife) / s.opts.Speed)
	t.until = time.Now().Add(life)
	s.tokens[name] = t
	return name, life
}

// restrict is createRestrictedDataToken.
func (s *Server) restrict(body []byte) answer {
	var request struct {
		Resources []resource `json:"restrictedResources"`
	}
	if err := json.Unmarshal(body, &request); err != nil || len(request.Resources) == 0 || len(request.Resources) > 50 {
		return refusal(http.StatusBadRequest, "InvalidInput", "restrictedResources wants 1 to 50 operations", "")
	}
	for _, one := range request.Resources {
		if one.Method == "" || !strings.HasPrefix(one.Path, "/") {
			return refusal(http.StatusBadRequest, "InvalidInput", "a restricted resource needs a method and a path", "")
		}
	}
	name, life := s.register(issuedToken{opens: request.Resources})
	return answer{
		status: http.StatusOK,
		body:   map[string]any{"restrictedDataToken": name, "expiresIn": max(1, int(life.Seconds()))},
	}
}

// authorise checks the token of a request. It returns false and the refusal if it does not open the
// operation.
func (s *Server) authorise(c call, r *http.Request) (answer, bool) {
	t, known := s.tokens[r.Header.Get("x-amz-access-token")]
	switch {
	case !known || time.Now().After(t.until):
		status := s.opts.ExpiredStatus
		if status == 0 {
			status = http.StatusForbidden
		}
		return refusal(
			status,
			"Unauthorized",
			"Access to requested resource is denied.",
			"The access token you provided has expired.",
		), false
	case slices.Contains(s.opts.Denied, c.operation),
		t.scope != scopes[c.operation],
		s.restrictedTo(c) && !t.open(r),
		!s.restrictedTo(c) && t.opens != nil:
		return refusal(http.StatusForbidden, "Unauthorized", "Access to requested resource is denied.", ""), false
	}
	return answer{}, true
}

// scopes are those of the grantless operations.
var scopes = map[string]string{GetDestinations: "sellingpartnerapi::notifications"}

// restrictedTo reports whether a call takes a restricted data token.
func (s *Server) restrictedTo(c call) bool {
	if c.operation == GetReportDocument {
		d := s.storage.documents[c.id]
		return d != nil && d.report != nil && d.report.Restricted
	}
	return c.operation == GetOrderAddress
}

// open reports whether a restricted data token opens the request.
func (t issuedToken) open(r *http.Request) bool {
	return slices.ContainsFunc(
		t.opens,
		func(one resource) bool { return one.Method == r.Method && fits(one.Path, r.URL.Path) },
	)
}

// fits reports whether a path is that of the pattern, in which {parameters} stand for one segment.
func fits(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, got, func(w, g string) bool {
		return w == g || strings.HasPrefix(w, "{") && strings.HasSuffix(w, "}") && g != ""
	})
}
