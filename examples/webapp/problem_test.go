package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/resilience"
)

// A browser gets a page, a program a problem document, both with the same status and Retry-After.
// Neither has text of the error.
func TestApp_Fail(t *testing.T) {
	a := &app{log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	open := &resilience.Error{Kind: resilience.KindCircuitOpen, RetryAfter: 1001 * time.Millisecond, Message: "secret"}
	for _, c := range []struct {
		err    error
		status int
		retry  string
		detail string
	}{
		{open, 503, "2", "has failed too often and is not called for now. Try again in 2 s."},
		{fmt.Errorf("secret: %w", open), 503, "2", "Try again in 2 s."},
		{&resilience.Error{Kind: resilience.KindBulkheadFull}, 503, "", "are in progress."},
		{&resilience.Error{Kind: resilience.KindAPI, Status: 404}, 502, "", "reported a failure."},
		{&resilience.Error{Kind: resilience.KindTimeout}, 504, "", "did not respond in time."},
		{context.Canceled, 499, "", "Something went wrong"},
		{errors.New("secret"), 500, "", "Something went wrong"},
	} {
		for accept, kind := range map[string]string{
			"": "application/problem+json", "*/*": "application/problem+json",
			"text/html,application/xhtml+xml,*/*;q=0.8": "text/html; charset=utf-8",
		} {
			r, w := httptest.NewRequest("GET", "/visits", nil), httptest.NewRecorder()
			r.Header.Set("Accept", accept)
			a.fail(w, r, "Crossmark", c.err)
			h, body := w.Result().Header, w.Body.String()
			if w.Code != c.status || h.Get("Retry-After") != c.retry || h.Get("Content-Type") != kind ||
				h.Get("Vary") != "Accept" || strings.Contains(body, "secret") {
				t.Errorf("%v for %q: %d, %v\n%s", c.err, accept, w.Code, h, body)
			}
			if page := strings.HasPrefix(kind, "text/html"); page && (!strings.Contains(body, c.detail) ||
				!strings.Contains(body, "<h1>Crossmark is not available</h1>") ||
				!strings.Contains(body, `<a href="/visits">Try again</a>`)) {
				t.Errorf("%v: page\n%s", c.err, body)
			}
		}
	}
	r, w := httptest.NewRequest("POST", "/sign-in", nil), httptest.NewRecorder()
	r.Header.Set("Accept", "text/html")
	a.fail(w, r, "The EDR", open)
	if strings.Contains(w.Body.String(), ">Try again<") {
		t.Error("a form cannot be sent again by a link")
	}
}
