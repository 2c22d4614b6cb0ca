package resilience_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

func TestError_KindsSentinelsAndStatuses(t *testing.T) {
	for _, want := range []struct {
		kind     resilience.Kind
		name     string
		sentinel error
		status   int
	}{
		{resilience.KindTransport, "transport", resilience.ErrTransport, 502},
		{resilience.KindTimeout, "timeout", resilience.ErrTimeout, 504},
		{resilience.KindAPI, "api", resilience.ErrAPI, 502},
		{resilience.KindThrottled, "throttled", resilience.ErrThrottled, 503},
		{resilience.KindContract, "contract", resilience.ErrContract, 502},
		{resilience.KindEmptyBody, "empty-body", resilience.ErrEmptyBody, 502},
		{resilience.KindTooLarge, "too-large", resilience.ErrTooLarge, 502},
		{resilience.KindCircuitOpen, "circuit-open", resilience.ErrCircuitOpen, 503},
		{resilience.KindRateLimited, "rate-limited", resilience.ErrRateLimited, 503},
		{resilience.KindBulkheadFull, "bulkhead-full", resilience.ErrBulkheadFull, 503},
		{resilience.KindCanceled, "canceled", resilience.ErrCanceled, 499},
		{resilience.KindInvalidRequest, "invalid-request", resilience.ErrInvalidRequest, 500},
		{resilience.KindCredential, "credential", resilience.ErrCredential, 502},
		{resilience.KindClosed, "closed", resilience.ErrClosed, 503},
	} {
		err := fmt.Errorf("around: %w", &resilience.Error{Kind: want.kind})
		if want.kind.String() != want.name || !errors.Is(err, want.sentinel) ||
			resilience.HTTPStatus(err) != want.status {
			t.Errorf("%s: is it its sentinel: %v, status %d, want %d", want.kind, errors.Is(err, want.sentinel),
				resilience.HTTPStatus(err), want.status)
		}
		if errors.Is(err, resilience.ErrBudget) || want.kind != resilience.KindAPI &&
			errors.Is(err, resilience.ErrAPI) {
			t.Errorf("%s: it is a sentinel of another kind as well", want.kind)
		}
	}
	if s := resilience.Kind(0).String(); s != "none" {
		t.Errorf("zero kind: got %s", s)
	}
	if s := resilience.Kind(200).String(); s != "none" {
		t.Errorf("unknown kind: got %s", s)
	}
}

func TestError_IsSeveralThings(t *testing.T) {
	if !errors.Is(&resilience.Error{Kind: resilience.KindEmptyBody}, resilience.ErrContract) {
		t.Error("an empty body breaks no contract")
	}
	spent := &resilience.Error{Kind: resilience.KindAPI, Stopped: resilience.StopBudget}
	if !errors.Is(spent, resilience.ErrBudget) || !errors.Is(spent, resilience.ErrAPI) {
		t.Error("a spent budget hides what happened")
	}
}

func TestHTTPStatus_OfOtherErrors(t *testing.T) {
	for _, want := range []struct {
		err    error
		status int
	}{{nil, 200}, {errors.New("x"), 500}, {context.Canceled, 499}, {context.DeadlineExceeded, 504},
		{&resilience.Error{}, 500}} {
		if got := resilience.HTTPStatus(want.err); got != want.status {
			t.Errorf("%v: got %d, want %d", want.err, got, want.status)
		}
	}
}

func TestWriteError(t *testing.T) {
	open := &resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: 1001 * time.Millisecond, API: "secret",
		Operation: "secret", Body: []byte("secret"), Message: "secret", Code: "secret", RequestID: "secret"}
	for _, want := range []struct {
		err        error
		status     int
		retryAfter string
		body       string
	}{
		{open, 503, "2", `{"type":"circuit-open","title":"circuit open","status":503,"detail":` +
			`"The service behind this one has failed too often and is not called for now. Try again in 2 s."}`},
		{fmt.Errorf("secret: %w", open), 503, "2", `{"type":"circuit-open","title":"circuit open","status":503,` +
			`"detail":"The service behind this one has failed too often and is not called for now. Try again in 2 s."}`},
		{&resilience.Error{Kind: resilience.KindThrottled, RetryAfter: time.Minute}, 503, "60",
			`{"type":"throttled","title":"throttled by the server","status":503,"detail":` +
				`"The service behind this one got too many requests. Try again in 60 s."}`},
		{&resilience.Error{Kind: resilience.KindBulkheadFull}, 503, "",
			`{"type":"bulkhead-full","title":"too many calls in flight","status":503,"detail":` +
				`"Too many requests to the service behind this one are in progress."}`},
		{&resilience.Error{Kind: resilience.KindAPI, Status: 500, RetryAfter: time.Second}, 502, "1",
			`{"type":"api","title":"the server reported a failure","status":502,"detail":` +
				`"The service behind this one reported a failure. Try again in 1 s."}`},
		{errors.New("secret"), 500, "", `{"type":"about:blank","title":"Internal Server Error","status":500}`},
		{context.DeadlineExceeded, 504, "", `{"type":"about:blank","title":"Gateway Timeout","status":504}`},
		{&resilience.Error{RetryAfter: time.Second}, 500, "1",
			`{"type":"about:blank","title":"Internal Server Error","status":500}`},
	} {
		w := httptest.NewRecorder()
		resilience.WriteError(w, want.err)
		if w.Code != want.status || w.Header().Get("Retry-After") != want.retryAfter ||
			w.Body.String() != want.body+"\n" {
			t.Errorf("%v: got %d, Retry-After %q, %s", want.err, w.Code, w.Header().Get("Retry-After"), w.Body)
		}
		if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("content type: got %s", got)
		}
	}
}

// What a program answers its users for each kind: status, type, and the wait if there is one.
func TestWriteError_Kinds(t *testing.T) {
	for kind, want := range map[resilience.Kind]struct {
		status int
		name   string
	}{
		resilience.KindTransport: {502, "transport"}, resilience.KindTimeout: {504, "timeout"},
		resilience.KindAPI: {502, "api"}, resilience.KindThrottled: {503, "throttled"},
		resilience.KindContract: {502, "contract"}, resilience.KindEmptyBody: {502, "empty-body"},
		resilience.KindTooLarge: {502, "too-large"}, resilience.KindCircuitOpen: {503, "circuit-open"},
		resilience.KindRateLimited: {503, "rate-limited"}, resilience.KindBulkheadFull: {503, "bulkhead-full"},
		resilience.KindCanceled: {499, "canceled"}, resilience.KindInvalidRequest: {500, "invalid-request"},
		resilience.KindCredential: {502, "credential"}, resilience.KindClosed: {503, "closed"},
		resilience.KindPages: {502, "pages"}, resilience.KindPartial: {502, "partial"},
	} {
		for wait, header := range map[time.Duration]string{
			0: "", -time.Second: "", time.Nanosecond: "1", time.Second: "1", time.Hour + 1: "3601",
		} {
			w := httptest.NewRecorder()
			w.Header().Set("Content-Length", "7")
			w.Header().Set("Cache-Control", "public, max-age=600")
			resilience.WriteError(w, &resilience.Error{Kind: kind, RetryAfter: wait})
			var p struct {
				Type, Title, Detail string
				Status              int
			}
			err := json.Unmarshal(w.Body.Bytes(), &p)
			if err != nil || p.Type != want.name || p.Status != want.status ||
				w.Code != want.status || p.Title == "" || p.Detail == "" {
				t.Errorf("%s: %v, %d %s", kind, err, w.Code, w.Body)
			}
			if (header != "") != strings.HasSuffix(p.Detail, " Try again in "+header+" s.") {
				t.Errorf("%s after %s: detail %q", kind, wait, p.Detail)
			}
			for name, value := range map[string]string{
				"Retry-After": header, "Content-Type": "application/problem+json", "Content-Length": "",
				"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
			} {
				if got := w.Header().Get(name); got != value {
					t.Errorf("%s after %s: %s is %q, want %q", kind, wait, name, got, value)
				}
			}
		}
	}
}

func TestError_Text(t *testing.T) {
	for _, want := range []struct {
		err  resilience.Error
		text string
	}{
		{resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: 12 * time.Second},
			"a: op: circuit open; try again in 12s"},
		{resilience.Error{Kind: resilience.KindAPI, Status: 503, Attempts: make([]resilience.Attempt, 4),
			RequestID: "r1", Stopped: resilience.StopBudget, MayHaveApplied: true},
			"a: op: status 503 after 4 attempts (request id r1); the retry budget is spent; the server may have run " +
				"the request"},
		{resilience.Error{Kind: resilience.KindAPI, Status: 404, Attempts: make([]resilience.Attempt, 1)},
			"a: op: status 404"},
		{resilience.Error{Kind: resilience.KindTimeout, RetryAfter: 1500 * time.Microsecond},
			"a: op: out of time; try again in 2ms"},
		{resilience.Error{}, "a: op: none"},
		{resilience.Error{Kind: resilience.KindAPI, Status: 400, Code: "InvalidInput", Message: "no such sku"},
			"a: op: status 400 InvalidInput: no such sku"},
		{resilience.Error{Kind: resilience.KindAPI, Status: 400, Message: "a\u202eb\nc"},
			`a: op: status 400: a\u202eb\nc`},
	} {
		want.err.API, want.err.Operation = "a", "op"
		if got := want.err.Error(); got != want.text {
			t.Errorf("got  %s\nwant %s", got, want.text)
		}
	}
}

func TestDetail(t *testing.T) {
	value := problem{Code: "x"}
	for name, detail := range map[string]any{"value": value, "pointer": &value} {
		if got, ok := resilience.Detail[problem](&resilience.Error{Detail: detail}); !ok || got.Code != "x" {
			t.Errorf("%s: got %+v, %v", name, got, ok)
		}
	}
	if got, ok := resilience.Detail[*problem](&resilience.Error{Detail: &value}); !ok || got.Code != "x" {
		t.Errorf("pointer type: got %+v, %v", got, ok)
	}
	for name, err := range map[string]error{
		"nil pointer": &resilience.Error{Detail: (*problem)(nil)}, "another type": &resilience.Error{Detail: 7},
		"none": &resilience.Error{}, "another error": errors.New("x"), "no error": nil,
	} {
		if got, ok := resilience.Detail[problem](err); ok {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

// An error made by hand prints what it has, and nothing else.
func TestError_TextByHand(t *testing.T) {
	for _, want := range []struct {
		err  resilience.Error
		text string
	}{
		{resilience.Error{}, "none"},
		{resilience.Error{Kind: resilience.KindCircuitOpen}, "circuit open"},
		{resilience.Error{API: "a", Kind: resilience.KindCircuitOpen}, "a: circuit open"},
		{resilience.Error{Operation: "op", Kind: resilience.KindCircuitOpen}, "op: circuit open"},
		{resilience.Error{Status: 404}, "status 404"},
		{resilience.Error{Walk: &resilience.Walk{Items: 2}, Kind: resilience.KindPages},
			(&resilience.Walk{Items: 2}).String() + ": no way to the next page"},
		{resilience.Error{Kind: resilience.KindTransport, MayHaveApplied: true},
			"no response; the server may have run the request"},
	} {
		if got := want.err.Error(); got != want.text {
			t.Errorf("got  %s\nwant %s", got, want.text)
		}
	}
}

// Only failures of operations that write say that the server may have run the request.
func TestError_TextOfReads(t *testing.T) {
	for class, want := range map[policy.Class]bool{policy.Safe: false, policy.Idempotent: true, policy.Unsafe: true} {
		b := memory(t, faults.Fail(faults.Reset))
		op := operation("GET", class)
		_, err := get(t, b.client(t, quick(), op), op)
		if got := strings.HasSuffix(err.Error(), "; the server may have run the request"); got != want {
			t.Errorf("%s: got %v", class, err)
		}
	}
}

// The code and the message of a failure are those of its body, without secrets and bounded.
func TestError_CodeAndMessage(t *testing.T) {
	long := strings.Repeat("word ", 100)
	for _, c := range []struct {
		step          faults.Step
		code, message string
	}{
		{faults.JSON(400, `{"errors":[{"code":"InvalidInput","message":"no such sku"}]}`), "InvalidInput",
			"no such sku"},
		{faults.JSON(400, `{"code":"LongNameOfAnExceptionOfTheServer","message":"a\u2028b"}`),
			"LongNameOfAnExceptionOfTheServer", "a b"},
		{faults.JSON(400, `{"code":"0123456789abcdef01234567","message":"key t0psecret"}`), "[redacted]",
			"key [redacted]"},
		{faults.JSON(400, `{"code":"`+strings.Repeat("a", 101)+`"}`), "[redacted]", ""},
		{faults.JSON(400, `{"code":"`+strings.Repeat("a", 100)+`"}`), strings.Repeat("a", 100), ""},
		{faults.JSON(400, `{"message":"`+long+`"}`), "", long[:300]},
		{faults.Status(400).WithBody("not JSON"), "", ""},
		{faults.Status(400), "", ""},
		{faults.OK(`{"name":{"code":"a"}`), "", ""}, // not the body of a failure
	} {
		b := memory(t, c.step)
		op := operation("GET", policy.Unsafe)
		op.Security = []resilience.Requirement{{{Scheme: "one"}}}
		_, err := get(t, b.client(t, quick(), op,
			resilience.WithCredential(placed(func(r *http.Request) { r.Header.Set("X-Key", "t0psecret") }))), op)
		if e := failed(t, err); e.Code != c.code || e.Message != c.message {
			t.Errorf("%s: got %q, %q", c.step.Body, e.Code, e.Message)
		}
	}
}

// Stopped names what prevented a retry that the outcome would have allowed.
func TestError_Stopped(t *testing.T) {
	one := []resilience.CallOption{resilience.WithAttempts(1)}
	for _, c := range []struct {
		name    string
		class   policy.Class
		step    faults.Step
		opts    []resilience.CallOption
		oneShot bool
		want    resilience.Stop
	}{
		{"all attempts", policy.Idempotent, faults.Status(503), nil, false, resilience.StopAttempts},
		{"one attempt", policy.Idempotent, faults.Status(503), one, false, resilience.StopAttempts},
		{"one attempt, broken", policy.Idempotent, faults.Fail(faults.Reset), one, false, resilience.StopAttempts},
		{"one attempt, refused", policy.Idempotent, faults.Status(404), one, false, resilience.StopFinal},
		{"one attempt, unsafe", policy.Unsafe, faults.Status(503), one, false, resilience.StopFinal},
		{"one attempt, unsafe, throttled", policy.Unsafe, faults.Status(429), one, false, resilience.StopAttempts},
		{"unsafe", policy.Unsafe, faults.Status(503), nil, false, resilience.StopFinal},
		{"refused", policy.Idempotent, faults.Status(404), nil, false, resilience.StopFinal},
		{"one-shot body", policy.Idempotent, faults.Status(503), nil, true, resilience.StopBody},
		{"one-shot body, throttled", policy.Unsafe, faults.Status(429), nil, true, resilience.StopBody},
		{"one-shot body, refused", policy.Idempotent, faults.Status(404), nil, true, resilience.StopFinal},
		{"one-shot body, unsafe", policy.Unsafe, faults.Status(503), nil, true, resilience.StopFinal},
		{"one-shot body, one attempt", policy.Idempotent, faults.Status(503), one, true, resilience.StopAttempts},
		{"no retry by the server", policy.Idempotent, faults.Status(503).With("X-Should-Retry", "false"), one, false,
			resilience.StopFinal},
		{"conditional without a condition", policy.Conditional, faults.Status(503), one, false, resilience.StopFinal},
		{"conditional", policy.Conditional, faults.Status(503),
			append(one, resilience.WithHeader("If-Match", "x")), false, resilience.StopAttempts},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := memory(t, c.step)
			op := operation("POST", c.class)
			in := wire.Args()
			if c.oneShot {
				op.Body = &wire.Body{Media: "application/octet-stream", Format: wire.Binary}
				in = in.With(io.MultiReader(strings.NewReader("x")))
			}
			_, err := resilience.Call[*item](t.Context(), b.client(t, quick(), op), op, in, c.opts...)
			if got := failed(t, err).Stopped; got != c.want {
				t.Errorf("got %s, want %s: %v", got, c.want, err)
			}
		})
	}
}

// A secret that the server repeats as the id of the request appears nowhere.
func TestRequestID_WithoutSecrets(t *testing.T) {
	var failure *resilience.Error
	watch := resilience.WithObserver(func(e resilience.Event) { failure = e.Err })
	b := configured(t, faults.Config{Script: []faults.Step{faults.Status(404).With("X-Request-Id", "id-t0psecret"),
		faults.OK(good).With("X-Request-Id", "id-t0psecret").With("X-Other", "other")}}, watch)
	op := operation("GET", policy.Safe)
	op.Security = []resilience.Requirement{{{Scheme: "one"}}}
	c := b.client(t, quick(), op,
		resilience.WithCredential(placed(func(r *http.Request) { r.Header.Set("X-Key", "Bearer t0psecret") })))
	var info resilience.Info
	_, err := get(t, c, op, resilience.WithInfo(&info))
	if e := failed(t, err); e.RequestID != "id-[redacted]" || failure.RequestID != "id-[redacted]" {
		t.Errorf("got %q in the error and %q in the event", e.RequestID, failure.RequestID)
	}
	for range 2 {
		if info.RequestID != "id-[redacted]" || info.Header.Get("X-Request-Id") != "id-[redacted]" {
			t.Errorf("got %+v", info)
		}
		if _, err := get(t, c, op, resilience.WithInfo(&info)); err != nil {
			t.Fatal(err)
		}
	}
	if info.Header.Get("X-Other") != "other" {
		t.Errorf("got %+v", info.Header)
	}
}
