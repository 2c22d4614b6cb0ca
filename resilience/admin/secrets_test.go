package admin_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/admin"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/wire"
)

// reply returns a transport that responds with what respond makes of each request.
func reply(respond func(*http.Request) (*http.Response, error)) resilience.Option {
	return resilience.WithTransport(resilience.RoundTripperFunc(respond))
}

// status returns a response to a request.
func status(r *http.Request, code int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{
		StatusCode: code, Status: fmt.Sprint(code), ProtoMajor: 1, ProtoMinor: 1, Header: h, Request: r,
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

// Wherever a secret is in a call that fails, no response of the handler contains it.
func TestHandler_ShowsNoSecrets(t *testing.T) {
	const address = "https://user:" + secret + "@shop.test/item?signature=" + secret
	refused := func(r *http.Request, text string) (*http.Response, error) {
		return status(r, 400, `{"code":"Bad","message":"`+text+`"}`), nil
	}
	for name, tt := range map[string]struct {
		respond func(*http.Request) (*http.Response, error)
		calls   []resilience.CallOption
		signIn  error
	}{
		"token in the body of a failure": {respond: func(r *http.Request) (*http.Response, error) {
			return refused(r, "not allowed: "+r.Header.Get("Authorization"))
		}},
		"token as code": {respond: func(r *http.Request) (*http.Response, error) {
			return status(r, 400, `{"code":"`+secret+`","message":"no"}`), nil
		}},
		"query": {
			respond: func(r *http.Request) (*http.Response, error) { return refused(r, r.URL.RawQuery) },
			calls:   []resilience.CallOption{resilience.WithQuery("api_key", "other-"+secret)},
		},
		"header": {
			respond: func(r *http.Request) (*http.Response, error) { return refused(r, r.Header.Get("X-Api-Key")) },
			calls:   []resilience.CallOption{resilience.WithHeader("X-Api-Key", "other-"+secret)},
		},
		"request id": {respond: func(r *http.Request) (*http.Response, error) {
			return status(r, 500, "", "X-Request-Id", secret), nil
		}},
		"cookie of a response": {respond: func(r *http.Request) (*http.Response, error) {
			return status(r, 500, "", "Set-Cookie", "session="+secret), nil
		}},
		"signed URL of a redirection": {respond: func(r *http.Request) (*http.Response, error) {
			return status(r, 302, "", "Location", address), nil
		}},
		"body that is not JSON": {respond: func(r *http.Request) (*http.Response, error) {
			return status(r, 500, "<html>"+secret), nil
		}},
		"error with a URL": {respond: func(*http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: address, Err: errors.New("refused")}
		}},
		"text of an error": {respond: func(*http.Request) (*http.Response, error) {
			return nil, errors.New("proxy " + address + " said no to Bearer " + secret)
		}},
		"error of the sign-in": {signIn: errors.New("POST " + address + ": refused")},
		"state of the sign-in": {signIn: &resilience.CredentialError{
			State: resilience.ErrCredentialRefused, Err: errors.New("POST " + address),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, admin.WithCritical("shop"))
				if tt.respond == nil {
					tt.respond = func(r *http.Request) (*http.Response, error) { return status(r, 500, ""), nil }
				}
				token := auth.TokenSource(func(context.Context) (string, time.Time, error) {
					return secret, time.Time{}, tt.signIn
				}, auth.As("a"))
				c, err := resilience.NewCaller(w.api, resilience.WithBaseURL("http://shop.test"),
					resilience.WithRuntime(w.runtime), resilience.WithLogger(quiet), resilience.WithCredential(token),
					reply(tt.respond))
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				for range 3 { // opens the circuit, if it counts as a failure of the server
					if resilience.Do(t.Context(), c, w.api.Operations[0], wire.Args(), tt.calls...) == nil {
						t.Fatal("the call succeeded")
					}
				}
				if len(w.status("").Errors) == 0 {
					t.Error("no error is shown")
				}
				w.shows(t, "getItem", true)
				w.shows(t, secret, false)
			})
		})
	}
}

// shows checks whether any response of the handler contains a text.
func (w *world) shows(t *testing.T, text string, want bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, lines := events(ctx, t, w.browse())
	all := <-lines
	for _, path := range []string{"/", "/status.json", "/health/ready", "/health/live", "/?q=shop&page=2"} {
		all += w.get("GET", path).Body.String()
	}
	if strings.Contains(all, text) != want {
		i := max(0, strings.Index(all, text))
		t.Errorf("shows %s: %t; …%s…", text, !want, all[max(0, i-200):min(len(all), i+100)])
	}
}
