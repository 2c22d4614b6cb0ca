package edr_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
)

// A block stops everything, also in later processes, until a person clears it.
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
		{
			"challenge under 429", edrtest.SubmitPassword,
			edrtest.Answer{Status: 429, Type: "text/html", Body: "<p>Challenge</p>"},
		},
		{"PerimeterX under 503", edrtest.SubmitPassword, edrtest.Answer{Status: 503, Body: `{"by":"PerimeterX"}`}},
	} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			w.server.Script(c.step, c.answer)
			if err := w.client.RequestCode(t.Context()); !errors.Is(err, edr.ErrBlocked) ||
				errors.Is(err, edr.ErrIncomplete) {
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

// A block may also occur at any later request.
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
			if n := w.counts(edrtest.GetEdrReport, edrtest.GetDailyScheduleReport); !slices.Equal(n, []int{1, 0}) ||
				w.server.Count(edrtest.AuthenticateEventManagement) != tokens {
				t.Errorf(
					"%s: requests %v and %d for tokens",
					block,
					n,
					w.server.Count(edrtest.AuthenticateEventManagement)-tokens,
				)
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

// A page without words of the bot protection is an incomplete sign-in.
func TestClient_PageAtAStep(t *testing.T) {
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		w.server.Script(
			edrtest.SubmitPassword,
			edrtest.Answer{Type: "text/html", Body: "<html><h1>Sign in</h1></html>"},
		)
		if err := w.client.RequestCode(t.Context()); !errors.Is(err, edr.ErrIncomplete) ||
			errors.Is(err, edr.ErrBlocked) {
			t.Error(err)
		}
		if n := w.server.Count(edrtest.RequestMfaCode); n != 0 {
			t.Error("a code was requested")
		}
	})
}

// Only the cookie provides the token.
func TestClient_TokenCookie(t *testing.T) {
	cookie := func(value string) edrtest.Answer {
		return edrtest.Answer{Body: `{}`, Headers: http.Header{"Set-Cookie": {value}}}
	}
	for name, c := range map[string]struct {
		answer edrtest.Answer
		want   error
	}{
		"none":            {edrtest.Answer{Body: `{"token":"in the body"}`}, edr.ErrIncomplete},
		"another":         {cookie("auth-token2=x; Path=/"), edr.ErrIncomplete},
		"empty":           {cookie("auth-token=; Path=/"), edr.ErrIncomplete},
		"plain":           {cookie("auth-token=abc; Path=/"), edr.ErrTokenFormat},
		"not escaped":     {cookie(`auth-token={"token":1}; Path=/`), edr.ErrTokenFormat},
		"broken escape":   {cookie("auth-token=%7; Path=/"), edr.ErrTokenFormat},
		"without a token": {cookie("auth-token=%7B%22tokens%22%3A%22x%22%7D"), edr.ErrTokenFormat},
		"empty token":     {cookie("auth-token=%7B%22token%22%3A%22%22%7D"), edr.ErrTokenFormat},
		"number":          {cookie("auth-token=%7B%22token%22%3A4711%7D"), edr.ErrTokenFormat},
		"a page":          {edrtest.Answer{Type: "text/html", Body: "<html>Sign in</html>"}, edr.ErrIncomplete},
		"a redirect": {
			edrtest.Answer{Status: 302, Headers: http.Header{"Location": {hosts.Login + "/login"}}},
			edr.ErrIncomplete,
		},
		"unauthorised": {edrtest.Answer{Status: 401}, edr.ErrIncomplete},
		"a captcha":    {edrtest.Answer{Type: "text/html", Body: "<html>captcha</html>"}, edr.ErrBlocked},
		"escaped":      {cookie("auth-token=%7B%22token%22%3A%22a%2Bb%22%7D; Path=/"), nil},
		"with a plus":  {cookie("auth-token=%7B%22token%22%3A%22a+b%22%7D; Path=/"), nil},
		"under an empty body": {
			edrtest.Answer{Headers: http.Header{"Set-Cookie": {"auth-token=%7B%22token%22%3A%22a%22%7D"}}}, nil,
		},
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
			if c.want == edr.ErrIncomplete && errors.Is(err, edr.ErrTokenFormat) ||
				c.want == edr.ErrTokenFormat && !errors.Is(err, edr.ErrIncomplete) {
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

// The token is sent exactly as in the cookie's JSON, and no other.
func TestClient_TokenIsUnchanged(t *testing.T) {
	for cookie, want := range map[string]string{
		"%7B%22token%22%3A%22a%2Bb%2F%3D%3D%22%7D": "Bearer a+b/==", "%7B%22token%22%3A%22a+b%22%7D": "Bearer a+b",
		"%7B%22user%22%3A1%2C%22token%22%3A%22x%20y%22%7D": "Bearer x y",
	} {
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
			w.server.Script(
				edrtest.AuthenticateEventManagement,
				edrtest.Answer{
					Headers: http.Header{"Set-Cookie": {"auth-token=" + cookie + "; Path=/EventManagement"}},
				},
			)
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
