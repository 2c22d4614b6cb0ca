package auth_test

// This file tests that secrets are sent to the right server only, and shown nowhere.

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// Secrets are not sent over plain http, except to this machine.
func TestEndpoint_PlainHTTP(t *testing.T) {
	for _, c := range []struct {
		url     string
		allowed bool
		sent    bool
	}{
		{"http://token.example", false, false}, {"http://token.example", true, true},
		{"https://token.example", false, true}, {"http://127.0.0.1:1/", false, true}, {"http://lwa.test", false, true},
	} {
		requests := 0
		e := auth.Endpoint{URL: c.url, AllowHTTP: c.allowed,
			Transport: resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				requests++
				return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(good)), Request: r}, nil
			})}
		if err := e.Check(); (err == nil) != c.sent {
			t.Errorf("%s: Check returns %v", c.url, err)
		}
		for _, credential := range []*auth.Token{
			auth.ClientCredentials(e, nil, auth.As("shop")), auth.RefreshToken(e, "r", nil),
		} {
			requests = 0
			if err := credential.Check(); (err == nil) != c.sent {
				t.Errorf("%s: Check of the credential returns %v", c.url, err)
			}
			_, err := credential.Secret(t.Context(), struct{}{})
			var failure *auth.TokenError
			if (requests == 1) != c.sent || (err == nil) != c.sent {
				t.Errorf("%s: %v after %d requests, want them sent: %t", c.url, err, requests, c.sent)
			}
			if err != nil && (!errors.As(err, &failure) || failure.Reason != auth.Insecure || !auth.Final(err) ||
				!strings.Contains(err.Error(), "token.example: the URL of the token endpoint is plain http")) {
				t.Errorf("the error is %v", err)
			}
		}
	}
	if err := auth.TokenSource((&source{}).fetch).Check(); err != nil {
		t.Errorf("a credential without a check: %v", err)
	}
}

func TestConfidential(t *testing.T) {
	for text, want := range map[string]bool{
		"https://a.example": true, "http://a.example": false, "http://[::1]": true,
	} {
		u, err := url.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := auth.Confidential(u); got != want {
			t.Errorf("%s: got %t, want %t", text, got, want)
		}
	}
}

// Errors of net/http quote responses that it cannot read. A server may repeat the request in them.
func TestEndpoint_RepeatedRequests(t *testing.T) {
	const clientID, secret, token = "client-id", "the client secret/1", "the|refresh token"
	for name, form := range map[string]string{
		"status line": "%s\r\n\r\n", "status": "HTTP/1.1 %s\r\n\r\n", "header": "HTTP/1.1 200 OK\r\n%s\r\n\r\n",
		"length": "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n",
	} {
		for _, how := range []auth.ClientAuth{auth.SecretPost, auth.SecretBasic} {
			e, _ := endpointAt(t, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				decoded, _ := url.QueryUnescape(string(body))
				conn, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					panic(err)
				}
				_, _ = fmt.Fprintf(conn, form, r.Header.Get("Authorization")+"+"+string(body)+"+"+decoded)
				_ = conn.Close()
			})
			e.Attempts, e.ClientID, e.ClientSecret, e.ClientAuth = 1, clientID, auth.NewSecret(secret), how
			_, err := e.Request(t.Context(), url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}})
			if err == nil || !strings.Contains(err.Error(), "no response: net/http: HTTP/1.x transport") {
				t.Errorf("%s: %v", name, err)
			}
			basic := base64.StdEncoding.EncodeToString([]byte(clientID + ":" + url.QueryEscape(secret)))
			for ; err != nil; err = errors.Unwrap(err) {
				for _, s := range []string{secret, url.QueryEscape(secret), token, url.QueryEscape(token), basic} {
					if strings.Contains(err.Error(), s) {
						t.Errorf("%s, %s: %q is in %v", name, how, s, err)
					}
				}
			}
		}
	}
}

// The address of a proxy may have a password.
func TestEndpoint_ProxyThatIsNotUsable(t *testing.T) {
	e := auth.Endpoint{URL: "https://api.test/token", Attempts: 1, Transport: &http.Transport{
		Proxy: func(*http.Request) (*url.URL, error) {
			return nil, errors.New(`invalid proxy address "http://user:the-secret@%zz"`)
		},
	}}
	_, err := e.Request(t.Context(), refresh)
	if err == nil || !strings.HasSuffix(err.Error(), `no response: invalid proxy address "[redacted]"`) {
		t.Errorf("got %v", err)
	}
}
