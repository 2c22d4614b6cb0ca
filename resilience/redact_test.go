package resilience_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// A cookieCredential signs with two cookies.
type cookieCredential struct{}

func (cookieCredential) Account() string { return "me" }

func (cookieCredential) Sign(_ context.Context, r *http.Request, _ resilience.Scheme) error {
	r.AddCookie(&http.Cookie{Name: "session", Value: "sess-4711"})
	r.AddCookie(&http.Cookie{Name: "device", Value: "dev-0815"})
	return nil
}

func TestRedact_Cookies(t *testing.T) {
	b := memory(
		t,
		faults.OK(
			"<html><body>welcome back, dev-0815, this is the page of sess-4711</body></html>",
		).With("Content-Type", "text/html"),
	)
	op := operation("GET", policy.Unsafe)
	op.Security = []resilience.Requirement{{{Scheme: "session"}}}
	api := &resilience.API{Name: "items", Defaults: quick(), Operations: []*resilience.Operation{op},
		Schemes: []resilience.Scheme{{Name: "session", Kind: "oauth2"}}}
	caller, err := resilience.NewCaller(api, resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime),
		resilience.WithLogger(quiet), resilience.WithCredential(cookieCredential{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = get(t, caller, op); err == nil ||
		!strings.Contains(err.Error(), "welcome back, [redacted], this is the page of [redacted]") {
		t.Errorf("got %v", err)
	}
}
