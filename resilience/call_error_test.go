package resilience_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
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
	for _, want := range []struct {
		err        error
		status     int
		retryAfter string
		body       string
	}{
		{&resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: 1001 * time.Millisecond}, 503, "2",
			`{"status":503,"title":"circuit open"}`},
		{&resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: 2 * time.Second}, 503, "2",
			`{"status":503,"title":"circuit open"}`},
		{&resilience.Error{Kind: resilience.KindThrottled, RetryAfter: time.Minute}, 503, "60",
			`{"status":503,"title":"throttled by the server"}`},
		{&resilience.Error{Kind: resilience.KindBulkheadFull}, 503, "",
			`{"status":503,"title":"too many calls in flight"}`},
		{&resilience.Error{Kind: resilience.KindAPI, Status: 500, RetryAfter: time.Second}, 502, "",
			`{"status":502,"title":"the server reported a failure"}`},
		{errors.New("secret"), 500, "", `{"status":500,"title":"Internal Server Error"}`},
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
