package resilience_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// A key is a credential that sets a header of the request.
type key struct{ account, value string }

func (k key) Account() string { return k.account }
func (k key) Sign(_ context.Context, r *http.Request, s resilience.Scheme) error {
	if k.value == "" {
		return errors.New("no value for " + s.Name)
	}
	r.Header.Set(s.Parameter, k.value)
	return nil
}

// securedAPI returns an API with two schemes, and operations that require one, both, either or
// none.
func securedAPI() *resilience.API {
	uses := func(names ...string) resilience.Requirement {
		var r resilience.Requirement
		for _, n := range names {
			r = append(r, resilience.SchemeUse{Scheme: n, Scopes: []string{"read"}})
		}
		return r
	}
	op := func(id string, r ...resilience.Requirement) *resilience.Operation {
		o := operation("GET", policy.Safe)
		o.ID, o.Security = id, r
		return o
	}
	return &resilience.API{
		Name: "guarded", Defaults: quick(),
		Servers: []resilience.Server{{Name: "default", URL: "https://a.test"}},
		Schemes: []resilience.Scheme{
			{Name: "one", Kind: "apiKey", In: wire.Header, Parameter: "X-One"},
			{Name: "two", Kind: "apiKey", In: wire.Header, Parameter: "X-Two"},
		},
		Operations: []*resilience.Operation{
			op("open"), op("first", uses("one")), op("both", uses("one", "two")),
			op("either", uses("two"), uses("one")), op("maybe", uses(), uses("two")),
		},
	}
}

func TestNewCaller_MissingCredentials(t *testing.T) {
	for _, want := range []struct {
		name string
		opts []resilience.Option
		text string // empty: no error
	}{
		{"none", nil, "guarded: operation first needs a credential for one; pass WithCredential, or " +
			"WithoutCredential to call without\n" +
			"operation both needs a credential for one with two; pass WithCredential, or WithoutCredential to call " +
			"without\n" +
			"operation either needs a credential for two, or one; pass WithCredential, or WithoutCredential to call " +
			"without"},
		{"the one", []resilience.Option{resilience.WithCredential(key{}, "one")},
			"guarded: operation both needs a credential for one with two; pass WithCredential, or WithoutCredential " +
				"to call without"},
		{"for all", []resilience.Option{resilience.WithCredential(key{})}, ""},
		{"each its own", []resilience.Option{resilience.WithCredential(key{}, "one"),
			resilience.WithCredential(key{}, "two")}, ""},
		{"without", []resilience.Option{resilience.WithoutCredential()}, ""},
		{"unknown scheme", []resilience.Option{resilience.WithoutCredential(),
			resilience.WithCredential(key{}, "three")},
			`guarded: WithCredential: the API has no security scheme "three"; it has one, two`},
		{"nil", []resilience.Option{resilience.WithCredential(nil)},
			"guarded: WithCredential: the credential is nil; pass one or leave the option out"},
	} {
		c, err := resilience.NewCaller(securedAPI(), want.opts...)
		if c != nil {
			c.Close()
		}
		switch {
		case want.text == "" && err != nil, want.text != "" && (err == nil || err.Error() != want.text):
			t.Errorf("%s: got  %v\nwant %s", want.name, err, want.text)
		}
	}
}

func TestCaller_FirstUsableAlternative(t *testing.T) {
	url, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Got", r.Header.Get("X-One")+"/"+r.Header.Get("X-Two"))
		reply(w, 200, good)
	})
	api := securedAPI()
	c, err := resilience.NewCaller(api, resilience.WithBaseURL(url), resilience.WithCredential(key{"u", "1"}, "one"),
		resilience.WithCredential(key{"v", "2"}, "two"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i, want := range []string{"/", "1/", "1/2", "/2", "/2"} {
		var info resilience.Info
		if _, err := get(t, c, api.Operations[i], resilience.WithInfo(&info)); err != nil ||
			info.Header.Get("Got") != want {
			t.Errorf("%s: got %s, %v; want %s", api.Operations[i].ID, info.Header.Get("Got"), err, want)
		}
	}
}

func TestCaller_CredentialThatCannotSign(t *testing.T) {
	url, count := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { reply(w, 200, good) })
	api := securedAPI()
	c, err := resilience.NewCaller(api, resilience.WithBaseURL(url), resilience.WithCredential(key{}))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = get(t, c, api.Operations[1])
	e := failed(t, err)
	expect{kind: resilience.KindCredential}.check(t, nil, e)
	if e.MayHaveApplied || count.Load() != 0 || !strings.Contains(err.Error(), "no value for one") {
		t.Errorf("got %v after %d requests", err, count.Load())
	}
}

func TestCaller_OperationWithoutCredential(t *testing.T) {
	url, count := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) { reply(w, 200, good) })
	open := operation("GET", policy.Safe)
	api := &resilience.API{Name: "items", Defaults: quick(), Operations: []*resilience.Operation{open}}
	c, err := resilience.NewCaller(api, resilience.WithBaseURL(url), resilience.WithLogger(quiet))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	mine := operation("GET", policy.Safe)
	mine.Security = []resilience.Requirement{{{Scheme: "mine"}}}
	_, err = get(t, c, mine)
	expect{kind: resilience.KindCredential}.check(t, nil, failed(t, err))
	if count.Load() != 0 {
		t.Errorf("got %v after %d requests", err, count.Load())
	}
}

func TestCaller_UserAgent(t *testing.T) {
	url, _ := serve(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Got", r.UserAgent())
		reply(w, 200, good)
	})
	op := operation("GET", policy.Safe)
	var info resilience.Info
	if _, err := get(t, client(t, url, quick(), op, resilience.WithUserAgent("mine/2")), op,
		resilience.WithInfo(&info)); err != nil || info.Header.Get("Got") != "mine/2" {
		t.Errorf("got %q, %v", info.Header.Get("Got"), err)
	}
}

// TestNewCaller_UnusedCredential: a credential that signs no operation is a mistake.
func TestNewCaller_UnusedCredential(t *testing.T) {
	const want = "items: WithCredential: no operation of the API takes a credential; add auth to the policy, or " +
		"security to the document by an overlay, and generate again; if the credential only names the account, " +
		"pass WithoutCredential too"
	open, optional := operation("GET", policy.Safe), operation("GET", policy.Safe)
	open.Security = []resilience.Requirement{{}}
	optional.Security = []resilience.Requirement{{}, {{Scheme: "key"}}}
	mine := resilience.WithCredential(key{"me", "x"})
	for _, c := range []struct {
		name string
		ops  []*resilience.Operation
		opts []resilience.Option
		want string
	}{
		{
			"none takes one", []*resilience.Operation{operation("GET", policy.Safe), open},
			[]resilience.Option{mine}, want,
		},
		{"one may take one", []*resilience.Operation{open, optional}, []resilience.Option{mine}, ""},
		{"no credential", []*resilience.Operation{open}, nil, ""},
		{"declined", []*resilience.Operation{open}, []resilience.Option{mine, resilience.WithoutCredential()}, ""},
		{"operations by hand", nil, []resilience.Option{mine}, ""},
	} {
		api := &resilience.API{Name: "items", Defaults: policy.Default(), Operations: c.ops}
		caller, err := resilience.NewCaller(api, append(c.opts, resilience.WithBaseURL("https://api.example"))...)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			_ = caller.Close()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCaller_Cookies(t *testing.T) {
	url, _ := serve(t, func(n int, w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Got", r.Header.Get("Cookie"))
		if n == 1 {
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "s1"})
		}
		reply(w, 200, good)
	})
	op := operation("GET", policy.Safe)
	shared := resilience.NewRuntime()
	defer shared.Close()
	call := func(opts ...resilience.Option) string {
		var info resilience.Info
		if _, err := get(t, client(t, url, quick(), op, append(opts, resilience.WithRuntime(shared))...), op,
			resilience.WithInfo(&info)); err != nil {
			t.Fatal(err)
		}
		return info.Header.Get("Got")
	}
	with := func(credentials ...resilience.Credential) []resilience.Option {
		opts := []resilience.Option{resilience.WithCookies()}
		for _, c := range credentials {
			opts = append(opts, resilience.WithCredential(c))
		}
		return opts
	}
	mine, other := with(key{"me", "x"}), with(key{"you", "x"})
	for i, want := range []struct {
		opts []resilience.Option
		got  string
	}{
		{mine, ""}, {mine, "sid=s1"}, {other, ""}, {nil, ""},
		{with(key{"me", "another secret"}), ""}, {with(key{"me", "x"}, key{"you", "x"}), ""}, {with(), ""},
		{with(listed{key{"me", "x"}, nil}), ""}, {mine, "sid=s1"},
	} {
		if got := call(want.opts...); got != want.got {
			t.Errorf("call %d: got %q, want %q", i, got, want.got)
		}
	}
}

// An operation without a server that the API knows fails like one with a wrong URL.
func TestCaller_UnknownServer(t *testing.T) {
	op := operation("GET", policy.Safe)
	c := client(t, "http://a.test", quick(), op)
	other := operation("GET", policy.Safe)
	other.Server = "unknown"
	if _, err := get(t, c, other); failed(t, err).Kind != resilience.KindTransport {
		t.Errorf("got %v", err)
	}
}

// A listed is a credential that cannot be compared.
type listed struct {
	key
	list []string
}

// Spellings of one host share circuits; the server gets the name without the default port.
func TestCaller_SpellingsOfAHost(t *testing.T) {
	for url, want := range map[string]string{
		"http://svc.test":           "svc.test",
		"http://svc.test:80":        "svc.test",
		"http://SVC.Test:80/":       "svc.test",
		"http://svc.test:":          "svc.test",
		"https://svc.test:443":      "svc.test",
		"http://svc.test:443":       "svc.test:443",
		"https://svc.test:80":       "svc.test:80",
		"http://svc.test:8080":      "svc.test:8080",
		"http://svc80:80":           "svc80",
		"https://[::1]:443":         "[::1]",
		"https://[2001:db8::443]":   "[2001:db8::443]",
		"https://[2001:db8::1]:444": "[2001:db8::1]:444",
	} {
		var host string
		answer := resilience.RoundTripperFunc(func(r *http.Request) (*http.Response, error) {
			host = r.Host
			if r.URL.Host != r.Host {
				t.Errorf("%s: sent to %s with Host %s", url, r.URL.Host, r.Host)
			}
			return &http.Response{StatusCode: 404}, nil
		})
		r := resilience.NewRuntime()
		defer r.Close()
		op := operation("GET", policy.Safe)
		_, _ = get(t, client(t, url, quick(), op, resilience.WithRuntime(r), resilience.WithTransport(answer)), op)
		if got := r.Snapshot().Gates[0].Host; got != want || host != want {
			t.Errorf("%s: the gate is that of %s, the request goes to %s, want %s", url, got, host, want)
		}
	}
}
