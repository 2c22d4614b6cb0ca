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

// the order of a sign-in's requests
var (
	first  = []string{edrtest.GetLoginPage, edrtest.SubmitPassword, edrtest.RequestMfaCode}
	second = []string{edrtest.ValidateMfaCode, edrtest.RegisterPageAccess, edrtest.OpenPortal, edrtest.OpenEventManagement, edrtest.AuthenticateEventManagement}
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

// The pages that the sign-in can do without may all fail, in any way, and keep failing: the circuit of the steps stays closed.
func TestClient_SignInGoesOnWithoutPages(t *testing.T) {
	for name, answer := range map[string]edrtest.Answer{"outage": edrtest.Outage, "reset": {Reset: true}, "not found": {Status: 404}, "hang": {Hang: true}, "forbidden": {Status: 403}} {
		pages := []string{edrtest.GetLoginPage, edrtest.RegisterPageAccess, edrtest.OpenPortal, edrtest.OpenEventManagement}
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

// Each step of a sign-in is one request, whatever becomes of it.
func TestClient_StepsAreSentOnce(t *testing.T) {
	answers := map[string]edrtest.Answer{
		"outage": edrtest.Outage, "reset": {Reset: true}, "reset after the work": {Reset: true, Work: true}, "hang": {Hang: true}, "throttled": {Status: 429, Headers: http.Header{"Retry-After": {"1"}}},
		"request timeout": {Status: 408}, "redirect": {Status: 307, Headers: http.Header{"Location": {hosts.Login + "/api/login"}}}, "found": {Status: 302, Headers: http.Header{"Location": {"/login"}}},
		"too early": {Status: 425}, "misdirected": {Status: 421}, "error": {Status: 500}, "unauthorised": {Status: 401}, "page": {Type: "text/html", Body: "<html>Sign in</html>"},
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
			if n := w.server.Count(edrtest.ValidateMfaCode); n != 1 || w.server.Count(edrtest.AuthenticateEventManagement) != 0 {
				t.Errorf("%s at the code: %d requests, and then %d for a token", name, n, w.server.Count(edrtest.AuthenticateEventManagement))
			}
		})
	}
}

// A 2xx is accepted whatever its body, as long as it is no page.
func TestClient_StepsDoNotReadBodies(t *testing.T) {
	for name, answer := range map[string]edrtest.Answer{
		"empty": {Work: true}, "null": {Body: "null"}, "text": {Type: "text/plain", Body: "sent"}, "text that is called a page": {Type: "text/html", Body: `{"sent":true}`},
		"broken": {Body: `{"sent":`}, "a word of the second factor": {Body: `{"challenge":"SMS_OTP"}`}, "no content": {Status: 204},
	} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			w.server.Script(edrtest.RequestMfaCode, answer)
			if err := w.client.RequestCode(t.Context()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

func TestClient_CodesOfAnotherFormAreNotSent(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		if err := w.client.RequestCode(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, code := range []string{"", "12345", "1234567", "12345a", "12 456", "１２３４５６", "-12345", "12345\n", "/12345", ":12345"} {
			if err := w.client.Complete(t.Context(), code); !errors.Is(err, edr.ErrCodeFormat) || err != edr.ErrCodeFormat {
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

// A wrong code is an error of its own whatever 4xx it is answered with, and the right one still works. The server's bound on tries is its own.
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

// A code that was not looked at is not a wrong one.
func TestClient_CodeNotLookedAt(t *testing.T) {
	for _, status := range []int{302, 408, 429, 500, 503} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			if err := w.client.RequestCode(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.server.Script(edrtest.ValidateMfaCode, edrtest.Answer{Status: status})
			if err := w.client.Complete(t.Context(), w.server.Code()); failure(err).Status != status || errors.Is(err, edr.ErrWrongCode) || errors.Is(err, edr.ErrBlocked) {
				t.Errorf("status %d: %v", status, err)
			}
		})
	}
}

// The token goes out as it stands in the cookie's JSON, in place of anything else.
func TestClient_TokenAsItCame(t *testing.T) {
	for cookie, want := range map[string]string{"%7B%22token%22%3A%22a%2Bb%2F%3D%3D%22%7D": "Bearer a+b/==", "%7B%22token%22%3A%22a+b%22%7D": "Bearer a+b", "%7B%22user%22%3A1%2C%22token%22%3A%22x%20y%22%7D": "Bearer x y"} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			var sent string
			config := w.config()
			config.Transport = rounder(func(r *http.Request) (*http.Response, error) {
				sent = strings.Join(r.Header.Values("Authorization"), "|")
				return w.transport.RoundTrip(r)
			})
			c := open(t, config)
			if err := c.RequestCode(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.server.Script(edrtest.AuthenticateEventManagement, edrtest.Answer{Headers: http.Header{"Set-Cookie": {"auth-token=" + cookie + "; Path=/EventManagement"}}})
			if err := c.Complete(t.Context(), w.server.Code()); err != nil || sent != "" {
				t.Fatalf("%v, and the sign-in sent %q", err, sent)
			}
			w.server.Script(edrtest.GetEdrReport, edrtest.Answer{Body: `{"demoId":1}`})
			if _, err := c.Report(t.Context(), 1); err != nil || sent != want {
				t.Errorf("sent %q, want %q; %v", sent, want, err)
			}
			if err := c.Close(); err != nil {
				t.Error(err)
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

// A second request makes the first code worthless.
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

// A block stops everything, in later processes too, until a person says otherwise.
func TestClient_BlockIsAHardStop(t *testing.T) {
	captcha := "<html><script src='https://client.px.test/PX1/main.min.js'></script>Please solve the CAPTCHA</html>"
	for _, c := range []struct {
		name, step string
		answer     edrtest.Answer
	}{
		{"403 at the page", edrtest.GetLoginPage, edrtest.Answer{Status: 403}},
		{"403 at the password", edrtest.SubmitPassword, edrtest.Answer{Status: 403, Body: `{}`}},
		{"403 at the request for a code", edrtest.RequestMfaCode, edrtest.Answer{Status: 403}},
		{"captcha under 200", edrtest.SubmitPassword, edrtest.Answer{Type: "text/html", Body: captcha}},
		{"captcha under 200 that is called JSON", edrtest.RequestMfaCode, edrtest.Answer{Body: captcha}},
		{"captcha in JSON", edrtest.SubmitPassword, edrtest.Answer{Body: `{"captchaRequired":true}`}},
		{"challenge under 429", edrtest.SubmitPassword, edrtest.Answer{Status: 429, Type: "text/html", Body: "<p>Challenge</p>"}},
		{"PerimeterX under 503", edrtest.SubmitPassword, edrtest.Answer{Status: 503, Body: `{"by":"PerimeterX"}`}},
	} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			w.server.Script(c.step, c.answer)
			if err := w.client.RequestCode(t.Context()); !errors.Is(err, edr.ErrBlocked) || errors.Is(err, edr.ErrIncomplete) {
				t.Errorf("%s: %v", c.name, err)
			}
			sent := len(w.server.Entries())
			later := open(t, w.config())
			for who, client := range map[string]*edr.Client{"this client": w.client, "a later one": later} {
				if err := client.RequestCode(t.Context()); !errors.Is(err, edr.ErrBlocked) {
					t.Errorf("%s: %s asks for a code: %v", c.name, who, err)
				}
				if err := client.Complete(t.Context(), "123456"); !errors.Is(err, edr.ErrBlocked) {
					t.Errorf("%s: %s gives a code: %v", c.name, who, err)
				}
				if _, err := client.Report(t.Context(), 601234); !errors.Is(err, edr.ErrBlocked) {
					t.Errorf("%s: %s calls: %v", c.name, who, err)
				}
			}
			if n := len(w.server.Entries()); n != sent {
				t.Errorf("%s: %d requests after the block", c.name, n-sent)
			}
			if err := later.ClearBlock(t.Context()); err != nil {
				t.Error(err)
			}
			w.signIn(t)
			if err := later.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// A block may come at any later request as well.
func TestClient_BlockAfterTheSignIn(t *testing.T) {
	for _, block := range []edrtest.Block{edrtest.BlockForbidden, edrtest.BlockPage} {
		inMemory(t, edrtest.Options{Events: events()}, func(t *testing.T, w *world) {
			w.signIn(t)
			w.server.Block(block)
			tokens := w.server.Count(edrtest.AuthenticateEventManagement)
			if _, err := w.client.Report(t.Context(), 601234); !errors.Is(err, edr.ErrBlocked) {
				t.Errorf("%s: %v", block, err)
			}
			w.server.Block(edrtest.NoBlock)
			if err := w.schedule(t.Context()); !errors.Is(err, edr.ErrBlocked) {
				t.Errorf("%s: %v", block, err)
			}
			if n := w.counts(edrtest.GetEdrReport, edrtest.GetDailyScheduleReport); !slices.Equal(n, []int{1, 0}) || w.server.Count(edrtest.AuthenticateEventManagement) != tokens {
				t.Errorf("%s: requests %v and %d for tokens", block, n, w.server.Count(edrtest.AuthenticateEventManagement)-tokens)
			}
			if err := w.client.ClearBlock(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := w.schedule(t.Context()); err != nil {
				t.Errorf("%s: after the block: %v", block, err)
			}
		})
	}
}

// A page without words of the bot protection is a sign-in that did not go on.
func TestClient_PageAtAStep(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		w.server.Script(edrtest.SubmitPassword, edrtest.Answer{Type: "text/html", Body: "<html><h1>Sign in</h1></html>"})
		if err := w.client.RequestCode(t.Context()); !errors.Is(err, edr.ErrIncomplete) || errors.Is(err, edr.ErrBlocked) {
			t.Error(err)
		}
		if n := w.server.Count(edrtest.RequestMfaCode); n != 0 {
			t.Error("a code was requested")
		}
	})
}

// The token comes in a cookie or not at all.
func TestClient_TokenCookie(t *testing.T) {
	cookie := func(value string) edrtest.Answer {
		return edrtest.Answer{Body: `{}`, Headers: http.Header{"Set-Cookie": {value}}}
	}
	for name, c := range map[string]struct {
		answer edrtest.Answer
		want   error
	}{
		"none":                {edrtest.Answer{Body: `{"token":"in the body"}`}, edr.ErrIncomplete},
		"another":             {cookie("auth-token2=x; Path=/"), edr.ErrIncomplete},
		"empty":               {cookie("auth-token=; Path=/"), edr.ErrIncomplete},
		"plain":               {cookie("auth-token=abc; Path=/"), edr.ErrTokenFormat},
		"not escaped":         {cookie(`auth-token={"token":1}; Path=/`), edr.ErrTokenFormat},
		"broken escape":       {cookie("auth-token=%7; Path=/"), edr.ErrTokenFormat},
		"without a token":     {cookie("auth-token=%7B%22tokens%22%3A%22x%22%7D"), edr.ErrTokenFormat},
		"empty token":         {cookie("auth-token=%7B%22token%22%3A%22%22%7D"), edr.ErrTokenFormat},
		"number":              {cookie("auth-token=%7B%22token%22%3A4711%7D"), edr.ErrTokenFormat},
		"a page":              {edrtest.Answer{Type: "text/html", Body: "<html>Sign in</html>"}, edr.ErrIncomplete},
		"a redirect":          {edrtest.Answer{Status: 302, Headers: http.Header{"Location": {hosts.Login + "/login"}}}, edr.ErrIncomplete},
		"unauthorised":        {edrtest.Answer{Status: 401}, edr.ErrIncomplete},
		"a captcha":           {edrtest.Answer{Type: "text/html", Body: "<html>captcha</html>"}, edr.ErrBlocked},
		"escaped":             {cookie("auth-token=%7B%22token%22%3A%22a%2Bb%22%7D; Path=/"), nil},
		"with a plus":         {cookie("auth-token=%7B%22token%22%3A%22a+b%22%7D; Path=/"), nil},
		"under an empty body": {edrtest.Answer{Headers: http.Header{"Set-Cookie": {"auth-token=%7B%22token%22%3A%22a%22%7D"}}}, nil},
	} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			if err := w.client.RequestCode(t.Context()); err != nil {
				t.Fatal(err)
			}
			w.server.Script(edrtest.AuthenticateEventManagement, c.answer)
			err := w.client.Complete(t.Context(), w.server.Code())
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
			if c.want == edr.ErrIncomplete && errors.Is(err, edr.ErrTokenFormat) || c.want == edr.ErrTokenFormat && !errors.Is(err, edr.ErrIncomplete) {
				t.Errorf("%s: %v", name, err)
			}
			if c.want == edr.ErrIncomplete {
				if err := w.client.Complete(t.Context(), w.server.Code()); !errors.Is(err, edr.ErrNoCodeRequested) {
					t.Errorf("%s: once more: %v", name, err)
				}
			}
		})
	}
}

// A failure after the code was taken does not cost another code.
func TestClient_CompleteGoesOnAfterTheCode(t *testing.T) {
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

// An answer to the request for a code that was lost may still have sent one.
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

// Nothing secret stands in an error.
func TestClient_ErrorsHoldNoSecrets(t *testing.T) {
	for _, answer := range []edrtest.Answer{{Status: 500, Body: edrtest.Password + edrtest.CredentialID}, {Type: "text/html", Body: "<html>" + edrtest.Password + "</html>"}, {Reset: true}, {Status: 403}} {
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
