package resilience_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A cell is one cell of the matrix.
type cell struct {
	requests int
	kind     string
	run      bool
	circuit  string
}

func (c cell) String() string {
	return fmt.Sprintf("%d %s %s %s", c.requests, c.kind, map[bool]string{true: "run", false: "no"}[c.run], c.circuit)
}

func parseCell(t *testing.T, text string) cell {
	f := strings.Fields(text)
	if len(f) != 4 || f[2] != "run" && f[2] != "no" {
		t.Fatalf("matrix: the cell %q is not four words", text)
	}
	n, err := strconv.Atoi(f[0])
	if err != nil {
		t.Fatal(err)
	}
	return cell{n, f[1], f[2] == "run", f[3]}
}

// A setup describes how to simulate a row.
type setup struct {
	script []faults.Step
	dials  []faults.Dial
	warm   bool                    // after a successful call over the same connection
	change func(p *policy.Policy)  // of the client
	tls    func(c *tls.Config)     // of the client
	plain  bool                    // the server is an http.Server without TLS
	wrap   func(net.Conn) net.Conn // around each connection of the client
	scheme string                  // of the client; empty: that of the server
	ctx    func(context.Context) (context.Context, context.CancelFunc)
	panics resilience.EventKind // the first event of this kind makes an observer panic

	earlier  []string // accounts for which a call of one attempt is made before
	observer func(resilience.Event)
	connections

	signed func() resilience.Credential // nil: no credential
	closed bool                         // the runtime is closed after 3 s
}

func steps(s ...faults.Step) setup { return setup{script: s} }

// dials makes the first n dials fail.
func dials(n int, d faults.Dial) setup {
	return setup{script: []faults.Step{faults.OK(good)}, dials: slices.Repeat([]faults.Dial{d}, n)}
}

// items responds with two items with the given statuses. The request has no items.
func items(one, two int) setup {
	return setup{script: []faults.Step{faults.OK(fmt.Sprintf(`{"items":[{"status":%d},{"status":%d}]}`, one, two))},
		change: func(p *policy.Policy) {
			p.Success = policy.Success{Items: "items", Status: "status", Request: "items"}
		}}
}

// setups has the rows of testdata/matrix.txt that are not just a status.
var setups = map[string]setup{
	"connection refused": dials(9, faults.DialRefused),
	"refused, then ok":   dials(1, faults.DialRefused),
	"dial hangs":         dials(9, faults.DialHang),
	"unknown host":       dials(9, faults.DialNoHost),
	"DNS timeout":        dials(9, faults.DialDNS),
	"unknown authority": {script: steps(faults.OK(good)).script,
		tls: func(c *tls.Config) { c.RootCAs = nil }},
	"name not in certificate": {script: steps(faults.OK(good)).script,
		tls: func(c *tls.Config) { c.ServerName = "other.test" }},
	"https to an HTTP port":        {script: steps(faults.OK(good)).script, scheme: "https", plain: true},
	"closed in the TLS handshake":  {script: steps(faults.OK(good)).script, scheme: "https"},
	"closed while idle, unnoticed": {script: steps(faults.OK(good)).script, warm: true, wrap: closeSilently},
	"http to a TLS port": steps(faults.Status(400).WithBody("Client sent an HTTP request to an HTTPS " +
		"server.\n")),

	"reset":          steps(faults.Fail(faults.Reset)),
	"reset, then ok": steps(faults.Fail(faults.Reset), faults.OK(good)),
	"closed":         steps(faults.Fail(faults.Close)),
	"stale connection": {warm: true, script: []faults.Step{faults.OK(good), faults.Fail(faults.Close),
		faults.OK(good)}},
	"reset headers":           steps(faults.Fail(faults.ResetHeaders)),
	"garbage":                 steps(faults.Fail(faults.Garbage)),
	"two content lengths":     steps(faults.Fail(faults.TwoLengths)),
	"huge headers":            steps(faults.Fail(faults.HugeHeaders)),
	"flood of 1xx responses":  steps(faults.Fail(faults.Flood)),
	"hang":                    steps(faults.Fail(faults.Hang)),
	"hang, caller deadline":   {script: []faults.Step{faults.Fail(faults.Hang)}, ctx: deadline},
	"hang, canceled":          {script: []faults.Step{faults.Fail(faults.Hang)}, ctx: canceled},
	"stream reset":            steps(faults.Fail(faults.ResetStream)),
	"stream refused, then ok": steps(faults.Fail(faults.Refuse), faults.OK(good)),
	"goaway, then ok":         steps(faults.Fail(faults.GoAway), faults.OK(good)),
	"black hole":              steps(faults.Fail(faults.BlackHole)),

	"hang in the body":   steps(faults.Fail(faults.HangBody)),
	"trickle":            steps(faults.OK(good).Trickle(1, 10*time.Second)),
	"reset in the body":  steps(faults.Fail(faults.ResetBody)),
	"cut by length":      steps(faults.Fail(faults.CutLength)),
	"cut in a chunk":     steps(faults.Fail(faults.CutChunked)),
	"cut without length": steps(faults.Fail(faults.CutClose)),
	"cut, then ok":       steps(faults.Fail(faults.CutLength), faults.OK(good)),
	"bad gzip checksum":  steps(faults.Fail(faults.BadGzip)),
	"plain text as gzip": steps(faults.Fail(faults.PlainGzip)),
	"gzip bomb": {script: []faults.Step{faults.Bomb(2 << 20)},
		change: func(p *policy.Policy) { p.Response.MaxBytes = 1 << 20 }},

	"x-gzip":                 steps(xGzip(faults.OK(good))),
	"unknown content coding": steps(faults.OK(good).With("Content-Encoding", "br")),
	"JSON in latin1": steps(faults.OK("{\"name\":\"M\xfcller\"}").Without("Content-Type").
		With("Content-Type", "application/json; charset=iso-8859-1")),
	"JSON in an unknown charset": steps(faults.OK("{\"name\":\"M\xfcller\"}").Without("Content-Type").
		With("Content-Type", "application/json; charset=x-own")),

	"HTML instead of JSON":    steps(faults.HTML(200)),
	"invalid JSON":            steps(faults.OK(`{"name":}`)),
	"truncated JSON":          steps(faults.OK(`{"name":"a"`)),
	"JSON with trailing data": steps(faults.OK(good + "x")),
	"200 without a body":      steps(faults.Status(200)),
	"204 instead of a body":   steps(faults.Status(204)),
	"200, failure by success rule": {script: []faults.Step{faults.OK(`{"name":"INVALID"}`)},
		change: func(p *policy.Policy) {
			p.Success = policy.Success{Field: "name", Fail: []string{"INVALID"}}
		}},

	"early hints": {script: []faults.Step{{Hints: 3, Headers: faults.OK(good).Headers, Body: []byte(good)}}},
	"more than the length": {script: []faults.Step{{Fault: faults.ExtraBody, Headers: faults.OK(good).Headers,
		Body: []byte(good)}}},
	"slow but in time": steps(faults.OK(good).In(20 * time.Second)),
	"undeclared 201":   steps(faults.JSON(201, good)),

	"302": steps(faults.Redirect(302, "/items")),
	"302, redirect loop": {script: []faults.Step{faults.Redirect(302, "/items")}, change: func(p *policy.Policy) {
		p.Redirects.Max = 2
	}},
	"304": steps(faults.Status(304)),
	"307": steps(faults.Redirect(307, "/items")),
	"409, listed": {script: []faults.Step{faults.Status(409)}, change: func(p *policy.Policy) {
		p.Retry.When = []policy.Rule{{Status: []int{409}}}
	}},
	"413 with Retry-After":        steps(faults.Status(413).With("Retry-After", "2")),
	"423 with Retry-After":        steps(faults.Status(423).With("Retry-After", "2")),
	"429 with Retry-After":        steps(faults.Status(429).With("Retry-After", "2")),
	"429 with a long Retry-After": steps(faults.Status(429).With("Retry-After", "3600")),
	"429, then ok":                steps(faults.Status(429), faults.OK(good)),
	"500 that forbids a retry":    steps(faults.Status(500).With("X-Should-Retry", "false")),
	"500, then ok":                steps(faults.Status(500), faults.OK(good)),
	"500, then 404":               steps(faults.Status(500), faults.Status(404)),
	"503 with Retry-After":        steps(faults.Status(503).With("Retry-After", "2")),
	"503, declared as refused": {script: []faults.Step{faults.Status(503)}, change: func(p *policy.Policy) {
		p.Retry.Refused = []int{503}
	}},
	"500 with a body that hangs":  steps(withStatus(faults.Fail(faults.HangBody), 500)),
	"404 with a body that is cut": steps(withStatus(faults.Fail(faults.CutLength), 404)),
	"404 with a huge body":        steps(withStatus(faults.Bomb(2<<20), 404)),
	"503 with HTML":               steps(faults.HTML(503)),
	"404 with a body that hangs":  steps(withStatus(faults.Fail(faults.HangBody), 404)),
	"404 that hangs after 70 KiB": steps(hanging(404, strings.Repeat("x", 70<<10))),
	"404 in an unknown coding":    steps(faults.JSON(404, good).With("Content-Encoding", "br")),
	"429 with a body that hangs":  steps(withStatus(faults.Fail(faults.HangBody), 429)),
	"503, canceled in the body": {script: []faults.Step{withStatus(faults.Fail(faults.HangBody), 503)},
		ctx: canceledEarly},
	"200, canceled in the body": {script: []faults.Step{faults.Fail(faults.HangBody)}, ctx: canceledEarly},
	"too large, and hangs": {script: []faults.Step{hanging(200, strings.Repeat("x", 2000))},
		change: func(p *policy.Policy) { p.Response.MaxBytes = 1000 }},

	"slow, and a copy fails":    hedged(faults.OK(good).In(3*time.Second), faults.Status(503)),
	"slow, and a copy succeeds": hedged(faults.OK(good).In(3*time.Second), faults.OK(good)),
	"slow, and a copy is final": hedged(faults.OK(good).In(3*time.Second), faults.Status(404)),
	"hang, and a copy succeeds": hedged(faults.Fail(faults.Hang), faults.OK(good)),
	"hang, and a copy is reset": hedged(faults.Fail(faults.Hang), faults.Fail(faults.Reset), faults.OK(good)),
	"fails before a copy":       hedged(faults.Status(503), faults.OK(good)),

	"observer panics at an attempt": {script: []faults.Step{faults.OK(good)}, panics: resilience.EventAttempt},
	"observer panics at a repeat":   {script: []faults.Step{faults.Status(503)}, panics: resilience.EventRepeat},
	"observer panics at the end":    {script: []faults.Step{faults.Status(404)}, panics: resilience.EventCall},
	"observer panics at a drift":    {script: []faults.Step{faults.OK(`{"name":1}`)}, panics: resilience.EventDrift},
	"observer panics at a change": {script: []faults.Step{faults.Status(503)}, panics: resilience.EventTransition,
		change: func(p *policy.Policy) { p.Breaker.Consecutive = 1 }},

	"refused, one attempt": oneAttempt(dials(9, faults.DialRefused)),
	"reset, one attempt":   oneAttempt(steps(faults.Fail(faults.Reset))),
	"stale connection, one attempt": oneAttempt(setup{warm: true,
		script: []faults.Step{faults.OK(good), faults.Fail(faults.Close), faults.OK(good)}}),
	"stream refused, one attempt": oneAttempt(steps(faults.Fail(faults.Refuse), faults.OK(good))),
	"goaway, one attempt":         oneAttempt(steps(faults.Fail(faults.GoAway), faults.OK(good))),
	"408, one attempt":            oneAttempt(steps(faults.Status(408))),
	"421, one attempt":            oneAttempt(steps(faults.Status(421))),
	"429, one attempt":            oneAttempt(steps(faults.Status(429))),
	"500, one attempt":            oneAttempt(steps(faults.Status(500))),
	"503 refused, one attempt": oneAttempt(setup{script: []faults.Step{faults.Status(503)},
		change: func(p *policy.Policy) {
			p.Retry.Refused = []int{503}
		}}),

	"429, wait beyond the deadline": {script: []faults.Step{faults.Status(429).With("Retry-After", "10")},
		ctx: deadline},
	"500, wait beyond the deadline": {script: []faults.Step{faults.Status(500).With("Retry-After", "10")},
		ctx: deadline},
	"429, canceled in the wait": {script: []faults.Step{faults.Status(429).With("Retry-After", "10")},
		ctx: canceled},
	"503, canceled in the wait": {script: []faults.Step{faults.Status(503).With("Retry-After", "10")},
		ctx: canceled},
	"429, closed in the wait": {script: []faults.Step{faults.Status(429).With("Retry-After", "10")}, closed: true},
	"503, closed in the wait": {script: []faults.Step{faults.Status(503).With("Retry-After", "10")}, closed: true},
	"no permit in time":       {script: []faults.Step{faults.OK(good)}, warm: true, change: rarely(time.Second)},
	"a permit in a minute":    {script: []faults.Step{faults.OK(good)}, warm: true, change: rarely(time.Hour)},
	"no permit, closed in the wait": {script: []faults.Step{faults.OK(good)}, warm: true, change: rarely(time.Hour),
		closed: true},
	"no permit, canceled in the wait": {script: []faults.Step{faults.OK(good)}, warm: true, change: rarely(time.Hour),
		ctx: canceled},
	"no permit before the deadline": {script: []faults.Step{faults.OK(good)}, warm: true, change: rarely(time.Hour),
		ctx: deadline},
	"trickle, canceled":        {script: []faults.Step{faults.OK(good).Trickle(1, 2*time.Second)}, ctx: canceled},
	"trickle, caller deadline": {script: []faults.Step{faults.OK(good).Trickle(1, 2*time.Second)}, ctx: deadline},
	"context already done": {script: []faults.Step{faults.OK(good)},
		ctx: func(c context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(c)
			cancel()
			return ctx, cancel
		}},

	"429, Retry-After 0":        throttled("0"),
	"429, Retry-After negative": throttled("-5"),
	"429, Retry-After past":     throttled("Sun, 06 Nov 1994 08:49:37 GMT"),
	"429, Retry-After garbage":  throttled("soon"),
	"429, Retry-After twice":    steps(faults.Status(429).With("Retry-After", "1").With("Retry-After", "2")),
	"429, Retry-After a date":   throttled("Saturday, 01-Jan-00 00:00:05 GMT"), // bubbles start at midnight
	"429, Retry-After in ms":    steps(faults.Status(429).With("Retry-After-Ms", "1500").With("Retry-After", "3600")),
	"429, Retry-After huge":     throttled("99999999999999999999"),
	"503, Retry-After huge":     steps(faults.Status(503).With("Retry-After", "99999999999999999999")),

	"200 with a failed item":     items(200, 400),
	"200, all items refused":     items(400, 403),
	"200, some items throttled":  items(200, 429),
	"200, all items throttled":   items(429, 429),
	"all throttled, one attempt": oneAttempt(items(429, 429)),
	"200 that reports throttling": {script: []faults.Step{faults.OK(`{"errors":[{"code":"Busy"}]}`)},
		change: func(p *policy.Policy) {
			p.Success, p.Throttled = policy.Success{Errors: "errors"}, codes("Busy")
		}},

	"409 with a code, by rule": ruled(faults.JSON(409, busy), func(p *policy.Policy) {
		p.Retry.When = []policy.Rule{{Status: []int{409}, Code: policy.ErrorCode{Path: "code", In: []string{"Busy"}}}}
	}),
	"409 with another code, by rule": ruled(faults.JSON(409, busy), func(p *policy.Policy) {
		p.Retry.When = []policy.Rule{{Status: []int{409}, Code: policy.ErrorCode{Path: "code", In: []string{"Full"}}}}
	}),
	"403 throttled by rule": ruled(faults.JSON(403, busy), func(p *policy.Policy) { p.Throttled = codes("Busy") }),
	"403 with another code, by rule": ruled(faults.JSON(403, busy), func(p *policy.Policy) {
		p.Throttled = codes("Full")
	}),
	"503 throttled by rule": ruled(faults.JSON(503, busy), func(p *policy.Policy) { p.Throttled = codes("Busy") }),
	"404 counted by rule": ruled(faults.JSON(404, busy), func(p *policy.Policy) {
		p.Breaker.When.Failure = codes("Busy")
	}),
	"503 ignored by rule": ruled(faults.JSON(503, busy), func(p *policy.Policy) {
		p.Breaker.When.Ignore = codes("Busy")
	}),
	"reset, ignored by rule": ruled(faults.Fail(faults.Reset), func(p *policy.Policy) {
		p.Breaker.When.Ignore = []policy.Rule{{Kind: []string{"transport"}}}
	}),
	"not JSON, retried by rule": ruled(faults.OK(`{`), func(p *policy.Policy) {
		p.Retry.When = []policy.Rule{{Kind: []string{"contract"}}}
	}),
	"200 by success rule, retried": ruled(faults.OK(`{"name":"BUSY"}`), func(p *policy.Policy) {
		p.Success = policy.Success{Field: "name", Fail: []string{"BUSY"}}
		p.Retry.When = []policy.Rule{{Code: policy.ErrorCode{Path: "name", In: []string{"BUSY"}}}}
	}),

	"302, followed": {script: []faults.Step{faults.Redirect(302, "/items"), faults.OK(good)},
		change: redirects},
	"307 to another origin": {script: []faults.Step{faults.Redirect(307, "https://elsewhere.test/items")},
		change: redirects},
	"101 without upgrade": steps(faults.Status(101)),
	"body over the limit": {script: []faults.Step{faults.OK(`{"name":"` + strings.Repeat("a", 1000) + `"}`)},
		change: func(p *policy.Policy) {
			p.Response.MaxBytes = 1000
		}},
	"another account fails": {earlier: []string{"a", "sick", "sick", "sick"}, change: threeInRow,
		script: []faults.Step{faults.OK(good), faults.Status(500), faults.Status(500), faults.Status(500),
			faults.OK(good)}},
	"several accounts fail": {earlier: []string{"a", "b", "a"}, change: threeInRow,
		script: []faults.Step{faults.Status(500)}},
	"an observer panicked": {earlier: []string{"panicking"}, script: []faults.Step{faults.OK(good)},
		observer: panicking,
		change:   func(p *policy.Policy) { p.Bulkhead.Max, p.Bulkhead.MaxWait = 1, time.Second }},

	"404 with HTML":         steps(faults.HTML(404)),
	"two failures, then ok": steps(faults.Status(500), faults.Status(503), faults.OK(good)),
}

// busy is the body of a failure with a code.
const busy = `{"code":"Busy"}`

// ruled is a failure under a policy with a rule.
func ruled(step faults.Step, change func(*policy.Policy)) setup {
	return setup{script: []faults.Step{step}, change: change}
}

// hedged sends a copy after a second, where the class allows that.
func hedged(script ...faults.Step) setup {
	return setup{script: script, change: func(p *policy.Policy) { p.Hedge = hedging().Hedge }}
}

// oneAttempt limits a call to one request.
func oneAttempt(s setup) setup {
	change := s.change
	s.change = func(p *policy.Policy) {
		if change != nil {
			change(p)
		}
		p.Retry.Attempts = 1
	}
	return s
}

func xGzip(s faults.Step) faults.Step {
	return s.Gzip().Without("Content-Encoding").With("Content-Encoding", "x-gzip")
}

func throttled(retryAfter string) setup {
	return steps(faults.Status(429).With("Retry-After", retryAfter))
}

func redirects(p *policy.Policy) { p.Redirects.Max = 2 }

// rarely sets a rate of one call a minute and a longest wait.
func rarely(wait time.Duration) func(*policy.Policy) {
	return func(p *policy.Policy) { p.Rate.PerSecond, p.Rate.Burst, p.Rate.MaxWait = 1.0/60, 1, wait }
}

// deadline and canceled end a call after 3 s.
func deadline(c context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(c, 3*time.Second)
}

func canceled(c context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(c)
	time.AfterFunc(3*time.Second, cancel)
	return ctx, cancel
}

// canceledEarly ends a call after 100 ms.
func canceledEarly(c context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(c)
	time.AfterFunc(100*time.Millisecond, cancel)
	return ctx, cancel
}

func withStatus(s faults.Step, status int) faults.Step {
	s.Status = status
	return s
}

// setupOf returns the setup of a row. A row that is a number is a response with this status.
func setupOf(t *testing.T, row string) setup {
	for _, m := range []map[string]setup{setups, connectionSetups, signIns} {
		if s, ok := m[row]; ok {
			return s
		}
	}
	status, err := strconv.Atoi(row)
	if err != nil {
		t.Fatalf("matrix: no setup for the row %q", row)
	}
	return steps(faults.JSON(status, `{"code":"x"}`))
}

// classes are the columns of the matrix with a method for each.
var classes = []struct {
	class  policy.Class
	method string
}{{policy.Safe, "GET"}, {policy.Idempotent, "PUT"}, {policy.Keyed, "POST"}, {policy.Unsafe, "POST"}}

func TestMatrix(t *testing.T) {
	text, err := os.ReadFile("testdata/matrix.txt")
	if err != nil {
		t.Fatal(err)
	}
	cells, elsewhere := 0, []string(nil)
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, "|")
		if len(fields) != 6 {
			t.Fatalf("matrix: %q has %d fields, want 6", line, len(fields))
		}
		row := strings.TrimSpace(fields[0])
		for proto := range strings.FieldsSeq(fields[1]) {
			for i, class := range classes {
				want := parseCell(t, fields[2+i])
				cells++
				t.Run(row+"/"+proto+"/"+string(class.class), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						testCell(t, setupOf(t, row), proto, class.class, class.method,
							want)
					})
				})
			}
		}
		for _, proto := range []string{"h1", "h2"} {
			if !strings.Contains(fields[1], proto) {
				elsewhere = append(elsewhere, row+" ("+proto+")")
			}
		}
	}
	t.Logf("%d cells; not applicable: %s", cells, strings.Join(elsewhere, ", "))
	if cells < 50*4 {
		t.Errorf("%d cells, want at least %d", cells, 50*4)
	}
}

// testCell makes one call to a scripted server and compares the result.
func testCell(t *testing.T, s setup, proto string, class policy.Class, method string, want cell) {
	server, err := faults.Config{Script: s.script, Pipe: true, TLS: proto != "h1", HTTP2: proto == "h2"}.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	server.FailDials(s.dials...)
	config := &tls.Config{RootCAs: server.CertPool()}
	if s.tls != nil {
		s.tls(config)
	}
	dial := server.DialContext
	if s.plain {
		pipe := faults.NewPipe()
		dial = pipe.DialContext
		plain := &http.Server{}
		go plain.Serve(pipe)
		defer plain.Close()
	}
	opts := []resilience.RuntimeOption{resilience.WithRuntimeLogger(quiet), resilience.WithDial(wrapped(dial, s.wrap)),
		resilience.WithTLS(config), s.panicking()}
	if s.observer != nil {
		opts = append(opts, resilience.WithObserver(s.observer))
	}
	runtime := resilience.NewRuntime(opts...)
	defer runtime.Close()

	p := policy.Default()
	p.Retry.Attempts = 3
	p.Breaker.Window = time.Hour // keeps all outcomes in the window
	if s.change != nil {
		s.change(&p)
	}
	op := operation(method, class)
	url := server.URL
	if s.scheme != "" {
		url = s.scheme + url[strings.Index(url, ":"):]
	}
	set := []resilience.Option{resilience.WithRuntime(runtime)}
	if s.through != nil {
		set = append(set, resilience.WithTransport(s.through(server, config)))
	}
	c := matrixClient(t, url, p, op, s.signed, set...)
	if s.warm {
		if err := send(t.Context(), c, op); err != nil {
			t.Fatalf("the call before: %v", err)
		}
	}
	for _, account := range s.earlier {
		one := client(t, url, p, op, resilience.WithRuntime(runtime), resilience.WithCredential(key{account, "x"}))
		callRecovered(one, op)
	}
	before, failures, successes := server.Count(), 0, 0
	if s.warm || s.earlier != nil {
		circuit := runtime.Snapshot().Gates[0].Circuits[0]
		failures, successes = circuit.Failures, circuit.Successes
	}
	time.Sleep(s.rest)
	held := 0
	if s.load {
		defer hold(t, url, p, set)()
		held = 1
	}
	ctx, cancel := t.Context(), context.CancelFunc(func() {})
	if s.ctx != nil {
		ctx, cancel = s.ctx(ctx)
	}
	defer cancel()
	if s.closed {
		time.AfterFunc(3*time.Second, func() { runtime.Close() })
	}
	got := recovered(func() cell { return observe(send(ctx, c, op)) })
	synctest.Wait()
	if s := runtime.Snapshot(); s.InFlight > held || s.Gates[0].Bulkhead.InUse > held {
		t.Errorf("something is held: %+v", s)
	}
	got.requests = server.Count() - before - held
	got.circuit = counted(runtime, failures, successes)
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// panicking returns an observer that panics at the first event of the kind.
func (s setup) panicking() resilience.RuntimeOption {
	armed := s.panics != ""
	return resilience.WithObserver(func(e resilience.Event) {
		if armed && e.Kind == s.panics {
			armed = false
			panic("boom")
		}
	})
}

// recovered returns the result of call, or the kind panic if it panics.
func recovered(call func() cell) (got cell) {
	defer func() {
		if recover() != nil {
			got = cell{kind: "panic"}
		}
	}()
	return call()
}

func send(ctx context.Context, c *resilience.Caller, op *resilience.Operation, opts ...resilience.CallOption) error {
	in := wire.Args()
	if op.Body != nil {
		in = in.With(item{Name: "b"})
	}
	_, err := resilience.Call[*item](ctx, c, op, in, opts...)
	return err
}

// wrapped wraps each connection.
func wrapped(dial func(context.Context, string, string) (net.Conn, error),
	wrap func(net.Conn) net.Conn) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if err == nil && wrap != nil {
			c = wrap(c)
		}
		return c, err
	}
}

// closeSilently returns a connection that allows one request. The next write fails without writing
// a byte, as if the peer had closed the connection and no read had noticed that yet.
func closeSilently(c net.Conn) net.Conn { return &silentlyClosed{Conn: c} }

type silentlyClosed struct {
	net.Conn
	writes int
}

func (d *silentlyClosed) Write(p []byte) (int, error) {
	if d.writes++; d.writes > 1 {
		return 0, syscall.EPIPE
	}
	return d.Conn.Write(p)
}

func observe(err error) cell {
	var e *resilience.Error
	if !errors.As(err, &e) {
		return cell{kind: "ok"}
	}
	return cell{kind: e.Kind.String(), run: e.MayHaveApplied}
}

// counted returns what the circuit counted, without the outcomes of earlier calls.
func counted(r *resilience.Runtime, failures, successes int) string {
	c := r.Snapshot().Gates[0].Circuits[0]
	text := ""
	if n := c.Failures - failures; n > 0 {
		text += fmt.Sprintf("%dF", n)
	}
	if n := c.Successes - successes; n > 0 {
		text += fmt.Sprintf("%dS", n)
	}
	if text == "" {
		return "-"
	}
	return text
}
