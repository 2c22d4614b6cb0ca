package resilience_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// signedClient returns a client that signs with X-One.
func signedClient(t *testing.T, b bench, p policy.Policy, op *resilience.Operation,
	opts ...resilience.Option) *resilience.Caller {
	t.Helper()
	op.Security = []resilience.Requirement{{{Scheme: "one"}}}
	api := &resilience.API{
		Name: "items", Defaults: p, Operations: []*resilience.Operation{op},
		Schemes: []resilience.Scheme{{Name: "one", Kind: "apiKey", Parameter: "X-One"}},
	}
	c, err := resilience.NewCaller(api, append([]resilience.Option{
		resilience.WithBaseURL(b.URL), resilience.WithRuntime(b.runtime), resilience.WithLogger(quiet),
		resilience.WithCredential(key{"me", "s3cret-value"}),
	}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRedirect_SameOrigin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Redirect(302, "/there?x=1"), faults.Redirect(307, "http://faults.test:80/on#part"),
			faults.OK(good))
		p := policy.Default()
		p.Redirects.Max = 2
		op := operation("GET", policy.Safe)
		var info resilience.Info
		v, err := get(t, signedClient(t, b, p, op), op, resilience.WithInfo(&info))
		if err != nil || v.Name != "a" || len(info.Attempts) != 1 || info.Attempts[0].Writes != 3 {
			t.Fatalf("got %+v, %v, %+v", v, err, info.Attempts)
		}
		r := b.Records()
		if r[1].Path != "/there" || r[1].Query != "x=1" || r[2].Path != "/on" {
			t.Errorf("got %s?%s, %s", r[1].Path, r[1].Query, r[2].Path)
		}
		for _, record := range r {
			if record.Header.Get("X-One") != "s3cret-value" {
				t.Errorf("%s is not signed", record.Path)
			}
		}
	})
}

func TestRedirect_NotFollowed(t *testing.T) {
	for _, want := range []struct {
		name     string
		location string
		max      int
		class    policy.Class
	}{
		{"another host", "http://other.test/", 5, policy.Safe},
		{"another port", "http://faults.test:81/", 5, policy.Safe},
		{"another scheme", "https://faults.test/", 5, policy.Safe},
		{"no location", "", 5, policy.Safe},
		{"invalid location", "http://%zz/", 5, policy.Safe},
		{"policy: none", "/there", -1, policy.Safe},
		{"policy: not set", "/there", 0, policy.Safe},
		{"idempotent", "/there", 5, policy.Idempotent},
		{"unsafe", "/there", 5, policy.Unsafe},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.Redirect(302, want.location), faults.OK(good))
			p := policy.Default()
			p.Redirects.Max = want.max
			op := operation("GET", want.class)
			_, err := get(t, signedClient(t, b, p, op), op)
			if e := failed(t, err); e.Status != 302 || e.Kind != resilience.KindAPI || b.Count() != 1 ||
				b.Dials() != 1 {
				t.Errorf("%s: %d requests; got %+v", want.name, b.Count(), e)
			}
		})
	}
}

func TestRedirect_Post(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.Redirect(status, "/there"), faults.OK(good))
			p := policy.Default()
			p.Redirects.Max = 5
			op := operation("POST", policy.Unsafe)
			_, err := get(t, b.client(t, p, op), op)
			expect{requests: 1}.check(t, b, failed(t, err))
			if e := failed(t, err); e.Status != status {
				t.Errorf("%d requests; got %+v", b.Count(), e)
			}
		})
	}
}

// renewing is a credential that waits for a sign-in with each signature.
type renewing struct{}

func (renewing) Account() string { return "me" }

func (renewing) Sign(ctx context.Context, _ *http.Request, _ resilience.Scheme) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Millisecond):
		return nil
	}
}

// The context of a signature ends with it, and not those of the signatures of redirects.
func TestRedirect_EachIsSigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.Redirect(307, "/one"), faults.Redirect(307, "/two"), faults.OK(good))
		p := policy.Default()
		p.Redirects.Max = 2
		op := operation("GET", policy.Safe)
		op.Security = []resilience.Requirement{{{Scheme: "token"}}}
		c := b.client(t, p, op, resilience.WithCredential(renewing{}))
		if _, err := get(t, c, op); err != nil || b.Count() != 3 {
			t.Errorf("got %v after %d requests, want none after 3", err, b.Count())
		}
	})
}

// A search that is sent as POST and declared safe keeps its method and body after 307 and 308.
func TestRedirect_MethodAndBody(t *testing.T) {
	for status, want := range map[int]string{301: "GET ", 302: "GET ", 303: "GET ", 307: `POST {"name":"b"}`,
		308: `POST {"name":"b"}`} {
		synctest.Test(t, func(t *testing.T) {
			b := memory(t, faults.Redirect(status, "/there"), faults.OK(good))
			p := policy.Default()
			p.Redirects.Max = 1
			op := operation("POST", policy.Safe)
			if err := send(t.Context(), b.client(t, p, op), op); err != nil {
				t.Fatal(err)
			}
			if r := b.Records()[1]; r.Method+" "+string(r.Body) != want ||
				(r.Header.Get("Content-Type") != "") != (r.Method == "POST") {
				t.Errorf("%d: got %s %s, content type %q; want %s", status, r.Method, r.Body,
					r.Header.Get("Content-Type"), want)
			}
		})
	}
}

func TestError_NoSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		echo := through(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			_, err := next.RoundTrip(r)
			return nil, err
		})
		leak := resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			// errors of net/url contain the URL
			_, err := http.NewRequest("GET", "http://a.test/\x00?token="+r.Header.Get("X-One"), nil)
			return nil, err
		})
		b := memory(t, faults.HTML(200).WithBody("<html><title>Sign in</title>you sent s3cret-value"))
		op := operation("GET", policy.Safe)
		for name, opts := range map[string][]resilience.Option{"page": nil,
			"transport": {resilience.WithTransport(leak), echo}} {
			_, err := get(t, signedClient(t, b, policy.Default(), op, opts...), op)
			failed(t, err)
			if text := everything(err); strings.Contains(text, "s3cret-value") {
				t.Errorf("%s: %s", name, text)
			}
		}
	})
}

// everything returns the texts of an error and of all errors that it wraps.
func everything(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error() + "\n"
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return text + everything(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			text += everything(inner)
		}
	}
	return text
}

func TestSend_UnrequestedUpgradeClosesTheConnection(t *testing.T) {
	for _, secure := range []bool{false, true} {
		for _, stream := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				b := configured(t, faults.Config{TLS: secure, Script: []faults.Step{faults.Status(101)}})
				op := operation("GET", policy.Safe)
				op.Success[0].Stream = stream
				begin := time.Now()
				_, err := get(t, b.client(t, policy.Default(), op), op)
				e := failed(t, err)
				if e.Kind != resilience.KindTransport || !strings.Contains(err.Error(), "another protocol") ||
					b.Count() != 1 || b.circuit().Failures != 1 || time.Since(begin) != 0 {
					t.Errorf("after %s and %d requests: %v", time.Since(begin), b.Count(), err)
				}
				synctest.Wait()
				if _, open := b.Connections(); open != 0 {
					t.Errorf("%d connections are open", open)
				}
			})
		}
	}
}

func TestBounded(t *testing.T) {
	url, count := serve(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusSwitchingProtocols)
	})
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	if resp, err := resilience.Bounded(transport).RoundTrip(r); err == nil || resp != nil || count.Load() != 1 {
		t.Errorf("got %v, %v after %d requests", resp, err, count.Load())
	}
}

// Cookies of a redirect are kept, also if it leads nowhere, and sent to its target.
func TestSend_CookiesOfRedirects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		set := func(s faults.Step, value string) faults.Step { return s.With("Set-Cookie", "sid="+value+"; Path=/") }
		b := memory(t,
			set(faults.Redirect(302, "/one"), "1"), set(faults.Redirect(307, "/two"), "2"), faults.OK(good),
			set(faults.Redirect(302, "https://elsewhere.test/"), "3"), faults.OK(good),
			set(faults.Redirect(302, "/one"), "4"), set(faults.Redirect(302, "/two"), "5"),
			set(faults.Redirect(302, "/three"), "6"), faults.OK(good))
		p := policy.Default()
		p.Redirects.Max = 2
		op := operation("GET", policy.Safe)
		c := b.client(t, p, op, resilience.WithCookies())
		for n, want := range []resilience.Kind{0, resilience.KindAPI, 0, resilience.KindTransport, 0} {
			if _, err := get(t, c, op); (err == nil) != (want == 0) || err != nil && failed(t, err).Kind != want {
				t.Errorf("call %d: %v", n, err)
			}
		}
		var got []string
		for _, r := range b.Records() {
			got = append(got, r.Header.Get("Cookie"))
		}
		if want := ",sid=1,sid=2,sid=2,sid=3,sid=3,sid=4,sid=5,sid=6"; strings.Join(got, ",") != want {
			t.Errorf("sent the cookies %q, want %s", got, want)
		}
	})
}

// A cookie parameter has precedence over a kept cookie of its name. Others are sent too.
func TestSend_CookieParameters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := faults.OK(good).With("Set-Cookie", "sid=jar; Path=/").With("Set-Cookie", "other=1; Path=/").
			With("Set-Cookie", "other=2; Path=/items")
		b := memory(t, first, faults.OK(good), faults.OK(good))
		op := operation("GET", policy.Safe)
		op.Params = []wire.Param{{Name: "sid", In: wire.Cookie}}
		c := b.client(t, policy.Default(), op, resilience.WithCookies())
		for _, params := range []wire.Input{wire.Args(nil), wire.Args("own"), wire.Args(nil)} {
			if _, err := resilience.Call[*item](t.Context(), c, op, params); err != nil {
				t.Fatal(err)
			}
		}
		for n, want := range []string{"", "sid=own; other=2; other=1", "other=2; sid=jar; other=1"} {
			if got := b.Records()[n].Header.Get("Cookie"); got != want {
				t.Errorf("request %d: got %q, want %q", n+1, got, want)
			}
		}
	})
}
