package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/edr/edrtest"
)

// A screen is a writer whose text can be read while the program runs.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// until waits until the text matches the pattern and returns the first group.
func (s *screen) until(t *testing.T, pattern string) string {
	t.Helper()
	for re := regexp.MustCompile(pattern); ; time.Sleep(time.Millisecond) {
		if m := re.FindStringSubmatch(s.String()); m != nil {
			return m[1]
		}
		if t.Context().Err() != nil {
			t.Fatalf("output does not match %s\n%s", pattern, s)
		}
	}
}

func start(t *testing.T, args ...string) (*screen, func() int) {
	ctx, cancel := context.WithCancel(context.Background())
	out, ended := new(screen), make(chan int, 1)
	go func() { ended <- run(ctx, args, out, io.Discard) }()
	return out, func() int { cancel(); return <-ended }
}

func status(t *testing.T, method, url, kind, body string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

func TestServeLogsRequestsToAllThree(t *testing.T) {
	out, end := start(t, "--spapi", "127.0.0.1:0", "--crossmark", "127.0.0.1:0", "--edr", "127.0.0.1:0")
	amazon := out.until(t, `spapi +(http://\S+)`)
	mvretail := out.until(t, `crossmark +(http://\S+)`)
	edr := out.until(t, `edr +(http://\S+)`)
	for _, tt := range []struct {
		url, kind, body string
		want            int
	}{
		{amazon + "/auth/o2/token", "application/x-www-form-urlencoded",
			"grant_type=refresh_token&refresh_token=r&client_id=c&client_secret=s", 200},
		{mvretail + "/login/authenticate", "application/json",
			`{"UserType":"MVEntityUser","UserID":"planner","Password":"wrong","Timezone":"America/Indianapolis"}`, 401},
		{mvretail + "/login/authenticate", "application/json",
			`{"UserType":"MVEntityUser","UserID":"planner","Password":"secret","Timezone":"America/Indianapolis"}`,
			200},
		{edr + "/api/login", "application/x-www-form-urlencoded", "username=demo-user", 400},
	} {
		if got := status(t, "POST", tt.url, tt.kind, tt.body); got != tt.want {
			t.Errorf("POST %s: %d, want %d", tt.url, got, tt.want)
		}
	}
	if code := end(); code != 0 {
		t.Errorf("exit %d after an interrupt", code)
	}
	apis := map[string]int{}
	for line := range strings.Lines(out.String()) {
		var entry struct{ API string }
		if strings.HasPrefix(line, "{") {
			if err := json.Unmarshal([]byte(line), &entry); err != nil {
				t.Errorf("%v in %s", err, line)
			}
			apis[entry.API]++
		}
	}
	if apis["spapi"] != 1 || apis["crossmark"] != 2 || apis["edr"] != 1 {
		t.Errorf("logged requests %v, want 1, 2 and 1", apis)
	}
}

func TestServePrintsTheCode(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	out, end := start(t, "--spapi", "", "--crossmark", "", "--edr", "127.0.0.1:0", "--log", log)
	base := out.until(t, `edr +(http://\S+)`)
	jar := newJar(t)
	jar.post(base+"/api/login", `{"username":"`+edrtest.Username+`","password":"`+edrtest.Password+`","language":"en"}`)
	jar.post(base+"/api/mfa/sendCode", `{"type":"SMS_OTP","credid":"`+edrtest.CredentialID+`"}`)
	if code := out.until(t, `code sent by SMS: (\d+)`); len(code) != 6 {
		t.Errorf("shown: %q", out)
	}
	end()
	if strings.Contains(out.String(), "spapi") || strings.Contains(out.String(), "{") {
		t.Errorf("printed\n%s", out)
	}
	if data, err := os.ReadFile(log); err != nil || strings.Count(string(data), `{"api":"edr",`) != 2 {
		t.Errorf("log: %v\n%s", err, data)
	}
}

// A jar posts JSON and keeps cookies.
type jar struct {
	t       *testing.T
	cookies []*http.Cookie
}

func newJar(t *testing.T) *jar { return &jar{t: t} }

func (j *jar) post(url, body string) {
	j.t.Helper()
	r, err := http.NewRequestWithContext(j.t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		j.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", strings.Join(strings.Split(url, "/")[:3], "/"))
	r.Header.Set("Referer", r.Header.Get("Origin")+"/login")
	for _, c := range j.cookies {
		r.AddCookie(c)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		j.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(resp.Body)
		j.t.Fatalf("%s: %d %s", url, resp.StatusCode, body)
	}
	j.cookies = append(j.cookies, resp.Cookies()...)
}

func TestUsage(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--help"}, 0, "exit status:"},
		{[]string{"now"}, 2, `unexpected "now"`},
		{[]string{"--faults", "2"}, 2, "--faults must be between 0 and 1"},
		{[]string{"--latency", "-1s"}, 2, "--latency must not be negative"},
		{[]string{"--skus", "-1"}, 2, "--skus must not be negative"},
		{[]string{"--speed", "0"}, 2, "--speed must be positive"},
		{[]string{"--spapi", "127.0.0.1:0", "--crossmark", taken.Addr().String()}, 1,
			"choose another address with --crossmark"},
		{[]string{"--log", filepath.Join(t.TempDir(), "none", "log")}, 1, "no such file"},
	} {
		var errs strings.Builder
		if code := run(t.Context(), tt.args, io.Discard, &errs); code != tt.code ||
			!strings.Contains(errs.String(), tt.want) {
			t.Errorf("%q: exit %d, stderr %q, want %d and %q", tt.args, code, errs.String(), tt.code, tt.want)
		}
	}
}

func TestStock(t *testing.T) {
	if got := stock(0); len(got) != 3 {
		t.Errorf("got %v", got)
	}
	got := stock(2)
	if one, ok := got["SKU-00001"]; !ok || one != 0 || got["SKU-00002"] != 1 || len(got) != 5 {
		t.Errorf("got %v", got)
	}
}
