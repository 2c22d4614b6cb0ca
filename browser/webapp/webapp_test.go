package webapp

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/resgen/resgen/browser/chromium"
)

// shortOutage lets circuits recover soon, so that the tests need not wait.
const shortOutage = `apis:
  "*": {defaults: {retry: {attempts: 1}, breaker: {open: 1s, jitter: -1}}}
`

// A demo is the running program.
type demo struct {
	*testing.T
	url    string
	output *bufio.Scanner
	page   *chromium.Page
}

// start builds and starts the program, and opens its first page.
func start(t *testing.T) *demo {
	t.Helper()
	dir := t.TempDir()
	program, policy := filepath.Join(dir, "webapp"), filepath.Join(dir, "policy.yaml")
	if err := os.WriteFile(policy, []byte(shortOutage), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", "-o", program, "./webapp")
	build.Dir, build.Env = filepath.Join("..", "..", "examples"), append(os.Environ(), "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := exec.Command(program, "--demo", "--listen", "127.0.0.1:0", "--policy", policy)
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Signal(os.Interrupt)
		if err := run.Wait(); err != nil {
			t.Errorf("the program ended with %v", err)
		}
	})
	d := &demo{T: t, output: bufio.NewScanner(out), page: chromium.Open(t)}
	d.url = d.line("http://")
	return d
}

// line returns the next line of the program's output, without its beginning.
func (d *demo) line(beginning string) string {
	d.Helper()
	if !d.output.Scan() || !strings.HasPrefix(d.output.Text(), beginning) {
		d.Fatalf("got line %q, want %s…", d.output.Text(), beginning)
	}
	if beginning == "http://" {
		return d.output.Text()
	}
	return strings.TrimPrefix(d.output.Text(), beginning)
}

// toggle lets a service fail, or work again, with its button on the first page.
func (d *demo) toggle(service string) {
	d.Helper()
	d.page.Get(d.url)
	d.page.Click(`form[action="/demo/` + service + `"] button`)
}

// get opens a page and checks the status.
func (d *demo) get(path string, status int64) http.Header {
	d.Helper()
	r := d.page.Get(d.url + path)
	if r.Status != status {
		d.Fatalf("%s: status %d, want %d\n%s", path, r.Status, status, d.page.Text())
	}
	h := http.Header{}
	for name, value := range r.Headers {
		h.Set(name, value.(string))
	}
	return h
}

// valid checks the HTML of a page with the validator.
func (d *demo) valid(path string) {
	d.Helper()
	r, err := http.NewRequestWithContext(d.Context(), http.MethodGet, d.url+path, nil)
	if err != nil {
		d.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	page, err := http.DefaultClient.Do(r)
	if err != nil {
		d.Fatal(err)
	}
	defer page.Body.Close()
	html, err := io.ReadAll(page.Body)
	if err != nil {
		d.Fatal(err)
	}
	if found := chromium.Validate(d.T, string(html)); found != "" {
		d.Errorf("%s: %s", path, found)
	}
}

// until opens a page until an expression is true, while circuits recover.
func (d *demo) until(path, expression string) {
	d.Helper()
	var ok bool
	for !ok {
		if err := d.page.Err(); err != nil {
			d.Fatalf("%s: %v\n%s", path, err, d.page.Text())
		}
		d.page.Run(chromedp.Navigate(d.url+path), chromedp.Evaluate(expression, &ok))
	}
}

// signIn signs in to the EDR with the code that the demo prints.
func (d *demo) signIn() {
	d.Helper()
	d.page.Click(`form[action="/sign-in/code"] button`)
	code := d.line("code sent by SMS: ")
	d.page.Run(chromedp.SendKeys(`input[name="code"]`, code, chromedp.ByQuery))
	d.page.Click(`form[action="/sign-in"] button`)
	d.page.Shows("the events", chromium.Has("h1", "Events")+" && "+chromium.Has("tbody", "APPROVED"))
}

// Acceptance: a person signs in with a code through a form; events of the last good response are
// marked while the EDR does not respond, and no longer once it does.
func TestStory_EventsInBrowser(t *testing.T) {
	d := start(t)
	d.get("/events", http.StatusOK)
	d.page.Shows("the form", chromium.Has("h1", "Sign in"))
	d.page.Inspect("webapp-sign-in")
	d.valid("/sign-in")
	d.page.Click(`form[action="/sign-in/code"] button`)
	d.page.Shows("the field", `document.activeElement.name === "code"`)
	d.page.Inspect("webapp-code")
	first := d.line("code sent by SMS: ")
	wrong := strings.Map(func(digit rune) rune { return '0' + '9' - digit }, first)
	d.page.Run(chromedp.SendKeys(`input[name="code"]`, wrong, chromedp.ByQuery))
	if r := d.page.Click(`form[action="/sign-in"] button`); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code: status %d", r.Status)
	}
	d.page.Shows("the refusal", chromium.Has("[role=alert]", "not accepted"))
	d.signIn()
	d.page.Inspect("webapp-events")

	d.toggle("edr")
	for range 4 {
		d.get("/events", http.StatusOK)
		d.page.Shows("the events are marked", chromium.Has("[role=alert]", "The EDR does not respond")+
			" && "+chromium.Has("tbody", "APPROVED"))
	}
	d.page.Inspect("webapp-degraded")
	d.valid("/events")
	d.toggle("edr")
	d.until("/events", "!document.querySelector('[role=alert]') && "+chromium.Has("tbody", "APPROVED"))
	d.page.Quiet()
}

// Acceptance: while the circuit of Crossmark is open, a page says so with 503 and Retry-After; the
// status page shows it; the work with the other service continues; Crossmark recovers by itself.
func TestStory_VisitsInBrowser(t *testing.T) {
	d := start(t)
	d.get("/", http.StatusOK)
	d.page.Inspect("webapp-home")
	d.page.Click(`nav a[href="/visits"]`)
	d.page.Shows("the visits", chromium.Has("tbody", "Scheduled"))
	d.page.Inspect("webapp-visits")
	d.valid("/")
	d.valid("/visits")

	d.toggle("crossmark")
	for failures := 0; d.page.Get(d.url+"/visits").Status == http.StatusBadGateway; failures++ {
		if failures == 5 {
			t.Fatal("the circuit does not open")
		}
	}
	h := d.get("/visits", http.StatusServiceUnavailable)
	if wait, err := strconv.Atoi(h.Get("Retry-After")); err != nil || wait < 1 || wait > 2 {
		t.Errorf("Retry-After %q", h.Get("Retry-After"))
	}
	d.page.Shows("why", chromium.Has("h1", "Crossmark is not available")+" && "+
		chromium.Has("[role=alert]", "is not called for now. Try again in "))
	d.page.Inspect("webapp-unavailable")
	d.valid("/visits")
	d.get("/sign-in", http.StatusOK)
	d.page.Click(`nav a[href="/status/"]`)
	d.page.Shows("the circuit on the status page", chromium.Has("table .open", "open")+" || "+
		chromium.Has("table .half-open", "half open"))

	d.toggle("crossmark")
	d.until("/visits", chromium.Has("tbody", "Scheduled"))
	d.page.Quiet()
}
