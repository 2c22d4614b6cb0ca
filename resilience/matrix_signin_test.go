package resilience_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// signIns has the rows of testdata/matrix.txt with a credential.
var signIns = map[string]setup{
	"sign-in down":                   signing(issuing(503), 200),
	"sign-in down, then up":          signing(issuing(503, 200), 200),
	"sign-in throttled":              signing(issuing(429), 200),
	"sign-in hangs":                  signing(issuing(0), 200),
	"sign-in hangs, caller deadline": {script: []faults.Step{faults.OK(good)}, signed: issuing(0), ctx: deadline},
	"credential refused":             signing(issuing(400), 200),
	"401, renewed":                   signing(issuing(200, 200), 401, 200),
	"401, sign-in down":              signing(issuing(200, 503), 401, 200),
	"401, refused":                   signing(issuing(200, 400), 401, 200),
	"401 again and again":            signing(issuing(200), 401),
	"401, one attempt":               oneAttempt(signing(issuing(200), 401)),
}

// signing returns a setup with a credential and a server that responds with these statuses.
func signing(c func() resilience.Credential, statuses ...int) setup {
	s := setup{signed: c}
	for _, status := range statuses {
		s.script = append(s.script, faults.JSON(status, good))
	}
	return s
}

// issuing returns a credential whose token endpoint replaces the refresh token with each use. It
// responds with these statuses and then repeats the last one; 0: it does not respond.
func issuing(statuses ...int) func() resilience.Credential {
	return func() resilience.Credential {
		asked, issued := 0, 0
		e := auth.Endpoint{URL: "https://token.test", Transport: resilience.RoundTripperFunc(
			func(r *http.Request) (*http.Response, error) {
				status := statuses[min(asked, len(statuses)-1)]
				asked++
				_ = r.ParseForm()
				if status == 0 {
					<-r.Context().Done()
					return nil, r.Context().Err()
				}
				body := `{"error":"unauthorized_client"}`
				switch {
				case r.PostForm.Get("refresh_token") != fmt.Sprint("r", issued):
					status, body = 400, `{"error":"invalid_grant"}`
				case status == 200:
					issued++
					body = fmt.Sprintf(`{"access_token":"a%d","refresh_token":"r%d"}`, issued, issued)
				case status >= 429:
					body = ""
				}
				return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))}, nil
			})}
		return auth.RefreshToken(e, "r0", nil)
	}
}

// matrixClient returns a client with the credential, if there is one.
func matrixClient(t *testing.T, url string, p policy.Policy, op *resilience.Operation,
	signed func() resilience.Credential, opts ...resilience.Option) *resilience.Caller {
	if signed == nil {
		return client(t, url, p, op, opts...)
	}
	op.Security = []resilience.Requirement{{{Scheme: "token"}}}
	api := &resilience.API{Name: "items", Defaults: p, Operations: []*resilience.Operation{op},
		Schemes: []resilience.Scheme{{Name: "token", Kind: "oauth2"}}}
	c, err := resilience.NewCaller(api, append(opts, resilience.WithBaseURL(url), resilience.WithLogger(quiet),
		resilience.WithCredential(signed()))...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
