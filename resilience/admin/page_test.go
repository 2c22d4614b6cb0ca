package admin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience/admin"
)

func TestHandler_Requests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.client("a")
		for _, tt := range []struct {
			method, path string
			code         int
			media        string
		}{
			{"GET", "/", 200, "text/html; charset=utf-8"},
			{"HEAD", "/", 200, "text/html; charset=utf-8"},
			{"GET", "/status.json", 200, "application/json"},
			{"GET", "/health/live", 200, "application/health+json"},
			{"GET", "/health/ready", 200, "application/health+json"},
			{"GET", "/assets/style.css", 200, "text/css; charset=utf-8"},
			{"GET", "/assets/live.js", 200, "text/javascript; charset=utf-8"},
			{"GET", "/assets/icon.svg", 200, "image/svg+xml"},
			{"HEAD", "/events", 200, "text/event-stream"},
			{"POST", "/", 405, ""},
			{"DELETE", "/status.json", 405, ""},
			{"GET", "/actions/isolate", 405, ""},
			{"GET", "/nothing", 404, ""},
			{"GET", "/assets/page.html", 404, ""},
			{"GET", "/assets/none.css", 404, ""},
			{"GET", "/assets/..%2fpage.go", 404, ""},
			{"GET", "//evil.test/%2e%2e", 404, ""},
			{"GET", "/?q=" + strings.Repeat("x", 1997), 200, ""},
			{"GET", "/?q=" + strings.Repeat("x", 1998), 414, ""},
			{"GET", "/?page=-1", 200, ""},
			{"GET", "/?page=99999999999999999999", 200, ""},
			{"GET", "/?page=1000000", 200, ""},
		} {
			r := w.get(tt.method, tt.path)
			if r.Code != tt.code || tt.media != "" && r.Header().Get("Content-Type") != tt.media {
				t.Errorf("%s %.40s: got %d %s, want %d %s", tt.method, tt.path, r.Code, r.Header().Get("Content-Type"),
					tt.code, tt.media)
			}
			for name, want := range map[string]string{
				"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			} {
				if got := r.Header().Get(name); got != want {
					t.Errorf("%s %.40s: %s is %q, want %q", tt.method, tt.path, name, got, want)
				}
			}
			if !strings.HasPrefix(r.Header().Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'") {
				t.Errorf("%s %.40s: policy %q", tt.method, tt.path, r.Header().Get("Content-Security-Policy"))
			}
		}
	})
}

func TestHandler_EmptyPathIsNotFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		r := httptest.NewRecorder()
		http.StripPrefix("/status", w.handler).ServeHTTP(r, httptest.NewRequest("GET", "/status", nil))
		if r.Code != http.StatusNotFound {
			t.Errorf("got %d", r.Code)
		}
	})
}

func TestHandler_ShowsNoSecretsAndEscapes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		c := w.client("<script>alert(1)</script>")
		if err := w.call(c); err != nil {
			t.Fatal(err)
		}
		w.fail(c)
		time.Sleep(time.Second)
		for _, path := range []string{"/", "/status.json", "/health/ready", "/?q=%3Cscript%3E%22"} {
			body := w.get("GET", path).Body.String()
			if strings.Contains(body, secret) {
				t.Errorf("%s shows a secret", path)
			}
			if strings.Contains(body, "<script>") {
				t.Errorf("%s is not escaped", path)
			}
			if !strings.Contains(path, "?") && !strings.Contains(body, "open") {
				t.Errorf("%s does not show the circuit", path)
			}
		}
	})
}

func TestHandler_ManyAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for i := range 120 {
			w.client(fmt.Sprintf("account-%03d", i))
		}
		err := error(errDown)
		w.denies.Store(&err)
		c := w.client("zebra")
		_ = w.call(c)
		a := w.statusNow("").APIs[0].Accounts
		if a.Total != 121 || a.Found != 121 || a.Pages != 3 || len(a.List) != 50 || a.Degraded != 1 ||
			a.List[0].Name != "zebra" || a.List[0].Status != admin.Fail || a.List[1].Name != "account-000" {
			t.Errorf("got %d of %d, %d pages, %d degraded, first %+v", len(a.List), a.Total, a.Pages, a.Degraded,
				a.List[0])
		}
		if a := w.statusNow("?page=3").APIs[0].Accounts; len(a.List) != 21 || a.List[20].Name != "account-119" {
			t.Errorf("page 3: got %d accounts", len(a.List))
		}
		if a := w.statusNow("?q=ACCOUNT-01").APIs[0].Accounts; a.Found != 10 || len(a.List) != 10 || a.Pages != 1 {
			t.Errorf("search: found %d, listed %d", a.Found, len(a.List))
		}
		page := w.get("GET", "/?q=account&page=2").Body.String()
		for _, want := range []string{"?q=account&amp;page=1", "?q=account&amp;page=3", "Page 2 of 3", "account-060"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page has no %s", want)
			}
		}
	})
}

// With 10,000 accounts, a tenth of which have failed, responses are small, and accounts are found.
func TestHandler_TenThousandAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		err := error(errDown)
		w.denies.Store(&err)
		for i := range 10_000 {
			if c := w.client(fmt.Sprintf("account-%05d", i)); i%10 == 7 {
				_ = w.call(c)
			}
		}
		time.Sleep(time.Second)
		for path, most := range map[string]int{
			"/": 150_000, "/status.json": 150_000, "/health/ready": 10_000, "/?q=account&page=7": 150_000,
		} {
			if n := w.get("GET", path).Body.Len(); n > most || n < most/20 {
				t.Errorf("%s: %d bytes, want at most %d", path, n, most)
			}
		}
		a := w.statusNow("").APIs[0]
		if a.Accounts.Total != 10_000 || a.Accounts.Pages != 200 || len(a.Accounts.List) != 50 ||
			a.SignIns["resting"] != 1000 || a.Accounts.Degraded != 1000 {
			t.Errorf("%d accounts on %d pages, %v", a.Accounts.Total, a.Accounts.Pages, a.SignIns)
		}
		page := w.get("GET", "/?q=account-07777").Body.String()
		if n := strings.Count(page, `<th scope="row">account-`); n != 1 ||
			!strings.Contains(page, `<th scope="row">account-07777</th>`) {
			t.Errorf("%d accounts found, want account-07777", n)
		}
		if one := w.statusNow("?q=account-07777").APIs[0].Accounts; one.Found != 1 || one.List[0].Calls != 1 ||
			one.List[0].Failed != 1 {
			t.Errorf("got %+v", one)
		}
	})
}
