package main

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/faults"
)

// Requests that no page sends are refused, and none of them reaches a service.
func TestApp_Refuses(t *testing.T) {
	w := newWorld(t)
	large := strings.Repeat("1", longestForm+1)
	for _, c := range []struct {
		method, path, body string
		header             http.Header
		want               int
	}{
		{"GET", "/nothing", "", nil, 404},
		{"GET", "/sign-in/code", "", nil, 405},
		{"POST", "/visits", "", nil, 405},
		{"DELETE", "/events", "", nil, 405},
		{"PUT", "/sign-in", "code=1", nil, 405},
		{"TRACE", "/", "", nil, 405},
		{"PROPFIND", "/visits", "", nil, 405},
		{"GET", "/visits/../../etc/passwd", "", nil, 404},
		{"GET", "/pages.html", "", nil, 404},
		{"POST", "/demo/crossmark", "down=true", nil, 404}, // there are no fakes to let fail
		{"POST", "/sign-in", "code=" + large, nil, 413},
		{"POST", "/sign-in/code", large, nil, 413},
		{"POST", "/sign-in", "code=%zz", nil, 400},
		{"POST", "/sign-in?code=%zz", "", nil, 400},
		{"POST", "/sign-in", `{"code": "123456"}`, http.Header{"Content-Type": {"application/json"}}, 422},
		{"POST", "/sign-in", "code=123456", http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, 422},
		{"POST", "/sign-in", "code=12345%00", nil, 422},
		{"POST", "/sign-in?code=123456", "", nil, 422}, // a code in a URL would be logged
		{"POST", "/sign-in/code", "", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		{"POST", "/sign-in/code", "", http.Header{"Origin": {"https://evil.test"}}, 403},
		{"POST", "/sign-in", "code=1", http.Header{"Sec-Fetch-Site": {"same-site"}}, 403},
		{"GET", "/", "", http.Header{"X-Large": {strings.Repeat("x", 64<<10)}}, 431},
	} {
		r, err := http.NewRequest(c.method, w.url+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = c.header.Clone()
		if c.method == "POST" && r.Header.Get("Content-Type") == "" {
			if r.Header == nil {
				r.Header = http.Header{}
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		if got := w.read(w.browser.Do(r)); got.StatusCode != c.want {
			t.Errorf("%s %.40s %.40s %.80v: got %s, want %d", c.method, c.path, c.body, c.header, got.Status, c.want)
		}
	}
	if n := w.edrRequests.Load() + w.crossmarkRequests.Load(); n != 0 {
		t.Errorf("%d requests reached a service", n)
	}
}

// All responses carry the headers with which a browser protects them.
func TestApp_Headers(t *testing.T) {
	w := newWorld(t)
	for path, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/sign-in": "text/html; charset=utf-8",
		"/style.css": "text/css; charset=utf-8", "/nothing": "text/plain; charset=utf-8",
	} {
		r := w.get(path)
		for name, want := range map[string]string{
			"Content-Type": kind, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cache-Control": "no-store",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		p := r.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(p, "default-src 'none'; style-src 'self';") {
			t.Errorf("%s: policy %q", path, p)
		}
	}
}

// Text of a service is shown as text.
func TestApp_Escapes(t *testing.T) {
	w := httptest.NewRecorder()
	a := &app{log: slog.New(slog.DiscardHandler)}
	list := []event{{Number: 1, Item: "<script>alert(1)</script>", Status: `"><b>`}}
	a.show(w, httptest.NewRequest("GET", "/events", nil), 200, "events", "Events", struct {
		Events   []event
		Degraded bool
		Age      time.Duration
	}{Events: list})
	if body := w.Body.String(); strings.Contains(body, "<script") || strings.Contains(body, "<b>") ||
		!strings.Contains(body, "&lt;script&gt;") {
		t.Error(body)
	}
}

// A page that cannot be shown is a failure from its first byte.
func TestApp_BrokenPage(t *testing.T) {
	w := httptest.NewRecorder()
	a := &app{log: slog.New(slog.DiscardHandler)}
	a.show(w, httptest.NewRequest("GET", "/", nil), 200, "events", "Events", struct{ Degraded bool }{})
	if w.Code != 500 || strings.Contains(w.Body.String(), "<") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// A form that does not arrive in time ends the connection. A page that nobody reads does too.
func TestSecured_SlowClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pipe := faults.NewPipe()
		a := &app{log: slog.New(slog.DiscardHandler)}
		reached := 0
		server := &http.Server{Handler: secured(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			reached++
			a.showSignIn(w, r, 200, signInPage{Problem: strings.Repeat("x", 4<<20)})
		}))}
		go func() { _ = server.Serve(pipe) }()
		defer server.Close()
		connect := func(request string) net.Conn {
			conn, err := pipe.DialContext(t.Context(), "tcp", "app.test:80")
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(conn, request)
			return conn
		}
		const head = "POST /sign-in HTTP/1.1\r\nHost: app.test\r\nContent-Type: application/x-www-form-urlencoded\r\n"
		begin := time.Now()
		slow := connect(head + "Content-Length: 10\r\n\r\ncode=")
		defer slow.Close()
		r, err := http.ReadResponse(bufio.NewReader(slow), nil)
		if err != nil || r.StatusCode != http.StatusRequestTimeout || reached != 0 || time.Since(begin) != formTime {
			t.Errorf("a form that does not arrive: %v, %v after %s", r, err, time.Since(begin))
		}
		stuck := connect("GET / HTTP/1.1\r\nHost: app.test\r\n\r\n")
		defer stuck.Close()
		synctest.Wait()
		time.Sleep(pageTime + time.Second)
		synctest.Wait()
		if page, err := io.ReadAll(stuck); reached != 1 || len(page) > 3<<20 {
			t.Errorf("a page that nobody read: %d bytes, %v", len(page), err)
		}
	})
}

// A code is not shown again, and spaces around it are ignored.
func TestApp_SignIn(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, code, want string
	}{
		{"before a code was sent", "123456", "Have a code sent first."},
		{"empty", "", "A code has 6 digits."},
		{"short", "12345", "A code has 6 digits."},
		{"letters", "<b>abc", "A code has 6 digits."},
	} {
		r := w.post("/sign-in", url.Values{"code": {c.code}})
		shown := c.code != "" && strings.Contains(r.body, c.code)
		if r.StatusCode != 422 || !strings.Contains(r.body, c.want) || shown {
			t.Errorf("%s: got %s\n%s", c.name, r.Status, r.body)
		}
	}
	if n := w.edrRequests.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
	w.post("/sign-in/code", nil)
	wrong := strings.Map(func(digit rune) rune { return '0' + '9' - digit }, w.events.Code())
	if r := w.post("/sign-in", url.Values{"code": {wrong}}); r.StatusCode != 422 ||
		!strings.Contains(r.body, "The code was not accepted.") || !strings.Contains(r.body, `name="code"`) {
		t.Errorf("a wrong code: %s\n%s", r.Status, r.body)
	}
	if r := w.post("/sign-in", url.Values{"code": {" " + w.events.Code() + " "}}); r.Request.URL.Path != "/events" {
		t.Errorf("the code: %s\n%s", r.Status, r.body)
	}
}
