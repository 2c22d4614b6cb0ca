package admin_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/admin"
)

var quiet = slog.New(slog.DiscardHandler)

// paths are those of all handlers, with the method that each has.
var paths = map[string]string{
	"/": "GET", "/status.json": "GET", "/events": "GET", "/health/live": "GET", "/health/ready": "GET",
	"/assets/style.css": "GET", "/assets/live.js": "GET", "/assets/icon.svg": "GET", "/actions/isolate": "POST",
	"/actions/apply": "POST",
}

// Every handler refuses what it does not expect, and nothing has an effect.
func TestHandler_RefusesHostileRequests(t *testing.T) {
	long := strings.Repeat("x", 17<<10)
	for _, tt := range []struct {
		name   string
		change func(*http.Request)
		get    int // status of handlers with GET
		post   int
	}{
		{"huge header", func(r *http.Request) { r.Header.Set("X-Long", long) }, 431, 431},
		{"many headers", func(r *http.Request) {
			for range 9000 {
				r.Header.Add("A", "b")
			}
		}, 431, 431},
		{"huge cookie", func(r *http.Request) { r.Header.Set("Cookie", long) }, 431, 431},
		{"long query", func(r *http.Request) { r.URL.RawQuery = long }, 414, 414},
		{"long path", func(r *http.Request) { r.URL.Path += long }, 414, 414},
		{"no path", func(r *http.Request) { r.URL.Path = "" }, 404, 404},
		{"double slash", func(r *http.Request) { r.URL.Path = "/" + r.URL.Path }, 404, 404},
		{"other path", func(r *http.Request) { r.URL.Path += "x/y" }, 404, 404},
		{"PUT", func(r *http.Request) { r.Method = "PUT" }, 405, 405},
		{"DELETE", func(r *http.Request) { r.Method = "DELETE" }, 405, 405},
		{"OPTIONS", func(r *http.Request) { r.Method = "OPTIONS" }, 405, 405},
		{"TRACE", func(r *http.Request) { r.Method = "TRACE" }, 405, 405},
		{"CONNECT", func(r *http.Request) { r.Method = "CONNECT" }, 405, 405},
		{"odd method", func(r *http.Request) { r.Method = "PROPFIND<>" }, 405, 405},
		{"no method", func(r *http.Request) { r.Method = "get" }, 405, 405},
		{"GET with a body", func(r *http.Request) { r.Method, r.ContentLength = "GET", 1 }, 413, 413},
		{"GET with an endless body", func(r *http.Request) { r.Method, r.ContentLength = "GET", -1 }, 413, 413},
		{"from another site", func(r *http.Request) {
			r.Method = "POST"
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}, 405, 403},
		{"of another origin", func(r *http.Request) {
			r.Method = "POST"
			r.Header.Set("Origin", "https://evil.test")
		}, 405, 403},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, admin.WithAuthorizer(allowed), admin.WithLogger(quiet))
			c := w.client("a")
			for path, method := range paths {
				r := httptest.NewRequest(method, path, nil)
				r.Header.Set("User", "ann")
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				tt.change(r)
				out := httptest.NewRecorder()
				w.handler.ServeHTTP(out, r)
				want := tt.get
				if method == "POST" {
					want = tt.post
				}
				if out.Code != want || out.Body.Len() > 200 || strings.Contains(out.Body.String(), "xxx") {
					t.Errorf("%s %s: got %d with %d bytes, want %d", tt.name, path, out.Code, out.Body.Len(), want)
				}
			}
			if err := w.call(c); err != nil {
				t.Errorf("%s: a refused request had an effect: %v", tt.name, err)
			}
		})
	}
}

// A client that does not read, or does not send what it has announced, is dropped.
func TestHandler_DeadlinesOfAllHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, admin.WithAuthorizer(allowed), admin.WithLogger(quiet))
		for path, method := range paths {
			out := &stuckWriter{}
			r := httptest.NewRequest(method, path, stuckBody{out})
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if method == "GET" {
				r.Body, r.ContentLength = http.NoBody, 0
			}
			begun := time.Now()
			w.handler.ServeHTTP(out, r)
			if took := time.Since(begun); took == 0 || took > 60*time.Second {
				t.Errorf("%s: dropped after %s", path, took)
			}
		}
	})
}

// A stuckBody ends when the deadline of its connection has passed.
type stuckBody struct{ connection *stuckWriter }

func (s stuckBody) Read([]byte) (int, error) {
	time.Sleep(time.Until(s.connection.readDeadline))
	return 0, errDeadline
}
