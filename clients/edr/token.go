package edr

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// tokenCookie is the cookie that brings the bearer token.
const tokenCookie = "auth-token"

// tokenFrom reads the bearer token from the headers of an answer. Errors: [ErrIncomplete] if the
// cookie is not there or empty, [ErrTokenFormat] if it holds something else.
func tokenFrom(h http.Header) (string, error) {
	value, found := lastCookie(h, tokenCookie)
	if !found || value == "" {
		return "", ErrIncomplete
	}
	plain, err := url.PathUnescape(value) // not QueryUnescape: a plus in a token is a plus
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

// lastCookie returns the value of a cookie as it stands in Set-Cookie; net/http leaves out those
// with characters that may not stand there, and a token that came unescaped should be told from
// none.
func lastCookie(h http.Header, name string) (value string, found bool) {
	for _, line := range h.Values("Set-Cookie") {
		pair, _, _ := strings.Cut(line, ";")
		if key, v, ok := strings.Cut(pair, "="); ok && strings.TrimSpace(key) == name {
			value, found = strings.TrimSpace(v), true
		}
	}
	return value, found
}
