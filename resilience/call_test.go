package resilience_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

func TestCall_Request(t *testing.T) {
	var got *http.Request
	var body string
	url, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		got, body = r, string(data)
		reply(w, 200, good)
	})
	op := operation("POST", policy.Unsafe)
	op.Path = "/v1/items/{id}"
	op.Params = []wire.Param{
		{Name: "id", In: wire.Path, Required: true}, {Name: "q", In: wire.Query}, {Name: "X-Trace", In: wire.Header},
		{Name: "s", In: wire.Cookie},
	}
	c := client(t, url+"/base/", quick(), op)
	v, err := resilience.Call[*item](t.Context(), c, op, wire.Args("a/b", "x y", "7", "z").With(item{Name: "b"}),
		resilience.WithHeader("X-Mine", "1"))
	if err != nil || v.Name != "a" {
		t.Fatalf("got %+v, %v", v, err)
	}
	if want := "/base/v1/items/a%2Fb?q=x%20y"; got.RequestURI != want {
		t.Errorf("target: got %s, want %s", got.RequestURI, want)
	}
	for name, want := range map[string]string{
		"X-Trace": "7", "X-Mine": "1", "Cookie": "s=z", "Accept": "application/json",
		"Content-Type": "application/json",
		"User-Agent":   "resgen/1 (items)", "Content-Length": "12", "X-Idempotency-Key": "",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s: got %q, want %q", name, got.Header.Get(name), want)
		}
	}
	if body != `{"name":"b"}` {
		t.Errorf("body: got %s", body)
	}
}

// A header parameter of the document replaces a header that the client sets by default. The header
// is sent once.
func TestCall_ParameterReplacesDefaultHeader(t *testing.T) {
	var got http.Header
	url, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		got = r.Header
		reply(w, 200, good)
	})
	op := operation("GET", policy.Safe)
	op.Params = []wire.Param{{Name: "user-agent", In: wire.Header}, {Name: "Accept", In: wire.Header}}
	if _, err := resilience.Call[*item](t.Context(), client(t, url, quick(), op), op,
		wire.Args("mine/2", "application/vnd.items+json")); err != nil {
		t.Fatal(err)
	}
	if v := got.Values("User-Agent"); len(v) != 1 || v[0] != "mine/2" {
		t.Errorf("User-Agent: got %q", v)
	}
	if v := got.Values("Accept"); len(v) != 1 || v[0] != "application/vnd.items+json" {
		t.Errorf("Accept: got %q", v)
	}
}

func TestCall_UnsafeRequestIsSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.JSON(503, `{"code":"busy"}`))
		op := operation("POST", policy.Unsafe)
		_, err := get(t, b.client(t, policy.Default(), op), op)
		e := failed(t, err)
		expect{requests: 1, kind: resilience.KindAPI, status: 503, stopped: resilience.StopFinal}.check(t, b, e)
		if !e.MayHaveApplied {
			t.Errorf("%d requests; got %+v", b.Count(), e)
		}
		if d, ok := resilience.Detail[problem](err); !ok || d.Code != "busy" {
			t.Errorf("detail: got %+v, %v", d, ok)
		}
		if len(e.Attempts) != 1 || e.Attempts[0].Status != 503 || e.Attempts[0].Writes != 1 ||
			e.Attempts[0].Reason != "status 503" {
			t.Errorf("attempts: got %+v", e.Attempts)
		}
		if want := "items: op: status 503 busy; the server may have run the request"; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	})
}

func TestCall_RetriesOverOneConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(503), faults.Status(503), faults.OK(good))
		op := operation("GET", policy.Safe)
		begin := time.Now()
		var info resilience.Info
		v, err := get(t, b.client(t, policy.Default(), op), op, resilience.WithInfo(&info))
		if err != nil || v.Name != "a" {
			t.Fatalf("got %+v, %v", v, err)
		}
		if made, _ := b.Connections(); b.Count() != 3 || made != 1 {
			t.Errorf("%d requests over %d connections, want 3 over 1", b.Count(), made)
		}
		// Back-offs of 500 ms and 1 s, with equal jitter: half of each or more.
		if waited := time.Since(begin); waited < 750*time.Millisecond || waited > 1500*time.Millisecond {
			t.Errorf("waited %s, want 750 ms to 1.5 s", waited)
		}
		if len(info.Attempts) != 3 || info.Attempts[0].Wait != 0 || info.Attempts[1].Wait < 250*time.Millisecond ||
			info.Attempts[2].Wait < 500*time.Millisecond {
			t.Errorf("attempts: got %+v", info.Attempts)
		}
		if !info.Attempts[2].Reused || info.Attempts[0].Reused || info.Attempts[2].Number != 3 || info.Status != 200 {
			t.Errorf("got %+v", info)
		}
	})
}

func TestCall_NoLeaks(t *testing.T) {
	before := runtime.NumGoroutine()
	s := faults.New(scriptOf(300, faults.JSON(503, `{"code":"`+strings.Repeat("x", 64<<10)+`"}`), faults.Status(429),
		faults.OK(good))...)
	defer s.Close()
	p := quick()
	p.Breaker.Enabled, p.Retry.Budget.Enabled = policy.Off, policy.Off
	op := operation("GET", policy.Safe)
	c := client(t, s.URL, p, op)
	for range 100 {
		if _, err := get(t, c, op); err != nil {
			t.Fatal(err)
		}
	}
	if made, open := s.Connections(); s.Count() != 300 || made != 1 || open != 1 {
		t.Errorf("%d requests, %d connections made, %d open; want 300, 1, 1", s.Count(), made, open)
	}
	c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.AwaitConnections(ctx, 0); err != nil {
		t.Fatal("connections are open after Close")
	}
	s.Close()
	for runtime.NumGoroutine() > before && ctx.Err() == nil {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines, before it were %d\n%s", n, before, buf[:runtime.Stack(buf, true)])
	}
}

// scriptOf cycles through steps until it has n.
func scriptOf(n int, steps ...faults.Step) []faults.Step {
	var script []faults.Step
	for i := range n {
		script = append(script, steps[i%len(steps)])
	}
	return script
}

func TestCall_ContextAlreadyDone(t *testing.T) {
	url, count := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { reply(w, 200, good) })
	op := operation("GET", policy.Safe)
	c := client(t, url, quick(), op)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := resilience.Call[*item](canceled, c, op, wire.Args())
	expect{kind: resilience.KindCanceled}.check(t, nil, failed(t, err))
	if e := failed(t, err); !errors.Is(err, context.Canceled) || !errors.Is(err, resilience.ErrCanceled) ||
		e.MayHaveApplied {
		t.Errorf("canceled: got %+v", e)
	}
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	_, err = resilience.Call[*item](late, c, op, wire.Args())
	expect{kind: resilience.KindTimeout}.check(t, nil, failed(t, err))
	if e := failed(t, err); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, resilience.ErrTimeout) {
		t.Errorf("too late: got %+v", e)
	}
	if count.Load() != 0 {
		t.Errorf("%d requests, want none", count.Load())
	}
}

func TestCall_AfterClose(t *testing.T) {
	url, count := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { reply(w, 200, good) })
	op := operation("GET", policy.Safe)
	own := client(t, url, quick(), op)
	own.Close()
	shared := resilience.NewRuntime()
	other := client(t, url, quick(), op, resilience.WithRuntime(shared))
	shared.Close()
	for name, c := range map[string]*resilience.Caller{"client closed": own, "runtime closed": other} {
		_, err := get(t, c, op)
		expect{kind: resilience.KindClosed}.check(t, nil, failed(t, err))
		if !errors.Is(err, resilience.ErrClosed) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if count.Load() != 0 {
		t.Errorf("%d requests, want none", count.Load())
	}
}

func TestCaller_CloseKeepsSharedRuntime(t *testing.T) {
	url, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { reply(w, 200, good) })
	shared := resilience.NewRuntime()
	defer shared.Close()
	op := operation("GET", policy.Safe)
	client(t, url, quick(), op, resilience.WithRuntime(shared)).Close()
	if _, err := get(t, client(t, url, quick(), op, resilience.WithRuntime(shared)), op); err != nil {
		t.Error(err)
	}
}

func TestCall_InvalidOptionsAndArguments(t *testing.T) {
	url, count := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { reply(w, 200, good) })
	op := operation("POST", policy.Keyed)
	op.Path, op.Params = "/items/{id}", []wire.Param{{Name: "id", In: wire.Path, Required: true}}
	c := client(t, url, quick(), op)
	for name, opts := range map[string][]resilience.CallOption{
		"no attempts":        {resilience.WithAttempts(0)},
		"too many attempts":  {resilience.WithAttempts(101)},
		"no time":            {resilience.WithTimeout(0)},
		"negative time":      {resilience.WithTimeout(-1)},
		"no header name":     {resilience.WithHeader("", "x")},
		"bad header name":    {resilience.WithHeader("a b", "x")},
		"header with a line": {resilience.WithHeader("A", "x\r\nB: y")},
		"empty key":          {resilience.WithIdempotencyKey("")},
		"key with a line":    {resilience.WithIdempotencyKey("a\nb")},
	} {
		_, err := resilience.Call[*item](t.Context(), c, op, wire.Args("1"), opts...)
		expect{kind: resilience.KindInvalidRequest}.check(t, nil, failed(t, err))
		if e := failed(t, err); e.MayHaveApplied || len(e.Attempts) != 0 {
			t.Errorf("%s: got %+v", name, e)
		}
	}
	for _, bad := range []string{"", ".", ".."} {
		_, err := resilience.Call[*item](t.Context(), c, op, wire.Args(bad))
		expect{kind: resilience.KindInvalidRequest}.check(t, nil, failed(t, err))
		if !errors.Is(err, resilience.ErrInvalidRequest) {
			t.Errorf("path parameter %q: got %v", bad, err)
		}
	}
	if count.Load() != 0 {
		t.Errorf("%d requests, want none", count.Load())
	}
	for _, n := range []int{1, 100} {
		if _, err := resilience.Call[*item](t.Context(), c, op, wire.Args("1"),
			resilience.WithAttempts(n)); err != nil {
			t.Errorf("%d attempts: %v", n, err)
		}
	}
}

func TestDoAndCallResult(t *testing.T) {
	url, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		switch n {
		case 1:
			w.WriteHeader(204)
		case 2:
			reply(w, 202, `{"code":"later"}`)
		case 3:
			reply(w, 200, good)
		default:
			reply(w, 404, `{"code":"gone"}`)
		}
	})
	none := &resilience.Operation{ID: "none", Method: "DELETE", Path: "/items", Success: []wire.Outcome{{Status: 204}}}
	c := client(t, url, quick(), none)
	if err := resilience.Do(t.Context(), c, none, wire.Args()); err != nil {
		t.Error(err)
	}
	two := operation("PUT", policy.Idempotent)
	two.Success = append(two.Success,
		wire.Outcome{Status: 202, Media: "application/json", Decode: wire.JSONAs[*problem]})
	type result struct {
		status int
		body   any
	}
	build := func(status int, body any) result { return result{status, body} }
	got, err := resilience.CallResult(t.Context(), c, two, wire.Args(), build)
	if p, ok := got.body.(*problem); err != nil || got.status != 202 || !ok || p.Code != "later" {
		t.Errorf("got %+v, %v", got, err)
	}
	got, err = resilience.CallResult(t.Context(), c, two, wire.Args(), build)
	if i, ok := got.body.(*item); err != nil || got.status != 200 || !ok || i.Name != "a" {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err = resilience.CallResult(t.Context(), c, two, wire.Args(), build); failed(t, err).Status != 404 ||
		got.status != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestCall_ResultOfAnotherType(t *testing.T) {
	url, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { reply(w, 200, good) })
	op := operation("GET", policy.Safe)
	_, err := resilience.Call[*problem](t.Context(), client(t, url, quick(), op), op, wire.Args())
	expect{kind: resilience.KindContract}.check(t, nil, failed(t, err))
}
