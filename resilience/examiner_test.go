package resilience_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
)

// An examiner is a tokenCredential that examines responses.
type examiner struct {
	*tokenCredential
	says func(r *resilience.Rejection) resilience.Expiry
	seen []resilience.Rejection
}

func (e *examiner) Examine(r *resilience.Rejection) resilience.Expiry {
	e.seen = append(e.seen, *r)
	return e.says(r)
}

// expiredServer responds with a step to the first token, and with success to later ones.
func expiredServer(t *testing.T, step faults.Step) bench {
	return configured(t, faults.Config{Handle: func(r *faults.Request) faults.Step {
		if r.Header.Get("Authorization") == "Bearer token-1" {
			return step
		}
		return faults.OK(good)
	}})
}

// credentialClient returns a client that signs with any credential.
func credentialClient(t *testing.T, b bench, op *resilience.Operation, c resilience.Credential,
	opts ...resilience.Option) *resilience.Caller {
	t.Helper()
	op.Security = []resilience.Requirement{{{Scheme: "oauth"}}}
	api := &resilience.API{Name: "items", Defaults: policy.Default(), Operations: []*resilience.Operation{op},
		Schemes: []resilience.Scheme{{Name: "oauth", Kind: "oauth2"}}}
	opts = append(opts, resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime), resilience.WithLogger(quiet),
		resilience.WithCredential(c))
	caller, err := resilience.NewCaller(api, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return caller
}

// The verdict of a credential decides whether the request is retried and whether it may have been
// executed.
func TestExaminer_Retry(t *testing.T) {
	page := faults.HTML(200)
	denied := faults.JSON(403, `{"code":"expired"}`)
	for _, c := range []struct {
		name     string
		answer   faults.Step
		says     resilience.Expiry
		class    policy.Class
		requests int
		kind     resilience.Kind // 0: success
		applied  bool
	}{
		{"403, nothing said", denied, resilience.NotExpired, policy.Safe, 1, resilience.KindAPI, false},
		{"403, expired", denied, resilience.Expired, policy.Safe, 2, 0, false},
		{"403, expired", denied, resilience.Expired, policy.Unsafe, 2, 0, false},
		{"403, in doubt", denied, resilience.ExpiredInDoubt, policy.Idempotent, 2, 0, false},
		{"403, in doubt", denied, resilience.ExpiredInDoubt, policy.Unsafe, 1, resilience.KindAPI, false},
		{"401, nothing said", faults.Status(401), resilience.NotExpired, policy.Safe, 1, resilience.KindAPI, false},
		{"a page, nothing said", page, resilience.NotExpired, policy.Unsafe, 1, resilience.KindContract, true},
		{"a page, expired", page, resilience.Expired, policy.Unsafe, 2, 0, false},
		{"a page, in doubt", page, resilience.ExpiredInDoubt, policy.Unsafe, 1, resilience.KindContract, true},
		{"a page, in doubt", page, resilience.ExpiredInDoubt, policy.Safe, 2, 0, false},
		{"a redirect, expired", faults.Redirect(302, "/login"), resilience.Expired, policy.Unsafe, 2, 0, false},
		{"a redirect, nothing said", faults.Redirect(302, "/login"), resilience.NotExpired, policy.Unsafe, 1,
			resilience.KindAPI, true},
	} {
		t.Run(c.name+" "+string(c.class), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := expiredServer(t, c.answer)
				op := operation("POST", c.class)
				cred := &examiner{tokenCredential: newTokenCredential(0)}
				cred.says = func(r *resilience.Rejection) resilience.Expiry {
					if strings.HasSuffix(r.Request.Header.Get("Authorization"), "token-1") {
						return c.says
					}
					return resilience.NotExpired
				}
				_, err := get(t, credentialClient(t, b, op, cred), op)
				if c.kind == 0 && err != nil {
					t.Errorf("got %v", err)
				}
				if c.kind != 0 {
					if e := failed(t, err); e.Kind != c.kind || e.MayHaveApplied != c.applied {
						t.Errorf("got %s, applied %t: %v", e.Kind, e.MayHaveApplied, err)
					}
				}
				fetched := int64(1)
				if c.says != resilience.NotExpired {
					fetched = 2 // even without a retry, because the next call needs the token
				}
				if b.Count() != c.requests || cred.fetched.Load() != fetched {
					t.Errorf("%d requests and %d tokens, want %d and %d", b.Count(), cred.fetched.Load(), c.requests,
						fetched)
				}
			})
		})
	}
}

// A credential that takes every response for an expiry is renewed once per call.
func TestExaminer_OncePerCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Repeat(9, faults.Status(401))...)
		op := operation("GET", policy.Safe)
		cred := &examiner{tokenCredential: newTokenCredential(0),
			says: func(*resilience.Rejection) resilience.Expiry { return resilience.Expired }}
		_, err := get(t, credentialClient(t, b, op, cred), op)
		if e := failed(t, err); e.Status != 401 || b.Count() != 2 || cred.fetched.Load() != 2 {
			t.Errorf("%d requests, %d tokens: %v", b.Count(), cred.fetched.Load(), err)
		}
	})
}

// Examine gets the response, the signed request and the schemes. It gets the body of failures only.
func TestExaminer_EachResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.JSON(503, `{"code":"busy"}`).With("X-Note", "one"), faults.OK(good).With("X-Note", "two"))
		op := operation("GET", policy.Safe)
		cred := &examiner{tokenCredential: newTokenCredential(0),
			says: func(*resilience.Rejection) resilience.Expiry { return resilience.NotExpired }}
		if _, err := get(t, credentialClient(t, b, op, cred), op); err != nil || len(cred.seen) != 2 {
			t.Fatalf("%d answers, %v", len(cred.seen), err)
		}
		for i, want := range []struct {
			status     int
			note, body string
		}{{503, "one", `{"code":"busy"}`}, {200, "two", ""}} {
			got := cred.seen[i]
			if got.Status != want.status || got.Header.Get("X-Note") != want.note || string(got.Body) != want.body ||
				got.Request.Header.Get("Authorization") != "Bearer token-1" || len(got.Schemes) != 1 ||
				got.Schemes[0].Name != "oauth" {
				t.Errorf("answer %d: %+v", i+1, got)
			}
		}
	})
}

// The request of a response that middleware made was not signed, so there is nothing to examine.
func TestExaminer_MiddlewareResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t)
		op := operation("GET", policy.Safe)
		cred := &examiner{tokenCredential: newTokenCredential(0),
			says: func(*resilience.Rejection) resilience.Expiry { return resilience.Expired }}
		own := func(http.RoundTripper) http.RoundTripper {
			return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 401, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
			})
		}
		_, err := get(t, credentialClient(t, b, op, cred, resilience.WithMiddleware(own)), op)
		if e := failed(t, err); e.Status != 401 || len(cred.seen) != 0 || cred.fetched.Load() != 0 {
			t.Errorf("%d answers examined, %d tokens: %v", len(cred.seen), cred.fetched.Load(), err)
		}
	})
}

// Each of two credentials examines responses for its schemes.
func TestExaminer_TwoCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Status(403), faults.OK(good))
		op := operation("GET", policy.Safe)
		op.Security = []resilience.Requirement{{{Scheme: "first"}, {Scheme: "second"}, {Scheme: "third"}}}
		api := &resilience.API{Name: "items", Defaults: policy.Default(), Operations: []*resilience.Operation{op},
			Schemes: []resilience.Scheme{{Name: "first", Kind: "oauth2"}, {Name: "second", Kind: "apiKey"},
				{Name: "third", Kind: "oauth2"}}}
		one := &examiner{tokenCredential: newTokenCredential(0),
			says: func(*resilience.Rejection) resilience.Expiry { return resilience.NotExpired }}
		two := &examiner{tokenCredential: newTokenCredential(0), says: func(r *resilience.Rejection) resilience.Expiry {
			if r.Status == 403 {
				return resilience.Expired
			}
			return resilience.NotExpired
		}}
		caller, err := resilience.NewCaller(api, resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime),
			resilience.WithLogger(quiet),
			resilience.WithCredential(one, "first", "third"), resilience.WithCredential(two, "second"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := get(t, caller, op); err != nil {
			t.Fatal(err)
		}
		if len(one.seen) != 2 || len(one.seen[0].Schemes) != 2 || len(two.seen) != 2 ||
			two.seen[0].Schemes[0].Name != "second" {
			t.Errorf("first saw %+v, second saw %+v", one.seen, two.seen)
		}
		if one.fetched.Load() != 1 || two.fetched.Load() != 2 {
			t.Errorf("%d and %d tokens, want the second credential alone renewed", one.fetched.Load(),
				two.fetched.Load())
		}
	})
}

// A call that times out while a credential signs has not reached the server, so the circuit does
// not count it.
func TestCredential_SigningTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		caller := credentialClient(t, b, op, newTokenCredential(10*time.Second))
		_, err := get(t, caller, op, resilience.WithTimeout(time.Second))
		expect{requests: none, kind: resilience.KindTimeout}.check(t, b, failed(t, err))
		if e := failed(t, err); e.MayHaveApplied {
			t.Errorf("%d requests, got %s: %v", b.Count(), e.Kind, err)
		}
		if s := b.circuit(); s.Failures != 0 || s.Consecutive != 0 {
			t.Errorf("the circuit counts %+v", s)
		}
		time.Sleep(10 * time.Second)
		if _, err := get(t, caller, op); err != nil {
			t.Error(err)
		}
	})
}

// The context of a request has the auth settings of the policy.
func TestOperationFrom_Auth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(good))
		op := operation("GET", policy.Safe)
		op.Policy.Auth = policy.Auth{Kind: "restricted", Elements: []string{"address"}}
		var got policy.Auth
		watch := func(next http.RoundTripper) http.RoundTripper {
			return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
				info, _ := resilience.OperationFrom(r.Context())
				got = info.Auth
				return next.RoundTrip(r)
			})
		}
		if _, err := get(
			t, credentialClient(t, b, op, newTokenCredential(0), resilience.WithMiddleware(watch)), op,
		); err != nil {
			t.Fatal(err)
		}
		if got.Kind != "restricted" || len(got.Elements) != 1 || got.Elements[0] != "address" {
			t.Errorf("got %+v", got)
		}
	})
}
