package resilience_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// okWithErrors is a success response that also reports errors.
const okWithErrors = `{"name":"a","errors":["x"]}`

// batch is a response in which one item failed.
const batch = `{"items":[{"status":200},{"status":400,"error":{"code":"Bad"}}]}`

// itemsWith sets where items and their status are.
func itemsWith(items, status string) func(p *policy.Policy) {
	return func(p *policy.Policy) { p.Success.Items, p.Success.Status = items, status }
}

// staleFor sets how old a response may be that replaces a failure.
func staleFor(age time.Duration) func(p *policy.Policy) {
	return func(p *policy.Policy) { p.Retry.Attempts, p.Fallback.StaleIfError = 1, age }
}

// outage calls a server that fails after a success, a second later.
var outage = scene{calls: 2, pause: time.Second, script: []faults.Step{faults.OK(good), faults.Status(500)}}.play

var wireKeys = []keyTest{
	{key: "redirects.max", run: scene{script: []faults.Step{faults.Redirect(302, "/x"), faults.OK(good)}}.play,
		change: func(p *policy.Policy) { p.Redirects.Max = 1 }, before: "1 0s api", after: "2 0s ok"},
	{key: "fallback.enabled", base: staleFor(time.Hour), run: outage,
		change: func(p *policy.Policy) { p.Fallback.Enabled = policy.Off }, before: "2 1s ok", after: "2 1s api"},
	{key: "fallback.stale-if-error", base: staleFor(time.Second - 1), run: outage,
		change: staleFor(time.Second), before: "2 1s api", after: "2 1s ok"},
	{key: "response.max-bytes", run: scene{script: []faults.Step{faults.OK(good)}}.play,
		change: func(p *policy.Policy) { p.Response.MaxBytes = 5 }, before: "1 0s ok", after: "1 0s too-large"},

	{key: "request-id", run: requestID, change: func(p *policy.Policy) { p.RequestID = []string{"x-none", "x-my-id"} },
		before: "usual", after: "mine"},

	{key: "success.field", base: func(p *policy.Policy) { p.Success.Fail = []string{"a"} },
		run:    scene{script: []faults.Step{faults.OK(good)}}.play,
		change: func(p *policy.Policy) { p.Success.Field = "name" }, before: "1 0s ok", after: "1 0s api"},
	{key: "success.fail", base: func(p *policy.Policy) { p.Success.Field = "name" },
		run:    scene{script: []faults.Step{faults.OK(good)}}.play,
		change: func(p *policy.Policy) { p.Success.Fail = []string{"a"} }, before: "1 0s ok", after: "1 0s api"},
	{key: "success.errors", run: scene{script: []faults.Step{faults.OK(okWithErrors)}}.play,
		change: func(p *policy.Policy) { p.Success.Errors = "errors" }, before: "1 0s ok", after: "1 0s api"},
	{key: "success.items", base: itemsWith("", "status"), run: scene{script: []faults.Step{faults.OK(batch)}}.play,
		change: func(p *policy.Policy) { p.Success.Items = "items" }, before: "1 0s ok", after: "1 0s partial"},
	{key: "success.status", base: itemsWith("items", ""), run: scene{script: []faults.Step{faults.OK(batch)}}.play,
		change: func(p *policy.Policy) { p.Success.Status = "status" }, before: "1 0s ok", after: "1 0s partial"},
	{key: "success.error", base: itemsWith("items", ""), run: scene{script: []faults.Step{faults.OK(batch)}}.play,
		change: func(p *policy.Policy) { p.Success.Error = "error" }, before: "1 0s ok", after: "1 0s partial"},
	{key: "success.request", base: func(p *policy.Policy) { p.Idempotency = policy.Safe }, run: retriedItems,
		change: func(p *policy.Policy) { p.Success.Request = "requests" }, before: "requested [ab]: partial",
		after: "requested [ab b]: ok"},

	{key: "auth.kind", run: authHeader,
		change: func(p *policy.Policy) { p.Auth.Kind = "grantless" },
		before: "kind= scope= elements=[] scheme= header=", after: "kind=grantless scope= elements=[] scheme= header="},
	{key: "auth.scope", run: authHeader,
		change: func(p *policy.Policy) { p.Auth.Scope = "read" }, before: "kind= scope= elements=[] scheme= header=",
		after: "kind= scope=read elements=[] scheme= header="},
	{key: "auth.elements", run: authHeader,
		change: func(p *policy.Policy) { p.Auth.Elements = []string{"buyer"} },
		before: "kind= scope= elements=[] scheme= header=", after: "kind= scope= elements=[buyer] scheme= header="},
	{key: "auth.scheme", run: authHeader,
		change: func(p *policy.Policy) { p.Auth.Scheme = "key" }, before: "kind= scope= elements=[] scheme= header=",
		after: "kind= scope= elements=[] scheme=key header="},
	{key: "auth.header", run: authHeader,
		change: func(p *policy.Policy) { p.Auth.Header = "X-Key" }, before: "kind= scope= elements=[] scheme= header=",
		after: "kind= scope= elements=[] scheme= header=X-Key"},

	{key: "transport.max-idle", run: crowd(5 * time.Second),
		change: func(p *policy.Policy) { p.Transport.MaxIdle = 1 }, before: "3 5s ok ok ok; 3 made, 3 open",
		after: "3 5s ok ok ok; 3 made, 1 open"},
	{key: "transport.max-conns", base: func(p *policy.Policy) { p.Bulkhead.MaxWait = time.Minute },
		run:    crowd(5 * time.Second),
		change: func(p *policy.Policy) { p.Transport.MaxConns = 1 }, before: "3 5s ok ok ok; 3 made, 3 open",
		after: "3 15s ok ok ok; 1 made, 1 open"},
	{key: "transport.idle-timeout", run: openConnections(time.Minute),
		change: func(p *policy.Policy) { p.Transport.IdleTimeout = 2 * time.Minute }, before: "0 open",
		after: "1 open"},
	{key: "transport.max-age", base: func(p *policy.Policy) { p.Transport.IdleTimeout = time.Hour },
		run:    openConnections(4 * time.Minute),
		change: func(p *policy.Policy) { p.Transport.MaxAge = 3 * time.Minute }, before: "1 open", after: "0 open"},
	{key: "transport.dial-timeout", base: func(p *policy.Policy) { p.Retry.Attempts = 1 },
		run:    scene{dials: []faults.Dial{faults.DialHang}}.play,
		change: func(p *policy.Policy) { p.Transport.DialTimeout = 20 * time.Second }, before: "0 5s timeout",
		after: "0 20s timeout"},
	{key: "transport.tls-timeout", base: func(p *policy.Policy) { p.Retry.Attempts = 1 }, run: handshaking,
		change: func(p *policy.Policy) { p.Transport.TLSTimeout = 9 * time.Second },
		before: "timeout, not run, after 5s", after: "timeout, not run, after 9s"},
	{key: "transport.ping", base: func(p *policy.Policy) { p.Retry.Attempts = 1 }, run: pinging,
		change: func(p *policy.Policy) { p.Transport.Ping = 4 * time.Second }, before: "transport after 20s",
		after: "transport after 9s"},
	{key: "transport.ping-timeout", base: func(p *policy.Policy) { p.Retry.Attempts = 1 }, run: pinging,
		change: func(p *policy.Policy) { p.Transport.PingTimeout = 3 * time.Second }, before: "transport after 20s",
		after: "transport after 18s"},
}

// authEcho is a credential that sends the auth settings of the policy to the server.
type authEcho struct{}

func (authEcho) Account() string { return "me" }

func (authEcho) Sign(ctx context.Context, r *http.Request, _ resilience.Scheme) error {
	info, ok := resilience.OperationFrom(ctx)
	if !ok {
		return fmt.Errorf("the context of a request has no operation")
	}
	a := info.Auth
	r.Header.Set("X-Auth", fmt.Sprintf("kind=%s scope=%s elements=%s scheme=%s header=%s", a.Kind, a.Scope, a.Elements,
		a.Scheme, a.Header))
	return nil
}

// authHeader returns the header that authEcho set.
func authHeader(t *testing.T, p policy.Policy) string {
	b := memory(t, faults.OK(good))
	op := operation("GET", "")
	op.Security = []resilience.Requirement{{{Scheme: "key"}}}
	if _, err := get(t, b.client(t, p, op, resilience.WithCredential(authEcho{})), op); err != nil {
		t.Fatal(err)
	}
	return b.Records()[0].Header.Get("X-Auth")
}

// openConnections reports how many connections are open some time after a call.
func openConnections(d time.Duration) func(t *testing.T, p policy.Policy) string {
	return func(t *testing.T, p policy.Policy) string {
		b := memory(t, faults.OK(good))
		op := operation("GET", "")
		if _, err := get(t, b.client(t, p, op), op); err != nil {
			t.Fatal(err)
		}
		time.Sleep(d)
		synctest.Wait()
		_, open := b.Connections()
		return fmt.Sprintf("%d open", open)
	}
}

// handshaking calls a server that accepts connections and never responds.
func handshaking(t *testing.T, p policy.Policy) string {
	silent := func(context.Context, string, string) (net.Conn, error) {
		c, server := net.Pipe()
		go func() {
			buf := make([]byte, 1<<12)
			for {
				if _, err := server.Read(buf); err != nil {
					return
				}
			}
		}()
		return c, nil
	}
	r := resilience.NewRuntime(resilience.WithDial(silent))
	defer r.Close()
	op := operation("GET", "")
	begin := time.Now()
	_, err := get(t, client(t, "https://a.test", p, op, resilience.WithRuntime(r)), op)
	run := "not run"
	if failed(t, err).MayHaveApplied {
		run = "perhaps run"
	}
	return fmt.Sprintf("%s, %s, after %s", observe(err).kind, run, time.Since(begin))
}

// pinging calls over a connection that has gone silent. A ping detects this before the attempt
// times out.
func pinging(t *testing.T, p policy.Policy) string {
	b := configured(t, faults.Config{TLS: true, HTTP2: true, Script: []faults.Step{faults.Fail(faults.BlackHole)}})
	op := operation("GET", "")
	begin := time.Now()
	_, err := get(t, b.client(t, p, op), op)
	return fmt.Sprintf("%s after %s", observe(err).kind, time.Since(begin))
}

// retriedItems sends a batch of two items, of which the second is throttled once.
func retriedItems(t *testing.T, p policy.Policy) string {
	d := &batchServer{plan: map[string]string{"a": "2", "b": "92"}, visits: map[string]int{}}
	b := configured(t, faults.Config{Handle: d.answer})
	op := batchOperation("")
	op.Policy = policy.Policy{}
	p.Success.Items, p.Success.Status = "responses", "status.statusCode"
	body := batchRequest{Note: json.RawMessage("1.10"), Requests: []batchItem{{"a"}, {"b"}}}
	err := resilience.Do(t.Context(), b.client(t, p, op), op, wire.Args().With(body))
	return fmt.Sprintf("requested %s: %s", d.asked, observe(err).kind)
}

// requestID returns the id of a failed request.
func requestID(t *testing.T, p policy.Policy) string {
	b := memory(t, faults.Status(404).With("X-Request-Id", "usual").With("X-My-Id", "mine"))
	op := operation("GET", "")
	_, err := get(t, b.client(t, p, op), op)
	return failed(t, err).RequestID
}
