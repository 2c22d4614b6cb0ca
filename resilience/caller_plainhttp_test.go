package resilience_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
	"github.com/resgen/resgen/resilience/policy"
)

// fixed is a round tripper that counts requests and answers all with an item.
type fixed struct{ sent []*url.URL }

func (f *fixed) RoundTrip(r *http.Request) (*http.Response, error) {
	f.sent = append(f.sent, r.URL)
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(good)), Request: r}, nil
}

// New refuses credentials for servers whose URL is plain http, except for this machine.
func TestNewCaller_RefusesCredentialsOverHTTP(t *testing.T) {
	signed := []resilience.Requirement{{{Scheme: "key"}}}
	const refused = "is plain http, which shows credentials to others; use https, or pass WithPlainHTTP to New"
	for _, c := range []struct {
		name     string
		servers  []string // default and files
		security [2][]resilience.Requirement
		opts     []resilience.Option
		want     []string // servers that are refused
	}{
		{"https", []string{"https://api.example", ""}, [2][]resilience.Requirement{signed, nil}, nil, nil},
		{
			"http", []string{"http://api.example", ""}, [2][]resilience.Requirement{signed, nil}, nil,
			[]string{"default"},
		},
		{
			"permitted", []string{"http://api.example", ""}, [2][]resilience.Requirement{signed, nil},
			[]resilience.Option{resilience.WithPlainHTTP()}, nil,
		},
		{"loopback", []string{"http://127.0.0.1:1", ""}, [2][]resilience.Requirement{signed, nil}, nil, nil},
		{"loopback of IPv6", []string{"http://[::1]:1", ""}, [2][]resilience.Requirement{signed, nil}, nil, nil},
		{
			"no credential needed", []string{"http://api.example", ""}, [2][]resilience.Requirement{nil, nil},
			[]resilience.Option{resilience.WithoutCredential()}, nil,
		},
		{
			"the server of one operation", []string{"https://api.example", "http://files.example"},
			[2][]resilience.Requirement{signed, signed}, nil, []string{"files"},
		},
		{
			"both", []string{"http://api.example", "http://files.example"},
			[2][]resilience.Requirement{signed, signed}, nil, []string{"default", "files"},
		},
		{
			"an operation that needs none", []string{"https://api.example", "http://files.example"},
			[2][]resilience.Requirement{signed, nil}, nil, nil,
		},
	} {
		one, two := operation("GET", policy.Safe), operation("GET", policy.Safe)
		one.Security, two.Security = c.security[0], c.security[1]
		two.ID = "file"
		servers := []resilience.Server{{Name: "default", URL: c.servers[0]}}
		if c.servers[1] != "" {
			two.Server = "files"
			servers = append(servers, resilience.Server{Name: "files", URL: c.servers[1]})
		}
		api := &resilience.API{Name: "items", Defaults: policy.Default(), Servers: servers,
			Operations: []*resilience.Operation{one, two, one},
			Schemes:    []resilience.Scheme{{Name: "key", Kind: "http", HTTPScheme: "bearer"}}}
		caller, err := resilience.NewCaller(api, append(c.opts, resilience.WithCredential(auth.Key("k")))...)
		if len(c.want) == 0 {
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			} else {
				_ = caller.Close()
			}
			continue
		}
		if err == nil {
			t.Errorf("%s: New succeeds", c.name)
			continue
		}
		if strings.Count(err.Error(), refused) != len(c.want) {
			t.Errorf("%s: %v, want one line each for %v", c.name, err, c.want)
		}
		for _, name := range c.want {
			if !strings.Contains(err.Error(), "server "+name+": the URL "+refused) {
				t.Errorf("%s: %v, want server %s", c.name, err, name)
			}
		}
	}
}

// A client without credentials, and one whose operations need none, may use http.
func TestNewCaller_AnonymousOverHTTP(t *testing.T) {
	op := operation("GET", policy.Safe)
	op.Security = []resilience.Requirement{{{Scheme: "key"}}}
	f := &fixed{}
	caller := client(t, "http://api.example", quick(), op, resilience.WithoutCredential(), resilience.WithTransport(f))
	if _, err := get(t, caller, op); err != nil || len(f.sent) != 1 {
		t.Errorf("%v after %d requests", err, len(f.sent))
	}
}

// A middleware cannot move a signed request to plain http.
func TestSign_RefusesPlainHTTP(t *testing.T) {
	for target, want := range map[string]bool{
		"http://api.example": false, "https://other.example": true, "http://localhost:1": true,
	} {
		for _, permitted := range []bool{false, true} {
			to, err := url.Parse(target)
			if err != nil {
				t.Fatal(err)
			}
			move := func(next http.RoundTripper) http.RoundTripper {
				return resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
					r.URL.Scheme, r.URL.Host = to.Scheme, to.Host
					return next.RoundTrip(r)
				})
			}
			op := operation("GET", policy.Safe)
			op.Security = []resilience.Requirement{{{Scheme: "key"}}}
			f := &fixed{}
			opts := []resilience.Option{resilience.WithCredential(&scoped{}), resilience.WithTransport(f),
				resilience.WithMiddleware(move)}
			if permitted {
				opts = append(opts, resilience.WithPlainHTTP())
			}
			_, err = get(t, client(t, "https://api.example", quick(), op, opts...), op)
			if (err == nil) != (want || permitted) || len(f.sent) != 1 == (err == nil) {
				t.Errorf("%s, permitted %t: %v after %d requests", target, permitted, err, len(f.sent))
			}
			if err != nil {
				expect{kind: resilience.KindCredential}.check(t, nil, failed(t, err))
				if resilience.HTTPStatus(err) != 502 || !strings.Contains(err.Error(), "pass WithPlainHTTP to New") {
					t.Errorf("got %v", err)
				}
			}
		}
	}
}

// checked is a credential that knows that it cannot work.
type checked struct {
	scoped
	err error
}

func (c *checked) Check() error { return c.err }

func TestNewCaller_ChecksCredentials(t *testing.T) {
	op := operation("GET", policy.Safe)
	op.Security = []resilience.Requirement{{{Scheme: "key"}}}
	api := &resilience.API{Name: "items", Defaults: policy.Default(), Operations: []*resilience.Operation{op}}
	bad := errors.New("no client id")
	for _, want := range []error{nil, bad} {
		c, err := resilience.NewCaller(api, resilience.WithBaseURL("https://api.example"),
			resilience.WithCredential(&checked{err: want}))
		if !errors.Is(err, want) || want != nil && !strings.Contains(err.Error(), "WithCredential: no client id") {
			t.Errorf("got %v, want %v", err, want)
		}
		if err == nil {
			_ = c.Close()
		}
	}
}
