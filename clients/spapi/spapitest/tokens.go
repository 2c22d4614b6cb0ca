package spapitest

// This file implements sign-in: Login with Amazon, restricted data tokens, and which operation
// requires which.

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

// An issuedToken is a token issued by the server.
type issuedToken struct {
	until time.Time
	scope string     // of a grantless token; empty: a token of the selling partner
	opens []resource // of a restricted data token; nil: another token
}

// A resource is an operation that a restricted data token authorizes.
type resource struct {
	Method   string   `json:"method"`
	Path     string   `json:"path"` // may contain parameters in braces
	Elements []string `json:"dataElements"`
}

// A TokenFault describes the response to one token request. The zero TokenFault is an empty 200.
type TokenFault struct {
	Status int           // 0: 200
	Type   string        // Content-Type; empty: application/json
	Body   string        // sent unchanged
	Delay  time.Duration // before the response, in real time
	Hang   bool          // send no response until the client cancels
	Reset  bool          // break the connection instead
	Work   bool          // send the normal response after the delay
}

// FailTokens sets the responses to the next token requests. Later requests are handled normally.
func (s *Server) FailTokens(script ...TokenFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokenFaults = script
}

// RevokeTokens expires all tokens issued so far.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = map[string]issuedToken{}
}

// TokenRequests returns the number of token requests, including refused ones.
func (s *Server) TokenRequests() int { return s.count(requestToken) }

// count returns the number of requests of an operation.
func (s *Server) count(operation string) int {
	n := 0
	for _, e := range s.Entries() {
		if e.Operation == operation {
			n++
		}
	}
	return n
}

// failToken responds to a token request as scripted. It returns false at the end of the script. The
// status is 0 if there was no response.
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

// token implements the token endpoint. The lock must be held.
func (s *Server) token(body []byte) response {
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

func oauthError(code string) response {
	return response{
		status: http.StatusBadRequest,
		body:   map[string]any{"error": code, "error_description": "a parameter is missing or wrong"},
	}
}

// issue issues a token of Login with Amazon.
func (s *Server) issue(t issuedToken, refresh string) response {
	name, life := s.register(t)
	reply := map[string]any{"access_token": name, "token_type": "bearer", "expires_in": max(1, int(life.Seconds()))}
	if refresh != "" {
		reply["refresh_token"] = refresh
	}
	return response{status: http.StatusOK, body: reply}
}

// register stores a token under a new name.
func (s *Server) register(t issuedToken) (name string, life time.Duration) {
	s.issued++
	name = "stand-in-token-" + strconv.Itoa(s.issued)
	life = time.Duration(float64(s.opts.TokenLife) / s.opts.Speed)
	t.until = time.Now().Add(life)
	s.tokens[name] = t
	return name, life
}

// restrict implements createRestrictedDataToken.
func (s *Server) restrict(body []byte) response {
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
	return response{
		status: http.StatusOK,
		body:   map[string]any{"restrictedDataToken": name, "expiresIn": max(1, int(life.Seconds()))},
	}
}

// authorise checks the token of a request. If it is not authorized, it returns the error response
// and false.
func (s *Server) authorise(c call, r *http.Request) (response, bool) {
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
	return response{}, true
}

// scopes maps grantless operations to their scopes.
var scopes = map[string]string{GetDestinations: "sellingpartnerapi::notifications"}

// restrictedTo reports whether a call requires a restricted data token.
func (s *Server) restrictedTo(c call) bool {
	if c.operation == GetReportDocument {
		d := s.storage.documents[c.id]
		return d != nil && d.report != nil && d.report.Restricted
	}
	return c.operation == GetOrderAddress
}

// open reports whether a restricted data token authorizes the request.
func (t issuedToken) open(r *http.Request) bool {
	return slices.ContainsFunc(
		t.opens,
		func(one resource) bool { return one.Method == r.Method && fits(one.Path, r.URL.Path) },
	)
}

// fits reports whether path matches pattern, in which each {parameter} matches one segment.
func fits(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, got, func(w, g string) bool {
		return w == g || strings.HasPrefix(w, "{") && strings.HasSuffix(w, "}") && g != ""
	})
}
