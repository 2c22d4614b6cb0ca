package edr_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/faults"
)

// allFaults lists all faults of package faults.
var allFaults = []faults.Fault{
	faults.Reset, faults.Close, faults.ResetHeaders, faults.ResetBody, faults.CutLength, faults.CutChunked,
	faults.CutClose, faults.ExtraBody, faults.Hang,
	faults.HangBody, faults.Garbage, faults.TwoLengths, faults.HugeHeaders, faults.Flood, faults.BadGzip,
	faults.PlainGzip, faults.GoAway, faults.Refuse,
	faults.ResetStream, faults.BlackHole,
}

// unanswered lists the faults that end when the client cancels.
var unanswered = map[faults.Fault]bool{
	faults.Hang:      true,
	faults.HangBody:  true,
	faults.Flood:     true,
	faults.BlackHole: true,
}

// allSteps are the responses to a step: each fault, each status that is retried elsewhere, each
// redirect.
func allSteps() map[string]faults.Step {
	steps := map[string]faults.Step{}
	for _, f := range allFaults {
		steps[string(f)] = faults.Fail(f)
	}
	for _, status := range []int{400, 401, 403, 404, 408, 409, 421, 423, 425, 429, 500, 502, 503, 504} {
		steps[fmt.Sprint(status)] = faults.Status(status).With("Retry-After", "0")
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		steps[fmt.Sprint(status, " to itself")] = faults.Redirect(status, "")
		steps[fmt.Sprint(status, " to the login page")] = faults.Redirect(status, "/login")
	}
	for _, status := range []int{200, 403, 503} {
		steps[fmt.Sprint("page under ", status)] = faults.HTML(status)
	}
	return steps
}

// Paths of requests that must not be sent twice.
var paths = []string{"/login", "/api/login", "/api/mfa/sendCode", "/api/mfa/validateCode"}

// Over real HTTP/1.1 and HTTP/2 connections, new or kept alive, with any fault at any step, each
// step reaches the server at most once. On a kept-alive connection net/http would resend a GET, and
// a POST with an idempotency key.
func TestRequestCode_AtMostOneRequestPerStep(t *testing.T) {
	for name, step := range allSteps() {
		for _, path := range paths {
			for kind, c := range map[string]struct {
				config faults.Config
				reuse  bool
			}{
				"HTTP/2": {faults.Config{HTTP2: true}, true}, "HTTP/1.1": {faults.Config{}, true},
				"HTTP/1.1 without keep-alive": {faults.Config{}, false},
			} {
				if !c.reuse && step.Fault == faults.None {
					continue // any failure is acceptable
				}
				t.Run(fmt.Sprintf("%s at %s over %s", name, path, kind), func(t *testing.T) {
					t.Parallel()
					atMostOnce(t, c.config, path, c.reuse, step)
				})
			}
		}
	}
}

func atMostOnce(t *testing.T, config faults.Config, path string, reuse bool, step faults.Step) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	config.Handle = func(r *faults.Request) faults.Step {
		if r.URL.Path == path {
			if unanswered[step.Fault] {
				time.AfterFunc(20*time.Millisecond, cancel)
			}
			if loc, ok := step.Headers["Location"]; ok && loc[0] == "" {
				return faults.Redirect(step.Status, path)
			}
			return step
		}
		ok := faults.OK(`{"status":"OK"}`)
		ok.Last = !reuse
		return ok
	}
	s, err := config.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	transport := s.Transport()
	defer transport.CloseIdleConnections()
	client, err := edr.New(edr.Config{
		Username: edrtest.Username, Password: auth.NewSecret(edrtest.Password),
		CredentialID: auth.NewSecret(edrtest.CredentialID),
		Store:        &edr.Memory{}, Transport: transport,
		BaseURLs: edr.BaseURLs{Login: s.URL, Portal: s.URL, EventManagement: s.URL + "/EventManagement"}, Logger: quiet,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	err = client.RequestCode(ctx)
	if path == "/api/mfa/validateCode" {
		if err != nil {
			t.Fatal(err)
		}
		_ = client.Complete(ctx, "123456")
	}
	counts := map[string]int{}
	for _, r := range s.Records() {
		counts[r.Path]++
	}
	for _, p := range paths {
		if counts[p] > 1 {
			t.Errorf("%d requests for %s", counts[p], p)
		}
	}
	if counts[path] != 1 {
		t.Errorf("%d requests for %s, want the one that fails", counts[path], path)
	}
}

// A failed dial is not retried either.
func TestRequestCode_FailedDialsAreNotRetried(t *testing.T) {
	for _, dial := range []faults.Dial{faults.DialRefused, faults.DialNoHost, faults.DialDNS, faults.DialHang} {
		s := faults.InMemory()
		s.FailDials(dial, dial, dial, dial, dial, dial)
		transport := s.Transport()
		client, err := edr.New(
			edr.Config{
				Username:     "u",
				Password:     auth.NewSecret("p"),
				CredentialID: auth.NewSecret("c"),
				Store:        &edr.Memory{},
				Transport:    transport,
				BaseURLs:     hosts,
				Logger:       quiet,
			},
		)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		if err := client.RequestCode(ctx); err == nil {
			t.Errorf("%s: no error", dial)
		}
		cancel()
		if n := s.Dials(); n > 2 {
			t.Errorf("%s: %d dials, want one for the page and one for the password", dial, n)
		}
		_ = client.Close()
		transport.CloseIdleConnections()
		_ = s.Close()
	}
}

// The idle connection that served the page is closed repeatedly: the password is sent at most once.
func TestRequestCode_KeepAliveRace(t *testing.T) {
	for range 20 {
		s := faults.New(faults.OK(`{}`))
		transport := s.Transport()
		client, err := edr.New(
			edr.Config{
				Username:     "u",
				Password:     auth.NewSecret("p"),
				CredentialID: auth.NewSecret("c"),
				Store:        &edr.Memory{},
				Transport:    closing{transport, s},
				BaseURLs:     edr.BaseURLs{Login: s.URL, Portal: s.URL, EventManagement: s.URL},
				Logger:       quiet,
			},
		)
		if err != nil {
			t.Fatal(err)
		}
		_ = client.RequestCode(t.Context())
		counts := map[string]int{}
		for _, r := range s.Records() {
			counts[r.Path]++
		}
		for path, n := range counts {
			if n > 1 {
				t.Errorf("%d requests for %s", n, path)
			}
		}
		_ = client.Close()
		transport.CloseIdleConnections()
		_ = s.Close()
	}
}

// A closing round tripper makes the server close its idle connections just before a request is
// sent.
type closing struct {
	next http.RoundTripper
	s    *faults.Server
}

func (c closing) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/login") || r.Method != http.MethodGet {
		go c.s.CloseIdle()
	}
	return c.next.RoundTrip(r)
}
