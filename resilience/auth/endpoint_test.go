package auth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// say is a handler that returns its responses in turn, repeats the last one and counts the
// requests.
type say struct {
	answers []http.HandlerFunc
	served  atomic.Int32
}

func (s *say) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := int(s.served.Add(1))
	s.answers[min(n, len(s.answers))-1](w, r)
}

func text(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

const good = `{"access_token":"good-token","token_type":"bearer","expires_in":3600}`

func endpointAt(t *testing.T, answers ...http.HandlerFunc) (*auth.Endpoint, *say) {
	t.Helper()
	s := &say{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return &auth.Endpoint{
		URL:          server.URL + "/token",
		ClientID:     "the-client",
		ClientSecret: auth.NewSecret("the-secret"),
		Backoff:      time.Millisecond,
		Timeout:      5 * time.Second,
	}, s
}

var refresh = url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"the|refresh"}}

func TestEndpoint_RequestFormat(t *testing.T) {
	var got *http.Request
	e, _ := endpointAt(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		got = r
		_, _ = io.WriteString(w, good)
	})
	e.UserAgent = "Tool/1 (Language=Go)"
	begun := time.Now()
	token, expiry, err := e.Token(t.Context(), refresh)
	if err != nil || token != "good-token" {
		t.Fatalf("token %q and error %v", token, err)
	}
	if expiry.Before(begun.Add(time.Hour)) || expiry.After(time.Now().Add(time.Hour)) {
		t.Errorf("it expires in %s, want an hour", time.Until(expiry))
	}
	want := url.Values{
		"grant_type":    {"refresh_token"},
		"refresh_token": {"the|refresh"},
		"client_id":     {"the-client"},
		"client_secret": {"the-secret"},
	}
	if got.PostForm.Encode() != want.Encode() || got.Method != http.MethodPost || got.URL.RawQuery != "" {
		t.Errorf("asked %s %s with %v", got.Method, got.URL, got.PostForm)
	}
	if got.UserAgent() != e.UserAgent || got.Header.Get("Content-Type") != "application/x-www-form-urlencoded" ||
		got.Header.Get("Accept") != "application/json" {
		t.Errorf("headers %v", got.Header)
	}
	if len(refresh) != 2 {
		t.Error("the grant was changed")
	}
}

func TestEndpoint_PublicClientSendsNoSecret(t *testing.T) {
	var form url.Values
	e, _ := endpointAt(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form = r.PostForm
		_, _ = io.WriteString(w, good)
	})
	e.ClientSecret = auth.Secret{}
	if _, _, err := e.Token(t.Context(), refresh); err != nil {
		t.Fatal(err)
	}
	if _, ok := form["client_secret"]; ok {
		t.Errorf("sent %v, want no client_secret", form)
	}
}

// All unusable responses, their errors and whether they are retried.
func TestEndpoint_Failures(t *testing.T) {
	html := "<!DOCTYPE html><html><body>Sign in: the-secret</body></html>"
	for _, c := range []struct {
		name     string
		answer   http.HandlerFunc
		reason   auth.Reason
		code     string
		requests int32
		text     string // of the error
	}{
		{"a page", text(200, html), auth.Page, "", 1, "status 200 with an HTML page"},
		{"a page after white space", text(200, "\r\n "+html), auth.Page, "", 1, "HTML page"},
		{"nothing", text(200, ""), auth.Empty, "", 1, "status 200 with an empty body"},
		{"white space", text(200, " \n"), auth.Empty, "", 1, "empty body"},
		{"no content", text(204, ""), auth.Empty, "", 1, "status 204 with an empty body"},
		{"5 MB", text(200, strings.Repeat("x", 5<<20)), auth.TooLarge, "", 1, "more than 1 MiB"},
		{
			"5 MB of JSON", text(200, `{"access_token":"`+strings.Repeat("x", 5<<20)+`"}`), auth.TooLarge, "", 1,
			"more than 1 MiB",
		},
		{"no JSON", text(200, "access_token=the-secret"), auth.NotJSON, "", 1, "not JSON"},
		{"a JSON list", text(200, "[]"), auth.NotJSON, "", 1, "not JSON"},
		{"no token", text(200, `{"expires_in":3600}`), auth.NoToken, "", 1, "without access_token"},
		{
			"an error under 200", text(200, `{"error":"invalid_grant"}`), auth.Refused, "invalid_grant", 1,
			"status 200 invalid_grant; the refresh token is revoked",
		},
		{
			"invalid_grant", text(400, `{"error":"invalid_grant","error_description":"the|refresh the-secret"}`),
			auth.Refused, "invalid_grant", 1, "authorize the application again",
		},
		{
			"invalid_grant under 503", text(503, `{"error":"invalid_grant"}`), auth.Refused, "invalid_grant", 1,
			"status 503 invalid_grant",
		},
		{
			"invalid_client", text(401, `{"error":"invalid_client"}`), auth.Refused, "invalid_client", 1,
			"check the client id",
		},
		{
			"a code that is none", text(400, `{"error":"the-secret"}`), auth.Refused, "unknown code", 1,
			"status 400 unknown code",
		},
		{"a bare 400", text(400, html), auth.Refused, "", 1, "status 400"},
		{"a bare 403", text(403, ""), auth.Refused, "", 1, "status 403"},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/elsewhere", http.StatusTemporaryRedirect)
		}, auth.Refused, "", 1, "status 307"},
		{"server_error", text(400, `{"error":"server_error"}`), auth.Refused, "server_error", 3, "try again later"},
		{
			"temporarily_unavailable", text(503, `{"error":"temporarily_unavailable"}`), auth.Refused,
			"temporarily_unavailable", 3, "after 3 attempts; try again later",
		},
		{"a bare 500", text(500, html), auth.Refused, "", 3, "status 500 after 3 attempts"},
		{"a bare 503", text(503, ""), auth.Refused, "", 3, "status 503"},
		{"a bare 429", text(429, ""), auth.Refused, "", 3, "status 429"},
		{"a bare 408", text(408, ""), auth.Refused, "", 3, "status 408"},
		{"a bare 499", text(499, ""), auth.Refused, "", 1, "status 499"},
		{
			"a 500 with a code of the service", text(500, `{"error":"internal"}`), auth.Refused, "unknown code", 3,
			"status 500 unknown code",
		},
		{
			"another type", text(200, `{"access_token":"the-secret","token_type":"mac"}`), auth.OtherType, "", 1,
			"status 200 with a token that is not a bearer token",
		},
		{"a switch of protocols", func(w http.ResponseWriter, _ *http.Request) {
			conn, buf, err := w.(http.Hijacker).Hijack()
			if err != nil {
				panic(err)
			}
			_, _ = buf.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
			_ = buf.Flush()
			_, _ = conn.Read(make([]byte, 1)) // until the client closes the connection
			_ = conn.Close()
		}, auth.Unreachable, "", 3, "switched to another protocol"},
		{
			"a broken connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			auth.Unreachable, "", 3, "no response",
		},
		{"another protocol", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusSwitchingProtocols)
		}, auth.Unreachable, "", 3, "another protocol"},
		{"a cut answer", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `{"access_token":`)
		}, auth.Unreachable, "", 3, "unexpected EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, s := endpointAt(t, c.answer)
			e.Attempts = 3
			token, expiry, err := e.Token(t.Context(), refresh)
			var failure *auth.TokenError
			if !errors.As(err, &failure) || token != "" || !expiry.IsZero() {
				t.Fatalf("token %q, expiry %s, error %v; want a *TokenError alone", token, expiry, err)
			}
			if failure.Reason != c.reason || failure.Code != c.code {
				t.Errorf("reason %q and code %q, want %q and %q", failure.Reason, failure.Code, c.reason, c.code)
			}
			if s.served.Load() != c.requests || failure.Attempts != int(c.requests) {
				t.Errorf("%d requests, %d reported, want %d", s.served.Load(), failure.Attempts, c.requests)
			}
			if final := c.requests == 1; failure.Temporary() == final || auth.Final(err) != final ||
				auth.Final(fmt.Errorf("call: %w", err)) != final {
				t.Errorf("temporary %t and final %t", failure.Temporary(), auth.Final(err))
			}
			says := err.Error()
			if !strings.Contains(says, c.text) || !strings.HasPrefix(says, "no token from 127.0.0.1:") {
				t.Errorf("the error is %q, want %q in it", says, c.text)
			}
			if all := says + fmt.Sprintf("%+v", failure); strings.Contains(all, "the-secret") ||
				strings.Contains(all, "refresh ") && strings.Contains(all, "the|") {
				t.Errorf("the error contains a secret: %s", all)
			}
		})
	}
}

func TestEndpoint_SucceedsOnRetry(t *testing.T) {
	e, s := endpointAt(t, text(503, ""), func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		text(400, `{"error":"temporarily_unavailable"}`), text(200, good))
	token, _, err := e.Token(t.Context(), refresh)
	if err != nil || token != "good-token" || s.served.Load() != 4 {
		t.Errorf("token %q, error %v after %d requests, want it at the fourth", token, err, s.served.Load())
	}
	e, s = endpointAt(t, text(503, ""))
	if _, _, err := e.Token(t.Context(), refresh); err == nil || s.served.Load() != 4 {
		t.Errorf("%v after %d requests, want four by default", err, s.served.Load())
	}
}

// How the client id and secret are sent (RFC 6749, section 2.3.1).
func TestEndpoint_ClientAuth(t *testing.T) {
	for _, c := range []struct {
		way        auth.ClientAuth
		id, secret string
		header     string // user and password of Authorization
		form       string
	}{
		{"", "an id", "s", "", "client_id=an+id&client_secret=s"},
		{auth.SecretPost, "an id", "s:%", "", "client_id=an+id&client_secret=s%3A%25"},
		{auth.SecretBasic, "an id", "s:% +é", "an+id s%3A%25+%2B%C3%A9", ""},
		{auth.SecretBasic, "a:b", "s", "a%3Ab s", ""},
		{auth.SecretBasic, "an id", "", "", "client_id=an+id"},
	} {
		var header, form string
		e, _ := endpointAt(t, func(w http.ResponseWriter, r *http.Request) {
			if user, password, ok := r.BasicAuth(); ok {
				header = user + " " + password
			}
			_ = r.ParseForm()
			form = r.PostForm.Encode()
			_, _ = io.WriteString(w, good)
		})
		e.ClientID, e.ClientSecret, e.ClientAuth = c.id, auth.NewSecret(c.secret), c.way
		if _, _, err := e.Token(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if header != c.header || form != c.form {
			t.Errorf("%s of %q: header %q and form %q, want %q and %q", c.way, c.secret, header, form, c.header,
				c.form)
		}
	}
}

func TestEndpoint_Request(t *testing.T) {
	e, _ := endpointAt(t, text(200, `{"access_token":"a","expires_in":60,"refresh_token":"r"}`))
	begun := time.Now()
	got, err := e.Request(t.Context(), refresh)
	if err != nil || got.AccessToken.Reveal() != "a" || got.RefreshToken.Reveal() != "r" {
		t.Errorf("got %q and %q, %v", got.AccessToken.Reveal(), got.RefreshToken.Reveal(), err)
	}
	if got.Expiry != got.Expiry.Round(0) || got.Expiry.Sub(begun.Round(0)) > 65*time.Second ||
		got.Expiry.Sub(begun.Round(0)) < 60*time.Second {
		t.Errorf("it expires at %s, want a minute later on the wall clock", got.Expiry)
	}
}

// Retry-After in every form is obeyed within the time of the request, and reported otherwise.
func TestEndpoint_RetryAfter(t *testing.T) {
	const date = "Sat, 01 Jan 2000 00:00:20 GMT" // bubbles start at midnight
	for _, c := range []struct {
		name, value string
		most        time.Duration // of the context
		wait        time.Duration
		requests    int
	}{
		{"Retry-After", "3", time.Minute, 3 * time.Second, 2},
		{"Retry-After", "1.5", time.Minute, 1500 * time.Millisecond, 2},
		{"Retry-After", date, time.Minute, 20 * time.Second, 2},
		{"Retry-After-Ms", "1500", time.Minute, 1500 * time.Millisecond, 2},
		{"Retry-After", "7200", time.Minute, 2 * time.Hour, 1},
		{"Retry-After", "60", time.Minute, time.Minute, 1},
		{"Retry-After", "59", time.Minute, 59 * time.Second, 2},
		{"Retry-After", date, 20 * time.Second, 20 * time.Second, 1},
	} {
		for _, status := range []int{429, 503} {
			t.Run(fmt.Sprint(status, " ", c.name, ": ", c.value), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					requests := 0
					e := auth.Endpoint{URL: "https://token.example", Backoff: time.Millisecond,
						Transport: resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
							requests++
							resp := &http.Response{StatusCode: status, Request: r,
								Header: http.Header{c.name: {c.value}}, Body: io.NopCloser(strings.NewReader(""))}
							if requests == 2 {
								resp.StatusCode, resp.Body = 200, io.NopCloser(strings.NewReader(good))
							}
							return resp, nil
						})}
					ctx, cancel := context.WithTimeout(t.Context(), c.most)
					defer cancel()
					begun := time.Now()
					_, _, err := e.Token(ctx, refresh)
					took := time.Since(begun)
					if requests != c.requests || (err == nil) != (c.requests == 2) || err == nil && took != c.wait ||
						err != nil && took != 0 {
						t.Errorf("%v after %d requests and %s", err, requests, took)
					}
					var failure *auth.TokenError
					if err != nil && (!errors.As(err, &failure) || failure.RetryAfter != c.wait) {
						t.Errorf("the error is %+v, want a wait of %s", err, c.wait)
					}
				})
			})
		}
	}
}

// A fetch after a failed one sends a single request.
func TestEndpoint_Probes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests := 0
		e := auth.Endpoint{URL: "https://token.example",
			Transport: resilience.RoundTripperFunc(func(*http.Request) (*http.Response, error) {
				requests++
				return nil, errors.New("no route")
			})}
		token := auth.ClientCredentials(e, nil, auth.As("shop"))
		for i, want := range []int{4, 5, 6} {
			_, err := token.Secret(t.Context(), struct{}{})
			var failure *auth.TokenError
			if !errors.As(err, &failure) || requests != want {
				t.Errorf("fetch %d: %v after %d requests, want %d", i+1, err, requests, want)
			}
			time.Sleep(time.Minute)
		}
	})
}

func TestEndpoint_UnusableURL(t *testing.T) {
	for _, bad := range []string{"", "http://a b/", "ftp://api.test/", "http://user:the-secret@%zz/"} {
		e := auth.Endpoint{URL: bad, Attempts: 1}
		_, _, err := e.Token(t.Context(), refresh)
		var failure *auth.TokenError
		if !errors.As(err, &failure) || failure.Reason != auth.Unreachable ||
			strings.Contains(err.Error(), "the-secret") {
			t.Errorf("URL %q: %v", bad, err)
		}
	}
}

func TestEndpoint_RoundTripperThatReturnsNothing(t *testing.T) {
	e := auth.Endpoint{
		URL:       "http://api.test/",
		Attempts:  1,
		Transport: resilience.RoundTripperFunc(func(*http.Request) (*http.Response, error) { return nil, nil }),
	}
	if _, _, err := e.Token(context.Background(), refresh); err == nil ||
		!strings.Contains(err.Error(), "neither a response nor an error") {
		t.Errorf("the error is %v", err)
	}
}
