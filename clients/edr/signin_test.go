package edr_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/resilience"
)

// the requests of a sign-in in order
var (
	first  = []string{edrtest.GetLoginPage, edrtest.SubmitPassword, edrtest.RequestMfaCode}
	second = []string{
		edrtest.ValidateMfaCode,
		edrtest.RegisterPageAccess,
		edrtest.OpenPortal,
		edrtest.OpenEventManagement,
		edrtest.AuthenticateEventManagement,
	}
)

func TestClient_SignsInInTwoSteps(t *testing.T) {
	inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
		if err := w.client.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := w.client.Complete(t.Context(), w.server.Code()); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range w.server.Entries() {
			got = append(got, e.Operation)
		}
		if want := slices.Concat(first, second); !slices.Equal(got, want) {
			t.Errorf("requests %v, want %v", got, want)
		}
		if err := w.schedule(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := w.server.Count(edrtest.AuthenticateEventManagement); n != 1 {
			t.Errorf("%d token requests, want that of the sign-in", n)
		}
		w.refusals(t)
	})
}

// The optional pages may fail in any way and repeatedly: the circuit of the steps stays closed.
func TestClient_SignInWithoutPages(t *testing.T) {
	for name, answer := range map[string]edrtest.Answer{
		"outage": edrtest.Outage, "reset": {Reset: true}, "not found": {Status: 404}, "hang": {Hang: true},
		"forbidden": {Status: 403},
	} {
		pages := []string{
			edrtest.GetLoginPage,
			edrtest.RegisterPageAccess,
			edrtest.OpenPortal,
			edrtest.OpenEventManagement,
		}
		if name == "forbidden" {
			pages = pages[1:] // on the login host that is a block
		}
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			for _, page := range pages {
				w.server.Script(page, slices.Repeat([]edrtest.Answer{answer}, 10)...)
			}
			w.signIn(t)
			if err := w.schedule(t.Context()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// Each step of a sign-in is one request, whether it succeeds or fails.
func TestClient_StepsAreSentOnce(t *testing.T) {
	answers := map[string]edrtest.Answer{
		"outage": edrtest.Outage, "reset": {Reset: true}, "reset after the work": {Reset: true, Work: true},
		"hang": {Hang: true}, "throttled": {Status: 429, Headers: http.Header{"Retry-After": {"1"}}},
		"request timeout": {
			Status: 408,
		}, "redirect": {Status: 307, Headers: http.Header{"Location": {hosts.Login + "/api/login"}}},
		"found": {Status: 302, Headers: http.Header{"Location": {"/login"}}},
		"too early": {
			Status: 425,
		}, "misdirected": {Status: 421}, "error": {Status: 500}, "unauthorised": {Status: 401},
		"page": {Type: "text/html", Body: "<html>Sign in</html>"},
	}
	for name, answer := range answers {
		for _, step := range []string{edrtest.GetLoginPage, edrtest.SubmitPassword, edrtest.RequestMfaCode} {
			inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
				w.server.Script(step, answer, answer, answer)
				err := w.client.RequestCode(t.Context())
				if (err == nil) != (step == edrtest.GetLoginPage) {
					t.Errorf("%s at %s: %v", name, step, err)
				}
				for _, op := range first {
					if n := w.server.Count(op); n > 1 {
						t.Errorf("%s at %s: %d requests for %s", name, step, n, op)
					}
				}
			})
		}
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			if err := w.client.RequestCode(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.server.Script(edrtest.ValidateMfaCode, answer, answer, answer)
			if err := w.client.Complete(t.Context(), w.server.Code()); err == nil {
				t.Errorf("%s at the code: no error", name)
			}
			if n := w.server.Count(edrtest.ValidateMfaCode); n != 1 ||
				w.server.Count(edrtest.AuthenticateEventManagement) != 0 {
				t.Errorf(
					"%s at the code: %d requests, and then %d for a token",
					name,
					n,
					w.server.Count(edrtest.AuthenticateEventManagement),
				)
			}
		})
	}
}

// A 2xx is accepted with any body that is not a page.
func TestClient_StepsDoNotReadBodies(t *testing.T) {
	for name, answer := range map[string]edrtest.Answer{
		"empty": {Work: true}, "null": {Body: "null"}, "text": {Type: "text/plain", Body: "sent"},
		"text that is called a page":  {Type: "text/html", Body: `{"sent":true}`},
		"broken":                      {Body: `{"sent":`},
		"a word of the second factor": {Body: `{"challenge":"SMS_OTP"}`},
		"no content":                  {Status: 204},
	} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			w.server.Script(edrtest.RequestMfaCode, answer)
			if err := w.client.RequestCode(t.Context()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func TestClient_MalformedCodesAreNotSent(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		if err := w.client.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, code := range []string{
			"", "12345", "1234567", "12345a", "12 456", "１２３４５６", "-12345", "12345\n", "/12345", ":12345",
		} {
			if err := w.client.Complete(t.Context(), code); !errors.Is(err, edr.ErrCodeFormat) ||
				err != edr.ErrCodeFormat {
				t.Errorf("%q: %v", code, err)
			}
		}
		if n := w.server.Count(edrtest.ValidateMfaCode); n != 0 {
			t.Errorf("%d codes were sent", n)
		}
		if err := w.client.Complete(t.Context(), w.server.Code()); err != nil {
			t.Error(err)
		}
	})
}

// A wrong code has a distinct error for any 4xx, and the right code still works. The limit on
// attempts is the server's.
func TestClient_WrongCode(t *testing.T) {
	for _, status := range []int{400, 401, 404, 409, 422} {
		inMemory(t, edrtest.Options{WrongCode: status, Attempts: 2}, func(t *testing.T, w *world) {
			if err := w.client.RequestCode(t.Context()); err != nil {
				t.Fatal(err)
			}
			err := w.client.Complete(t.Context(), "000000")
			if !errors.Is(err, edr.ErrWrongCode) || errors.Is(err, edr.ErrBlocked) || failure(err).Status != status {
				t.Errorf("status %d: %v", status, err)
			}
			if err := w.client.Complete(t.Context(), w.server.Code()); err != nil {
				t.Errorf("the right code after a wrong one: %v", err)
			}
			if err := w.client.Complete(t.Context(), w.server.Code()); !errors.Is(err, edr.ErrNoCodeRequested) {
				t.Errorf("once more: %v", err)
			}
			if n := w.server.Count(edrtest.ValidateMfaCode); n != 2 {
				t.Errorf("%d codes sent, want 2", n)
			}
		})
	}
}

// A code that was not checked is not a wrong code.
func TestClient_UncheckedCode(t *testing.T) {
	for _, status := range []int{302, 408, 429, 500, 503} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			if err := w.client.RequestCode(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.server.Script(edrtest.ValidateMfaCode, edrtest.Answer{Status: status})
			if err := w.client.Complete(t.Context(), w.server.Code()); failure(err).Status != status ||
				errors.Is(err, edr.ErrWrongCode) ||
				errors.Is(err, edr.ErrBlocked) {
				t.Errorf("status %d: %v", status, err)
			}
		})
	}
}

func failure(err error) *resilience.Error {
	var f *resilience.Error
	if errors.As(err, &f) {
		return f
	}
	return &resilience.Error{}
}

// A second request invalidates the first code.
func TestClient_NewestCodeCounts(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		var codes []string
		for range 2 {
			if err := w.client.RequestCode(t.Context()); err != nil {
				t.Fatal(err)
			}
			codes = append(codes, w.server.Code())
		}
		if err := w.client.Complete(t.Context(), codes[0]); !errors.Is(err, edr.ErrWrongCode) {
			t.Errorf("the first code: %v", err)
		}
		if err := w.client.Complete(t.Context(), codes[1]); err != nil {
			t.Errorf("the second code: %v", err)
		}
	})
}

func TestClient_CompleteNeedsARequest(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		if err := w.client.Complete(t.Context(), "123456"); !errors.Is(err, edr.ErrNoCodeRequested) {
			t.Error(err)
		}
		if n := len(w.server.Entries()); n != 0 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestClient_PasswordRefused(t *testing.T) {
	inMemory(t, edrtest.Options{Password: "another"}, func(t *testing.T, w *world) {
		err := w.client.RequestCode(t.Context())
		if !errors.Is(err, edr.ErrPasswordRefused) || failure(err).Status != 401 {
			t.Error(err)
		}
		if n := w.counts(first...); !slices.Equal(n, []int{1, 1, 0}) {
			t.Errorf("requests %v", n)
		}
	})
}

// A failure after the code was accepted does not require another code.
func TestClient_CompleteContinuesAfterTheCode(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		if err := w.client.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		code := w.server.Code()
		w.server.Script(edrtest.AuthenticateEventManagement, edrtest.Outage, edrtest.Outage)
		err := w.client.Complete(t.Context(), code)
		if failure(err).Status != 503 || errors.Is(err, edr.ErrIncomplete) {
			t.Fatal(err)
		}
		later := open(t, w.config())
		if err := later.Complete(t.Context(), code); err != nil {
			t.Error(err)
		}
		if n := w.counts(edrtest.ValidateMfaCode, edrtest.AuthenticateEventManagement); !slices.Equal(n, []int{1, 3}) {
			t.Errorf("requests %v, want one code and three for a token", n)
		}
		if err := later.Close(); err != nil {
			t.Error(err)
		}
	})
}

// After a lost response to the request for a code, the code may still have been sent.
func TestClient_CodeAfterALostAnswer(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		w.server.Script(edrtest.RequestMfaCode, edrtest.Answer{Work: true, Reset: true})
		if err := w.client.RequestCode(t.Context()); !failure(err).MayHaveApplied {
			t.Errorf("%v, want one that may have been applied", err)
		}
		if err := w.client.Complete(t.Context(), w.server.Code()); err != nil {
			t.Error(err)
		}
	})
}

func TestClient_OneSignInAtATime(t *testing.T) {
	inMemory(t, edrtest.Options{Latency: time.Second}, func(t *testing.T, w *world) {
		done := make(chan error)
		go func() { done <- w.client.RequestCode(context.Background()) }()
		time.Sleep(500 * time.Millisecond)
		if err := w.client.RequestCode(t.Context()); !errors.Is(err, edr.ErrBusy) {
			t.Error(err)
		}
		if err := w.client.Complete(t.Context(), "123456"); !errors.Is(err, edr.ErrBusy) {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		if n := w.counts(first...); !slices.Equal(n, []int{1, 1, 1}) {
			t.Errorf("requests %v", n)
		}
	})
}

// Errors contain no secrets.
func TestClient_ErrorsContainNoSecrets(t *testing.T) {
	for _, answer := range []edrtest.Answer{
		{Status: 500, Body: edrtest.Password + edrtest.CredentialID},
		{Type: "text/html", Body: "<html>" + edrtest.Password + "</html>"}, {Reset: true}, {Status: 403},
	} {
		for _, step := range []string{edrtest.SubmitPassword, edrtest.RequestMfaCode} {
			inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
				w.server.Script(step, answer)
				err := w.client.RequestCode(t.Context())
				if err == nil {
					t.Fatal("no error")
				}
				if f := failure(err); f.Operation != step || len(f.Attempts) != 1 {
					t.Errorf("the error says %s and %d attempts", f.Operation, len(f.Attempts))
				}
				for _, secret := range []string{edrtest.Username, edrtest.Password, edrtest.CredentialID} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("the error holds %s: %v", secret, err)
					}
				}
			})
		}
	}
}
