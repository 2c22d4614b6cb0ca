package edr

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// tokenCookie is the cookie with the bearer token.
const tokenCookie = "auth-token"

// tokenFrom returns the bearer token from response headers. Errors: [ErrIncomplete] if the cookie
// is missing or empty, [ErrTokenFormat] if its value is malformed.
func tokenFrom(h http.Header) (string, error) {
	value, found := lastCookie(h, tokenCookie)
	if !found || value == "" {
		return "", ErrIncomplete
	}
	plain, err := url.PathUnescape(value) // not QueryUnescape: a plus is part of the token
	if err != nil {
		return "", ErrTokenFormat
	}
	var content struct {
		Token string `json:"token"`
	}
	if json.Unmarshal([]byte(plain), &content) != nil || content.Token == "" {
		return "", ErrTokenFormat
	}
	return content.Token, nil
}

// lastCookie returns the raw value of a cookie in Set-Cookie. net/http drops cookies with invalid
// characters, but an unescaped token must be distinguished from a missing one.
func lastCookie(h http.Header, name string) (value string, found bool) {
	for _, line := range h.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(line, ";")
		if key, v, ok := strings.Cut(pair, "="); ok && strings.TrimSpace(key) == name {
			value, found = strings.TrimSpace(v), true
		}
	}
	return value, found
}
