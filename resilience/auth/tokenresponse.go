package auth

// This file reads the responses of token endpoints.

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// A tokenResponse is what a token endpoint sent.
type tokenResponse struct {
	status     int
	retryAfter time.Duration
	body       []byte
}

// tokenBody is the JSON of RFC 6749, sections 5.1 and 5.2.
type tokenBody struct {
	AccessToken  string          `json:"access_token"`
	TokenType    string          `json:"token_type"`
	ExpiresIn    json.RawMessage `json:"expires_in"`
	RefreshToken string          `json:"refresh_token"`
	Error        string          `json:"error"`
}

// issued parses the response. A life of 0 means that the server did not specify one.
func (a tokenResponse) issued() (got Issued, life time.Duration, failure *TokenError) {
	var r tokenBody
	body := bytes.TrimSpace(a.body)
	err := json.Unmarshal(body, &r)
	if a.status/100 != 2 || err == nil && r.Error != "" {
		return got, 0, a.fail(Refused, plainCode(r.Error))
	}
	switch {
	case len(a.body) > mostTokenBytes:
		return got, 0, a.fail(TooLarge, "")
	case len(body) == 0:
		return got, 0, a.fail(Empty, "")
	case err != nil && body[0] == '<':
		return got, 0, a.fail(Page, "")
	case err != nil:
		return got, 0, a.fail(NotJSON, "")
	case r.AccessToken == "":
		return got, 0, a.fail(NoToken, "")
	case !isBearer(r.TokenType):
		return got, 0, a.fail(OtherType, "")
	}
	life, ok := lifetime(r.ExpiresIn)
	if !ok {
		return got, 0, a.fail(Lifeless, "")
	}
	return Issued{AccessToken: NewSecret(r.AccessToken), RefreshToken: NewSecret(r.RefreshToken)}, life, nil
}

// fail returns an error of the response.
func (a tokenResponse) fail(reason Reason, code string) *TokenError {
	return &TokenError{Reason: reason, Status: a.status, Code: code, RetryAfter: a.retryAfter}
}

// isBearer reports whether a token can be sent as a bearer token (RFC 6749, section 7.1). Many
// servers do not send the type although it is required.
func isBearer(tokenType string) bool {
	return tokenType == "" || strings.EqualFold(strings.TrimSpace(tokenType), "bearer")
}

// lifetime parses expires_in: a number of seconds or its text. It returns false if the token is
// unusable, that is if the value is 0, negative or not a number.
func lifetime(raw json.RawMessage) (time.Duration, bool) {
	text := strings.Trim(string(raw), `"`)
	if text == "" || text == "null" {
		return 0, true
	}
	seconds, err := strconv.ParseFloat(text, 64)
	switch {
	case seconds >= longestLife.Seconds():
		return 0, true // also 1e400
	case err != nil || !(seconds > 0):
		return 0, false
	}
	return max(1, time.Duration(seconds*float64(time.Second))), true
}
